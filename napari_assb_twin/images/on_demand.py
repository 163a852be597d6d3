"""Volumes that stay in their file: planes are loaded when they are asked for."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, SupportsIndex, overload

import numpy as np
import psutil

from napari_assb_twin.images.formats.content import Index, Voxels

SLAB = 1 << 26
"""Bytes of planes that are loaded together, in whole layers of chunks."""

MOST_OF_MEMORY = 0.25
"""Share of the free memory that a layer of thick chunks may take; else each is read repeatedly."""

AnyArray = np.ndarray[Any, np.dtype[Any]]


class OnDemand:
    """A volume in a file, as an array that is turned and cut without being loaded.

    A number loads a plane of the first axis, together with its neighbours: slabs are as thick as
    the chunks of the file (or layers of several), and the last one is kept, so that a chunk is
    read once while planes are asked for in their order.  Slices and `transpose` give another view
    of the same file.

    Parameters
    ----------
    voxels
        What loads boxes of the file; three axes.
    chunks
        Voxels along each axis that the file unpacks together; none: each by itself.
    """

    ndim = 3

    def __init__(self, voxels: Voxels, chunks: Sequence[int] = ()) -> None:
        self._voxels, self._chunks = voxels, tuple(chunks) or (1, 1, 1)
        self._ranges = tuple(range(size) for size in voxels.shape)  # of the axes of the file
        self._axes: tuple[int, ...] = (0, 1, 2)  # those of the file in the order of this view
        self._slab: tuple[int, AnyArray] | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along each axis."""
        first, second, third = (len(self._ranges[axis]) for axis in self._axes)
        return first, second, third

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a voxel."""
        return self._voxels.dtype

    @property
    def size(self) -> int:
        """Number of voxels."""
        first, second, third = self.shape
        return first * second * third

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[AnyArray]:
        for number in range(len(self)):
            yield self[number]

    def transpose(self, axes: Sequence[int]) -> OnDemand:
        """The view whose axes are these ones of this view."""
        return self._view(self._ranges, tuple(self._axes[axis] for axis in axes))

    @overload
    def __getitem__(self, index: SupportsIndex) -> AnyArray: ...
    @overload
    def __getitem__(self, index: slice | tuple[slice, ...]) -> OnDemand: ...
    def __getitem__(self, index: SupportsIndex | slice | tuple[slice, ...]) -> AnyArray | OnDemand:
        """A plane of the first axis, or a part of the volume, of which nothing is loaded yet."""
        if isinstance(index, slice | tuple):
            ranges = list(self._ranges)
            cuts = index if isinstance(index, tuple) else (index,)
            for axis, cut in zip(self._axes, cuts, strict=False):
                ranges[axis] = ranges[axis][cut]
            return self._view(tuple(ranges), self._axes)
        across = self._axes[0]
        place = self._ranges[across][operator.index(index)]
        first = place // self._thickness * self._thickness
        if self._slab is None or self._slab[0] != first:
            self._slab = None  # not two at a time
            self._slab = first, self._load(first)
        plane: AnyArray = self._slab[1][place - max(first, _ends(self._ranges[across])[0])]
        return plane

    def _view(self, ranges: tuple[range, ...], axes: tuple[int, ...]) -> OnDemand:
        view = OnDemand(self._voxels, self._chunks)
        view._ranges, view._axes = ranges, axes
        return view

    def _load(self, first: int) -> AnyArray:
        """The planes of a slab in the order of the file, turned as this view is."""
        box: list[slice] = []
        steps: list[slice] = []
        for axis, taken in enumerate(self._ranges):
            start, stop = _ends(taken)
            across = axis == self._axes[0]
            if across:
                start, stop = max(start, first), min(stop, first + self._thickness)
            box.append(slice(start, stop))
            steps.append(slice(None, None, None if across else taken.step))
        index: Index = tuple(box)
        loaded: AnyArray = np.asarray(self._voxels[index])
        return loaded[tuple(steps)].transpose(self._axes)

    @cached_property
    def _thickness(self) -> int:
        """Planes of a slab: whole layers of chunks where these fit into the memory."""
        across, *within = self._axes
        plane = self.dtype.itemsize
        for axis in within:
            start, stop = _ends(self._ranges[axis])
            plane *= stop - start
        layer = self._chunks[across]
        fits = max(1, int(MOST_OF_MEMORY * psutil.virtual_memory().available) // plane)
        wanted = max(layer, SLAB // plane // layer * layer)
        return wanted if wanted <= fits else fits // layer * layer or fits


def _ends(taken: range) -> tuple[int, int]:
    """The least number of a range, and one more than the largest."""
    return min(taken[0], taken[-1]), max(taken[0], taken[-1]) + 1
