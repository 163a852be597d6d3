"""Logarithms of modified Bessel functions for any order, where scipy's own under- or overflow.

Orders above 60 take the uniform expansions for large order (DLMF 10.41.3 and 10.41.4) to third
order, whose relative error is below 1e-8 there; smaller orders take scipy's scaled functions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, hyp0f1, ive, kve

Floats = NDArray[np.float64]

LARGE_ORDER = 60.0


def log_scaled_i(order: float, x: Floats) -> Floats:
    """log(exp(-x) I_order(x)) for x > 0."""
    if order > LARGE_ORDER:
        root, eta, t = _uniform(order, x)
        correction = np.log1p(_tail(order, t))
        scaled = order * eta - x - 0.5 * np.log(2.0 * math.pi * order) - 0.5 * np.log(root)
        return np.asarray(scaled + correction)
    far = x > 1e8
    with np.errstate(divide="ignore"):
        value = np.log(ive(order, np.where(far, 1.0, x)))
    small = (value < -600.0) & ~far
    series = np.where(small, x, 1.0)
    leading = order * np.log(0.5 * series) - gammaln(order + 1.0) - series
    value = np.where(small, leading + np.log(hyp0f1(order + 1.0, 0.25 * series**2)), value)
    return np.asarray(np.where(far, -0.5 * np.log(2.0 * math.pi * np.maximum(x, 1.0)), value))


def log_matern_bessel(order: float, x: Floats) -> Floats:
    """log(2^(1-order) / Gamma(order) x^order K_order(x)) for x > 0: 0 at x -> 0."""
    if order > LARGE_ORDER:
        root, eta, t = _uniform(order, x)
        # Normalised at x -> 0, where the function is 1, t = 1 and eta - log z = 1 - log 2.
        eta_at_zero = np.log(x / order) + 1.0 - math.log(2.0)
        correction = np.log1p(_tail(order, -t)) - math.log1p(_tail(order, -1.0))
        return np.asarray(-order * (eta - eta_at_zero) - 0.5 * np.log(root) + correction)
    with np.errstate(divide="ignore"):
        log_k = np.log(kve(order, x)) - x
    value = (1.0 - order) * math.log(2.0) - gammaln(order) + order * np.log(x) + log_k
    # K overflows only for large orders and x so small that two terms of the series are exact.
    overflows = np.isposinf(log_k)
    value[overflows] = -(x[overflows] ** 2) / (4.0 * (order - 1.0))
    return np.asarray(value)


def _uniform(order: float, x: Floats) -> tuple[Floats, Floats, Floats]:
    z = x / order
    root = np.hypot(1.0, z)
    return root, root + np.log(z) - np.log1p(root), 1.0 / root


def _tail(order: float, t: Any) -> Any:
    """Sum of u_k(t) / order^k, k = 1 to 3; with -t the alternating sum of K."""
    t2 = t * t
    u1 = t * (3 - 5 * t2) / 24
    u2 = t2 * (81 - 462 * t2 + 385 * t2 * t2) / 1152
    u3 = t * t2 * (30375 - 369603 * t2 + 765765 * t2 * t2 - 425425 * t2**3) / 414720
    return u1 / order + u2 / order**2 + u3 / order**3
