"""A folder of numbered slices, TIFF or PNG, as one volume."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.formats.content import Content, Index
from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.room import require_room

SUFFIXES = (".tif", ".tiff", ".png")
_NUMBER = re.compile(r"([0-9]+)")


class Slices:
    """Files of equal size and type, opened one by one when they are asked for.

    Parameters
    ----------
    paths
        In their order along the first axis.
    read
        Reads one of them.
    first
        The first one, already read.
    """

    def __init__(
        self, paths: Sequence[Path], read: Callable[[Path], Content], first: Content
    ) -> None:
        self._paths, self._read = paths, read
        self._plane = first.voxels.shape
        self.dtype: np.dtype[Any] = first.voxels.dtype
        self.shape: tuple[int, ...] = (len(paths), *self._plane)

    def __getitem__(self, index: Index) -> AnyArray:
        first, *within = index
        paths = self._paths[first] if isinstance(first, slice) else [self._paths[i] for i in first]
        return self._load(paths, tuple(within))

    def _load(self, paths: Sequence[Path], within: Index) -> AnyArray:
        stack = np.empty((len(paths), *np.empty(self._plane, np.bool_)[within].shape), self.dtype)
        for plane, path in zip(stack, paths, strict=True):
            voxels = self._read(path).voxels
            if voxels.shape != self._plane or voxels.dtype != self.dtype:
                raise InputError(
                    f"{path.name} has {_size(voxels.shape)} pixels of {voxels.dtype}, but "
                    f"{self._paths[0].name} {_size(self._plane)} of {self.dtype}; a volume needs "
                    "slices of one size and type."
                )
            plane[...] = voxels[within]
        return stack


def read_folder(folder: Path, read: Callable[[Path], Content]) -> Content:
    """The slices of a folder in the order of their numbers; other files do not matter.

    Parameters
    ----------
    folder
        Holds at least two images whose names differ in one number.
    read
        Reads one slice.

    Raises
    ------
    InputError
        If there are no such slices, a number is missing or there twice, or a slice is no plain
        picture.
    """
    paths = slice_files(folder)
    first = read(paths[0])
    shape = first.voxels.shape
    if len(shape) != 2:
        raise InputError(
            f"{paths[0].name} in {folder.name} has {len(shape)} axes; a folder of slices holds "
            "one section per file."
        )
    slices = Slices(paths, read, first)
    one = int(np.prod(shape)) * slices.dtype.itemsize
    require_room(one, f"a slice of {folder.name}", "cut the slices smaller")
    return Content(
        slices,
        (None, *first.sizes),
        first.size_source,
        first.information_bar,
        first.tilt_degrees,
        chunks=(1, *shape),
    )


def slice_files(folder: Path) -> list[Path]:
    """The slices of a folder in the order of their numbers.

    Raises
    ------
    InputError
        If there are none, their names differ in more than a number, or the numbers have gaps.
    """
    images = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    )
    if len(images) < 2:
        raise InputError(
            f"{folder} is a folder {'without images' if not images else 'with one image'}; give "
            "an image file, or a folder of numbered TIFF or PNG slices."
        )
    patterns: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for path in images:
        patterns[tuple(_NUMBER.split(path.name)[::2])].append(path)
    if len(patterns) > 1:
        most, odd = (chosen(patterns.values(), key=len)[0] for chosen in (max, min))
        raise InputError(
            f"{folder.name} holds images of different names, such as {most.name} and {odd.name}; "
            "keep the slices of one volume in a folder of their own."
        )
    return _in_order(folder, images)


def _in_order(folder: Path, images: Sequence[Path]) -> list[Path]:
    numbers = [[int(number) for number in _NUMBER.findall(path.name)] for path in images]
    varying = [i for i in range(len(numbers[0])) if len({one[i] for one in numbers}) > 1]
    if not varying:
        raise InputError(
            f"{images[0].name} and {images[1].name} have the same number; remove one of them."
        )
    if len(varying) > 1:
        raise InputError(
            f"the names in {folder.name}, such as {images[0].name} and {images[1].name}, differ "
            f"in {len(varying)} numbers; slices are counted by one."
        )
    ordered = sorted(zip((one[varying[0]] for one in numbers), images, strict=True))
    for (before, first), (after, second) in pairwise(ordered):
        if after == before:
            raise InputError(
                f"{first.name} and {second.name} have the same number; remove one of them."
            )
        if after > before + 1:
            missing = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
            raise InputError(
                f"{folder.name} has a gap: between {first.name} and {second.name} the slices "
                f"{missing} are missing; add them, or number the slices anew."
            )
    return [path for _, path in ordered]


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
