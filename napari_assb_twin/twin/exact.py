"""Two-point coverage, interface areas and triple-phase boundary of the model in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at, curvature
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.excursion import boundary_density, two_point_probability
from napari_assb_twin.twin.field_pair import FieldPair
from napari_assb_twin.twin.gradients import (
    Curvatures,
    mean_cross_product,
    mean_crossings,
    mean_gradient,
)
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES, Phase

Floats = NDArray[np.float64]
Direction = Literal["in-plane", "through-plane"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


def coverage(twin: Twin, lags_um: ArrayLike, *, direction: Direction = "in-plane") -> Curves:
    """Exact two-point coverage functions C_ij(h) = P(o in phase i, h in phase j) of a twin.

    Parameters
    ----------
    lags_um
        Lengths of h in micrometres, shape (n,), none negative.
    direction
        ``"in-plane"`` (perpendicular to the pressing direction z) or ``"through-plane"`` (along z).

    Raises
    ------
    InputError
        If a lag is negative or not finite, or the direction is unknown.
    """
    lags = np.atleast_1d(np.asarray(lags_um, dtype=float))
    if lags.ndim != 1 or not np.all(np.isfinite(lags)) or np.any(lags < 0):
        raise InputError("The lags must be finite lengths in micrometres, none below zero.")
    if direction not in DIRECTIONS:
        raise InputError(f"direction is {direction!r}; it must be in-plane or through-plane.")
    h_r, h_z = (lags, 0.0 * lags) if direction == "in-plane" else (0.0 * lags, lags)
    values = coverage_at(twin, h_r, h_z)
    fractions = dict(twin.volume_fractions.items())
    return Curves(lags_um=lags, values=values, volume_fractions=fractions, direction=direction)


def coverage_at(twin: Twin, h_r_um: ArrayLike, h_z_um: ArrayLike) -> Floats:
    """C_ij at lags (h_r, h_z) in micrometres, shape (6, n) in the order of ``PAIRS``.

    With p, q the probabilities and a_X, a_Y the two-point probabilities of the cut sets of X and
    Y, b = 1 - 2p + a_X, and phases 1, 2, 3 the first, second and third:
    C_11 = a_X, C_12 = (p - a_X) q, C_13 = (p - a_X)(1 - q), C_22 = b a_Y, C_23 = b (q - a_Y),
    C_33 = b (1 - 2q + a_Y).  For correlated fields see `FieldPair.coverage`.

    Those of a graded cathode are the mean over the depth of the curves of its thin layers: exact
    in the plane, and along z as far as the fractions hardly change over the lag.
    """
    if twin.gradient is not None:
        depths, weights = twin.gradient.quadrature()
        layers = [coverage_at(twin.at_depth(depth), h_r_um, h_z_um) for depth in depths]
        return np.asarray(np.tensordot(weights, layers, 1))
    if twin.field_correlation:
        r_x, r_y = (
            correlation_at(twin.field(name).correlation, h_r_um, h_z_um) for name in FIELD_NAMES
        )
        pair = FieldPair.of(twin).coverage(r_x, r_y)
        return _in_order(twin.first_phase, twin.second_phase, pair)
    (p, a_x), (q, a_y) = (_cut(twin, name, h_r_um, h_z_um) for name in ("X", "Y"))
    return combine(twin.first_phase, twin.second_phase, p, q, a_x, a_y)


def combine(
    first_phase: Phase, second_phase: Phase, p: float, q: float, a_x: Floats, a_y: Floats
) -> Floats:
    """C_ij of the three phases from the two cut sets (see `coverage_at`)."""
    both_out = 1.0 - 2.0 * p + a_x
    by_role = {
        (1, 1): a_x,
        (1, 2): (p - a_x) * q,
        (1, 3): (p - a_x) * (1.0 - q),
        (2, 2): both_out * a_y,
        (2, 3): both_out * (q - a_y),
        (3, 3): both_out * (1.0 - 2.0 * q + a_y),
    }
    return _in_order(first_phase, second_phase, by_role)


def _in_order(
    first_phase: Phase, second_phase: Phase, by_role: Mapping[tuple[int, int], Floats]
) -> Floats:
    """C_ij in the order of ``PAIRS`` from those of the first, second and third phase."""
    role = dict.fromkeys(PHASES, 3) | {first_phase: 1, second_phase: 2}
    rows = []
    for i, j in PAIRS:
        a, b = sorted((role[i], role[j]))
        rows.append(by_role[a, b])
    return np.stack(rows)


def _cut(twin: Twin, name: FieldName, h_r_um: ArrayLike, h_z_um: ArrayLike) -> tuple[float, Floats]:
    field, probability = twin.field(name), twin.exceedance(name)
    r = correlation_at(field.correlation, h_r_um, h_z_um)
    return probability, two_point_probability(field, probability, r)


@dataclass(frozen=True, kw_only=True)
class Interfaces:
    """Exact mean interface areas and triple-phase boundary length per volume.

    Attributes
    ----------
    area_per_um
        Area of each interface per volume, in 1/um, by unordered pair of phases.
    triple_phase_boundary_per_um2
        Length of the lines where three phases meet per volume, in 1/um^2.

    Both are infinite where a field has smoothness 1 or less (fractal boundary).
    """

    area_per_um: dict[tuple[Phase, Phase], float]
    triple_phase_boundary_per_um2: float

    def surface_per_um(self, phase: Phase) -> float:
        """Surface of one phase per volume, in 1/um: the sum of its two interfaces."""
        return sum(area for pair, area in self.area_per_um.items() if phase in pair)


def interfaces(twin: Twin) -> Interfaces:
    """Interface areas and triple-phase boundary of the model.

    S_X = D_X E|g_X| with the gradient g ~ N(0, diag(k_r, k_r, k_z)); the first phase meets the
    second over q S_X and the third over (1 - q) S_X, those two meet over (1 - p) S_Y, and
    L = D_X D_Y E|g_X x g_Y| (Adler and Taylor, 2007, Random Fields and Geometry, for the means).
    Gradients do not depend on the values at their place, so that of correlated fields only the
    shares, the densities and the curvature of the second field differ (see `FieldPair`).
    """
    d_x, d_y = densities(twin)
    x, y = _boundary_curvatures(twin)
    line = FieldPair.of(twin).line_density if twin.field_correlation else d_x * d_y
    of_y = curvature(twin.Y.correlation)
    return Interfaces(
        area_per_um=by_pair(twin, d_x * mean_gradient(x), d_y * mean_gradient(y)),
        triple_phase_boundary_per_um2=line * mean_cross_product(x, of_y),
    )


def crossings(twin: Twin) -> tuple[dict[tuple[Phase, Phase], float], ...]:
    """Crossings of each interface per length of a line in the plane, and of one along z, in 1/um.

    Those of a level of X are D_X sqrt(2 k_e / pi) with the curvature k_e along the line (Rice,
    1945, doi:10.1002/j.1538-7305.1945.tb00453.x); the pairs share them as in `interfaces`.
    """
    d_x, d_y = densities(twin)
    along_x, along_y = map(mean_crossings, _boundary_curvatures(twin))
    return tuple(by_pair(twin, d_x * x, d_y * y) for x, y in zip(along_x, along_y, strict=True))


def densities(twin: Twin) -> tuple[float, float]:
    """D_X and D_Y (see `boundary_density`), of Y' where the fields are correlated."""
    x, y = (boundary_density(twin.field(name), twin.exceedance(name)) for name in FIELD_NAMES)
    return x, FieldPair.of(twin).boundary_density if twin.field_correlation else y


