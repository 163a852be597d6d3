"""Two-point coverage of simulated periodic sections, differentiable, read at the lags of data."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from napari_assb_twin.training.sections import SectionGrid
from napari_assb_twin.twin.phases import PAIRS, PHASES

Floats = NDArray[np.float64]

RING_HALF_WIDTH = 0.75
"""Half width in pixels of the ring of lags that a plan view is averaged over."""

_INDICES = tuple((PHASES.index(i), PHASES.index(j)) for i, j in PAIRS)


def coverage_maps(channels: Tensor) -> Tensor:
    """C_ij at all lags of the torus, the mean over sections, shape (6, rows, columns).

    Parameters
    ----------
    channels
        Sections of shape (n, 3, rows, columns); nothing is padded, they are periodic.

    The real part of F_i conj(F_j) makes C_ij(h) = C_ij(-h), the mean of both.
    """
    rows, columns = channels.shape[2:]
    spectra = torch.fft.rfft2(channels)
    products = [(spectra[:, i] * spectra[:, j].conj()).real.mean(dim=0) for i, j in _INDICES]
    maps: Tensor = torch.fft.irfft2(torch.stack(products).to(spectra.dtype), s=(rows, columns))
    return maps / (rows * columns)


class LagReader:
    """Reads maps over a torus at lags: a weighted sum of the pixels around each.

    Cross-sections are interpolated linearly between pixels, the lags (+-h_r, +-h_z) averaged.
    Plan views are averaged over the ring of pixels around |h| by local linear regression in the
    distance (triangular weights), which is exact where the curve is straight, so that rings of few
    pixels have no bias of their own.

    Parameters
    ----------
    h_r_um, h_z_um
        Lags, shape (n,); a plan view takes their length.
    """

    def __init__(self, grid: SectionGrid, h_r_um: Floats, h_z_um: Floats) -> None:
        read = _in_rings if grid.orientation == "plan" else _between_pixels
        parts = read(grid, h_r_um, h_z_um)
        longest = max(index.size for index, _ in parts)
        indices = np.zeros((len(parts), longest), dtype=np.int64)
        weights = np.zeros((len(parts), longest), dtype=np.float32)
        for row, (index, weight) in enumerate(parts):
            indices[row, : index.size], weights[row, : index.size] = index, weight
        self._indices = torch.from_numpy(indices).to(grid.device)
        self._weights = torch.from_numpy(weights).to(grid.device)

    def __call__(self, maps: Tensor) -> Tensor:
        """Values at the lags, shape (m, n), of maps of shape (m, rows, columns)."""
        # float64: torch adds float32 gradients of one pixel in the order its threads come along
        around = maps.reshape(maps.shape[0], -1).double()[:, self._indices]
        return (around * self._weights).sum(dim=-1).to(maps.dtype)


_Part = tuple[NDArray[np.int64], Floats]


def _between_pixels(grid: SectionGrid, h_r_um: Floats, h_z_um: Floats) -> list[_Part]:
    rows, columns = grid.shape
    parts = []
    for z, r in zip(h_z_um / grid.pixel_um[0], h_r_um / grid.pixel_um[1], strict=True):
        index, weight = [], []
        for row, of_row in _neighbours(float(z)):
            for column, of_column in _neighbours(float(r)):
                for sign in (1, -1):
                    index.append((row % rows) * columns + (sign * column) % columns)
                    weight.append(0.5 * of_row * of_column)
        parts.append((np.array(index), np.array(weight)))
    return parts


def _neighbours(position: float) -> list[tuple[int, float]]:
    below = int(np.floor(position + 1e-6))
    share = max(0.0, position - below)
    return [(below, 1.0 - share), (below + 1, share)] if share > 1e-6 else [(below, 1.0)]


def _in_rings(grid: SectionGrid, h_r_um: Floats, h_z_um: Floats) -> list[_Part]:
    pixel = min(grid.pixel_um)
    rows, columns = (
        np.minimum(np.arange(n), n - np.arange(n)) * d / pixel
        for n, d in zip(grid.shape, grid.pixel_um, strict=True)
    )
    distance = np.hypot(rows[:, None], columns).reshape(-1)
    half_width = RING_HALF_WIDTH * max(grid.pixel_um) / pixel
    parts = []
    for target in np.hypot(h_r_um, h_z_um) / pixel:
        offset = distance - target
        near = np.flatnonzero((np.abs(offset) < half_width) & (distance > 0))
        x = offset[near]
        k = 1.0 - np.abs(x) / half_width
        s0, s1, s2 = k.sum(), k @ x, k @ x**2
        weight = k * (s2 - x * s1)
        if s0 * s2 - s1 * s1 < 1e-9 * s0 * s0:  # all at one distance
            weight = k
        parts.append((near, weight / weight.sum()))
    return parts
