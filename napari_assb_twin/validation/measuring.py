"""One box measured: descriptors, curves of two-point coverage, distributions of lengths."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np

from napari_assb_twin.descriptors.chords import chords
from napari_assb_twin.descriptors.definitions import Group, forget_unsteady
from napari_assb_twin.descriptors.describe import Choice, Values, describe
from napari_assb_twin.descriptors.sizes import phase_sizes
from napari_assb_twin.measure.coverage import reach_of, ring_profile
from napari_assb_twin.measure.pair_counts import probabilities
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.measure.volume_counts import line_counts, plane_counts
from napari_assb_twin.twin.phases import PAIRS, PHASES, code
from napari_assb_twin.validation.options import AXES, Axis
from napari_assb_twin.validation.quantities import Floats


@dataclass(frozen=True, eq=False)
class Boxed:
    """What was measured of one box.

    Attributes
    ----------
    values
        Descriptors by key; None where there is none.
    profiles
        By key (see `quantities.Profile`), at the abscissae of the `Ruler`; a phase that has no
        chords has no profile of them.
    """

    values: Values
    profiles: Mapping[str, Floats]


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """How boxes of one data set are measured, so that their profiles have the same abscissae.

    Attributes
    ----------
    groups
        Sets of descriptors.
    axes
        z, and the axis in the plane along which the halves are whole.
    choice
        How `describe` measures.
    voxel_size_um
        Edges (z, y, x).
    reach
        Longest lags in voxels, in the plane and along z.
    longest
        Longest chords in voxels, by axis.
    widest
        Number of radii, in steps of half the smallest edge.
    """

    groups: tuple[Group, ...]
    axes: tuple[Axis, ...]
    choice: Choice
    voxel_size_um: tuple[float, float, float]
    reach: tuple[int, int]
    longest: Mapping[Axis, int]
    widest: int

    @classmethod
    def of(cls, half: Volume, *, groups: tuple[Group, ...], across: Axis, choice: Choice) -> Ruler:
        """For the halves of a volume and for their blocks."""
        z, y, x = half.labels.shape
        axes: tuple[Axis, ...] = ("z", across)
        return cls(
            groups=groups,
            axes=axes,
            choice=choice,
            voxel_size_um=half.voxel_size_um,
            reach=(reach_of((y, x)), reach_of((z,))),
            longest={axis: half.labels.shape[AXES.index(axis)] for axis in axes},
            widest=round(_shortest_um(half) / min(half.voxel_size_um)),
        )

    def step_um(self, key: str) -> float:
        """Distance of two abscissae of a profile."""
        kind, *rest = key.split(".")
        if kind == "sizes":
            return 0.5 * min(self.voxel_size_um)
        return self.voxel_size_um["zyx".index(rest[-1])] if kind == "chords" else 1.0

    def abscissae_um(self, key: str, count: int) -> Floats:
        """Lengths at which a distribution stands."""
        return np.asarray(self.step_um(key) * np.arange(count))

    def measure(self, box: Volume) -> Generator[str, None, Boxed]:
        """Measure a box: a half, one of its blocks, or a realisation.

        Yields
        ------
        What is measured next, in words.
        """
        values: Values = {}
        profiles: dict[str, Floats] = {}
        yield "two-point coverage"
        profiles |= self._curves(box)
        if "chords" in self.groups:
            yield "chords"
            self._chords(box, values, profiles)
        if "sizes" in self.groups:
            for phase in PHASES:
                yield f"sizes of {phase.replace('_', ' ')}"
                self._sizes(box, code(phase), values, profiles)
        measuring = describe(box, self.choice)
        while True:
            try:
                step = next(measuring)
            except StopIteration as end:
                forget_unsteady(end.value)
                values |= end.value
                return Boxed(values, profiles)
            yield step.message.removeprefix("Measuring ")

    def curves_of(self, profile: Floats) -> tuple[Floats, Floats]:
        """A coverage profile as its two curves, in the plane and along z."""
        count = profile.size - self.reach[1] - 1
        return profile[:count], profile[count:]

    def lags_um(self) -> tuple[Floats, Floats]:
        """Lags of the two curves of a coverage profile."""
        _, dy, dx = self.voxel_size_um
        reach = self.reach[0]
        rings = ring_profile(np.zeros((1, reach + 1, 2 * reach + 1)), (dy, dx)).lags_um
        lines = self.voxel_size_um[0] * np.arange(self.reach[1] + 1, dtype=np.float64)
        return rings, lines

    def _curves(self, box: Volume) -> dict[str, Floats]:
        _, dy, dx = self.voxel_size_um
        in_plane, through = self.reach
        rings = ring_profile(plane_counts(box.labels, (in_plane, in_plane)), (dy, dx))
        lines = line_counts(box.labels, through)
        both = np.concatenate([probabilities(rings.counts), probabilities(lines)], axis=1)
        return {f"coverage.{i},{j}": row for (i, j), row in zip(PAIRS, both, strict=True)}

    def _chords(self, box: Volume, values: Values, profiles: dict[str, Floats]) -> None:
        for axis in self.axes:
            number = AXES.index(axis)
            found = chords(box.labels, number, self.voxel_size_um[number])
            for phase, one in found.items():
                values[f"mean_chord_um.{phase}.{axis}"] = None if one is None else one.mean_um
                if one is not None and one.density.any():
                    share = np.ones(self.longest[axis] + 1)
                    share[: one.density.size] = np.cumsum(one.density)
                    profiles[f"chords.{phase}.{axis}"] = share

    def _sizes(self, box: Volume, number: int, values: Values, profiles: dict[str, Floats]) -> None:
        phase = PHASES[number]
        found = phase_sizes(box.labels == number, self.voxel_size_um, self.axes)
        values[f"median_radius_um.{phase}"] = None if found is None else found.median_um
        for axis in self.axes:
            value = None if found is None else found.constrictivity(axis)
            values[f"constrictivity.{phase}.{axis}"] = value
        if found is not None:
            radii = self.abscissae_um(f"sizes.{phase}", self.widest + 1)
            filled = np.interp(radii, found.radii_um, found.filled, right=0.0)
            profiles[f"sizes.{phase}"] = 1.0 - filled


def _shortest_um(half: Volume) -> float:
    edges = zip(half.labels.shape, half.voxel_size_um, strict=True)
    return float(min(count * size for count, size in edges))
