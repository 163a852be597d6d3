"""A measured section, and one like it that is simulated from a twin."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.deviations import simulated_sections
from napari_assb_twin.measure.sections import Measured, SectionStack, Volume
from napari_assb_twin.twin.parameters import Twin

SIDE = 256
"""Pixels per side of the part of a section that is shown."""


@dataclass(frozen=True, eq=False)
class SectionPair:
    """Labels of the same plane, shape and pixel size."""

    plane: str
    width_um: float
    measured: NDArray[np.uint8]
    simulated: NDArray[np.uint8]


def section_pair(
    measured: Measured, twin: Twin, *, seed: int, segmentation_error: float = 0.0
) -> SectionPair:
    """The middle of the middle section, one with depth where there is one, beside the twin's.

    ``segmentation_error`` is the share of pixels of the simulated section that get a label by
    chance.
    """
    stack = _middle(measured)
    made = simulated_sections(
        (stack,), twin, seed=seed, segmentation_error=segmentation_error, count=1
    )
    (own,), (simulated,) = stack.images, made[0].images
    return SectionPair(stack.plane, own.shape[1] * stack.pixel_size_um[1], own, simulated)


def _middle(measured: Measured) -> SectionStack:
    if isinstance(measured, Volume):
        stack = measured.planes("xz", 1)
    else:
        stack = next((one for one in measured if one.plane != "xy"), measured[0])
    image = stack.images[len(stack.images) // 2]
    rows, columns = (
        slice((n - min(n, SIDE)) // 2, (n - min(n, SIDE)) // 2 + min(n, SIDE)) for n in image.shape
    )
    part = np.ascontiguousarray(image[rows, columns])
    return replace(stack, images=(part,), spacing_um=None)
