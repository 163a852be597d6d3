"""Statistics of sections that two-point coverage does not hold: Euler numbers, lineal paths.

Fields of different kinds can have one two-point coverage and yet look different; these statistics
see it.  Both are densities inside the window: nothing is periodic, and 2 x 2 pixels or segments
that touch label 255 or leave the section are left out of numerator and denominator alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.runs import WINDOW, corners, run_lengths
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.phases import PHASES, SHORT_NAMES, Phase, code

Floats = NDArray[np.float64]
PlaneKind = Literal["plan view", "cross-section"]
Group = tuple[PlaneKind, tuple[float, float]]
"""Sections that are measured as one: a kind of plane, and the edges of a pixel (rows, columns)."""

Name = Literal["Euler number density", "lineal path"]

CHORDS = (0.25, 0.5, 1.0, 1.5, 2.0)
"""Lengths of lineal paths, in mean chords of the phase along their direction."""

FEWEST_RUNS = 20
"""A lineal path is kept if this many runs of the data are longer than it."""


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """One number that a set of sections has.

    Attributes
    ----------
    name
        ``"Euler number density"`` or ``"lineal path"``.
    phase
        The phase that it describes.
    plane_kind
        The sections it is taken from, plan views (xy) or cross-sections (xz and yz).
    direction
        Of a lineal path; plan views have both their axes in it.  None for an Euler number.
    length_um
        Length of the segments of a lineal path in micrometres; None for an Euler number.
    unit
        ``"1/µm²"``, or nothing for a probability.
    """

    name: Name
    phase: Phase
    plane_kind: PlaneKind
    direction: Direction | None = None
    length_um: float | None = None
    unit: str = ""

    @property
    def words(self) -> str:
        """What it is in a few words, such as ``"pore: lineal path 1.2 µm, in-plane"``."""
        said = f"{SHORT_NAMES[self.phase]}: {self.name}"
        if self.length_um is not None:
            said += f" {self.length_um:.3g} µm, {self.direction}"
        return f"{said} ({self.plane_kind}s)"


class SectionStatistics:
    """Which statistics to take of sections, and taking them.

    **Euler number density** of a phase, in 1/um^2: pieces less holes per area.  On pixels it is
    vertices - edges + faces of closed pixels (diagonal neighbours connected), averaged with that of
    open ones (not connected): a quarter of the 2 x 2 blocks with one pixel of the phase, less those
    with three, per area of all blocks (Gray, 1971, doi:10.1109/T-C.1971.223289).  So a phase and
    its complement have opposite numbers.

    **Lineal path** of a phase: the probability that a segment of a given length lies in it (Lu and
    Torquato, 1992, doi:10.1103/PhysRevA.45.922).  A length of r pixels joins r + 1 of them.

    Parameters
    ----------
    statistics
        In the order of all values.
    steps
        For each, the pixels of a segment along the rows and the columns: 0 where no line runs along
        that axis.
    groups
        For each, the sections that it is taken from.  Cross-sections of a volume whose voxels have
        unequal edges in the plane are two groups, each with statistics of its own.
    """

    def __init__(
        self,
        statistics: Sequence[Statistic],
        steps: Sequence[tuple[int, int]],
        groups: Sequence[Group],
    ) -> None:
        self.statistics = tuple(statistics)
        self._steps = tuple(steps)
        self._groups = tuple(groups)

    @classmethod
    def of(cls, stacks: Sequence[SectionStack]) -> SectionStatistics:
        """The statistics that these sections can tell, with lengths in proportion to their chords.

        Lengths are `CHORDS` times the mean chord of the phase along the direction, at least a
        pixel, no two alike, at most half a line, and exceeded by `FEWEST_RUNS` runs.
        """
        statistics: list[Statistic] = []
        steps: list[tuple[int, int]] = []
        groups: list[Group] = []
        for group, alike in grouped(stacks).items():
            kind, pixel = group
            images = [image for stack in alike for image in stack.images]
            runs = [_summed([run_lengths(image)[axis] for image in images]) for axis in (0, 1)]
            for phase in PHASES:
                if not any(found[code(phase)].any() for found in runs):
                    continue
                statistics.append(
                    Statistic(
                        name="Euler number density", phase=phase, plane_kind=kind, unit="1/µm²"
                    )
                )
                steps.append((0, 0))
                for direction, axes in _directions(kind):
                    for step in _path_steps(runs, code(phase), axes, pixel):
                        lengths = [step[axis] * pixel[axis] for axis in axes]
                        statistics.append(
                            Statistic(
                                name="lineal path",
                                phase=phase,
                                plane_kind=kind,
                                direction=direction,
                                length_um=float(np.mean(lengths)),
                            )
                        )
                        steps.append(step)
            groups += [group] * (len(statistics) - len(groups))
        return cls(statistics, steps, groups)

    def values(self, stacks: Sequence[SectionStack]) -> Floats:
        """The statistics of all sections together (n,): ratios of sums; nan where none has any."""
        counted, possible = self._counts(stacks)
        return _ratio(np.nansum(counted, axis=0), np.nansum(possible, axis=0))

    def per_section(self, stacks: Sequence[SectionStack]) -> Floats:
        """The statistics of each section (sections, n), in the order of the stacks.

        nan where a statistic does not belong to the plane of the section.
        """
        return _ratio(*self._counts(stacks))

    def sections(self, stacks: Sequence[SectionStack]) -> NDArray[np.int64]:
        """How many of the sections each statistic is taken from (n,)."""
        counts = [(self._own(stack), len(stack.images)) for stack in stacks]
        return np.array([sum(n for own, n in counts if own == g) for g in self._groups], dtype=int)

    def _own(self, stack: SectionStack) -> Group | None:
        """The group of a stack; None where no statistic is taken from its kind of plane."""
        kind = plane_kind(stack)
        sizes = [size for of, size in dict.fromkeys(self._groups) if of == kind]
        for size in sizes:
            if _same_size(size, stack.pixel_size_um):
                return kind, size
        if not sizes:
            return None
        raise InputError(
            f"These {kind}s have pixels of {_by(stack.pixel_size_um)} µm, but their statistics "
            f"were chosen for pixels of {' and '.join(map(_by, sizes))} µm; rescale them to that "
            "pixel size."
        )

    def _counts(self, stacks: Sequence[SectionStack]) -> tuple[Floats, Floats]:
        """Numerators and denominators (sections, n) of all statistics."""
        sections = [(self._own(stack), image) for stack in stacks for image in stack.images]
        counted = np.full((len(sections), len(self.statistics)), np.nan)
        possible = counted.copy()
        for row, (own, image) in enumerate(sections):
            turned, blocks = corners(image)
            runs = run_lengths(image)
            for column, statistic in enumerate(self.statistics):
                group = self._groups[column]
                if group != own:
                    continue
                phase = code(statistic.phase)
                if statistic.length_um is None:
                    counted[row, column] = turned[phase] / 4.0
                    possible[row, column] = blocks * np.prod(group[1])
                else:
                    steps = self._steps[column]
                    counted[row, column] = _segments(runs, phase, steps)
                    possible[row, column] = _segments(runs, WINDOW, steps)
        return counted, possible


def plane_kind(stack: SectionStack) -> PlaneKind:
    return "plan view" if stack.plane == "xy" else "cross-section"


def _directions(kind: PlaneKind) -> tuple[tuple[Direction, tuple[int, ...]], ...]:
    """Directions of the lines in a plane, and the axes of the image that run along them."""
    if kind == "plan view":
        return (("in-plane", (0, 1)),)
    return ("in-plane", (1,)), ("through-plane", (0,))


def grouped(stacks: Sequence[SectionStack]) -> dict[Group, list[SectionStack]]:
    """Stacks of one kind of plane and one pixel size together."""
    groups: dict[Group, list[SectionStack]] = {}
    for stack in stacks:
        kind, size = plane_kind(stack), stack.pixel_size_um
        alike = (one for one in groups if one[0] == kind and _same_size(one[1], size))
        groups.setdefault(next(alike, (kind, size)), []).append(stack)
    return groups


def _same_size(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return bool(np.allclose(one, other, rtol=1e-6))


def _by(pixel: tuple[float, float]) -> str:
    return "x".join(f"{edge:g}" for edge in pixel)


def _summed(runs: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Numbers of runs by length of sections of any size together."""
    longest = max(found.shape[1] for found in runs)
    padded = [np.pad(found, ((0, 0), (0, longest - found.shape[1]))) for found in runs]
    return np.asarray(np.sum(padded, axis=0))


