"""Correlation functions of the Gaussian fields, and their curvature at the origin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, kve

from napari_assb_twin.twin.parameters import Correlation

Floats = NDArray[np.float64]

_LARGE_SMOOTHNESS = 60.0


def correlation_at(correlation: Correlation, h_r_um: ArrayLike, h_z_um: ArrayLike = 0.0) -> Floats:
    """Correlation r at lags with in-plane length ``h_r_um`` and through-plane length ``h_z_um``.

    Parameters
    ----------
    h_r_um, h_z_um
        Lengths in micrometres, broadcast against each other.

    Returns
    -------
    Array of the broadcast shape; 1 at the origin.
    """
    a = correlation.anisotropy
    d = np.hypot(np.asarray(h_r_um, dtype=float), np.asarray(h_z_um, dtype=float) / a)
    return radial_correlation(correlation, d)


def radial_correlation(correlation: Correlation, distance_um: ArrayLike) -> Floats:
    """r as a function of the scaled distance d = sqrt(h_r^2 + (h_z / a)^2) in micrometres."""
    d = np.asarray(distance_um, dtype=float)
    r = matern(d / correlation.length_um, correlation.smoothness)
    if correlation.oscillation_per_um:
        r = r * np.sinc(correlation.oscillation_per_um / math.pi * d)
    return r


def matern(u: ArrayLike, smoothness: float | None) -> Floats:
    """Matern correlation M_nu(u) = 2^(1-nu) / Gamma(nu) x^nu K_nu(x) with x = sqrt(2 nu) u.

    The limit nu -> infinity (``None``) is exp(-u^2 / 2).  See Rasmussen and Williams (2006),
    Gaussian Processes for Machine Learning, eq. 4.14.
    """
    u = np.asarray(u, dtype=float)
    shape, u = u.shape, np.atleast_1d(u)
    if smoothness is None:
        return np.asarray(np.exp(-0.5 * u * u)).reshape(shape)
    nu = float(smoothness)
    x = np.maximum(math.sqrt(2.0 * nu) * u, 1e-12)
    if nu > _LARGE_SMOOTHNESS:
        log_m = _log_matern_uniform(x, nu)
    else:
        with np.errstate(divide="ignore"):
            log_bessel = np.log(kve(nu, x)) - x
        log_m = (1.0 - nu) * math.log(2.0) - gammaln(nu) + nu * np.log(x) + log_bessel
        # K_nu overflows only for large nu and x so small that two terms of the series are exact.
        overflows = np.isposinf(log_bessel)
        log_m[overflows] = -(x[overflows] ** 2) / (4.0 * (nu - 1.0))
    return np.asarray(np.where(u == 0.0, 1.0, np.minimum(np.exp(log_m), 1.0))).reshape(shape)


def _log_matern_uniform(x: Floats, nu: float) -> Floats:
    """log M_nu by the uniform expansion of K_nu for large order (DLMF 10.41.4), to nu^-4."""
    z = x / nu
    root = np.sqrt(1.0 + z * z)
    t = 1.0 / root
    eta_minus_log = root - np.log1p(root)  # eta - log z, with eta = root + log(z / (1 + root))

    def tail(t: Any) -> Any:
        t2 = t * t
        u1 = t * (3 - 5 * t2) / 24
        u2 = t2 * (81 - 462 * t2 + 385 * t2 * t2) / 1152
        u3 = t * t2 * (30375 - 369603 * t2 + 765765 * t2 * t2 - 425425 * t2**3) / 414720
        return np.log1p(-u1 / nu + u2 / nu**2 - u3 / nu**3)

    # K_nu(x) Gamma-normalised at x -> 0, where M = 1, t = 1 and eta - log z = 1 - log 2.
    return np.asarray(
        -nu * (eta_minus_log - (1.0 - math.log(2.0))) - 0.5 * np.log(root) + tail(t) - tail(1.0)
    )


def curvature(correlation: Correlation) -> tuple[float, float]:
    """-r''(0) in the plane and through it, in 1/um^2; infinite for smoothness of 1 or less.

    kappa_r = nu / ((nu - 1) l^2) + w0^2 / 3 and kappa_z = kappa_r / a^2.
    """
    nu = correlation.smoothness
    if nu is None:
        factor = 1.0
    elif nu > 1.0:
        factor = nu / (nu - 1.0)
    else:
        return math.inf, math.inf
    in_plane = factor / correlation.length_um**2 + correlation.oscillation_per_um**2 / 3.0
    return in_plane, in_plane / correlation.anisotropy**2
