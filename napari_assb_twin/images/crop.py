"""A box of voxels of a file: the region of interest, perhaps thinned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from napari_assb_twin.errors import InputError

Range = tuple[int | None, int | None]
"""First and end (not included) of the voxels along an axis; None: from the start, to the end."""


@dataclass(frozen=True)
class Crop:
    """A region of interest in voxels of the file.

    Attributes
    ----------
    ranges
        One per axis; none: all of it.
    steps
        Along each axis, one in every so many voxels counts; none: every one.
    """

    ranges: tuple[Range, ...] = ()
    steps: tuple[int, ...] = ()

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
                f"The region has {len(self.ranges)} ranges, but {source} has {len(shape)} axes; "
                f"give {'Z0:Z1,Y0:Y1,X0:X1' if len(shape) == 3 else 'ROW0:ROW1,COLUMN0:COLUMN1'} "
                "(--crop)."
            )
        slices = []
        for axis, ((first, end), step, size) in enumerate(
            zip(self.ranges, self._steps, shape, strict=True)
        ):
            start, stop = first or 0, size if end is None else end
            if not 0 <= start < stop <= size:
                raise InputError(
                    f"The region asks for the voxels {start} to {stop} along axis {axis} of "
                    f"{source}, which has {size}; give a first one and an end between 0 and {size} "
                    "(--crop)."
                )
            slices.append(slice(start, stop) if step == 1 else slice(start, stop, step))
        return tuple(slices)

    def thinned(self, sizes: Sequence[float]) -> tuple[float, ...]:
        """Voxel sizes along the last axes of the region, from those of the file."""
        return tuple(s * step for s, step in zip(sizes, self._last(len(sizes)), strict=True))

    def unthinned(self, sizes: Sequence[float]) -> tuple[float, ...]:
        """Voxel sizes along the last axes of the file, from those of the region."""
        return tuple(s / step for s, step in zip(sizes, self._last(len(sizes)), strict=True))

    def inside(self, region: Crop) -> Crop:
        """This region, which is counted in the voxels of another one, in voxels of the file."""
        if not region.ranges or not self.ranges:
            return region if not self.ranges else self
        pieces = zip(self.ranges, self._steps, region.ranges, region._steps, strict=True)
        ranges: list[Range] = []
        steps: list[int] = []
        for (first, end), step, (outer_first, outer_end), outer_step in pieces:
            origin = outer_first or 0
            start = origin + outer_step * (first or 0)
            stop = outer_end if end is None else origin + outer_step * (end - 1) + 1
            ranges.append((start or None, stop))
            steps.append(step * outer_step)
        return region_of(ranges, steps)

    def number_in_file(self, axis: int, number: int) -> int:
        """Where a voxel along an axis of the region lies in the file."""
        if not self.ranges:
            return number
        return (self.ranges[axis][0] or 0) + self._steps[axis] * number

    def record(self) -> str:
        """What a provenance says of it, as `parse_crop` reads it."""
        return ",".join(
            f"{'' if first is None else first}:{'' if end is None else end}"
            + (f":{step}" if step > 1 else "")
            for (first, end), step in zip(self.ranges, self._steps, strict=True)
        )

    @property
    def _steps(self) -> tuple[int, ...]:
        return self.steps or (1,) * len(self.ranges)

    def _last(self, axes: int) -> tuple[int, ...]:
        """The steps along the last axes."""
        return self._steps[len(self.ranges) - axes :] if self.ranges else (1,) * axes


WHOLE = Crop()


def region_of(ranges: Sequence[Range], steps: Sequence[int]) -> Crop:
    """A region; the same one, whether steps of 1 are told or not."""
    return Crop(tuple(ranges), tuple(steps) if any(step != 1 for step in steps) else ())


def rows_above(bar: tuple[int, int], *, axes: int) -> Crop:
    """The region of an image with so many axes that leaves out an information bar."""
    return Crop((*((None, None),) * (axes - 2), (None, bar[0]), (None, None)))


_RANGE = re.compile(r"\s*([0-9]{0,12})\s*:\s*([0-9]{0,12})\s*(?::\s*([0-9]{0,12})\s*)?")


def parse_crop(text: str) -> Crop:
    """A region from ``"10:90,0:200:2,:"``: one range per axis of the file, the end not included.

    A third number takes one in every so many voxels.

    Raises
    ------
    InputError
        If it is not made of such ranges.
    """
    ranges: list[Range] = []
    steps: list[int] = []
    for piece in text.split(","):
        match = _RANGE.fullmatch(piece)
        if match is None or (match[3] and int(match[3]) == 0):
            raise InputError(
                f"--crop is {text[:80]!r}; give the first voxel and the end along each axis, as "
                "10:90,0:200,: for a volume (an empty side goes to the border; 10:90:2 takes one "
                "in every 2)."
            )
        first, end, step = (int(number) if number else None for number in match.groups())
        ranges.append((first, end))
        steps.append(step or 1)
    return region_of(ranges, steps)
