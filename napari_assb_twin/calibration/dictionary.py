"""The components of which a high-parametric correlation is composed, at the lags of data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    IsotropicSpectrum,
    frequency_grid,
)
from napari_assb_twin.twin.parameters import Symmetry
from napari_assb_twin.twin.spectral_correlation import rings_at, spheres_at, waves_at

Floats = NDArray[np.float64]

_Grid = tuple[tuple[float, ...], tuple[float, ...]]

SMOOTHNESS = 2.0
"""Of the Matern correlation that a spectrum resembles where the data say nothing."""

NEGLIGIBLE = 1e-7
"""Weights below this share are left out of a spectrum."""


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Components with the frequencies that lags can show; r at the lags is ``matrix @ weights``.

    Attributes
    ----------
    in_plane, through
        Frequencies in rad/um and widths in 1/um, see `frequency_grid`; ``through`` is None for
        an isotropic correlation.
    matrix
        Each component at each lag, shape (n, m).
    """

    in_plane: _Grid
    through: _Grid | None
    matrix: Floats

    @classmethod
    def of(cls, data: LagData, symmetry: Symmetry) -> Dictionary:
        """The dictionary for the lags of some data: no component reaches far beyond them.

        Raises
        ------
        InputError
            If the lags are too few, or do not contain the direction that the symmetry asks for.
        """
        if symmetry == "isotropic":
            distance = np.hypot(data.h_r_um, data.h_z_um)
            grid = _grid(distance)
            return cls(grid, None, spheres_at(*grid, distance))
        if not np.any(data.h_z_um > 0):
            raise InputError(
                "Plan views (xy) say nothing about the pressing direction: add a cross-section (xz "
                "or yz) or choose the isotropic symmetry for a high-parametric twin."
            )
        in_plane, through = _grid(data.h_r_um), _grid(data.h_z_um)
        rings, waves = rings_at(*in_plane, data.h_r_um), waves_at(*through, data.h_z_um)
        matrix = (rings[:, :, None] * waves[:, None, :]).reshape(data.h_r_um.size, -1)
        return cls(in_plane, through, matrix)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the weights: components in the plane, and through it."""
        size = len(self.in_plane[0])
        return (size,) if self.through is None else (size, len(self.through[0]))

    def matern(self, lengths_um: tuple[float, float]) -> Floats:
        """Logarithms of the weights, shape (m,), that make a Matern correlation of these lengths.

        The spectral density of smoothness nu falls as (2 nu + l^2 om^2)^(-nu - 3/2), with the
        lengths in the plane and through it as l; a component stands for the volume of frequencies
        up to its neighbours.  Only differences of the logarithms mean anything.
        """
        frequencies, widths = map(np.array, self.in_plane)
        squared = (frequencies**2 + widths**2) * lengths_um[0] ** 2
        if self.through is None:
            volume = _cells(self.in_plane) * (frequencies**2 + widths**2)
        else:
            frequencies_z, widths_z = map(np.array, self.through)
            along = (frequencies_z**2 + widths_z**2) * lengths_um[1] ** 2
            squared = squared[:, None] + along
            ring = _cells(self.in_plane) * np.hypot(frequencies, widths)
            volume = ring[:, None] * _cells(self.through)
        return np.asarray(
            np.log(volume) - (SMOOTHNESS + 1.5) * np.log(2 * SMOOTHNESS + squared)
        ).reshape(-1)

    def roughness(self) -> Floats:
        """Q with z Q z the sum of squared differences of neighbours in a table z, shape (m, m)."""
        paths = []
        for n in self.shape:
            step = np.diff(np.eye(n), axis=0)
            paths.append(step.T @ step)
        if len(paths) == 1:
            return np.asarray(paths[0])
        one, other = paths
        return np.asarray(np.kron(one, np.eye(len(other))) + np.kron(np.eye(len(one)), other))

    def spectrum(self, weights: Floats) -> HighParametric:
        """The correlation with these weights, shape (m,); negligible ones become 0."""
        kept = np.where(weights < NEGLIGIBLE * weights.sum(), 0.0, weights)
        kept = (kept / kept.sum()).reshape(self.shape)
        frequencies, widths = self.in_plane
        if self.through is None:
            return IsotropicSpectrum(
                frequencies_per_um=frequencies, widths_per_um=widths, weights=tuple(kept.tolist())
            )
        frequencies_z, widths_z = self.through
        return CylindricalSpectrum(
            frequencies_per_um=frequencies,
            widths_per_um=widths,
            frequencies_z_per_um=frequencies_z,
            widths_z_per_um=widths_z,
            weights=tuple(map(tuple, kept.tolist())),
        )


def _grid(lags_um: Floats) -> _Grid:
    shortest, longest = float(lags_um[lags_um > 0].min()), float(lags_um.max())
    if longest < 2 * shortest:
        raise InputError(
            "The sections are too small for a high-parametric twin: no two lags differ by a factor "
            "of two; give larger sections or fit a low-parametric twin."
        )
    return frequency_grid(pixel_um=shortest, longest_um=longest)


def _cells(grid: _Grid) -> Floats:
    """Breadth of frequencies that each component stands for, not below its own width."""
    frequencies, widths = map(np.array, grid)
    return np.asarray(np.maximum(np.gradient(frequencies), widths))
