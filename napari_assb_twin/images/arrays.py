"""Arrays that are open already, perhaps lazy ones, as images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.room import require_room
from napari_assb_twin.images.units import in_um


def image_of_array(
    array: Any, scale: Sequence[float], units: Sequence[str], *, source: str
) -> Image:
    """A section or volume; axes of length one are dropped while more than two remain.

    Parameters
    ----------
    array
        Anything with a shape and a dtype that numpy can load, such as an array of dask or zarr.
    scale, units
        Edge of a voxel along each of the last axes, and what it is measured in; the sizes count as
        unknown where a unit is no length.
    source
        What messages call it.

    Raises
    ------
    InputError
        If it has fewer than two or more than three axes, holds no numbers, or does not fit into
        memory.
    """
    shape, dtype = tuple(array.shape), np.dtype(array.dtype)
    kept = list(range(len(shape)))
    while len(kept) > 2 and any(shape[axis] == 1 for axis in kept):
        kept.remove(next(axis for axis in kept if shape[axis] == 1))
    if len(kept) not in (2, 3) or 0 in shape or dtype.kind not in "biuf":
        raise InputError(
            f"{source} has {len(shape)} axes ({' x '.join(map(str, shape))}) of {dtype}; use one "
            "with two or three axes that holds labels or grey values."
        )
    if not isinstance(array, np.ndarray):
        require_room(math.prod(shape) * dtype.itemsize, source, "crop it in the viewer first")
    loaded = np.asarray(array).reshape([shape[axis] for axis in kept])
    places = [axis - len(shape) for axis in kept]
    sizes = [
        in_um(scale[axis], units[axis]) if -axis <= min(len(scale), len(units)) else None
        for axis in places
    ]
    known = tuple(size for size in sizes if size is not None)
    whole = known if len(known) == len(kept) else None
    return Image(loaded, whole, source, pixel_size_source="the layer" if whole else None)
