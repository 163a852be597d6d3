"""Files of which a part is chosen before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from napari_assb_twin.errors import InputError
from napari_assb_twin.images import room
from napari_assb_twin.images.crop import WHOLE, Crop, Range, region_of
from napari_assb_twin.images.unread import Unread

PROPOSED_SHARE = room.SHARE_OF_MEMORY / 2
"""Of the free memory: what is proposed leaves room for looking at it."""


@dataclass(frozen=True, eq=False)
class Unopened:
    """Files of equally many axes that are opened together, all in the same region.

    Attributes
    ----------
    files
        At least one.
    shape
        Voxels along each axis that all of them have.
    text_from
        First row of the information bar below micrographs; None where there is none.
    """

    files: tuple[Unread, ...]
    shape: tuple[int, ...]
    text_from: int | None

    @classmethod
    def of(cls, files: Sequence[Unread]) -> Unopened:
        """Some files.

        Raises
        ------
        InputError
            If one is a section and another a stack.
        """
        first, *others = files
        for other in others:
            if len(other.shape) != len(first.shape):
                raise InputError(
                    f"{first.source} and {other.source} are a section and a stack, which have no "
                    "region in common; open one after the other."
                )
        sizes = zip(*(file.shape for file in files), strict=True)
        bars = []
        for file in files:
            with suppress(InputError):  # of a plane that cannot be read, reading tells
                bars.append(file.bar)
        text_from = min((bar[0] for bar in bars if bar is not None), default=None)
        return cls(tuple(files), tuple(min(lengths) for lengths in sizes), text_from)

    def region(self, spans: Sequence[tuple[int, int]], steps: Sequence[int]) -> Crop:
        """The region between first voxels and ends; an end that is the last goes to each file's.

        Raises
        ------
        InputError
            If a range holds nothing.
        """
        ranges: list[Range] = []
        names = ("slices", "rows", "columns")[-len(self.shape) :]
        for name, (first, end), size in zip(names, spans, self.shape, strict=True):
            if first >= end:
                raise InputError(
                    f"The {name} go from {first} to {end}; let them end behind their start."
                )
            ranges.append((first or None, None if end == size else end))
        region = region_of(ranges, steps)
        return WHOLE if region == region_of([(None, None)] * len(ranges), ()) else region

    def needed(self, region: Crop = WHOLE) -> int:
        """Bytes of memory for a region of all files, as `needed_together`."""
        return needed_together(self.files, region)

    def voxels(self, region: Crop) -> tuple[int, ...]:
        """Voxels along each axis of a region of the first file."""
        first = self.files[0]
        pairs = zip(region.slices(first.shape, first.source), first.shape, strict=True)
        return tuple(len(range(*one.indices(size))) for one, size in pairs)

    def proposed(self) -> list[tuple[int, int]]:
        """First voxels and ends: all but a bar of text, or as many middle slices as fit well."""
        spans = [(0, size) for size in self.shape]
        if self.text_from is not None:
            spans[-2] = (0, self.text_from)
        every = [1] * len(spans)
        if not room.fits(self.needed(self.region(spans, every))):
            most = self.shape[0]
            two = min(2, most)  # of which one may lie in its file as it is used
            one = self.needed(self.region([(0, two), *spans[1:]], every)) / two
            count = min(most, max(1, int(PROPOSED_SHARE * room.free_bytes() / one)))
            spans[0] = ((most - count) // 2, (most - count) // 2 + count)
        return spans


def needed_together(files: Sequence[Unread], region: Crop = WHOLE) -> int:
    """Bytes of memory for a region of files as one draft: several are joined to be counted."""
    alone = sum(file.needed(region) for file in files)
    return alone + (sum(file.loaded_bytes(region) for file in files) if len(files) > 1 else 0)