def _path_steps(
    runs: Sequence[NDArray[np.int64]],
    phase: int,
    axes: tuple[int, ...],
    pixel: tuple[float, float],
) -> list[tuple[int, int]]:
    """Pixels of the segments along rows and columns for each length that the data can tell."""
    filled = number = 0.0
    for axis in axes:
        lengths = np.arange(runs[axis].shape[1])
        filled += pixel[axis] * float(runs[axis][phase] @ lengths)
        number += float(runs[axis][phase].sum())
    if not number:
        return []
    chosen: list[tuple[int, int]] = []
    for factor in CHORDS:
        step = [0, 0]
        for axis in axes:
            step[axis] = max(1, round(factor * filled / number / pixel[axis]))
        longer = sum(int(runs[axis][phase][step[axis] + 1 :].sum()) for axis in axes)
        fits = all(2 * step[axis] < runs[axis].shape[1] for axis in axes)
        if fits and longer >= FEWEST_RUNS and (step[0], step[1]) not in chosen:
            chosen.append((step[0], step[1]))
    return chosen


def _segments(runs: Sequence[NDArray[np.int64]], row: int, steps: tuple[int, int]) -> int:
    """Segments of so many pixels along each axis that lie in runs: a run of n holds n - steps."""
    total = 0
    for found, step in zip(runs, steps, strict=True):
        if step:
            longer = found[row, step + 1 :]
            total += int(longer @ np.arange(1, longer.size + 1))
    return total


def _ratio(counted: Floats, possible: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(possible > 0, counted / possible, np.nan))
