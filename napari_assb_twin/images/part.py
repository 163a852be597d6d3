"""Files of one kind read in part, with the mask of what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.formats.raw import RawLayout
from napari_assb_twin.images.geometry import Kind
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image


def read_part(
    paths: Sequence[Path],
    kind: Kind,
    selection: Selection,
    *,
    pressing_axis: int,
    mask: Path | None = None,
    raw: RawLayout | None = None,
) -> Draft:
    """The part of files that counts; no more of them is loaded.

    Parameters
    ----------
    paths, kind
        The files, and what they show.
    selection
        The part.
    pressing_axis
        Of a volume, the axis that was pressed.
    mask
        A file of the size of the images; where it is 0, they lie outside.
    raw
        How the voxels of RAW files lie in them.

    Raises
    ------
    InputError
        If a file cannot be read, or has no such part.
    """
    images = tuple(
        read_image(
            path,
            raw=raw,
            selection=selection,
            pressing_axis=pressing_axis,
            plan_view=kind == "xy",
        )
        for path in paths
    )
    if mask is None:
        return Draft(images)
    # the rows of an information bar are left out of both
    within = replace(selection, crop=images[0].crop, cut_bar=False, tilt_degrees=None)
    return Draft(images, read_image(mask, selection=within, pressing_axis=pressing_axis))