def _boundary_curvatures(twin: Twin) -> tuple[Curvatures, Curvatures]:
    """Curvatures of X and of the field from which the second phase is cut: Y, or Y'."""
    x, y = (curvature(twin.field(name).correlation) for name in FIELD_NAMES)
    return x, FieldPair.of(twin).curvature(x, y) if twin.field_correlation else y


def boundary_shares(twin: Twin) -> tuple[float, float]:
    """Shares of the boundary of X's set that touch the second phase, and of Y's that X leaves.

    q and 1 - p for independent fields; else see `FieldPair.contact` and `FieldPair.free`.
    """
    if twin.field_correlation:
        pair = FieldPair.of(twin)
        return pair.contact, pair.free
    return twin.exceedance("Y"), 1.0 - twin.exceedance("X")


def by_pair(twin: Twin, x: float, y: float) -> dict[tuple[Phase, Phase], float]:
    """What the boundary of X's set (x) and of Y's (y) give to each interface of two phases."""
    contact, free = boundary_shares(twin)
    first, second, third = twin.first_phase, twin.second_phase, twin.third_phase
    shared = {
        _pair(first, second): contact * x,
        _pair(first, third): (1.0 - contact) * x,
        _pair(second, third): free * y,
    }
    return {pair: shared[pair] for pair in PAIRS if pair in shared}


def _pair(i: Phase, j: Phase) -> tuple[Phase, Phase]:
    return (i, j) if (i, j) in PAIRS else (j, i)
