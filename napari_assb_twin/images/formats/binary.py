"""Voxels that lie in a file as they are, one after the other."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.room import require_room

MAPPED_FROM = 64 << 20
"""Bytes from which on an array stays in its file; smaller ones are safe from whoever changes it."""


def read_voxels(
    path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], offset: int, *, order: str = "C"
) -> AnyArray:
    """An array from the bytes of a file, mapped where it is large.

    Parameters
    ----------
    path
        The file.
    shape
        Voxels along each axis.
    dtype
        Type with byte order.
    offset
        Bytes before the first voxel.
    order
        ``"C"``: the last axis runs fastest; ``"F"``: the first.

    Raises
    ------
    InputError
        If the file is shorter than that.
    """
    size = path.stat().st_size
    needed = math.prod(shape) * dtype.itemsize
    if offset < 0 or offset + needed > size:
        raise InputError(
            f"{path.name} is cut short: {' x '.join(map(str, shape))} voxels of {dtype.name} need "
            f"{offset + needed} bytes, but it has {size}; copy or export it again."
        )
    if needed > 0 and needed >= MAPPED_FROM:
        return np.memmap(path, dtype, "r", offset, shape, order="F" if order == "F" else "C")
    require_room(needed, path.name)
    with path.open("rb") as file:
        file.seek(offset)
        flat: AnyArray = np.frombuffer(bytearray(file.read(needed)), dtype)
    return flat.reshape(shape, order="F" if order == "F" else "C")
