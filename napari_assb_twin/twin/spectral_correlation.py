"""High-parametric correlations in numbers: r, its curvature and its lengths.

Formulas stand with `IsotropicSpectrum` and `CylindricalSpectrum`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import j0

from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    IsotropicSpectrum,
)

Floats = NDArray[np.float64]

REACH = 0.01
"""The characteristic length is taken from where the envelope of r has fallen to this."""

_VANISHED = 40.0
"""Lag times width at which a component is 0 to the last digit."""


def isotropic_at(correlation: IsotropicSpectrum, distance_um: ArrayLike) -> Floats:
    """r(d) at distances in micrometres, of their shape."""
    distance = np.asarray(distance_um, dtype=float)
    r = np.zeros(distance.shape)
    components = zip(
        correlation.frequencies_per_um,
        correlation.widths_per_um,
        _weights(correlation).tolist(),
        strict=True,
    )
    for frequency, width, weight in components:  # one at a time stays in the cache
        if weight:
            d = np.minimum(distance, _VANISHED / width)
            r += weight * np.sinc(frequency / math.pi * d) * np.exp(-0.5 * (width * d) ** 2)
    return np.asarray(np.minimum(r, 1.0))


def cylindrical_at(
    correlation: CylindricalSpectrum, h_r_um: ArrayLike, h_z_um: ArrayLike
) -> Floats:
    """r(h_r, h_z) at lags in micrometres, broadcast against each other."""
    in_plane, through = in_plane_part(correlation, h_r_um), through_plane_part(correlation, h_z_um)
    return np.asarray(np.minimum((in_plane * through).sum(axis=-1), 1.0))


def spectral_curvature(correlation: HighParametric) -> tuple[float, float]:
    """-r''(0) in the plane and through it, in 1/um^2.

    Isotropic: sum w_j (s_j^2 + om_j^2 / 3).  Cylindrical: sum w_jk (s_j^2 + om_j^2 / 2) in the
    plane, sum w_jk (s_k^2 + om_k^2) through it.
    """
    weights = _weights(correlation)
    frequencies, widths = np.array((correlation.frequencies_per_um, correlation.widths_per_um))
    if isinstance(correlation, IsotropicSpectrum):
        kappa = float(weights @ (widths**2 + frequencies**2 / 3.0))
        return kappa, kappa
    along, widths_z = np.array((correlation.frequencies_z_per_um, correlation.widths_z_per_um))
    in_plane = weights.sum(axis=1) @ (widths**2 + frequencies**2 / 2.0)
    return float(in_plane), float(weights.sum(axis=0) @ (widths_z**2 + along**2))


def spectral_lengths_um(correlation: HighParametric) -> tuple[float, float]:
    """Characteristic lengths in the plane and through it, in micrometres.

    The envelope sum w exp(-s^2 h^2 / 2) bounds |r|, as ``length_um`` describes the envelope of an
    oscillating low-parametric correlation.  The length is that of the Gaussian covariance
    exp(-h^2 / (2 l^2)) whose lag of `REACH` is the same: 1 / s for a single component.
    """
    weights = _weights(correlation)
    if isinstance(correlation, IsotropicSpectrum):
        length = _length(weights, np.array(correlation.widths_per_um))
        return length, length
    return (
        _length(weights.sum(axis=1), np.array(correlation.widths_per_um)),
        _length(weights.sum(axis=0), np.array(correlation.widths_z_per_um)),
    )


def _length(weights: Floats, widths: Floats) -> float:
    used = widths[weights > 0]
    if used.min() == used.max():
        return float(1.0 / used[0])
    lengths = np.geomspace(1.0 / used.max(), 1.0 / used.min(), 512)
    exponent = -math.log(REACH)
    envelope = np.exp(-exponent * np.outer(lengths, widths) ** 2) @ weights
    return float(np.interp(-REACH, -envelope, lengths))


def in_plane_part(correlation: CylindricalSpectrum, h_r_um: ArrayLike) -> Floats:
    """b_k(h_r) = sum_j w_jk J0(om_j h_r) exp(-s_j^2 h_r^2 / 2): shape of h_r, then k."""
    weights = _weights(correlation)
    used = weights.any(axis=1)
    frequencies = np.array(correlation.frequencies_per_um)[used]
    widths = np.array(correlation.widths_per_um)[used]
    return np.asarray(rings_at(frequencies, widths, h_r_um) @ weights[used])


def through_plane_part(correlation: CylindricalSpectrum, h_z_um: ArrayLike) -> Floats:
    """cos(om_k h_z) exp(-s_k^2 h_z^2 / 2): shape of h_z, then k."""
    return waves_at(correlation.frequencies_z_per_um, correlation.widths_z_per_um, h_z_um)


def spheres_at(frequencies_per_um: ArrayLike, widths_per_um: ArrayLike, d_um: ArrayLike) -> Floats:
    """sinc(om_j d) exp(-s_j^2 d^2 / 2): shape of d, then j."""
    d, decay = _decay(d_um, widths_per_um)
    return np.asarray(np.sinc(np.asarray(frequencies_per_um) / math.pi * d) * decay)


def rings_at(frequencies_per_um: ArrayLike, widths_per_um: ArrayLike, h_r_um: ArrayLike) -> Floats:
    """J0(om_j h_r) exp(-s_j^2 h_r^2 / 2): shape of h_r, then j."""
    h, decay = _decay(h_r_um, widths_per_um)
    return np.asarray(j0(np.asarray(frequencies_per_um) * h) * decay)


def waves_at(frequencies_per_um: ArrayLike, widths_per_um: ArrayLike, h_z_um: ArrayLike) -> Floats:
    """cos(om_k h_z) exp(-s_k^2 h_z^2 / 2): shape of h_z, then k."""
    h, decay = _decay(h_z_um, widths_per_um)
    return np.asarray(np.cos(np.asarray(frequencies_per_um) * h) * decay)


def _decay(lags_um: ArrayLike, widths_per_um: ArrayLike) -> tuple[Floats, Floats]:
    """Lags, cut off where their component has vanished, and exp(-s^2 h^2 / 2), by component."""
    widths = np.asarray(widths_per_um, dtype=float)
    lags = np.abs(np.asarray(lags_um, dtype=float))[..., None]
    h = np.minimum(lags, _VANISHED / widths)
    return h, np.exp(-0.5 * (widths * h) ** 2)


def _weights(correlation: HighParametric) -> Floats:
    weights = np.array(correlation.weights)
    return np.asarray(weights / weights.sum())
