"""Numbers of a twin that need no simulation: chords, interfaces, contact shares, triple lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from napari_assb_twin.twin.correlation import curvature
from napari_assb_twin.twin.exact import boundary_shares, crossings, interfaces
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES, Phase

Number = float | None
"""None where a boundary is infinite (see `Readouts.reservation`)."""

Pair = tuple[Phase, Phase]

INTERFACES: tuple[Pair, ...] = tuple(pair for pair in PAIRS if pair[0] != pair[1])
"""The three unordered pairs of different phases."""

CONTACTS: tuple[Pair, ...] = tuple((i, j) for i in PHASES for j in PHASES if i != j)
"""The six ordered pairs: the phase whose surface it is, and the phase that it touches."""


@dataclass(frozen=True, kw_only=True)
class Readouts:
    """Exact means of a twin, for an infinitely large body.

    A number is None where it is infinite, or the quotient of two infinite ones.

    Attributes
    ----------
    volume_fractions
        Shares of the phases.
    surface_per_um
        S_V, surface of a phase per volume of the whole, in 1/um: the sum of its two interfaces.
    mean_chord_um
        4 phi / S_V in um: the mean length of the pieces of a line in the phase, over lines in all
        directions of space alike (Underwood, 1970, Quantitative Stereology).
    chord_in_plane_um, chord_through_plane_um
        The same along lines in the plane, and along z: 2 phi over the crossings per length.
    area_per_um
        Area of each interface per volume of the whole, in 1/um, by unordered pair of phases.
    contact_share
        Share of the surface of the first phase of a pair that touches the second one.
    pinned
        The pairs whose contact share the order of cutting fixes, whatever the correlations are:
        that of the phase cut first is phi_j / (phi_j + phi_k).  None where fields are correlated.
    triple_phase_boundary_per_um2
        Length of the lines where all three phases meet per volume of the whole, in 1/um^2.
    rough
        The fields with smoothness 1 or less: their boundaries are fractal.
    """

    volume_fractions: Mapping[Phase, float]
    surface_per_um: Mapping[Phase, Number]
    mean_chord_um: Mapping[Phase, Number]
    chord_in_plane_um: Mapping[Phase, Number]
    chord_through_plane_um: Mapping[Phase, Number]
    area_per_um: Mapping[Pair, Number]
    contact_share: Mapping[Pair, Number]
    pinned: frozenset[Pair]
    triple_phase_boundary_per_um2: Number
    rough: tuple[str, ...]

    @property
    def reservation(self) -> str:
        """Why some numbers are missing; empty where none is."""
        if not self.rough:
            return ""
        fields = " and ".join(f"field {name}" for name in self.rough)
        return f"infinite: smoothness of {fields} is 1 or less"

    def document(self) -> dict[str, Any]:
        """The JSON object of these numbers; pairs are written ``pore,active_material``."""
        return {
            "volume_fractions": dict(self.volume_fractions),
            "surface_per_um": dict(self.surface_per_um),
            "mean_chord_um": dict(self.mean_chord_um),
            "chord_in_plane_um": dict(self.chord_in_plane_um),
            "chord_through_plane_um": dict(self.chord_through_plane_um),
            "area_per_um": _by_name(self.area_per_um),
            "contact_share": _by_name(self.contact_share),
            "pinned_contact_shares": sorted(",".join(pair) for pair in self.pinned),
            "triple_phase_boundary_per_um2": self.triple_phase_boundary_per_um2,
            "reservation": self.reservation or None,
        }


def readouts(twin: Twin) -> Readouts:
    """Chords, interfaces, contact shares and triple lines of a twin, exactly.

    See `interfaces` and `crossings` for the formulas and their sources.
    """
    exact = interfaces(twin)
    in_plane, through = crossings(twin)
    fractions = dict(twin.volume_fractions.items())
    surface = {phase: exact.surface_per_um(phase) for phase in PHASES}
    shares: dict[Pair, Number] = {
        (i, j): contact_share(exact.area_per_um, i, j) for i, j in CONTACTS
    }
    first, others = twin.first_phase, (twin.second_phase, twin.third_phase)
    independent = twin.field_correlation == 0
    for other in others if independent else ():
        shares[first, other] = fractions[other] / sum(fractions[one] for one in others)
    if not independent:
        contact, _ = boundary_shares(twin)
        shares[first, others[0]], shares[first, others[1]] = contact, 1.0 - contact
    return Readouts(
        volume_fractions=fractions,
        surface_per_um={phase: _finite(area) for phase, area in surface.items()},
        mean_chord_um={phase: _ratio(4.0 * fractions[phase], surface[phase]) for phase in PHASES},
        chord_in_plane_um=_chords(fractions, in_plane),
        chord_through_plane_um=_chords(fractions, through),
        area_per_um={pair: _finite(area) for pair, area in exact.area_per_um.items()},
        contact_share=shares,
        pinned=frozenset((first, other) for other in others if independent),
        triple_phase_boundary_per_um2=_finite(exact.triple_phase_boundary_per_um2),
        rough=tuple(name for name in FIELD_NAMES if _is_rough(twin, name)),
    )


def contact_share(area_per_um: Mapping[Pair, float], i: Phase, j: Phase) -> Number:
    """Share of the surface of phase i that touches phase j; None where it has none or infinite."""
    own = sum(area for pair, area in area_per_um.items() if i in pair)
    return _ratio(area_per_um[(i, j) if (i, j) in area_per_um else (j, i)], own)


def _chords(
    fractions: Mapping[Phase, float], crossings: Mapping[Pair, float]
) -> dict[Phase, Number]:
    """Each piece of a line in a phase has two ends."""
    ends = {i: sum(n for pair, n in crossings.items() if i in pair) for i in PHASES}
    return {phase: _ratio(2.0 * fractions[phase], ends[phase]) for phase in PHASES}


def _ratio(part: float, whole: float) -> Number:
    return part / whole if math.isfinite(whole) and whole > 0 else None


def _finite(value: float) -> Number:
    return value if math.isfinite(value) else None


def _is_rough(twin: Twin, name: Any) -> bool:
    return math.isinf(curvature(twin.field(name).correlation)[0])


def _by_name(numbers: Mapping[Pair, Number]) -> dict[str, Number]:
    return {f"{i},{j}": number for (i, j), number in numbers.items()}
