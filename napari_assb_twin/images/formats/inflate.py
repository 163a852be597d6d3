"""Compressed voxels: unpacked whole, or where they do not fit into memory plane by plane."""

from __future__ import annotations

import bz2
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.formats.content import Index, Voxels
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.room import fits

Packing = Literal["zlib", "bzip2"]

MOST_PACKED = 2000
"""Deflate packs 1032 bytes into one at best, and bzip2 files of labels no more."""

_CHUNK = 1 << 20


def inflate_voxels(
    path: Path,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    offset: int,
    packing: Packing,
    *,
    skip: int = 0,
) -> Voxels:
    """An array in C order from the packed bytes of a file, or what unpacks parts of it.

    Parameters
    ----------
    path
        The file.
    shape
        Voxels along each axis; the last runs fastest.
    dtype
        Type with byte order.
    offset
        Bytes before the packed ones.
    packing
        ``"zlib"`` (with a zlib or gzip header) or ``"bzip2"``.
    skip
        Unpacked bytes before the first voxel.

    Raises
    ------
    InputError
        If there are fewer voxels than that.
    """
    needed = math.prod(shape) * dtype.itemsize
    packed = path.stat().st_size - offset
    if needed + skip > MOST_PACKED * max(packed, 0) + _CHUNK:
        raise _short(path, shape)
    if not fits(needed):
        return Packed(path, shape, dtype, offset, packing, skip)
    for whole in _blocks(path, offset, packing, skip, needed):
        return np.frombuffer(whole, dtype).reshape(shape)
    raise _short(path, shape)


class Packed:
    """Voxels that are unpacked anew each time, from the first to the last plane asked for.

    No more than these planes and one of the file are in memory at a time.
    """

    def __init__(
        self,
        path: Path,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        offset: int,
        packing: Packing,
        skip: int,
    ) -> None:
        self._path, self._where = path, (offset, packing, skip)
        self.shape, self.dtype = shape, dtype

    def __getitem__(self, index: Index) -> AnyArray:
        across = next((axis for axis, n in enumerate(self.shape) if n > 1), 0)
        asked, within = index[across], tuple(index[across + 1 :])
        count, *plane = self.shape[across:]
        numbers = list(range(count)[asked]) if isinstance(asked, slice) else asked
        part = np.empty(plane, np.bool_)[within].shape
        stack = np.empty((*(1,) * across, len(numbers), *part), self.dtype)
        left = dict(zip(numbers, stack.reshape(-1, *part), strict=True))
        blocks = _blocks(self._path, *self._where, math.prod(plane) * self.dtype.itemsize)
        for number, block in enumerate(blocks):
            if number in left:
                left.pop(number)[...] = np.frombuffer(block, self.dtype).reshape(plane)[within]
            if not left:
                return stack
        raise _short(self._path, self.shape)


def _blocks(path: Path, offset: int, packing: Packing, skip: int, size: int) -> Iterator[bytearray]:
    """The unpacked bytes after the first few, so many at a time; what is left over is dropped."""
    block, filled = bytearray(size), 0
    for piece in _pieces(path, offset, packing):
        left = memoryview(piece)[skip:]
        skip = max(0, skip - len(piece))
        while left:
            taken = left[: size - filled]
            block[filled : filled + len(taken)] = taken
            filled += len(taken)
            left = left[len(taken) :]
            if filled == size:
                yield block
                block, filled = bytearray(size), 0


def _pieces(path: Path, offset: int, packing: Packing) -> Iterator[bytes]:
    """The unpacked bytes, at most a chunk at a time, whatever the packed ones claim."""
    with path.open("rb") as file:
        file.seek(offset)
        if packing == "bzip2":
            unpacker = bz2.BZ2Decompressor()
            while not unpacker.eof:
                chunk = file.read(_CHUNK) if unpacker.needs_input else b""
                if unpacker.needs_input and not chunk:
                    return
                yield unpacker.decompress(chunk, _CHUNK)
            return
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
        while not inflater.eof:
            chunk = inflater.unconsumed_tail or file.read(_CHUNK)
            piece = inflater.decompress(chunk, _CHUNK)
            if not chunk and not piece:
                return
            yield piece


def _short(path: Path, shape: tuple[int, ...]) -> InputError:
    return InputError(
        f"{path.name} is cut short or damaged: it does not hold {' x '.join(map(str, shape))} "
        "voxels; copy or export it again."
    )
