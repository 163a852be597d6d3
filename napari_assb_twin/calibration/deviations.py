"""How far statistics of measured sections are from those of sections simulated from a twin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.section_statistics import (
    PlaneKind,
    SectionStatistics,
    Statistic,
    plane_kind,
)
from napari_assb_twin.measure.sections import SectionStack, plane_positions
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE, PHASES
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

Floats = NDArray[np.float64]
Labels = NDArray[np.uint8]

SECTIONS = 24
"""Sections of each kind of plane that are compared, and at least as many are simulated."""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One statistic of the data beside that of the twin.

    Attributes
    ----------
    statistic
        What is compared.
    measured, simulated
        Of all measured and of all simulated sections together.
    standard_error
        Of their difference: sd sqrt(1 / n + 1 / m), with the standard deviation sd of single
        simulated sections, n measured and m simulated ones.
    """

    statistic: Statistic
    measured: float
    simulated: float
    standard_error: float

    @property
    def z(self) -> float:
        """Difference in standard errors, measured less simulated."""
        return (self.measured - self.simulated) / self.standard_error

    def document(self) -> dict[str, Any]:
        """The JSON object of one line of a table."""
        return {
            "name": self.statistic.name,
            "phase": self.statistic.phase,
            "plane": self.statistic.plane_kind,
            "direction": self.statistic.direction,
            "length_um": self.statistic.length_um,
            "unit": self.statistic.unit,
            "measured": self.measured,
            "simulated": self.simulated,
            "standard_error": self.standard_error,
            "z": self.z,
        }


def deviations(
    statistics: SectionStatistics,
    measured: Sequence[SectionStack],
    twin: Twin,
    *,
    seed: int,
    segmentation_error: float = 0.0,
) -> tuple[Deviation, ...]:
    """All statistics of the sections against `simulated_sections` of a twin with one seed.

    Sections are taken to be independent.  A statistic that does not vary among the simulated
    sections, or that none of them has, is left out.
    """
    simulated = simulated_sections(measured, twin, seed=seed, segmentation_error=segmentation_error)
    found = statistics.values(measured)
    expected = statistics.values(simulated)
    single = statistics.per_section(simulated)
    counts, simulated_counts = statistics.sections(measured), statistics.sections(simulated)
    told = []
    for i, statistic in enumerate(statistics.statistics):
        if not counts[i] or simulated_counts[i] < 2:
            continue
        own = single[:, i][np.isfinite(single[:, i])]
        spread = float(own.std(ddof=1)) if own.size > 1 else 0.0
        if not spread > 0 or not np.isfinite(found[i] + expected[i]):
            continue
        told.append(
            Deviation(
                statistic=statistic,
                measured=float(found[i]),
                simulated=float(expected[i]),
                standard_error=spread * (1 / counts[i] + 1 / simulated_counts[i]) ** 0.5,
            )
        )
    return tuple(told)


def score(told: Sequence[Deviation]) -> float:
    """Root mean square z, in which Euler numbers and lineal paths weigh the same together.

    There are many lineal paths, which say much the same, and few Euler numbers, which tell kinds
    of fields apart best.  About 1 for data of the twin itself; nan without a statistic.
    """
    groups: dict[str, list[float]] = {}
    for one in told:
        groups.setdefault(one.statistic.name, []).append(one.z**2)
    if not groups:
        return math.nan
    return math.sqrt(float(np.mean([np.mean(squares) for squares in groups.values()])))


def simulated_sections(
    measured: Sequence[SectionStack],
    twin: Twin,
    *,
    seed: int,
    segmentation_error: float = 0.0,
    count: int = SECTIONS,
) -> tuple[SectionStack, ...]:
    """Independent sections of a twin with the pixels, sizes and masks of the measured ones.

    At least ``count`` of each kind of plane, and as many of each measured section as of any other
    of its kind.  Section i has noise of its own from the seed sequence [seed, i]: twins of other
    parameters give sections that differ by those parameters alone, where their tori agree.
    With a segmentation error e each pixel is, with probability e, given any phase at random.
    """
    counts = _counts(measured)
    samplers: dict[Torus, WindowSampler] = {}
    made = []
    number = 0
    for stack in measured:
        repeats = -(-count // counts[plane_kind(stack)])
        images = []
        for image in stack.images:
            box, axis = _box(stack, image.shape)
            if box not in samplers:
                samplers[box] = WindowSampler(twin, box)
            for _ in range(repeats):
                random = np.random.default_rng(np.random.SeedSequence([seed, number]))
                section = np.squeeze(samplers[box](random), axis=axis)
                if segmentation_error > 0:
                    section = _confused(section, segmentation_error, (seed, number))
                images.append(np.where(image == OUTSIDE, np.uint8(OUTSIDE), section))
                number += 1
        made.append(replace(stack, images=tuple(images), spacing_um=None))
    return tuple(made)


def _confused(section: Labels, error: float, key: tuple[int, int]) -> Labels:
    random = np.random.default_rng(np.random.SeedSequence([*key, 0xE]))
    wrong = random.random(section.shape, dtype=np.float32) < error
    mistaken = random.integers(0, len(PHASES), section.shape, dtype=np.uint8)
    return np.where(wrong, mistaken, section)


def thinned(stacks: Sequence[SectionStack], count: int = SECTIONS) -> tuple[SectionStack, ...]:
    """At most ``count`` sections of each kind of plane, evenly spread over all of them."""
    kept: dict[PlaneKind, set[int]] = {
        kind: set(plane_positions(n, count).tolist()) for kind, n in _counts(stacks).items()
    }
    seen = dict.fromkeys(kept, 0)
    few = []
    for stack in stacks:
        kind = plane_kind(stack)
        first = seen[kind]
        seen[kind] += len(stack.images)
        images = tuple(im for i, im in enumerate(stack.images, first) if i in kept[kind])
        if images:
            few.append(replace(stack, images=images, spacing_um=None))
    return tuple(few)


def _counts(stacks: Sequence[SectionStack]) -> dict[PlaneKind, int]:
    counts: dict[PlaneKind, int] = {}
    for stack in stacks:
        kind = plane_kind(stack)
        counts[kind] = counts.get(kind, 0) + len(stack.images)
    return counts


def _box(stack: SectionStack, shape: tuple[int, ...]) -> tuple[Torus, int]:
    """A box one voxel thick in the plane of a section, and the axis across it."""
    rows, columns = shape
    dr, dc = stack.pixel_size_um
    if stack.plane == "xy":
        return Torus((1, rows, columns), (1.0, dr, dc)), 0
    return Torus((rows, 1, columns), (dr, 1.0, dc)), 1
