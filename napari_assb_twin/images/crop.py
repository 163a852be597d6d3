"""A box of voxels of a file: the region of interest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from napari_assb_twin.errors import InputError

Range = tuple[int | None, int | None]
"""First and end (not included) of the voxels along an axis; None: from the start, to the end."""


@dataclass(frozen=True)
class Crop:
    """A region of interest in voxels of the file, one range per axis; no ranges: all of it."""

    ranges: tuple[Range, ...] = ()

    def slices(self, shape: Sequence[int], source: str) -> tuple[slice, ...]:
        """The part of an array of this shape.

        Raises
        ------
        InputError
            If there are not as many ranges as axes, or one holds no voxel of the image.
        """
        if not self.ranges:
            return tuple(slice(0, size) for size in shape)
        if len(self.ranges) != len(shape):
            raise InputError(
                f"--crop has {len(self.ranges)} ranges, but {source} has {len(shape)} axes; give "
                f"{'Z0:Z1,Y0:Y1,X0:X1' if len(shape) == 3 else 'ROW0:ROW1,COLUMN0:COLUMN1'}."
            )
        slices = []
        for axis, ((first, end), size) in enumerate(zip(self.ranges, shape, strict=True)):
            start, stop = first or 0, size if end is None else end
            if not 0 <= start < stop <= size:
                raise InputError(
                    f"--crop asks for the voxels {start} to {stop} along axis {axis} of {source}, "
                    f"which has {size}; give a first one and an end between 0 and {size}."
                )
            slices.append(slice(start, stop))
        return tuple(slices)

    def record(self) -> str:
        """What a provenance says of it, as `parse_crop` reads it."""
        return ",".join(
            f"{'' if first is None else first}:{'' if end is None else end}"
            for first, end in self.ranges
        )


WHOLE = Crop()


def rows_above(bar: tuple[int, int], *, axes: int) -> Crop:
    """The region of an image with so many axes that leaves out an information bar."""
    return Crop((*((None, None),) * (axes - 2), (None, bar[0]), (None, None)))


def parse_crop(text: str) -> Crop:
    """A region from ``"10:90,0:200,:"``: one range per axis of the file, the end not included.

    Raises
    ------
    InputError
        If it is not made of such ranges.
    """
    ranges: list[Range] = []
    for piece in text.split(","):
        match = re.fullmatch(r"\s*([0-9]*)\s*:\s*([0-9]*)\s*", piece)
        if match is None:
            raise InputError(
                f"--crop is {text!r}; give the first voxel and the end along each axis, as "
                "10:90,0:200,: for a volume (an empty side goes to the border)."
            )
        first, end = (int(number) if number else None for number in match.groups())
        ranges.append((first, end))
    return Crop(tuple(ranges))
