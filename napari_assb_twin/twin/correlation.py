"""Correlation functions of the Gaussian fields, and their curvature at the origin."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_assb_twin.twin.bessel import log_matern_bessel
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
from napari_assb_twin.twin.parameters import AnyCorrelation, Correlation
from napari_assb_twin.twin.spectral_correlation import (
    cylindrical_at,
    isotropic_at,
    spectral_curvature,
    spectral_lengths_um,
)

Floats = NDArray[np.float64]

_FAR = 1e4
"""Lags in units of the length at which every correlation is 0 to the last digit."""

_AS_GOOD_AS_INFINITE = 1e6
"""Smoothness from which M_nu differs from its limit by less than 1e-6."""


def correlation_at(
    correlation: AnyCorrelation, h_r_um: ArrayLike, h_z_um: ArrayLike = 0.0
) -> Floats:
    """Correlation r at lags with in-plane length ``h_r_um`` and through-plane length ``h_z_um``.

    Parameters
    ----------
    h_r_um, h_z_um
        Lengths in micrometres, broadcast against each other.

    Returns
    -------
    Array of the broadcast shape; 1 at the origin.
    """
    if isinstance(correlation, CylindricalSpectrum):
        return cylindrical_at(correlation, h_r_um, h_z_um)
    a = correlation.anisotropy
    d = np.hypot(np.asarray(h_r_um, dtype=float), np.asarray(h_z_um, dtype=float) / a)
    return radial_correlation(correlation, d)


def radial_correlation(
    correlation: Correlation | IsotropicSpectrum, distance_um: ArrayLike
) -> Floats:
    """r as a function of the scaled distance d = sqrt(h_r^2 + (h_z / a)^2) in micrometres."""
    if isinstance(correlation, IsotropicSpectrum):
        return isotropic_at(correlation, distance_um)
    d = np.minimum(np.asarray(distance_um, dtype=float), _FAR * correlation.length_um)
    r = matern(d / correlation.length_um, correlation.smoothness)
    if correlation.oscillation_per_um:
        r = r * np.sinc(correlation.oscillation_per_um / math.pi * d)
    return r


def matern(u: ArrayLike, smoothness: float | None) -> Floats:
    """Matern correlation M_nu(u) = 2^(1-nu) / Gamma(nu) x^nu K_nu(x) with x = sqrt(2 nu) u.

    The limit nu -> infinity (``None``) is exp(-u^2 / 2).  See Rasmussen and Williams (2006),
    Gaussian Processes for Machine Learning, eq. 4.14.
    """
    lags = np.minimum(np.asarray(u, dtype=float), _FAR)
    if smoothness is None or smoothness > _AS_GOOD_AS_INFINITE:
        return np.asarray(np.exp(-0.5 * lags * lags))
    flat = np.atleast_1d(lags)
    x = np.maximum(math.sqrt(2.0 * smoothness) * flat, 1e-12)
    value = np.minimum(np.exp(log_matern_bessel(float(smoothness), x)), 1.0)
    return np.asarray(np.where(flat == 0.0, 1.0, value)).reshape(lags.shape)


def curvature(correlation: AnyCorrelation) -> tuple[float, float]:
    """-r''(0) in the plane and through it, in 1/um^2; infinite for smoothness of 1 or less.

    kappa_r = nu / ((nu - 1) l^2) + w0^2 / 3 and kappa_z = kappa_r / a^2; for a high-parametric
    correlation see `spectral_curvature`.
    """
    if not isinstance(correlation, Correlation):
        return spectral_curvature(correlation)
    nu = correlation.smoothness
    if nu is None:
        factor = 1.0
    elif nu > 1.0:
        factor = nu / (nu - 1.0)
    else:
        return math.inf, math.inf
    inverse, w0 = 1.0 / correlation.length_um, correlation.oscillation_per_um
    in_plane = factor * inverse * inverse + w0 * w0 / 3.0
    return in_plane, in_plane / correlation.anisotropy / correlation.anisotropy


def characteristic_lengths_um(correlation: AnyCorrelation) -> tuple[float, float]:
    """Lengths in the plane and through it, in micrometres, by which boxes and lags are chosen.

    l and a l; for a high-parametric correlation see `spectral_lengths_um`.
    """
    if not isinstance(correlation, Correlation):
        return spectral_lengths_um(correlation)
    return correlation.length_um, correlation.length_um * correlation.anisotropy
