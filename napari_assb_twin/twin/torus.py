"""A covariance on a torus: its eigenvalues, and whether the box can hold it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.correlation import (
    characteristic_lengths_um,
    correlation_at,
)
from napari_assb_twin.twin.octant import covariance_octant
from napari_assb_twin.twin.parameters import AnyCorrelation
from napari_assb_twin.twin.threads import over_slabs, workers

Floats = NDArray[np.float64]
Shape = tuple[int, int, int]
VoxelSize = tuple[float, float, float]

LENGTHS_PER_BOX = 10.0
CLIPPED_WARNED = 1e-3
CLIPPED_REFUSED = 0.05
OPEN_REACH = 0.01
"""An open window is cut from a torus that leaves at most this correlation across the seam."""


@dataclass(frozen=True)
class Torus:
    """A periodic grid: voxels per axis (z, y, x) and their edges in micrometres.

    An axis with one voxel is a plane section: the field is then simulated in the plane alone.
    """

    shape: Shape
    voxel_size_um: VoxelSize

    @property
    def size_um(self) -> VoxelSize:
        """Edge lengths (z, y, x) in micrometres."""
        z, y, x = (n * d for n, d in zip(self.shape, self.voxel_size_um, strict=True))
        return z, y, x

    def coarsened(self, factor: int) -> Torus:
        """The same box with every ``factor``-th voxel along each axis, the last step rounded up."""
        z, y, x = (-(-n // factor) for n in self.shape)
        dz, dy, dx = (
            d * (fine / coarse)
            for d, fine, coarse in zip(self.voxel_size_um, self.shape, (z, y, x), strict=True)
        )
        return Torus((z, y, x), (dz, dy, dx))

    @property
    def voxels(self) -> int:
        """Number of voxels."""
        return math.prod(self.shape)


def amplitude(correlation: AnyCorrelation, torus: Torus) -> tuple[NDArray[np.float32], float]:
    """Square roots of the eigenvalues of the covariance on the torus, and the clipped variance.

    The covariance is even in every axis, so the octant of non-negative wave numbers, of shape
    (Nz // 2 + 1, Ny // 2 + 1, Nx // 2 + 1), holds all eigenvalues.  With even edges it comes from
    a type-I cosine transform of the octant of lags, else from a plain FFT of the whole torus.
    Negative eigenvalues are set to 0 and the rest scaled so that the variance stays 1.

    Returns
    -------
    The octant of square roots, float32, and the share -sum(negative) / sum(positive).
    """
    octant = covariance_octant(correlation, torus.shape, torus.voxel_size_um)
    if all(n % 2 == 0 for n in torus.shape):
        values = scipy.fft.dctn(octant, type=1, workers=workers(), overwrite_x=True)
    else:
        mirrored = octant[np.ix_(*(_mirror(n) for n in torus.shape))]
        half = scipy.fft.rfftn(mirrored, workers=workers(), overwrite_x=True).real
        values = half[: octant.shape[0], : octant.shape[1]]
    values = np.ascontiguousarray(values)
    weights = [multiplicity(n) for n in torus.shape]
    sums: list[tuple[float, float]] = []

    def add(start: int, stop: int) -> None:
        sums.append(kernels.sums_by_sign(values, *weights, start, stop))

    over_slabs(add, values.shape[0], voxels=values.size)
    positive, negative = (sum(parts) for parts in zip(*sums, strict=True))
    roots: NDArray[np.float32] = np.empty(values.shape, dtype=np.float32)

    def take_roots(start: int, stop: int) -> None:
        kernels.roots(roots, values, torus.voxels / positive, start, stop)

    over_slabs(take_roots, values.shape[0], voxels=values.size)
    return roots, -negative / positive


def _mirror(n: int) -> NDArray[np.int64]:
    index = np.arange(n)
    return np.minimum(index, n - index)


def multiplicity(n: int) -> Floats:
    """How often each wave number of the octant stands in the full spectrum of an axis."""
    weights = np.full(n // 2 + 1, 2.0)
    weights[0] = 1.0
    if n % 2 == 0:
        weights[-1] = 1.0
    return weights


def open_torus(correlation: AnyCorrelation, box: Torus) -> Torus:
    """The torus from which an open window is cut: larger by the reach of the correlation.

    Edges grow to multiples of 16 with small prime factors, so that small changes of a parameter
    rarely change them.  Axes of one voxel stay as they are.
    """
    shape = []
    for axis, (n, d) in enumerate(zip(box.shape, box.voxel_size_um, strict=True)):
        if n == 1:
            shape.append(1)
            continue
        padding = math.ceil(reach_um(correlation, axis, OPEN_REACH) / d)
        shape.append(16 * scipy.fft.next_fast_len(math.ceil((n + padding) / 16)))
    z, y, x = shape
    return Torus((z, y, x), box.voxel_size_um)


def reach_um(correlation: AnyCorrelation, axis: int, least: float) -> float:
    """Lag along an axis beyond which |r| stays below ``least``."""
    in_plane, through = characteristic_lengths_um(correlation)
    lags = (through if axis == 0 else in_plane) * np.linspace(0.0, 12.0, 600)
    r = correlation_at(correlation, 0.0, lags) if axis == 0 else correlation_at(correlation, lags)
    return float(lags[np.flatnonzero(np.abs(r) > least)[-1]])


def box_reservation(correlation: AnyCorrelation, box: Torus, field: str) -> str | None:
    """What a user must know of a box that is small for a correlation length; None if it is not.

    Raises
    ------
    InputError
        If the correlation length is larger than the box.
    """
    in_plane, through = characteristic_lengths_um(correlation)
    worst: tuple[float, str, float, float] | None = None
    for axis, (n, size) in enumerate(zip(box.shape, box.size_um, strict=True)):
        if n == 1:
            continue
        length = through if axis == 0 else in_plane
        if worst is None or size / length < worst[0]:
            worst = size / length, "zyx"[axis], length, size
    if worst is None:
        return None
    ratio, name, length, size = worst
    if ratio < 1.0:
        raise InputError(
            f"Field {field} has a correlation length of {length:.3g} µm along {name}, longer than "
            f"the box of {size:.3g} µm; enlarge the box (more or larger voxels) or shorten the "
            "correlation length."
        )
    if ratio < LENGTHS_PER_BOX:
        return (
            f"The box is {size:.3g} µm along {name}, only {ratio:.1f} correlation lengths of field "
            f"{field} ({length:.3g} µm): volume fractions and curves of one realisation scatter; "
            f"{LENGTHS_PER_BOX:.0f} lengths ({LENGTHS_PER_BOX * length:.3g} µm) are advised."
        )
    return None


def clipping_reservation(clipped: float, field: str) -> str | None:
    """What a user must know of a covariance that the torus clips; None if it hardly does.

    Raises
    ------
    InputError
        If more than 5 % of the variance is clipped.
    """
    if clipped > CLIPPED_REFUSED:
        raise InputError(
            f"The box is too small for field {field}: {clipped:.1%} of its variance does not fit "
            "on the periodic grid (at most 5 % may); enlarge the box, shorten the correlation "
            "length or widen the domain spacing."
        )
    if clipped > CLIPPED_WARNED:
        return (
            f"{clipped:.2%} of the variance of field {field} does not fit on the periodic grid; "
            "the curves deviate by about as much. A larger box removes this."
        )
    return None
