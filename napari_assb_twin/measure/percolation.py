"""Clusters of the phases of a volume: how much hangs together, and how much goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PHASES, Phase, code

Labels = NDArray[np.uint8]
Counts = NDArray[np.int64]

AXES = ("z", "y", "x")
PART = 1 << 22
"""Voxels that are counted at a time."""


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """How one phase of a volume hangs together; all shares are of the voxels of that phase.

    Voxels are connected over faces (6-connectivity), not over edges or corners.  The faces of the
    box are open: a periodic volume, too, is taken as the box that it is, because what comes in at
    one face of an electrode must arrive at the other.

    Attributes
    ----------
    count
        Number of clusters.
    largest
        Share in the largest cluster.
    percolating
        By axis ``"z"``, ``"y"``, ``"x"``: share in clusters that reach from the first to the last
        layer of the volume along it.
    isolated
        Share in clusters that touch none of the six faces of the box.
    """

    count: int
    largest: float
    percolating: Mapping[str, float]
    isolated: float

    def document(self) -> dict[str, Any]:
        """The JSON object of these numbers."""
        return {
            "clusters": self.count,
            "largest_cluster_share": self.largest,
            "percolating_share": dict(self.percolating),
            "isolated_share": self.isolated,
        }


def percolation(labels: Labels) -> dict[Phase, Clusters | None]:
    """Clusters of the three phases of a volume; None for a phase that does not occur.

    Parameters
    ----------
    labels
        uint8 codes (z, y, x) of any size; 255 is outside, belongs to no phase and connects
        nothing.

    Labels by ``scipy.ndimage.label``, which lets other threads run meanwhile (cc3d, twice as fast,
    does not: a window would stand still).  Takes five bytes a voxel beside the volume.

    Raises
    ------
    InputError
        If the array is no volume.
    """
    if labels.ndim != 3 or labels.dtype != np.uint8 or labels.size == 0:
        raise InputError(
            f"Clusters are those of a volume of uint8 codes with three axes; this array has the "
            f"shape {labels.shape} and holds {labels.dtype} numbers."
        )
    return {phase: _clusters(labels == code(phase)) for phase in PHASES}


def _clusters(inside: NDArray[np.bool_]) -> Clusters | None:
    labelled: Any = ndimage.label(inside)
    found, count = labelled
    if count == 0:
        return None
    sizes = _sizes(found, int(count))
    total = int(sizes.sum())
    percolating, touching = {}, np.zeros(sizes.size, dtype=bool)
    for axis, name in enumerate(AXES):
        first, last = (_present(np.take(found, i, axis), sizes.size) for i in (0, -1))
        percolating[name] = int(sizes[first & last].sum()) / total
        touching |= first | last
    return Clusters(
        count=int(count),
        largest=int(sizes.max()) / total,
        percolating=percolating,
        isolated=int(sizes[~touching].sum()) / total,
    )


def _sizes(found: NDArray[Any], count: int) -> Counts:
    """Voxels of each cluster by its number; 0, the rest, has none."""
    sizes = np.zeros(count + 1, dtype=np.int64)
    flat = found.reshape(-1)
    for start in range(0, flat.size, PART):
        sizes += np.bincount(flat[start : start + PART], minlength=count + 1)
    sizes[0] = 0
    return sizes


def _present(face: NDArray[Any], count: int) -> NDArray[np.bool_]:
    present = np.zeros(count, dtype=bool)
    present[face] = True
    return present
