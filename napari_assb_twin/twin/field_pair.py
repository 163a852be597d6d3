"""Two correlated Gaussian fields: an extension of ours, exact like the independent pair.

The second phase is cut from Y' = rho X + s Y with s = sqrt(1 - rho^2), where X < l leaves room for
it: {X < l, Y' >= m}.  Given the values of X, those of Y' are normal again, with the covariance of
s Y; this turns probabilities of four normal variables into quadratures over two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import scipy.optimize
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, owens_t

from napari_assb_twin.twin.excursion import two_point_probability
from napari_assb_twin.twin.gradients import Curvatures
from napari_assb_twin.twin.parameters import RandomField, Twin

Floats = NDArray[np.float64]

_REACH = 6.0
"""Values further from the mean, in standard deviations, are left out: 2e-9 of all."""

_LAGS = 64
"""Lags whose quadrature is made at once: bounds the memory."""

_NARROWEST = 0.05
"""Width s of the steepest probabilities for which the nodes still grow in number."""


@dataclass(frozen=True)
class FieldPair:
    """How the phases are cut from two correlated fields.

    Attributes
    ----------
    correlation
        rho, between -1 and 1.
    level_x, level_y
        l of X and m of Y'.
    """

    correlation: float
    level_x: float
    level_y: float

    @classmethod
    def of(cls, twin: Twin) -> FieldPair:
        """The pair of a twin: m solves P(X < l, Y' >= m) = phi_second."""
        return cls.at(twin.exceedance("X"), twin.exceedance("Y"), twin.field_correlation)

    @classmethod
    def at(cls, p: float, q: float, correlation: float) -> FieldPair:
        """The pair with shares p of the first phase, and q of the second in what that leaves."""
        return cls(correlation, *_levels(p, q, correlation))

    @property
    def width(self) -> float:
        """s = sqrt(1 - rho^2), the standard deviation of Y' where X is known."""
        return math.sqrt((1.0 - self.correlation) * (1.0 + self.correlation))

    @property
    def tilt(self) -> float:
        """Slope of `second_at`: -rho / s."""
        return -self.correlation / self.width

    def second_at(self, x: float) -> float:
        """The level of Y above which Y' >= m, where X is x: (m - rho x) / s."""
        return (self.level_y - self.correlation * x) / self.width

    @property
    def contact(self) -> float:
        """P(Y' >= m | X = l): share of the first phase's surface that the second one touches."""
        return float(ndtr(-self.second_at(self.level_x)))

    @property
    def free(self) -> float:
        """P(X < l | Y' = m): share of the boundary {Y' = m} that the first phase leaves."""
        return float(ndtr((self.level_x - self.correlation * self.level_y) / self.width))

    @property
    def boundary_density(self) -> float:
        """phi(m), the density of the boundary {Y' = m} (see `excursion.boundary_density`)."""
        return float(_normal(self.level_y))

    @property
    def line_density(self) -> float:
        """D in L = D E|g_X x g_Y|, the length of the lines {X = l, Y' = m} per volume.

        The joint density of X and Y' at the levels times s, as g_X x g_Y' = s g_X x g_Y: in all
        phi(l) phi((m - rho l) / s).
        """
        return float(_normal(self.level_x) * _normal(self.second_at(self.level_x)))

    def curvature(self, x: Curvatures, y: Curvatures) -> Curvatures:
        """Curvature of the correlation of Y', rho^2 r_X + s^2 r_Y, from those of X and Y."""
        share = self.correlation**2
        in_plane, through = (share * a + self.width**2 * b for a, b in zip(x, y, strict=True))
        return in_plane, through

    def coverage(self, r_x: ArrayLike, r_y: ArrayLike) -> dict[tuple[int, int], Floats]:
        """C_ij where X has the correlation ``r_x`` and Y ``r_y``; phase 2 is cut from Y'.

        C_11 is a_X of `two_point_probability`, C_12 and C_22 are the quadratures `_crossed` and
        `_second`, the others follow by sums.  Good to 2e-7 for |rho| <= 0.95 and r >= -0.22, below
        which no low-parametric correlation falls; where r falls to -0.9, to 1e-5 for |rho| <= 0.6
        and to 1e-3 for 0.95 only.

        Parameters
        ----------
        r_x, r_y
            Correlations in [-1, 1], shape (n,).
        """
        of_x, of_y = (np.clip(np.atleast_1d(np.asarray(r, dtype=float)), -1, 1) for r in (r_x, r_y))
        p = float(ndtr(-self.level_x))
        second = float(ndtr(self.level_x)) - _third(self.level_x, self.level_y, self.correlation)
        a = two_point_probability(RandomField(), p, of_x)
        c_12, c_22 = np.empty_like(of_x), np.empty_like(of_x)
        for start in range(0, of_x.size, _LAGS):
            part = slice(start, start + _LAGS)
            c_12[part] = self._crossed(of_x[part])
            c_22[part] = self._second(of_x[part], of_y[part])
        here = (of_x == 1.0) & (of_y == 1.0)
        c_12, c_22 = np.where(here, 0.0, c_12), np.where(here, second, c_22)
        c_13, c_23 = p - a - c_12, second - c_12 - c_22
        c_33 = 1.0 - p - second - c_13 - c_23
        return {(1, 1): a, (1, 2): c_12, (1, 3): c_13, (2, 2): c_22, (2, 3): c_23, (3, 3): c_33}

    def _crossed(self, r_x: Floats) -> Floats:
        """C_12(h) = int_(x < l) phi(x) P(X(o) >= l | X(h) = x) P(Y'(h) >= m | X(h) = x) dx.

        The first probability is Phi((r x - l) / sqrt(1 - r^2)), a thin layer below the level for
        r near 1: the nodes crowd there.
        """
        nodes, weights = _rule(2 * self._nodes)
        depth = (self.level_x + _REACH) * nodes**3
        x = self.level_x - depth
        weights = 3.0 * (self.level_x + _REACH) * nodes**2 * weights * _normal(x)
        weights = weights * ndtr((self.correlation * x - self.level_y) / self.width)
        r = r_x[:, None]
        across = (r * x - self.level_x) / np.sqrt(np.maximum((1.0 - r) * (1.0 + r), 1e-300))
        return np.asarray(ndtr(across) @ weights)

    def _second(self, r_x: Floats, r_y: Floats) -> Floats:
        """C_22(h): the mean over X(o), X(h) < l of P(Y(o) >= second_at, Y(h) >= second_at).

        X(o) and X(h) are sqrt((1 + r) / 2) t -+ sqrt((1 - r) / 2) w with independent normal t, w:
        no density becomes narrow as r -> 1.  The integrand is even in w and bends at w = 0 where
        r_Y is near 1: half of the plane is enough, and nodes crowd at its edge.
        """
        nodes, weights = _rule(self._nodes)
        w = _REACH * nodes**2
        over_w = 2.0 * 2.0 * _REACH * nodes * weights * _normal(w)
        sum_x, difference_x = (np.sqrt(0.5 * (1.0 + sign * r_x)) for sign in (1.0, -1.0))
        across = difference_x[:, None, None] * w[:, None]
        along = np.maximum(sum_x[:, None, None], 1e-150)
        span = np.clip((self.level_x - across) / along, -_REACH, _REACH) + _REACH
        t = span * nodes - _REACH
        o, h = (self._second_over(along * t + sign * across) for sign in (-1.0, 1.0))
        both = upper_pair(o, h, np.minimum(r_y, 1.0 - 1e-15)[:, None, None])
        over_t = (both * _normal(t) * span) @ weights
        return np.asarray(over_t @ over_w)

    def _second_over(self, x: Floats) -> Floats:
        return np.asarray((self.level_y - self.correlation * x) / self.width)

    @property
    def _nodes(self) -> int:
        """Of one dimension: 28 up to |rho| = 0.86 and 45 at 0.95; what for, see `coverage`."""
        return math.ceil(28 * max(1.0, 0.5 / max(self.width, _NARROWEST)))


def upper_pair(a: ArrayLike, b: ArrayLike, r: ArrayLike) -> Floats:
    """P(U >= a, V >= b) of standard normal U and V with correlation r, -1 < r < 1.

    Owen (1956, doi:10.1214/aoms/1177728074): (Phi(-a) + Phi(-b)) / 2 - T(a, (b / a - r) / s) -
    T(b, (a / b - r) / s) with s = sqrt(1 - r^2), less 1/2 where a and b have unequal signs.
    """
    r = np.asarray(r, dtype=float)
    u, v = (np.where(np.equal(one, 0.0), 1e-300, one) for one in (a, b))  # the limit from above
    s = np.sqrt((1.0 - r) * (1.0 + r))
    with np.errstate(over="ignore"):
        tails = owens_t(u, (v - r * u) / (u * s)) + owens_t(v, (u - r * v) / (v * s))
    return np.asarray(0.5 * (ndtr(-u) + ndtr(-v)) - tails - 0.5 * ((u < 0) != (v < 0)))


@lru_cache(maxsize=64)
def _levels(p: float, q: float, correlation: float) -> tuple[float, float]:
    """l and m from the share of the first phase, and of the second in what that leaves."""
    level_x = float(ndtri(1.0 - p))
    third = (1.0 - p) * (1.0 - q)

    def excess(level_y: float) -> float:
        return _third(level_x, level_y, correlation) - third

    return level_x, float(scipy.optimize.brentq(excess, -38.0, 38.0, xtol=1e-14, rtol=1e-14))


def _third(level_x: float, level_y: float, correlation: float) -> float:
    """P(X < l, Y' < m)."""
    return float(upper_pair(-level_x, -level_y, correlation))


def _normal(x: ArrayLike) -> Floats:
    """Density of the standard normal distribution."""
    values = np.asarray(x, dtype=float)
    return np.asarray(np.exp(-0.5 * values * values) / math.sqrt(2.0 * math.pi))


@cache
def _rule(size: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(size)
    return 0.5 * (nodes + 1.0), 0.5 * weights
