"""Measured data, and what they came from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.alternative import Alternative, joined
from napari_assb_twin.measure.sections import Measured, SectionStack, Volume, volume_fractions
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.volume_note import VolumeNote

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Data:
    """Measured data with the names of what they came from, and how each was read.

    ``alternatives`` are other segmentations of the same images, within the doubt of thresholds;
    ``note`` is what the file of a twin's volume says of it.
    """

    measured: Measured
    sources: tuple[str, ...]
    reading: tuple[Mapping[str, Any], ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    note: VolumeNote | None = None

    @property
    def separator_side(self) -> SeparatorSide | None:
        """End of z that faces the separator, as far as the file of a volume says."""
        return None if self.note is None else self.note.separator_side

    @property
    def volume_fractions(self) -> dict[Phase, float]:
        """Shares of the phases among what was measured."""
        return volume_fractions(self.images)

    @property
    def images(self) -> tuple[Labels, ...]:
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
        return Data(
            (*self.measured, *other.measured),
            (*self.sources, *other.sources),
            (*self.reading, *other.reading),
            joined((self.measured, self.alternatives), (other.measured, other.alternatives)),
        )

    def summary(self) -> list[str]:
        """Lines on kind, size in pixels and in micrometres."""
        if isinstance(self.measured, Volume):
            shape, sizes = self.measured.labels.shape, self.measured.voxel_size_um
            return [f"Volume (z, y, x): {_size(shape, sizes, 'voxels')}"]
        return [_stack_line(stack) for stack in self.measured]


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
    return f"{pixels} {what} of {edges(sizes)} µm = {lengths} µm"


def edges(sizes: Sequence[float]) -> str:
    """Edges of a voxel in words; one number where they are equal."""
    if math.isclose(min(sizes), max(sizes)):
        return f"{sizes[0]:.4g}"
    return " × ".join(f"{size:.4g}" for size in sizes)
