"""A volume cut into two halves, each half into blocks, and the sections of the first half."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import (
    SMALLEST_SIDE,
    Labels,
    Plane,
    SectionStack,
    Volume,
    check_complete,
)
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.validation.options import AXES, Axis, ValidationOptions

FEWEST_BLOCKS = 4
"""Blocks of a half; with fewer nothing can be said of their scatter."""

ENOUGH_BLOCKS = 8


@dataclass(frozen=True, eq=False)
class Halves:
    """Two halves of a volume, equal in size.

    Attributes
    ----------
    axis
        Along which they lie side by side; of an odd number of layers the last is left out.
    first, other
        The half whose sections are calibrated on, and the one that is predicted.
    sections
        Plan views and cross-sections of the first half.
    """

    axis: Axis
    first: Volume
    other: Volume
    sections: tuple[SectionStack, ...]

    @property
    def layers(self) -> int:
        """Layers of each half along the axis."""
        return int(self.first.labels.shape[AXES.index(self.axis)])

    @property
    def across(self) -> Axis:
        """The axis in the plane along which both halves reach from end to end."""
        return "x" if self.axis == "y" else "y"


def halves(volume: Volume, options: ValidationOptions) -> Halves:
    """Cut a volume into halves, and take sections out of the first.

    The cross-sections are those that are as long as the volume: perpendicular to the cut where it
    is in the plane, else to y.

    Raises
    ------
    InputError
        If a phase is missing, voxels are outside, the volume is too small, or a half has fewer
        planes than are asked for.
    """
    check_complete(volume)
    labels = volume.labels
    if (labels == OUTSIDE).any():
        raise InputError(
            "The volume has voxels outside the measured window, but halves are compared as whole "
            "boxes; crop it to a box within the window (--crop)."
        )
    _, y, x = labels.shape
    axis: Axis = options.axis or ("y" if y >= x else "x")
    number = AXES.index(axis)
    count = labels.shape[number] // 2
    shape = [count if i == number else n for i, n in enumerate(labels.shape)]
    if min(shape) < SMALLEST_SIDE or len(_cuts(shape)) < FEWEST_BLOCKS:
        raise InputError(
            f"The volume of {' x '.join(map(str, labels.shape))} voxels is too small to be "
            f"validated along {axis}; the halved side needs at least {2 * SMALLEST_SIDE} voxels, "
            f"the others {SMALLEST_SIDE}."
        )
    first, other = (
        Volume(
            np.ascontiguousarray(np.take(labels, range(start, start + count), axis=number)),
            volume.voxel_size_um,
        )
        for start in (0, count)
    )
    check_complete(first)
    check_complete(other)
    return Halves(axis, first, other, _sections(first, axis, options.planes))


def blocks(volume: Volume) -> list[Volume]:
    """A half cut into 4 to 9 blocks of about the same size, each at least 32 voxels wide."""
    return [
        Volume(np.ascontiguousarray(volume.labels[cut]), volume.voxel_size_um)
        for cut in _cuts(volume.labels.shape)
    ]


def _cuts(shape: Sequence[int]) -> list[tuple[slice, ...]]:
    """Two parts along each axis where they fit, or three along those that hold them."""
    parts = [2 if n >= 2 * SMALLEST_SIDE else 1 for n in shape]
    if np.prod(parts) < ENOUGH_BLOCKS:
        parts = [3 if n >= 3 * SMALLEST_SIDE else k for n, k in zip(shape, parts, strict=True)]
    edges = [np.linspace(0, n, k + 1).astype(int) for n, k in zip(shape, parts, strict=True)]
    spans = [[slice(a, b) for a, b in itertools.pairwise(row)] for row in edges]
    return list(itertools.product(*spans))


def _sections(half: Volume, axis: Axis, count: int) -> tuple[SectionStack, ...]:
    cross: Plane = "yz" if axis == "x" else "xz"
    found = []
    for plane, layers in (("xy", half.labels.shape[0]), (cross, _layers(half.labels, cross))):
        if count > layers:
            raise InputError(
                f"The first half has {layers} planes {plane}, but {count} are asked for; give "
                f"--planes {layers} or fewer."
            )
        found.append(half.planes("xy" if plane == "xy" else cross, count))
    return tuple(found)


def _layers(labels: Labels, plane: Plane) -> int:
    return int(labels.shape[2 if plane == "yz" else 1])
