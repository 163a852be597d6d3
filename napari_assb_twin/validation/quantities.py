"""What is compared: numbers of a box, and profiles of which the distance counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.descriptors.definitions import Group, definition
from napari_assb_twin.twin.phases import PAIRS, PHASES, SHORT_NAMES, Phase

Floats = NDArray[np.float64]

PER_PHASE = (
    "volume_fraction",
    "euler_density_per_um3",
    "largest_cluster_share",
    "median_radius_um",
)
PER_PHASE_AND_AXIS = (
    "mean_chord_um",
    "percolating_share",
    "geodesic_tortuosity",
    "constrictivity",
    "relative_conductivity",
)
WHOLE = (
    "triple_phase_boundary_per_um2",
    "electrolyte_connected",
    "active_material_connected",
    "active_material_utilised",
    "active_area_per_um",
)


@dataclass(frozen=True)
class Quantity:
    """A number of a box; its key is that of the descriptor."""

    key: str
    group: Group

    @property
    def label(self) -> str:
        """On screen, as ``"Geodesic tortuosity, SE, along z"``."""
        _, *rest = self.key.split(".")
        return ", ".join([definition(self.key).label, *_parts(rest)])

    @property
    def unit(self) -> str:
        """Empty for a share or a ratio."""
        return definition(self.key).unit


@dataclass(frozen=True)
class Profile:
    """A function measured in a box, of which the distance of two boxes counts.

    Attributes
    ----------
    key
        ``coverage.PHASE,PHASE``, ``chords.PHASE.AXIS`` or ``sizes.PHASE``.
    distance
        ``"rms"``: root mean square of the difference; ``"moved"``: area between two distribution
        functions, by how much lengths differ in the mean (Wasserstein distance), in um.
    """

    key: str
    group: Group | None
    distance: Literal["rms", "moved"]

    @property
    def label(self) -> str:
        """On screen."""
        kind, *rest = self.key.split(".")
        return ", ".join([_PROFILES[kind], *_parts(rest)])

    @property
    def unit(self) -> str:
        """Of the distance."""
        return "" if self.distance == "rms" else "µm"

    def distances(self, differences: Floats, step_um: float) -> Floats:
        """Distance from 0 of each row of differences, (boxes, n), at steps of ``step_um``."""
        if self.distance == "rms":
            return np.asarray(np.sqrt((differences**2).mean(axis=-1)))
        return np.asarray(step_um * np.abs(differences).sum(axis=-1))


_PROFILES = {
    "coverage": "Two-point coverage (rms)",
    "chords": "Chord lengths (moved by)",
    "sizes": "Phase sizes (moved by)",
}


def quantities(groups: Sequence[Group], axes: Sequence[str]) -> tuple[Quantity, ...]:
    """The numbers that are compared, where their groups are measured."""
    return tuple(
        sorted(
            (one for one in _quantities(axes) if one.group in groups),
            key=lambda one: groups.index(one.group),
        )
    )


def profiles(groups: Sequence[Group], axes: Sequence[str]) -> tuple[Profile, ...]:
    """The profiles that are compared: curves always, distributions where their groups are."""
    found = [Profile(f"coverage.{i},{j}", None, "rms") for i, j in PAIRS]
    if "chords" in groups:
        found += [Profile(f"chords.{p}.{a}", "chords", "moved") for p in PHASES for a in axes]
    if "sizes" in groups:
        found += [Profile(f"sizes.{p}", "sizes", "moved") for p in PHASES]
    return tuple(found)


def _quantities(axes: Sequence[str]) -> Iterator[Quantity]:
    pairs = [f"{i},{j}" for i, j in PAIRS if i != j]
    for name, ends in (
        *((name, PHASES) for name in PER_PHASE),
        *((name, [f"{p}.{a}" for p in PHASES for a in axes]) for name in PER_PHASE_AND_AXIS),
        ("area_per_um", pairs),
    ):
        for end in ends:
            yield Quantity(f"{name}.{end}", definition(name).group)
    for name in WHOLE:
        yield Quantity(name, definition(name).group)


def _parts(rest: Sequence[str]) -> Iterator[str]:
    for part in rest:
        if part in "zyx":
            yield f"along {part}"
        else:
            yield " | ".join(SHORT_NAMES[_phase(name)] for name in part.split(","))


def _phase(name: str) -> Phase:
    return next(phase for phase in PHASES if phase == name)
