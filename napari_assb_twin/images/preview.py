"""What opened images say before they count: phases, and how far their correlation reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.images.axes import orient_volume, orient_voxel_size
from napari_assb_twin.images.draft import Draft, Parts, Segmentation, by_part
from napari_assb_twin.images.geometry import VOLUME, Kind, geometry_of_part
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.labels import Part
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.trained_segmentation import TrainedSegmentation
from napari_assb_twin.images.treatment import Treatment
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import (
    Labels,
    Plane,
    SectionStack,
    Volume,
    plane_positions,
    volume_fractions,
)
from napari_assb_twin.measure.trends import Trend, trends
from napari_assb_twin.twin.exact import DIRECTIONS, Direction
from napari_assb_twin.twin.phases import PHASES, Phase

AnyArray = np.ndarray[Any, np.dtype[Any]]
Floats = NDArray[np.float64]

MOST_PLANES = 4
"""Planes of a volume, in either direction, or sections that are looked at."""

WINDOW = 1024
"""Pixels per side of the middle part whose pairs are counted; larger parts only take longer."""


@dataclass(frozen=True)
class Reach:
    """How far the correlation of one phase reaches along one direction.

    Attributes
    ----------
    phase, direction
        What, and where to.
    length_um
        The first lag at which (C_ii(h) - phi_i^2) / (phi_i - phi_i^2) is 1/e; None where it is
        more up to the longest lag.
    pixel_um
        Edge of a pixel along the direction.
    extent_um
        Edge of the image along the direction; of a plan view the shorter one.
    left
        The same ratio at the longest lags, the mean over the last fifth of them.
    longest_um
        The longest lag.
    """

    phase: Phase
    direction: Direction
    length_um: float | None
    pixel_um: float
    extent_um: float
    left: float
    longest_um: float

    @property
    def pixels(self) -> float | None:
        """Pixels per correlation length."""
        return None if self.length_um is None else self.length_um / self.pixel_um

    @property
    def lengths(self) -> float | None:
        """Correlation lengths per edge of the image."""
        return None if self.length_um is None else self.extent_um / self.length_um


@dataclass(frozen=True)
class Drift:
    """A change of a phase's share from edge to edge, and how far chance alone takes it.

    ``scatter`` is the standard deviation of ``change`` in images without any drift.
    """

    trend: Trend
    change: float
    scatter: float


@dataclass(frozen=True)
class Preview:
    """What was found in the part that was looked at.

    Attributes
    ----------
    fractions
        Shares of the phases in the sections that were looked at.
    reaches, drifts
        Of these sections.
    looked_at
        Numbers of sections: of the draft, or of plan views and of cross-sections of its volume.
    available
        How many sections the draft has; None of a volume.
    """

    fractions: Mapping[Phase, float]
    reaches: tuple[Reach, ...]
    drifts: tuple[Drift, ...]
    looked_at: tuple[int, ...]
    available: int | None

    @property
    def whole(self) -> bool:
        """Whether every pixel was looked at."""
        return sum(self.looked_at) == self.available

    def reach(self, phase: Phase, direction: Direction) -> Reach | None:
        """That of one phase; None if the images do not contain the direction."""
        found = (r for r in self.reaches if (r.phase, r.direction) == (phase, direction))
        return next(found, None)


def preview(
    draft: Draft,
    *,
    kind: Kind,
    pressing_axis: int,
    voxel_size_um: Sequence[float],
    parts: Parts,
    selection: Selection = ALL,
) -> Preview:
    """Look at up to `MOST_PLANES` planes of each kind; arguments as those of `Draft.apply`.

    Raises
    ------
    InputError
        If the images cannot be used so.
    """
    mapping: Segmentation
    if isinstance(parts, TrainedSegmentation):
        draft, mapping = draft.holding(parts.phases(apart=kind != VOLUME)), None
    else:
        mapping = by_part(parts) if isinstance(parts, Mapping) else parts
    part = draft.selected(selection, kind=kind, pressing_axis=pressing_axis)
    of_files = selection.inside(draft.region, pressing_axis)
    geometry = geometry_of_part(kind, pressing_axis, voxel_size_um, of_files)
    stacks = _looked_at(part, **geometry, mapping=mapping)
    middle = tuple(_middle(stack) for stack in stacks)
    reaches: list[Reach] = []
    for direction in DIRECTIONS:
        reaches.extend(_reaches(stacks, middle, direction))
    fractions = volume_fractions([image for stack in stacks for image in stack.images])
    looked_at = tuple(len(stack.images) for stack in stacks)
    available = None
    if geometry["kind"] != VOLUME:
        available = sum(len(_sections(image.array)) for image in part.images)
    drifts = _drifts(stacks, fractions, reaches)
    return Preview(fractions, tuple(reaches), drifts, looked_at, available)


def _looked_at(
    draft: Draft,
    *,
    kind: Kind,
    pressing_axis: int,
    voxel_size_um: Sequence[float],
    mapping: Segmentation,
) -> tuple[SectionStack, ...]:
    """Whole sections: of the draft, or plan views and cross-sections of its volume.

    Only these are segmented, unless a mask says what of all pixels counts.
    """
    if draft.mask is not None:
        measured = draft.measured(
            kind=kind, pressing_axis=pressing_axis, voxel_size_um=voxel_size_um, mapping=mapping
        )
        if isinstance(measured, Volume):
            return measured.planes("xy", MOST_PLANES), measured.planes("xz", MOST_PLANES)
        return tuple(_some(stack) for stack in measured)
    if kind != VOLUME:
        sections = [
            (number, plane)
            for number, image in enumerate(draft.images)
            for plane in _sections(image.array)
        ]
        some = [sections[i] for i in plane_positions(len(sections), MOST_PLANES)]
        images = _phases(draft, some, mapping, kind, pressing_axis)
        rows, columns = (float(size) for size in voxel_size_um)
        turned = kind != "xy" and pressing_axis == 1
        return (SectionStack(kind, images, (columns, rows) if turned else (rows, columns)),)
    array = orient_volume(draft.single_volume.array, pressing_axis)
    z, y, x = orient_voxel_size(voxel_size_um, pressing_axis)
    plans = [(0, array[i]) for i in plane_positions(array.shape[0], MOST_PLANES)]
    crosses = [(0, array[:, i]) for i in plane_positions(array.shape[1], MOST_PLANES)]
    images = _phases(draft, [*plans, *crosses], mapping, "xy", 0)
    return (
        SectionStack("xy", images[: len(plans)], (y, x)),
        SectionStack("xz", images[len(plans) :], (z, x)),
    )


def _some(stack: SectionStack) -> SectionStack:
    places = plane_positions(len(stack.images), MOST_PLANES)
    return replace(stack, images=tuple(stack.images[i] for i in places))


def _sections(array: AnyArray) -> Sequence[AnyArray]:
    return array if array.ndim == 3 else [array]  # type: ignore[return-value]


def _phases(
    draft: Draft,
    planes: Sequence[tuple[int, AnyArray]],
    mapping: Segmentation,
    kind: Plane,
    axis: int,
) -> tuple[Labels, ...]:
    """Some planes, each of an image by its number, as phases.

    Labels that occur in none of them are passed over.  Contrast is that of the whole images; light
    and noise are taken out of each plane by itself.
    """
    source, arrays = draft.sources[0], [np.ascontiguousarray(plane) for _, plane in planes]
    if isinstance(mapping, GreySegmentation):
        numbers = [number for number, _ in planes]
        arrays = _treated(draft, numbers, arrays, mapping.treatment)
        mapping = mapping.untreated
    some = Draft(tuple(Image(array, None, source) for array in arrays))
    if isinstance(mapping, Mapping):
        present: dict[Part, Sequence[int]] = {
            part: [label for label in labels if label in some.labels]
            for part, labels in mapping.items()
        }
        if all(present.get(phase) for phase in PHASES):
            mapping = present
    measured = some.measured(
        kind=kind, pressing_axis=axis, voxel_size_um=(1.0, 1.0), mapping=mapping
    )
    (stack,) = cast("tuple[SectionStack]", measured)  # a volume only if that is the kind
    return stack.images


def _treated(
    draft: Draft, numbers: Sequence[int], planes: Sequence[AnyArray], treatment: Treatment
) -> list[AnyArray]:
    """Planes with their grey values treated; ``numbers`` say of which image each is."""
    if treatment.nothing:
        return list(planes)
    limits = {
        number: treatment.limits(draft.images[number].array, source=draft.sources[number])
        for number in set(numbers)
    }
    pairs = zip(numbers, planes, strict=True)
    return [treatment.plane(plane, limits[number]) for number, plane in pairs]


def _middle(stack: SectionStack) -> SectionStack:
    """The middle `WINDOW` x `WINDOW` pixels of every section."""
    images = []
    for image in stack.images:
        first = [max(0, (n - WINDOW) // 2) for n in image.shape]
        part = tuple(slice(start, start + WINDOW) for start in first)
        images.append(np.ascontiguousarray(image[part]))
    return SectionStack(stack.plane, tuple(images), stack.pixel_size_um)


def _reaches(
    stacks: Sequence[SectionStack], middle: tuple[SectionStack, ...], direction: Direction
) -> list[Reach]:
    curves = measured_coverage(middle, direction)
    if curves is None:
        return []
    pixel, extent = _edges(stacks, direction)
    last = max(1, len(curves.lags_um) // 5)
    found = []
    for phase in PHASES:
        share = curves.volume_fractions[phase]
        ratio = (curves[phase, phase] - share**2) / (share - share**2)
        found.append(
            Reach(
                phase,
                direction,
                length_um=_fall(curves.lags_um, ratio),
                pixel_um=pixel,
                extent_um=extent,
                left=float(ratio[-last:].mean()),
                longest_um=float(curves.lags_um[-1]),
            )
        )
    return found


def _fall(lags: Floats, ratio: Floats) -> float | None:
    """The first lag at which a curve that starts at 1 is 1/e, linearly between two lags."""
    below = np.flatnonzero(ratio <= math.exp(-1))
    if not below.size:
        return None
    after = int(below[0])
    step = ratio[after - 1 : after + 1]
    return float(np.interp(-math.exp(-1), -step, lags[after - 1 : after + 1]))


def _edges(stacks: Sequence[SectionStack], direction: Direction) -> tuple[float, float]:
    """Pixel and image edge along a direction, of the sections that `measured_coverage` takes."""
    plans = [stack for stack in stacks if stack.plane == "xy"]
    (first, *_) = plans if plans and direction == "in-plane" else stacks[-1:]
    rows, columns = (
        min(image.shape[axis] for image in first.images) * first.pixel_size_um[axis]
        for axis in (0, 1)
    )
    if first.plane == "xy":
        return max(first.pixel_size_um), min(rows, columns)
    if direction == "in-plane":
        return first.pixel_size_um[1], columns
    return first.pixel_size_um[0], rows


def _drifts(
    stacks: Sequence[SectionStack], fractions: Mapping[Phase, float], reaches: Sequence[Reach]
) -> tuple[Drift, ...]:
    """Every drift with its scatter.

    The share of a phase in an area A has the variance phi (1 - phi) a / A with a the integral of
    the normalised covariance over the plane, 2 pi l l' for an exponential one of lengths l and l'.
    A straight line through shares that are independent along an edge changes from end to end with
    12 times this variance.
    """
    far = {(r.phase, r.direction): r.length_um or r.longest_um for r in reaches}
    found: list[Drift] = []
    for stack in stacks:
        area = math.prod(stack.pixel_size_um) * sum(image.size for image in stack.images)
        for trend, change in trends([stack]).items():
            flat = far[trend.phase, "in-plane"]
            other = flat if stack.plane == "xy" else far[trend.phase, "through-plane"]
            share = fractions[trend.phase]
            variance = share * (1 - share) * 2 * math.pi * flat * other / area
            found.append(Drift(trend, change, math.sqrt(12 * variance)))
    return tuple(found)
