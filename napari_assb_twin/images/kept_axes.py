"""The axes of a file that count: those of length one are left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.content import Index, Voxels
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.room import require_room

T = TypeVar("T")


class Kept:
    """Voxels without the axes of length one, loaded when they are indexed."""

    def __init__(self, voxels: Voxels, path: Path) -> None:
        self._voxels, self._path = voxels, path
        self._kept = _kept_axes(voxels.shape)
        self.shape = self.of_axes(voxels.shape)
        self.dtype = voxels.dtype

    def of_axes(self, values: Sequence[T]) -> tuple[T, ...]:
        """Those of values, one for each axis of the file, that belong to the axes that are kept."""
        return tuple(values[axis] for axis in self._kept) if values else ()

    def __getitem__(self, index: Index) -> AnyArray:
        """A part in the byte order of this machine and in C order."""
        whole = self._whole(index)
        lengths = tuple(length(one, n) for one, n in zip(index, self.shape, strict=True))
        with damage_named(self._path):
            if self.stays_in_file(index):
                mapped: AnyArray = self._voxels[whole]
                return mapped.reshape(lengths)
            require_room(math.prod(lengths) * self.dtype.itemsize, self._path.name)
            loaded: AnyArray = np.asarray(self._voxels[whole])
            found = tuple(loaded.shape[axis] for axis in self._kept)
            if found != lengths or loaded.size != math.prod(lengths) or loaded.dtype != self.dtype:
                raise ValueError("other voxels than its header states")
            native = loaded.astype(self.dtype.newbyteorder("="), order="C", copy=False)
            return native.reshape(lengths)

    def stays_in_file(self, index: Index) -> bool:
        """Whether a part is mapped as it lies in the file, and not loaded."""
        if not isinstance(self._voxels, np.memmap) or not self.dtype.isnative:
            return False
        if not all(isinstance(one, slice) for one in index):
            return False
        mapped: AnyArray = self._voxels[self._whole(index)]
        return bool(mapped.flags.c_contiguous)

    def _whole(self, index: Index) -> Index:
        """The same part of the voxels with all their axes."""
        asked = dict(zip(self._kept, index, strict=True))
        return tuple(asked.get(axis, slice(0, 1)) for axis in range(len(self._voxels.shape)))


def length(one: slice | list[int], size: int) -> int:
    """How many voxels an entry of an index takes along an axis."""
    return len(range(*one.indices(size))) if isinstance(one, slice) else len(one)


def _kept_axes(shape: tuple[int, ...]) -> list[int]:
    """The axes without those of length one, of which the last ones stay to make two."""
    kept = list(range(len(shape)))
    while len(kept) > 2 and any(shape[axis] == 1 for axis in kept):
        kept.remove(next(axis for axis in kept if shape[axis] == 1))
    return kept
