"""Excursion sets of one field: levels from fractions, and two-point probabilities.

Levels are those of the raw field: a Gaussian field has mean 0 and variance 1, a chi-square field
with k degrees of freedom is the plain sum of k squared Gaussian fields.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline
from scipy.special import gammaln, ndtr, ndtri, owens_t
from scipy.stats import chi2

from napari_assb_twin.twin.bessel import log_scaled_i
from napari_assb_twin.twin.parameters import RandomField

Floats = NDArray[np.float64]

_PANELS = 128
"""Of a table of chi-square orthants over the angle asin r, from 0 to a right angle."""

_TABULATE = 64
"""Orthants of more correlations than this are read from a table."""


def level(field: RandomField, probability: float) -> float:
    """Level at which the cut set (upper or lower tail) has the given probability."""
    k = field.degrees_of_freedom
    if k == 0:
        return float(ndtri(1.0 - probability) if field.tail == "upper" else ndtri(probability))
    cut = chi2.isf if field.tail == "upper" else chi2.ppf
    return float(cut(probability, k))


def two_point_probability(field: RandomField, probability: float, r: ArrayLike) -> Floats:
    """P(o and h both in the cut set), where the Gaussian field(s) have correlation ``r`` at h.

    Parameters
    ----------
    probability
        P(o in the cut set), strictly between 0 and 1.
    r
        Correlations in [-1, 1], any shape.
    """
    raw_level = level(field, probability)
    exceeding = upper_orthant(field.degrees_of_freedom, raw_level, r)
    return exceeding if field.tail == "upper" else _lower(exceeding, 1.0 - probability)


def _lower(exceeding: Floats, upper_probability: float) -> Floats:
    return 1.0 - 2.0 * upper_probability + exceeding


def upper_orthant(degrees_of_freedom: int, raw_level: float, r: ArrayLike) -> Floats:
    """a(r) = P(field(o) >= level, field(h) >= level).

    Gaussian: a = Phi(-l) - 2 T(l, sqrt((1 - r) / (1 + r))) with Owen's T (Owen, 1956).
    Chi-square with k = 1: 2 [a_Gauss(u, r) + a_Gauss(u, -r)] with u the root of the level.
    Chi-square with k >= 2: p^2 + int_0^|r| da/dr, with da/dr from the Hardy-Hille sum of the
    Laguerre series of the bivariate gamma distribution (Kibble, 1941); with r = sin t the
    integrand is smooth up to |r| = 1, and 64 Gauss-Legendre nodes give a to 1e-12 for |r| <= 0.9
    and to 1e-7 beyond.  Many correlations at once are read from a table that is as exact.
    """
    correlations = np.clip(np.asarray(r, dtype=float), -1.0, 1.0)
    k = degrees_of_freedom
    if k == 0:
        return _gaussian_orthant(raw_level, correlations)
    if k == 1:
        root = math.sqrt(raw_level)
        return 2.0 * (
            _gaussian_orthant(root, correlations) + _gaussian_orthant(root, -correlations)
        )
    end = np.arcsin(np.abs(correlations))
    if end.size > _TABULATE:
        return np.asarray(_chi_square_orthants(k, raw_level)(end))
    nodes, weights = _gauss_legendre()
    t = end[..., None] * nodes
    p = float(chi2.sf(raw_level, k))
    return np.asarray(p * p + end * (_slope_by_angle(k, raw_level, t) @ weights))


@lru_cache(maxsize=64)
def _chi_square_orthants(k: int, raw_level: float) -> Any:
    """a as a function of the angle t = asin |r|: cubic pieces through exact values and slopes."""
    edges = np.linspace(0.0, 0.5 * math.pi, _PANELS + 1)
    nodes, weights = np.polynomial.legendre.leggauss(4)
    inside = edges[:-1, None] + edges[1] * 0.5 * (nodes + 1.0)
    steps = 0.5 * edges[1] * (_slope_by_angle(k, raw_level, inside) @ weights)
    values = float(chi2.sf(raw_level, k)) ** 2 + np.append(0.0, np.cumsum(steps))
    slopes = _slope_by_angle(k, raw_level, np.minimum(edges, 0.5 * math.pi - 1e-5))
    return CubicHermiteSpline(edges, values, slopes)


def _slope_by_angle(k: int, raw_level: float, t: Floats) -> Floats:
    return chi_square_slope(k, raw_level, np.sin(t)) * np.cos(t)


def _gaussian_orthant(raw_level: float, r: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        tangent = np.sqrt((1.0 - r) / (1.0 + r))
    return np.asarray(ndtr(-raw_level) - 2.0 * owens_t(raw_level, tangent))


def chi_square_slope(k: int, raw_level: float, r: ArrayLike) -> Floats:
    """da/dr of the chi-square orthant probability for 0 <= r < 1.

    2 r^(1-k/2) (c/2)^(k/2) / (Gamma(k/2) (1-r^2)) exp(-c/(1+r)) Ie_(k/2)(c r / (1-r^2)) with the
    exponentially scaled Bessel function Ie; evaluated in logarithms so that any k works.
    """
    correlations = np.maximum(np.asarray(r, dtype=float), 1e-150)
    half = 0.5 * k
    complement = np.maximum((1.0 - correlations) * (1.0 + correlations), 1e-300)
    z = raw_level * correlations / complement
    log_bessel = log_scaled_i(half, z)
    log_slope = (
        math.log(2.0)
        + (1.0 - half) * np.log(correlations)
        + half * math.log(0.5 * raw_level)
        - gammaln(half)
        - np.log(complement)
        - raw_level / (1.0 + correlations)
        + log_bessel
    )
    return np.asarray(np.exp(log_slope))


def boundary_density(field: RandomField, probability: float) -> float:
    """D in S = D E|g|: density of the boundary at the level, per gradient of the Gaussian field.

    D = phi(l) for a Gaussian and 2 sqrt(c) f_chi2(c; k) for a chi-square field, that is
    sqrt(2) (c/2)^((k-1)/2) exp(-c/2) / Gamma(k/2).
    """
    raw_level = level(field, probability)
    k = field.degrees_of_freedom
    if k == 0:
        return math.exp(-0.5 * raw_level**2) / math.sqrt(2.0 * math.pi)
    half = 0.5 * raw_level
    logarithm = 0.5 * (k - 1) * math.log(max(half, 1e-300)) - half - math.lgamma(0.5 * k)
    return math.sqrt(2.0) * math.exp(logarithm)


@cache
def _gauss_legendre() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(64)
    return 0.5 * (nodes + 1.0), 0.5 * weights
