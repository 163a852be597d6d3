"""Two-point coverage, interface areas and triple-phase boundary of the model in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad_vec
from scipy.special import ellipe

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at, curvature
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.excursion import boundary_density, two_point_probability
from napari_assb_twin.twin.parameters import FieldName, Twin
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
    C_33 = b (1 - 2q + a_Y).
    """
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
    """
    density, curvatures, mean_gradient = {}, {}, {}
    for name in ("X", "Y"):
        field_name: FieldName = "X" if name == "X" else "Y"
        field = twin.field(field_name)
        density[name] = boundary_density(field, twin.exceedance(field_name))
        curvatures[name] = curvature(field.correlation)
        mean_gradient[name] = _mean_gradient(*curvatures[name])
    surface = {name: density[name] * mean_gradient[name] for name in density}
    p, q = twin.exceedance("X"), twin.exceedance("Y")
    first, second, third = twin.first_phase, twin.second_phase, twin.third_phase
    areas = {
        _pair(first, second): q * surface["X"],
        _pair(first, third): (1.0 - q) * surface["X"],
        _pair(second, third): (1.0 - p) * surface["Y"],
    }
    cross = _mean_cross_product(curvatures["X"], curvatures["Y"])
    return Interfaces(
        area_per_um={pair: areas[pair] for pair in PAIRS if pair in areas},
        triple_phase_boundary_per_um2=density["X"] * density["Y"] * cross,
    )


def _pair(i: Phase, j: Phase) -> tuple[Phase, Phase]:
    return (i, j) if (i, j) in PAIRS else (j, i)


def _mean_gradient(k_r: float, k_z: float) -> float:
    """E|g| = 2 sqrt(2/pi) int_0^1 sqrt(k_r (1-u^2) + k_z u^2) du for g ~ N(0, diag)."""
    if math.isinf(k_r):
        return math.inf
    nodes, weights = np.polynomial.legendre.leggauss(64)
    u = 0.5 * (nodes + 1.0)
    root = np.sqrt(k_r * (1.0 - u * u) + k_z * u * u)
    return float(2.0 * math.sqrt(2.0 / math.pi) * 0.5 * (weights @ root))


def _mean_cross_product(x: tuple[float, float], y: tuple[float, float]) -> float:
    """E|g_X x g_Y| = (4/pi) int_0^1 sqrt(M) E(1 - m/M) du with the complete elliptic integral E.

    M and m are the larger and the smaller of k_rY (A + B) and k_rY B + k_zY A, where
    A = k_rX (1 - u^2) and B = k_zX u^2.
    """
    if math.isinf(x[0]) or math.isinf(y[0]):
        return math.inf

    def integrand(u: float) -> float:
        a, b = x[0] * (1.0 - u * u), x[1] * u * u
        one, other = y[0] * (a + b), y[0] * b + y[1] * a
        large, small = max(one, other), min(one, other)
        return math.sqrt(large) * float(ellipe(1.0 - small / large))

    value, _ = quad_vec(integrand, 0.0, 1.0, epsabs=0.0, epsrel=1e-10)
    return float(4.0 / math.pi * value)
