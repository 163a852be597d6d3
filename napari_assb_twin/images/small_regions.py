"""Regions of a phase that are too small to be believed go to the phases around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PHASES, code

Labels = NDArray[np.uint8]


def without_small_regions(
    phases: Labels, smallest: int, *, apart: bool = False, source: str = "the image"
) -> Labels:
    """Phases of which every region has at least so many pixels (voxels).

    Parameters
    ----------
    phases
        The phases 0, 1, 2 of a section or a volume; other values stay, and count for no phase.
    smallest
        In pixels.  A region is what hangs together by edges of pixels (faces of voxels).
    apart
        Whether the slices along the first axis are sections by themselves.

    Returns
    -------
    All regions under ``smallest`` are taken out at once, of whichever phase; what is left grows
    into the holes evenly from all sides, pixel by pixel, over edges (faces).  So a speck goes to
    the phase around it, and one on a boundary to both sides.  Regions that the edge of the image
    cuts count with what is seen of them.

    Raises
    ------
    InputError
        If nothing would be left.
    """
    if smallest <= 1:
        return phases
    if apart and phases.ndim == 3:
        return np.stack([without_small_regions(p, smallest, source=source) for p in phases])
    kept, small = np.zeros(phases.shape, np.uint8), np.zeros(phases.shape, bool)
    for phase in PHASES:
        regions, count = ndimage.label(phases == code(phase))
        too_small = np.bincount(regions.reshape(-1), minlength=count + 1) < smallest
        too_small[0] = False
        small |= too_small[regions]
        kept[(regions > 0) & ~too_small[regions]] = code(phase) + 1
    if not small.any():
        return phases
    if not kept.any():
        raise InputError(
            f"No region of {source} has {smallest} pixels; ask for a smaller minimal size."
        )
    filled = phases.copy()
    filled[small] = _grown(kept, small)[small] - 1
    return filled


def _grown(kept: Labels, into: NDArray[np.bool_]) -> Labels:
    """Marks grown into a mask, over edges (faces) of pixels, the nearest first."""
    from skimage.segmentation import watershed

    flat = np.zeros(kept.shape, np.uint8)
    near = ndimage.binary_dilation(into) & (into | (kept > 0))  # what lies farther off has no say
    grown = watershed(flat, np.where(near, kept, 0).astype(np.int32), connectivity=1, mask=near)  # type: ignore[no-untyped-call]
    return np.asarray(grown, np.uint8)
