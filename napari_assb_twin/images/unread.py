"""An image file of which sizes and type are known, and the voxels not loaded yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import WHOLE, Crop, rows_above
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.content import Content, Index, Voxels
from napari_assb_twin.images.formats.inflate import Packed
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.information_bar import find_information_bar
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.room import require_room

LONGEST_AXIS = 1 << 40

WORKING_BYTES = 2
"""Bytes per voxel beside the image itself, once it is used: its phases, and where one label is."""


class Unread:
    """A section, volume or stack in its file; axes of length one count as `Image` has them.

    Parameters
    ----------
    path
        The file or folder.
    content
        What its reader found.
    raw
        The layout of a RAW file that was typed, for a provenance.

    Attributes
    ----------
    source
        Name of the file, for messages.
    shape, dtype
        Of the voxels as they would be loaded.

    Raises
    ------
    InputError
        If it is no section and no volume, or holds no numbers.
    """

    def __init__(self, path: Path, content: Content, raw: Mapping[str, Any] | None = None) -> None:
        shape, dtype = content.voxels.shape, content.voxels.dtype
        if dtype.kind not in "biuf" or 0 in shape:
            raise InputError(
                f"{path.name} holds {'no voxels' if 0 in shape else dtype}; "
                "give an image of whole-number labels."
            )
        if max(shape, default=0) > LONGEST_AXIS:
            raise InputError(
                f"{path.name} is damaged: it states {max(shape)} voxels along an axis; copy or "
                "export it again."
            )
        kept = _kept_axes(shape)
        if len(kept) not in (2, 3):
            raise InputError(
                f"{path.name} has {len(shape)} axes ({' x '.join(map(str, shape))}); give a "
                "section (2 axes), or a volume or a stack of sections (3 axes)."
            )
        self.path, self.source = path, path.name
        self._content, self._raw = content, raw
        self._sizes = tuple(content.sizes[axis] for axis in kept)
        self._voxels = _Kept(content.voxels, kept, path)
        self.shape, self.dtype = self._voxels.shape, self._voxels.dtype

    def image(
        self, selection: Selection = ALL, *, pressing_axis: int = 0, plan_view: bool = False
    ) -> Image:
        """Load the part that is asked for, as `read_image` does.

        Raises
        ------
        InputError
            If there is no such part, it is damaged, or does not fit into memory.
        """
        known = tuple(size for size in self._sizes if size is not None)
        stated = known if len(known) == len(self._sizes) else None
        in_plane: tuple[float, ...] | None = None
        if self._sizes[0] is None and len(known) == 2:
            in_plane = known
        partial = bool(selection.crop.ranges or selection.planes)
        everything = tuple(slice(0, size) for size in self.shape)
        above = self._above_bar(selection) if partial else None
        if above is not None:
            selection = replace(selection, crop=above)
        image = Image(
            selection.voxels(self._voxels, pressing_axis, self.source)
            if partial
            else self._voxels[everything],
            stated,
            self.source,
            self.path,
            self._content.size_source if stated or in_plane else None,
            tilt_degrees=self._content.tilt_degrees,
            in_plane_um=in_plane,
            raw=self._raw,
            note=self._content.note,
        )
        if not partial:
            bar = _information_bar(image.array, self._content)
            whole = replace(image, information_bar=bar)
            return selection.of(whole, pressing_axis, plan_view=plan_view)
        if stated is not None:
            stated = selection.sizes(stated, pressing_axis, plan_view=plan_view)
        in_plane = selection.in_plane_sizes(in_plane, plan_view=plan_view)
        return replace(
            image,
            voxel_size_um=stated,
            in_plane_um=in_plane,
            crop=selection.crop,
            cut_bar=above is not None,
        )

    def needed(self, region: Crop = WHOLE) -> int:
        """Bytes of memory for a region of it with its phases; what stays in the file needs none.

        Raises
        ------
        InputError
            If there is no such region.
        """
        index = region.slices(self.shape, self.source)
        count = math.prod(_length(one, n) for one, n in zip(index, self.shape, strict=True))
        loaded = 0 if self._voxels.stays_in_file(index) else self.dtype.itemsize
        return count * (loaded + WORKING_BYTES)

    def thin_plane(self, number: int, most: int) -> AnyArray:
        """A plane across the first axis, or the section, thinned to at most so many pixels a side.

        Raises
        ------
        InputError
            If it is damaged.
        """
        *across, rows, columns = self.shape
        step = -(-max(rows, columns) // most)
        index = (*[slice(number, number + 1)] * len(across), *[slice(0, None, step)] * 2)
        return self._voxels[index].reshape(-(-rows // step), -(-columns // step))

    @property
    def quick_to_see(self) -> bool:
        """Whether a plane can be read without all that comes before it."""
        return not isinstance(self._content.voxels, Packed)

    @cached_property
    def bar_of_stack(self) -> tuple[int, int] | None:
        """Rows of the information bar that the first and the last plane of a stack share.

        None of a single section, and where planes are not quick to see.
        """
        if len(self.shape) != 3 or not self.quick_to_see:
            return None
        count, rows, columns = self.shape
        within = (slice(0, rows), slice(0, columns))
        ends = [self._voxels[(slice(at, at + 1), *within)] for at in (0, count - 1)]
        return _information_bar(np.concatenate(ends), self._content)

    def _above_bar(self, selection: Selection) -> Crop | None:
        """The rows above the bar of a stack of planes; None where nothing is cut."""
        if not selection.cut_bar or selection.crop.ranges:
            return None
        bar = self.bar_of_stack
        return None if bar is None else rows_above(bar, axes=3)


def _kept_axes(shape: tuple[int, ...]) -> list[int]:
    """The axes without those of length one, of which the last ones stay to make two."""
    kept = list(range(len(shape)))
    while len(kept) > 2 and any(shape[axis] == 1 for axis in kept):
        kept.remove(next(axis for axis in kept if shape[axis] == 1))
    return kept


class _Kept:
    """Voxels without the axes of length one, loaded when they are indexed."""

    def __init__(self, voxels: Voxels, kept: list[int], path: Path) -> None:
        self._voxels, self._kept, self._path = voxels, kept, path
        self.shape = tuple(voxels.shape[axis] for axis in kept)
        self.dtype = voxels.dtype

    def __getitem__(self, index: Index) -> AnyArray:
        """A part in the byte order of this machine and in C order."""
        whole = self._whole(index)
        lengths = tuple(_length(one, n) for one, n in zip(index, self.shape, strict=True))
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


def _length(one: slice | list[int], size: int) -> int:
    """How many voxels an entry of an index takes along an axis."""
    return len(range(*one.indices(size))) if isinstance(one, slice) else len(one)


def _information_bar(array: AnyArray, content: Content) -> tuple[int, int] | None:
    """The bar of a section, or the one that the first and the last of a stack share."""
    if array.ndim == 2:
        return find_information_bar(array, content.information_bar)
    first, last = (
        find_information_bar(section, content.information_bar) for section in (array[0], array[-1])
    )
    return first if first == last else None
