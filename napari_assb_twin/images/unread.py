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
from napari_assb_twin.images.formats.content import Content
from napari_assb_twin.images.formats.inflate import Packed
from napari_assb_twin.images.image import AnyArray, Array, Image, ImageOf, VolumeFile
from napari_assb_twin.images.information_bar import find_information_bar
from napari_assb_twin.images.kept_axes import Kept, length
from napari_assb_twin.images.on_demand import OnDemand
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
        voxels = Kept(content.voxels, path)
        if len(voxels.shape) not in (2, 3):
            raise InputError(
                f"{path.name} has {len(shape)} axes ({' x '.join(map(str, shape))}); give a "
                "section (2 axes), or a volume or a stack of sections (3 axes)."
            )
        self.path, self.source = path, path.name
        self._content, self._raw = content, raw
        self._voxels = voxels
        self.shape, self.dtype = voxels.shape, voxels.dtype

    def image(
        self, selection: Selection = ALL, *, pressing_axis: int = 0, plan_view: bool = False
    ) -> Image:
        """Load the part that is asked for, as `read_image` does.

        Raises
        ------
        InputError
            If there is no such part, it is damaged, or does not fit into memory.
        """
        if not (selection.crop.ranges or selection.planes):
            whole = self._image(self._voxels[tuple(slice(0, size) for size in self.shape)])
            whole = replace(whole, information_bar=_information_bar(whole.array, self._content))
            return selection.of(whole, pressing_axis, plan_view=plan_view)
        selection, cut = self._above_bar(selection)
        image = self._image(selection.voxels(self._voxels, pressing_axis, self.source))
        sizes = image.voxel_size_um
        if sizes is not None:
            sizes = selection.sizes(sizes, pressing_axis, plan_view=plan_view)
        return replace(
            image,
            voxel_size_um=sizes,
            in_plane_um=selection.in_plane_sizes(image.in_plane_um, plan_view=plan_view),
            crop=selection.crop,
            cut_bar=cut,
        )

    def volume(self, selection: Selection = ALL, *, pressing_axis: int = 0) -> VolumeFile:
        """The region that is asked for, not loaded, as `open_volume` gives it.

        Raises
        ------
        InputError
            If this is a single section, there is no such part, or it is packed in one piece and
            does not fit into memory.
        """
        if len(self.shape) != 3:
            raise InputError(
                f"{self.source} is a single section, no volume; choose the plane it shows."
            )
        if not self.quick_to_see:  # every plane would unpack all before it
            require_room(math.prod(self.shape) * self.dtype.itemsize, self.source)
        selection, cut = self._above_bar(selection)
        whole = OnDemand(self._voxels, self._voxels.of_axes(self._content.chunks))
        image = self._image(whole[selection.crop.slices(whole.shape, self.source)])
        sizes = image.voxel_size_um
        return replace(
            image,
            voxel_size_um=None if sizes is None else selection.sizes(sizes, pressing_axis),
            crop=selection.crop,
            cut_bar=cut,
        )

    def _image(self, array: Array) -> ImageOf[Array]:
        """The image of which this is the array, with what the whole file says of it."""
        sizes = self._voxels.of_axes(self._content.sizes)
        known = tuple(size for size in sizes if size is not None)
        stated = known if len(known) == len(sizes) else None
        in_plane = known if sizes[0] is None and len(known) == 2 else None
        return ImageOf(
            array,
            stated,
            self.source,
            self.path,
            self._content.size_source if stated or in_plane else None,
            tilt_degrees=self._content.tilt_degrees,
            in_plane_um=in_plane,
            raw=self._raw,
            note=self._content.note,
        )

    def needed(self, region: Crop = WHOLE) -> int:
        """Bytes of memory for a region of it with its phases; what stays in the file needs none.

        Raises
        ------
        InputError
            If there is no such region.
        """
        index = region.slices(self.shape, self.source)
        loaded = 0 if self._voxels.stays_in_file(index) else self.loaded_bytes(region)
        return loaded + WORKING_BYTES * (self.loaded_bytes(region) // self.dtype.itemsize)

    def loaded_bytes(self, region: Crop = WHOLE) -> int:
        """Bytes of the voxels of a region.

        Raises
        ------
        InputError
            If there is no such region.
        """
        index = region.slices(self.shape, self.source)
        count = math.prod(length(one, n) for one, n in zip(index, self.shape, strict=True))
        return count * self.dtype.itemsize

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
    def bar(self) -> tuple[int, int] | None:
        """Rows of the information bar of a section, or that both end planes of a stack share.

        None where there is none, and where planes are not quick to see.
        """
        if not self.quick_to_see:
            return None
        if len(self.shape) == 2:
            rows, columns = self.shape
            return _information_bar(self._voxels[slice(0, rows), slice(0, columns)], self._content)
        count, rows, columns = self.shape
        within = (slice(0, rows), slice(0, columns))
        ends = [self._voxels[(slice(at, at + 1), *within)] for at in (0, count - 1)]
        return _information_bar(np.concatenate(ends), self._content)

    def _above_bar(self, selection: Selection) -> tuple[Selection, bool]:
        """The selection without the bar that all planes of a stack share; whether it is."""
        if not selection.cut_bar or selection.crop.ranges or len(self.shape) != 3:
            return selection, False
        bar = self.bar
        if bar is None:
            return selection, False
        return replace(selection, crop=rows_above(bar, axes=3)), True


def _information_bar(array: AnyArray, content: Content) -> tuple[int, int] | None:
    """The bar of a section, or the one that the first and the last of a stack share."""
    if array.ndim == 2:
        return find_information_bar(array, content.information_bar)
    first, last = (
        find_information_bar(section, content.information_bar) for section in (array[0], array[-1])
    )
    return first if first == last else None
