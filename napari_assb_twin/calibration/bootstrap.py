"""Data simulated from a twin that look like the measured data: for standard errors."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Measured, SectionStack, Volume
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE, PHASES
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

Labels = NDArray[np.uint8]


class Simulator:
    """Makes data sets of the same number, size, spacing and mask as the measured one.

    Sections of a stack with a known spacing are cut from one simulated volume with that spacing,
    so that neighbours are as alike as in the data; independent sections are simulated in the
    plane.  A volume is simulated whole.  Windows are not periodic.  Of the pixels a share
    ``segmentation_error`` gets a label at random.
    """

    def __init__(
        self, measured: Measured, twin: Twin, seed: int, *, segmentation_error: float = 0.0
    ) -> None:
        self._measured = measured
        self._twin = twin
        self._error = segmentation_error
        self._random = np.random.default_rng(np.random.SeedSequence([seed, 0x5EC710]))
        self._samplers: dict[Torus, WindowSampler] = {}

    def replicate(self) -> Measured:
        """One simulated data set."""
        if isinstance(self._measured, Volume):
            labels = self._measured.labels
            z, y, x = labels.shape
            simulated = self._sample(Torus((z, y, x), self._measured.voxel_size_um))
            return replace(self._measured, labels=_masked(simulated, labels))
        return tuple(self._stack(stack) for stack in self._measured)

    def _stack(self, stack: SectionStack) -> SectionStack:
        if stack.spacing_um is not None and len(stack.images) > 1:
            largest = tuple(np.max([image.shape for image in stack.images], axis=0).tolist())
            volume = self._sample(_box(stack, largest, len(stack.images), stack.spacing_um))
            planes = np.moveaxis(volume, _normal_axis(stack), 0)
            images = [
                plane[: image.shape[0], : image.shape[1]]
                for plane, image in zip(planes, stack.images, strict=True)
            ]
        else:
            take = partial(np.squeeze, axis=_normal_axis(stack))
            images = [take(self._sample(_box(stack, im.shape, 1, 1.0))) for im in stack.images]
        masked = tuple(_masked(s, m) for s, m in zip(images, stack.images, strict=True))
        return replace(stack, images=masked)

    def _sample(self, box: Torus) -> Labels:
        if box not in self._samplers:
            self._samplers[box] = WindowSampler(self._twin, box)
        return self._with_errors(self._samplers[box](self._random))

    def _with_errors(self, labels: Labels) -> Labels:
        if not self._error:
            return labels
        wrong = self._random.random(labels.shape) < self._error
        chance = self._random.integers(len(PHASES), size=labels.shape, dtype=np.uint8)
        return np.where(wrong, chance, labels)


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
