"""Data simulated from a twin that look like the measured data: for standard errors."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Measured, SectionStack, Volume
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

Labels = NDArray[np.uint8]


class Simulator:
    """Makes data sets of the same number, size, spacing and mask as the measured one.

    Sections of a stack with a known spacing are cut from one simulated volume with that spacing,
    so that neighbours are as alike as in the data; independent sections are simulated in the
    plane.  A volume is simulated whole.  Windows are not periodic.
    """

    def __init__(self, measured: Measured, twin: Twin, seed: int) -> None:
        self._measured = measured
        self._twin = twin
        self._random = np.random.default_rng(np.random.SeedSequence([seed, 0x5EC710]))
        self._samplers: dict[Torus, WindowSampler] = {}

    def replicate(self) -> Measured:
        """One simulated data set."""
        if isinstance(self._measured, Volume):
            labels = self._measured.labels
            z, y, x = labels.shape
            simulated = self._sample(Torus((z, y, x), self._measured.voxel_size_um))
            return _unchecked_volume(_masked(simulated, labels), self._measured)
        return tuple(self._stack(stack) for stack in self._measured)

    def _stack(self, stack: SectionStack) -> SectionStack:
        if stack.spacing_um is not None and len(stack.images) > 1:
            box = _box(stack, stack.images[0].shape, len(stack.images), stack.spacing_um)
            volume = self._sample(box)
            axis = _normal_axis(stack)
            images = [np.take(volume, i, axis=axis) for i in range(len(stack.images))]
        else:
            take = partial(np.squeeze, axis=_normal_axis(stack))
            images = [take(self._sample(_box(stack, im.shape, 1, 1.0))) for im in stack.images]
        masked = tuple(_masked(s, m) for s, m in zip(images, stack.images, strict=True))
        return _unchecked_stack(masked, stack)

    def _sample(self, box: Torus) -> Labels:
        if box not in self._samplers:
            self._samplers[box] = WindowSampler(self._twin, box)
        return self._samplers[box](self._random)


def _normal_axis(stack: SectionStack) -> int:
    return 0 if stack.plane == "xy" else 1


def _box(stack: SectionStack, shape: tuple[int, ...], count: int, spacing_um: float) -> Torus:
    rows, columns = shape
    dr, dc = stack.pixel_size_um
    if stack.plane == "xy":
        return Torus((count, rows, columns), (spacing_um, dr, dc))
    return Torus((rows, count, columns), (dr, spacing_um, dc))


def _masked(simulated: Labels, measured: Labels) -> Labels:
    return np.where(measured == OUTSIDE, np.uint8(OUTSIDE), simulated)


def _unchecked_stack(images: tuple[Labels, ...], like: SectionStack) -> SectionStack:
    return replace(like, images=images)


def _unchecked_volume(labels: Labels, like: Volume) -> Volume:
    return replace(like, labels=labels)
