"""Measured data as the window keeps it: what was opened, and what was made of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size
from napari_assb_twin.images.labels import Part, found_labels, to_phases
from napari_assb_twin.images.reading import Image
from napari_assb_twin.measure.sections import (
    Measured,
    Plane,
    SectionStack,
    Volume,
    volume_fractions,
)
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase

VOLUME = "volume"
"""The choice that is not a plane."""


@dataclass(frozen=True)
class Data:
    """Measured data with the names of what they came from."""

    measured: Measured
    sources: tuple[str, ...]

    @property
    def volume_fractions(self) -> dict[Phase, float]:
        """Shares of the phases among what was measured."""
        return volume_fractions(self.images)

    @property
    def images(self) -> tuple[Any, ...]:
        """The volume, or all sections."""
        if isinstance(self.measured, Volume):
            return (self.measured.labels,)
        return tuple(image for stack in self.measured for image in stack.images)

    @property
    def takes_more(self) -> bool:
        """Whether further sections can be added."""
        return not isinstance(self.measured, Volume)

    def joined(self, other: Data) -> Data:
        """These sections and others of any plane.

        Raises
        ------
        InputError
            If one of them is a volume.
        """
        if isinstance(self.measured, Volume) or isinstance(other.measured, Volume):
            raise InputError("A volume is used alone; only sections can be added to sections.")
        return Data((*self.measured, *other.measured), (*self.sources, *other.sources))

    def summary(self) -> list[str]:
        """Lines on kind, size in pixels and in micrometres."""
        if isinstance(self.measured, Volume):
            shape, sizes = self.measured.labels.shape, self.measured.voxel_size_um
            return [f"Volume (z, y, x): {_size(shape, sizes, 'voxels')}"]
        return [_stack_line(stack) for stack in self.measured]


@dataclass
class Draft:
    """Opened images before their phases are named; all share the labels and the answers.

    Attributes
    ----------
    images
        As they lie in the files.
    labels
        Labels found in all of them with their shares.
    """

    images: tuple[Image, ...]
    labels: Mapping[int, float] = field(init=False)

    def __post_init__(self) -> None:
        shares: dict[int, float] = {}
        total = sum(image.array.size for image in self.images)
        for image in self.images:
            for label, share in found_labels(image.array, source=image.source).items():
                shares[label] = shares.get(label, 0.0) + share * image.array.size / total
        self.labels = dict(sorted(shares.items()))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the files or layers."""
        return tuple(image.source for image in self.images)

    @property
    def dimensions(self) -> int:
        """3 if any image has three axes, else 2."""
        return max(image.array.ndim for image in self.images)

    @property
    def voxel_size_um(self) -> tuple[float, ...] | None:
        """What the first file says, None if it does not."""
        return self.images[0].voxel_size_um

    def guess(self, label: int) -> Part | None:
        """The part that a label stands for by convention; None where only the user can know."""
        if set(self.labels) <= {0, 1, 2, OUTSIDE}:
            return "outside" if label == OUTSIDE else PHASES[label]
        return "outside" if label == OUTSIDE else None

    def apply(
        self,
        *,
        kind: Plane | str,
        pressing_axis: int,
        voxel_size_um: Sequence[float],
        parts: Mapping[int, Part],
    ) -> Data:
        """The measured data under the given answers.

        Parameters
        ----------
        kind
            ``"volume"``, or the plane of the sections; a three-axis image is then a stack.
        pressing_axis
            Axis of the file that was pressed: of a volume, or of sections that contain it.
        voxel_size_um
            Per axis of a volume, or (rows, columns) of sections.
        parts
            What each label is.

        Raises
        ------
        InputError
            If the images cannot be used so.
        """
        mapping = _by_part(parts)
        if kind == VOLUME:
            return Data(self._volume(pressing_axis, voxel_size_um, mapping), self.sources)
        sections: list[Any] = []
        for image in self.images:
            present = _present(mapping, found_labels(image.array, source=image.source))
            phases = to_phases(image.array, present, source=image.source)
            sections.extend(phases if phases.ndim == 3 else [phases])
        rows, columns = (float(size) for size in voxel_size_um[-2:])
        turn = kind != "xy" and pressing_axis == 1
        if turn:
            sections, (rows, columns) = [section.T for section in sections], (columns, rows)
        contiguous = tuple(np.ascontiguousarray(section) for section in sections)
        return Data((SectionStack(kind, contiguous, (rows, columns)),), self.sources)

    def _volume(
        self, axis: int, sizes: Sequence[float], mapping: Mapping[Part, tuple[int, ...]]
    ) -> Volume:
        if len(self.images) != 1:
            raise InputError(
                f"{len(self.images)} files were opened; a volume must be one file (a stack)."
            )
        image = self.images[0]
        if image.array.ndim != 3:
            raise InputError(f"{image.source} is a single section; choose the plane it shows.")
        labels = orient_volume(to_phases(image.array, mapping, source=image.source), axis)
        return Volume(np.ascontiguousarray(labels), orient_voxel_size(sizes, axis))


def _by_part(parts: Mapping[int, Part]) -> dict[Part, tuple[int, ...]]:
    mapping: dict[Part, tuple[int, ...]] = {}
    for label, part in parts.items():
        mapping[part] = (*mapping.get(part, ()), label)
    return mapping


def _present(
    mapping: Mapping[Part, tuple[int, ...]], labels: Mapping[int, float]
) -> dict[Part, tuple[int, ...]]:
    """The mapping without labels that one of several images lacks."""
    kept = {part: tuple(i for i in found if i in labels) for part, found in mapping.items()}
    return {part: found for part, found in kept.items() if found or part in PHASES}


def _stack_line(stack: SectionStack) -> str:
    count = len(stack.images)
    kind = "plan view" if stack.plane == "xy" else "cross-section"
    return (
        f"{count} {kind}{'s' * (count > 1)} ({stack.plane}): "
        f"{_size(stack.images[0].shape, stack.pixel_size_um, 'pixels')}"
    )


def _size(shape: Sequence[int], sizes: Sequence[float], what: str) -> str:
    pixels = " × ".join(map(str, shape))
    lengths = " × ".join(f"{n * d:.3g}" for n, d in zip(shape, sizes, strict=True))
    edge = " × ".join(f"{d:.4g}" for d in sizes)
    if math.isclose(min(sizes), max(sizes)):
        edge = f"{sizes[0]:.4g}"
    return f"{pixels} {what} of {edge} µm = {lengths} µm"
