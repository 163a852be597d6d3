"""Which part of an opened image counts: region of interest, planes of a volume, rows of text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import WHOLE, Crop, parse_crop, rows_above
from napari_assb_twin.images.formats.content import Voxels
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.tilt import untilted
from napari_assb_twin.measure.sections import PLANES, Plane


@dataclass(frozen=True)
class PlaneChoice:
    """Planes of a volume that are used as sections: by number, every so many, or evenly spread.

    Attributes
    ----------
    plane
        ``"xy"`` is perpendicular to the pressing direction, the others contain it.
    numbers
        Voxels of the file along the axis across the plane, from 0.
    every
        The first plane and every so many after it.
    evenly
        So many planes, in the middles of so many equal parts of the volume.

    Raises
    ------
    InputError
        If not exactly one of the three is given, or it is not positive.
    """

    plane: Plane
    numbers: tuple[int, ...] = ()
    every: int | None = None
    evenly: int | None = None

    def __post_init__(self) -> None:
        given = [bool(self.numbers), self.every is not None, self.evenly is not None]
        count = self.every if self.every is not None else self.evenly
        if sum(given) != 1 or (count is not None and count < 1) or min(self.numbers, default=0) < 0:
            raise InputError(f"Which {self.plane} planes are used is not clear; {_HOW} (--planes).")

    def positions(self, within: range, source: str) -> tuple[int, ...]:
        """The numbers of the planes among those of a region, ascending.

        ``every`` and ``evenly`` count these; of a thinned region, any number between its ends may
        be asked for.

        Raises
        ------
        InputError
            If a plane that was asked for does not lie between.
        """
        if self.numbers:
            first, end = within.start, within.stop
            outside = [number for number in self.numbers if not first <= number < end]
            if outside:
                raise InputError(
                    f"--planes asks for the {self.plane} plane {outside[0]} of {source}, which has "
                    f"the planes {first} to {end - 1}; choose among these."
                )
            return tuple(sorted(set(self.numbers)))
        if self.every is not None:
            return tuple(within[:: self.every])
        return tuple(within[place] for place in _middles(len(within), self.evenly or 1))

    def record(self) -> str:
        """What a provenance says of it, as `parse_planes` reads it."""
        if self.numbers:
            return f"{self.plane}={','.join(map(str, self.numbers))}"
        if self.every is not None:
            return f"{self.plane}=every:{self.every}"
        return f"{self.plane}=evenly:{self.evenly}"


def _middles(n: int, count: int) -> tuple[int, ...]:
    """The middles of so many equal parts of n planes, all of them where there are no more."""
    count = min(count, n)
    return tuple(((2 * part + 1) * n - count) // (2 * count) for part in range(count))


_HOW = "write xz=10,50,90 (by number), yz=every:20 or xy=evenly:8"
_CHOICE = re.compile(r"(xy|xz|yz)=(?:(every|evenly):)?([0-9]+(?:,[0-9]+)*)")


def parse_planes(text: str) -> PlaneChoice:
    """Planes from ``"xz=10,50,90"``, ``"yz=every:20"`` or ``"xy=evenly:8"``.

    Raises
    ------
    InputError
        If it is none of these.
    """
    match = _CHOICE.fullmatch(text.strip().replace(" ", ""))
    if match is None or (match[2] and "," in match[3]):
        raise InputError(f"--planes is {text!r}; {_HOW}.")
    plane = next(plane for plane in PLANES if plane == match[1])
    numbers = tuple(int(number) for number in match[3].split(","))
    if match[2] is None:
        return PlaneChoice(plane, numbers)
    if match[2] == "every":
        return PlaneChoice(plane, every=numbers[0])
    return PlaneChoice(plane, evenly=numbers[0])


@dataclass(frozen=True)
class Selection:
    """What of an image counts, and how it lay under the beam.

    Attributes
    ----------
    crop
        Region of interest in voxels of the file.
    planes
        Planes of a volume that are used as sections; None: all of it.
    cut_bar
        Whether the information bar of a micrograph is left out, where one was found and no region
        is given.
    tilt_degrees
        Tilt for which the size of the rows is put right; None: none.
    """

    crop: Crop = WHOLE
    planes: PlaneChoice | None = None
    cut_bar: bool = False
    tilt_degrees: float | None = None

    def of(self, image: Image, pressing_axis: int, *, plan_view: bool = False) -> Image:
        """The part of an image; planes of a volume are a stack, with z along their rows.

        Parameters
        ----------
        image
            All of a file, or a region of it; the selection is counted in the voxels of either.
        pressing_axis
            Of a volume, the axis that was pressed.
        plan_view
            Whether it shows plan views, which a tilt shortens otherwise.

        Raises
        ------
        InputError
            If the image has no such part.
        """
        bar, sizes = image.information_bar, image.voxel_size_um
        if self.cut_bar and bar is not None and not self.crop.ranges:
            rows = rows_above(bar, axes=image.array.ndim)
            cut = replace(self, crop=rows).of(image, pressing_axis, plan_view=plan_view)
            return replace(cut, cut_bar=True)
        array = self.voxels(image.array, pressing_axis, image.source)
        if sizes is not None:
            sizes = self.sizes(sizes, pressing_axis, plan_view=plan_view)
        return replace(
            image,
            array=array,
            voxel_size_um=sizes,
            in_plane_um=self.in_plane_sizes(image.in_plane_um, plan_view=plan_view),
            information_bar=None if self.crop.ranges or self.planes else bar,
            crop=self.crop.inside(image.crop),
        )

    def voxels(self, voxels: Voxels, pressing_axis: int, source: str) -> AnyArray:
        """The part of voxels with two or three axes; of what loads on demand no more is loaded."""
        slices = self.crop.slices(voxels.shape, source)
        if self.planes is None:
            part: AnyArray = voxels[slices]
            return part
        if len(voxels.shape) != 3:
            raise InputError(
                f"{source} is a single section; planes are chosen of a volume (--planes)."
            )
        across = across_plane(self.planes.plane, pressing_axis)
        within = range(voxels.shape[across])[slices[across]]
        numbers = self.planes.positions(within, source)
        index: list[slice | list[int]] = list(slices)
        index[across] = list(numbers)
        stack: AnyArray = np.moveaxis(np.asarray(voxels[tuple(index)]), across, 0)
        return stack.swapaxes(1, 2) if _turned(self.planes.plane, pressing_axis) else stack

    def sizes(
        self, sizes: Sequence[float], pressing_axis: int, *, plan_view: bool = False
    ) -> tuple[float, ...]:
        """Voxel sizes along the axes of the part from those of the file, the tilt put right."""
        if self.tilt_degrees is not None:
            sizes = untilted(sizes, self.tilt_degrees, plan_view=plan_view)
        sizes = self.crop.thinned(sizes)
        if self.planes is None:
            return tuple(float(size) for size in sizes)
        if len(sizes) != 3:
            raise InputError(f"A volume needs three voxel sizes, not {len(sizes)}.")
        across = across_plane(self.planes.plane, pressing_axis)
        within = [float(size) for axis, size in enumerate(sizes) if axis != across]
        turned = _turned(self.planes.plane, pressing_axis)
        return (float(sizes[across]), *(reversed(within) if turned else within))

    def in_plane_sizes(
        self, sizes: Sequence[float] | None, *, plan_view: bool = False
    ) -> tuple[float, ...] | None:
        """Sizes of rows and columns, the tilt put right; None where planes of a volume are taken.

        They then need the distance of the slices, which is not known.
        """
        if sizes is None or self.planes is not None:
            return None
        return self.sizes(sizes, 0, plan_view=plan_view)

    def inside(self, region: Crop, pressing_axis: int) -> Selection:
        """This selection, which is counted in the voxels of a region, in voxels of the file."""
        planes = self.planes
        if planes is not None and planes.numbers:
            across = across_plane(planes.plane, pressing_axis)
            numbers = (region.number_in_file(across, number) for number in planes.numbers)
            planes = replace(planes, numbers=tuple(numbers))
        return replace(self, crop=self.crop.inside(region), planes=planes)

    def record(self) -> dict[str, Any]:
        """What a provenance says of it; nothing where all counts."""
        record: dict[str, Any] = {}
        if self.crop.ranges:
            record["crop"] = self.crop.record()
        if self.planes is not None:
            record["planes"] = self.planes.record()
        if self.cut_bar:
            record["information_bar"] = "left out"
        if self.tilt_degrees is not None:
            record["tilt_degrees"] = self.tilt_degrees
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Selection:
        """The selection that a provenance tells of.

        Raises
        ------
        InputError
            If it cannot be understood.
        """
        crop, planes, tilt = (record.get(key) for key in ("crop", "planes", "tilt_degrees"))
        return cls(
            WHOLE if crop is None else parse_crop(str(crop)),
            None if planes is None else parse_planes(str(planes)),
            record.get("information_bar") is not None,
            float(tilt) if isinstance(tilt, int | float) else None,
        )


ALL = Selection()


def across_plane(plane: Plane, pressing_axis: int) -> int:
    """The axis of the file at right angles to a plane; z is ``pressing_axis``, y before x."""
    if plane == "xy":
        return pressing_axis
    y, x = (axis for axis in range(3) if axis != pressing_axis)
    return y if plane == "xz" else x


def _turned(plane: Plane, pressing_axis: int) -> bool:
    """Whether z runs along the columns of a plane as it lies in the file."""
    if plane == "xy":
        return False
    across = across_plane(plane, pressing_axis)
    return next(axis for axis in range(3) if axis != across) != pressing_axis
