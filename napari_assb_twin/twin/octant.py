"""A cylindrical high-parametric correlation at the lags of a grid: two thin matrices."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.spectral_correlation import in_plane_part, through_plane_part
from napari_assb_twin.twin.threads import over_slabs

Floats = NDArray[np.float64]

STEP = 0.2
"""Spacing of tabulated radii in rad of the fastest component: the cubic spline through them is
good to about STEP^4 / 384 = 4e-6."""


def cylindrical_octant(
    correlation: CylindricalSpectrum,
    shape: tuple[int, int, int],
    voxel_size_um: tuple[float, float, float],
) -> Floats:
    """r at lags of 0 to half a periodic grid along z, y and x.

    r = sum_k c_k(z) b_k(h_r) with c_k = cos(om_k z) exp(-s_k^2 z^2 / 2) and b_k the sum over j in
    the plane.  The product costs less than the cosine transform that follows it.

    Parameters
    ----------
    shape, voxel_size_um
        Voxels and their edges (z, y, x).
    """
    z, y, x = (np.arange(n // 2 + 1) * d for n, d in zip(shape, voxel_size_um, strict=True))
    in_plane = _over_radii(correlation, np.hypot(y[:, None], x).ravel()).T
    used = np.array(correlation.weights).any(axis=0)
    in_plane = np.ascontiguousarray(in_plane[used])
    through = np.ascontiguousarray(through_plane_part(correlation, z)[:, used])
    octant = np.empty((z.size, in_plane.shape[1]))

    def slab(start: int, stop: int) -> None:
        kernels.product(octant, through, in_plane, start, stop)

    over_slabs(slab, z.size, voxels=octant.size)
    return octant.reshape(z.size, y.size, x.size)


def _over_radii(correlation: CylindricalSpectrum, radii: Floats) -> Floats:
    """b_k at each radius, from a spline where it needs fewer Bessel functions than there are."""
    pairs = zip(correlation.frequencies_per_um, correlation.widths_per_um, strict=True)
    fastest = max(frequency + 2.0 * width for frequency, width in pairs)
    size = 64 + math.ceil(fastest * radii[-1] / STEP)
    if size > radii.size // 2:
        return in_plane_part(correlation, radii)
    table = np.linspace(0.0, radii[-1], size)
    return np.asarray(CubicSpline(table, in_plane_part(correlation, table))(radii))
