"""Compressed voxels, unpacked into a buffer of the size that the header states and no larger."""

from __future__ import annotations

import bz2
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.room import require_room

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
) -> AnyArray:
    """An array in C order from the packed bytes of a file.

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
        If there are fewer voxels than that, or they do not fit into memory.
    """
    needed = math.prod(shape) * dtype.itemsize
    packed = path.stat().st_size - offset
    if needed + skip > MOST_PACKED * max(packed, 0) + _CHUNK:
        raise _short(path, shape)
    require_room(needed, path.name)
    buffer = bytearray(needed)
    done = -skip
    for piece in _pieces(path, offset, packing):
        kept = piece[max(0, -done) : max(0, needed - done)]
        start = max(0, done)
        buffer[start : start + len(kept)] = kept
        done += len(piece)
        if done >= needed:
            return np.frombuffer(buffer, dtype).reshape(shape)
    raise _short(path, shape)


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
