"""A correlation at the lags of a periodic grid, of which one octant holds all.

What depends on one scaled distance alone comes from a table; a cylindrical high-parametric
correlation is the product of two thin matrices.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.correlation import matern, radial_correlation
from napari_assb_twin.twin.fields import AnyCorrelation, Correlation
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
from napari_assb_twin.twin.spectral_correlation import in_plane_part, through_plane_part
from napari_assb_twin.twin.threads import over_slabs

Floats = NDArray[np.float64]
Radial = Correlation | IsotropicSpectrum

TABLE_SIZE = 16384
"""Distances in the table, between which the octant interpolates linearly."""

BESSEL_NODES = 2048
"""Distances at which the Matern function is evaluated for the table; a cubic spline over the roots
of the distances, dense where the function bends, is good to 1e-7."""

STEP = 0.2
"""Spacing of tabulated radii in rad of the fastest component: the cubic spline through them is
good to about STEP^4 / 384 = 4e-6."""


def covariance_octant(
    correlation: AnyCorrelation,
    shape: tuple[int, int, int],
    voxel_size_um: tuple[float, float, float],
) -> Floats:
    """r at lags of 0 to half a periodic grid along z, y and x.

    Parameters
    ----------
    shape, voxel_size_um
        Voxels and their edges (z, y, x) in micrometres.
    """
    z, y, x = (
        np.arange(n // 2 + 1, dtype=np.float64) * d
        for n, d in zip(shape, voxel_size_um, strict=True)
    )
    if isinstance(correlation, CylindricalSpectrum):
        return _cylindrical(correlation, z, y, x)
    return _radial(correlation, z, y, x)


def _radial(
    correlation: Correlation | IsotropicSpectrum, z: Floats, y: Floats, x: Floats
) -> Floats:
    squares = [(z / correlation.anisotropy) ** 2, y**2, x**2]
    reach = math.sqrt(sum(float(s[-1]) for s in squares)) or 1.0
    table = radial_table(correlation, reach)
    octant = np.empty(tuple(s.size for s in squares))
    per_step = (TABLE_SIZE - 1) / reach

    def slab(start: int, stop: int) -> None:
        kernels.tabulate(octant, *squares, table, per_step, start, stop)

    over_slabs(slab, octant.shape[0], voxels=octant.size)
    return octant


def radial_table(correlation: Radial, reach: float) -> Floats:
    """r at ``TABLE_SIZE`` scaled distances from 0 to ``reach`` micrometres."""
    distances = np.linspace(0.0, reach, TABLE_SIZE)
    if isinstance(correlation, IsotropicSpectrum) or correlation.smoothness is None:
        return radial_correlation(correlation, distances)
    roots = np.linspace(0.0, 1.0, BESSEL_NODES)
    nodes = matern(roots**2 * (reach / correlation.length_um), correlation.smoothness)
    table = CubicSpline(roots, nodes)(np.sqrt(distances / reach))
    return np.asarray(table * np.sinc(correlation.oscillation_per_um / math.pi * distances))


def _cylindrical(correlation: CylindricalSpectrum, z: Floats, y: Floats, x: Floats) -> Floats:
    """Of lags along z, y and x.

    r = sum_k c_k(z) b_k(h_r) with c_k = cos(om_k z) exp(-s_k^2 z^2 / 2) and b_k the sum over j in
    the plane.  The product costs less than the cosine transform that follows it.
    """
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
