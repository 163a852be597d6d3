"""A filter of finite reach: what makes an unbounded structure of noise, window by window.

On a torus, noise is filtered with the square roots of the eigenvalues of a covariance.  In space
that filter is a kernel which falls off as the correlation does.  Cut off at its reach, it needs no
box: the field at a voxel is a sum over the noise around it, the same in whatever window the voxel
lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.fields import AnyCorrelation
from napari_assb_twin.twin.memory import require_filter_memory
from napari_assb_twin.twin.octant import covariance_octant
from napari_assb_twin.twin.threads import workers
from napari_assb_twin.twin.torus import Torus, VoxelSize, amplitude, multiplicity, reach_um

Floats = NDArray[np.float64]
Shape = tuple[int, int, int]

TRUNCATION = 1e-3
"""Most by which the covariance of the filtered noise may differ from the model's, at any lag, in
units of the variance."""

MOST_REACH = 256
"""Voxels; a kernel of 513^3 voxels takes noise of 1 GiB around every tile."""

_NEGLIGIBLE = 1e-3
"""Correlation beyond which half of the kernel's torus again is enough."""

_FIRST_LOST = 3e-6
"""Share of the kernel's energy cut off at first; the covariance then differs by about 1e-3, as it
does by roughly the square root of that share."""

_LEAST_LOST = 1e-9
"""Share below which nothing is gained: the torus is too small."""


_SKETCH = 48
"""Half the edge in voxels, about, of the torus on which a reach is only estimated."""


