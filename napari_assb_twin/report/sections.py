"""Measured and simulated sections of one size, to be looked at side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import PLANES, Labels, Measured, Plane, SectionStack, Volume
from napari_assb_twin.report.loose import listed, series
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus, open_torus

PixelSize = tuple[float, float]

MEASURED, SIMULATED = 2, 2
"""Sections of each kind in a row, at most and at least: all rows have the same length."""

LONGEST_SIDE = 384
"""Larger sections are shown by their middle."""

MOST_PIXELS = 1 << 24
STREAM = 0x9EC7


@dataclass(frozen=True, eq=False)
class Plate:
    """Sections of one plane at one pixel size."""

    plane: Plane
    pixel_size_um: PixelSize
    measured: tuple[Labels, ...]
    simulated: tuple[Labels, ...]


def plates(
    twin: Twin, record: Record | None, measured: Measured | None, seed: int
) -> tuple[Plate, ...]:
    """One row of sections for each plane of the data, or of the twin's box where there are none.

    Simulated ones are independent realisations of the twin in the plane, in an open window, at
    the pixel size of the data; ``seed`` begins their noise.

    Raises
    ------
    InputError
        If the twin has correlations too long to be simulated at this pixel size.
    """
    if measured is not None:
        shown = list(_measured(measured))
    else:
        shown = [(plane, size, shape, ()) for plane, size, shape in _layout(twin, record)]
    length = SIMULATED + max(1, *(len(images) for *_, images in shown), 0)
    found = []
    for plane, size, shape, images in shown:
        random = np.random.default_rng([seed, STREAM, PLANES.index(plane)])
        sampler = WindowSampler(twin, _checked(twin, _box(plane, size, shape)))
        axis, count = (0 if plane == "xy" else 1), length - len(images)
        simulated = tuple(np.take(sampler(random), 0, axis=axis) for _ in range(count))
        found.append(Plate(plane, size, images, simulated))
    return tuple(found)


_Layout = tuple[Plane, PixelSize, tuple[int, int]]
_Shown = tuple[Plane, PixelSize, tuple[int, int], tuple[Labels, ...]]


def _measured(measured: Measured) -> Iterable[_Shown]:
    stacks: Sequence[SectionStack]
    if isinstance(measured, Volume):
        stacks = [measured.planes(plane, MEASURED) for plane in ("xy", "xz")]
    else:
        stacks = measured
    for plane in PLANES:
        own = [stack for stack in stacks if stack.plane == plane]
        if own:
            size = own[0].pixel_size_um
            same = [i for stack in own if stack.pixel_size_um == size for i in stack.images]
            images = tuple(_middle(image) for image in _spread(same))
            rows, columns = images[0].shape
            yield plane, size, (rows, columns), images


def _spread(images: Sequence[Labels]) -> list[Labels]:
    """The first and the last, which of a stack are the most different."""
    return [images[0], images[-1]] if len(images) > 1 else list(images)


def _middle(image: Labels) -> Labels:
    first = [max(0, (n - LONGEST_SIDE) // 2) for n in image.shape]
    return image[tuple(slice(f, f + LONGEST_SIDE) for f in first)]


def _layout(twin: Twin, record: Record | None) -> list[_Layout]:
    """Planes, pixel sizes and shapes of the data that were fitted; else of the twin's box."""
    found = [one for entry in (record.data if record else ()) for one in _recorded(entry)]
    if found:
        by_plane = {one[0]: one for one in reversed(found)}  # the first of each plane
        return [by_plane[plane] for plane in PLANES if plane in by_plane]
    z, y, x = (min(n, LONGEST_SIDE) for n in twin.grid.shape)
    d = twin.grid.voxel_size_um
    return [("xy", (d, d), (y, x)), ("xz", (d, d), (z, x))]


def _recorded(entry: Any) -> list[_Layout]:
    volume, sizes = series(entry.get("volume"), 3), series(entry.get("voxel_size_um"), 3)
    if volume is not None and sizes is not None:
        wanted: list[tuple[Plane, Any, Any]] = [
            ("xy", sizes[1:], volume[1:]),
            ("xz", sizes[[0, 2]], volume[[0, 2]]),
        ]
    else:
        plane = next((one for one in PLANES if one == entry.get("plane")), None)
        pixel, first = series(entry.get("pixel_size_um"), 2), listed(entry.get("sections"))[:1]
        shape = series(first[0], 2) if first else None
        if plane is None or pixel is None or shape is None:
            return []
        wanted = [(plane, pixel, shape)]
    found = []
    for plane, pixel, shape in wanted:
        if (pixel > 0).all() and (shape >= 1).all():
            rows, columns = (int(min(n, LONGEST_SIDE)) for n in shape)
            found.append((plane, (float(pixel[0]), float(pixel[1])), (rows, columns)))
    return found


def _box(plane: Plane, size: PixelSize, shape: tuple[int, int]) -> Torus:
    (rows, columns), (dr, dc) = shape, size
    if plane == "xy":
        return Torus((1, rows, columns), (dr, dr, dc))
    return Torus((rows, 1, columns), (dr, dc, dc))


def _checked(twin: Twin, box: Torus) -> Torus:
    for name in FIELD_NAMES:
        if open_torus(twin.field(name).correlation, box).voxels > MOST_PIXELS:
            raise InputError(
                f"the correlation of field {name} reaches too far for sections of these pixels"
            )
    return box