@dataclass(frozen=True, eq=False)
class FiniteFilter:
    """A kernel that is even along every axis, of which one octant holds all.

    Attributes
    ----------
    octant
        The kernel at offsets of 0 to the reach along z, y and x; the sum of the squares of the
        whole kernel is 1, so that the filtered noise has variance 1.
    lost
        Share of the variance that was cut off (before the rest was scaled up to 1).
    truncation
        Largest difference, over all lags, of the covariance of the filtered noise from the
        correlation.
    """

    octant: Floats
    lost: float
    truncation: float

    @property
    def reach(self) -> Shape:
        """Largest offsets along z, y and x, in voxels."""
        z, y, x = (n - 1 for n in self.octant.shape)
        return z, y, x

    def amplitude(self, shape: Shape) -> NDArray[np.float32]:
        """Transform of the kernel on a torus with even edges of at least twice the reach.

        Like `torus.amplitude`, the octant of non-negative wave numbers, float32; here some may be
        slightly negative.
        """
        octant = np.zeros(tuple(n // 2 + 1 for n in shape))
        octant[tuple(slice(n) for n in self.octant.shape)] = self.octant
        transformed = scipy.fft.dctn(octant, type=1, workers=workers(), overwrite_x=True)
        return np.asarray(transformed, dtype=np.float32)


@lru_cache(maxsize=4)
def finite_filter(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> FiniteFilter:
    """The filter of a correlation on voxels of a given size (z, y, x), whatever the window.

    The symmetric root of the covariance on a torus that it does not notice, cut off at the least
    reach at which the covariance keeps within `TRUNCATION`.

    Raises
    ------
    InputError
        If it had to reach further than `MOST_REACH` voxels, or the memory is too small to find it.
    """
    halves = _first_halves(correlation, voxel_size_um)
    while max(halves) <= 2 * MOST_REACH:
        z, y, x = (2 * scipy.fft.next_fast_len(half) for half in halves)
        require_filter_memory((z // 2 + 1, y // 2 + 1, x // 2 + 1))
        found = _cut_off(correlation, Torus((z, y, x), voxel_size_um))
        within = found.truncation <= TRUNCATION
        roomy = [within and 3 * r <= 2 * half for r, half in zip(found.reach, halves, strict=True)]
        if all(roomy) and max(found.reach) > MOST_REACH:
            break
        if all(roomy):
            return found
        halves = [
            half if enough else math.ceil(1.5 * half)
            for half, enough in zip(halves, roomy, strict=True)
        ]
    raise _too_far(correlation, voxel_size_um)


def _too_far(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> InputError:
    length = max(characteristic_lengths_um(correlation))
    return InputError(
        f"A correlation length of {length:.3g} µm on voxels of {min(voxel_size_um):.3g} µm reaches "
        f"over more than {MOST_REACH} voxels, too far for an open window or a volume made in "
        "blocks; use larger voxels, shorten the correlation length, or take a periodic window that "
        "fits into memory."
    )


def least_reach(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> Shape:
    """A lower bound of the reach of `finite_filter`, in milliseconds.

    In micrometres a filter reaches about as far on larger voxels, to one of them.

    Raises
    ------
    InputError
        As `finite_filter`.
    """
    factor, reach = _sketch(correlation, voxel_size_um)
    z, y, x = reach if factor == 1 else (factor * max(r - 1, 0) for r in reach)
    return z, y, x


def most_reach(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> Shape:
    """An upper bound of the reach of `finite_filter`, as `least_reach` is a lower one.

    Raises
    ------
    InputError
        As `finite_filter`.
    """
    factor, reach = _sketch(correlation, voxel_size_um)
    if factor * (max(reach) - 1) > MOST_REACH:
        raise _too_far(correlation, voxel_size_um)
    z, y, x = reach if factor == 1 else (factor * (r + 1) for r in reach)
    return z, y, x


def _sketch(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> tuple[int, Shape]:
    """How many times larger voxels are taken, at least 1, and the reach on these."""
    factor = max(1, max(_first_halves(correlation, voxel_size_um)) // _SKETCH)
    dz, dy, dx = (factor * size for size in voxel_size_um)
    return factor, finite_filter(correlation, (dz, dy, dx)).reach


def _first_halves(correlation: AnyCorrelation, voxel_size_um: VoxelSize) -> list[int]:
    """Half the edges of the torus on which a filter is first looked for, in voxels."""
    return [
        4 + math.ceil(1.5 * reach_um(correlation, axis, _NEGLIGIBLE) / size)
        for axis, size in enumerate(voxel_size_um)
    ]


def _cut_off(correlation: AnyCorrelation, torus: Torus) -> FiniteFilter:
    """The kernel on a torus, cut off where its covariance still keeps within `TRUNCATION`."""
    kernel = _transformed(amplitude(correlation, torus)[0].astype(np.float64)) / torus.voxels
    z, y, x = (multiplicity(n) for n in torus.shape)
    energy = kernel * kernel * z[:, None, None] * y[:, None] * x
    covariance = covariance_octant(correlation, torus.shape, torus.voxel_size_um)
    share, truncation = 2.0 * _FIRST_LOST, math.inf
    while truncation > TRUNCATION and share > _LEAST_LOST:
        share *= 0.5
        corner = _corner(energy, share)
        kept = float(energy[corner].sum())
        cut = np.zeros_like(kernel)
        cut[corner] = kernel[corner] / math.sqrt(kept)
        octant = np.ascontiguousarray(cut[corner])
        achieved = _transformed(np.square(_transformed(cut))) / torus.voxels
        truncation = float(np.abs(achieved - covariance).max())
    octant.flags.writeable = False
    return FiniteFilter(octant, max(0.0, 1.0 - kept / float(energy.sum())), truncation)


def _transformed(octant: Floats) -> Floats:
    return np.asarray(scipy.fft.dctn(octant, type=1, workers=workers(), overwrite_x=True))


def _corner(energy: Floats, lost: float) -> tuple[slice, ...]:
    """The offsets along each axis beyond which lies at most a third of the energy to be lost."""
    allowed = lost * float(energy.sum()) / energy.ndim
    edges = []
    for axis in range(energy.ndim):
        others = tuple(other for other in range(energy.ndim) if other != axis)
        beyond = energy.sum(axis=others)[::-1].cumsum()[::-1]
        edges.append(slice(int(np.count_nonzero(beyond > allowed))))
    return tuple(edges)
