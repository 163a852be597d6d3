"""Correlations whose numbers are tensors, at lags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from napari_assb_twin.training.lags import Lags
from napari_assb_twin.training.matern import matern, oscillation
from napari_assb_twin.twin.high_parametric import HighParametric, IsotropicSpectrum
from napari_assb_twin.twin.spectral_correlation import rings_at, spheres_at, waves_at


class TrainableCorrelation(Protocol):
    """A correlation that passes gradients to the numbers it was made of."""

    def at(self, lags: Lags) -> Tensor:
        """r at the lags, float64, shape (n,)."""


@dataclass(frozen=True, eq=False)
class FourNumbers:
    """The low-parametric r(h) = M_nu(d / l) sinc(w0 d), d = sqrt(h_r^2 + (h_z / a)^2).

    Attributes
    ----------
    numbers
        ``length_um``, ``oscillation_per_um`` and ``anisotropy``, scalars.
    smoothness
        A scalar; None for infinity.
    """

    numbers: Mapping[str, Tensor]
    smoothness: Tensor | None

    def at(self, lags: Lags) -> Tensor:
        """See `TrainableCorrelation`."""
        squared = lags.h_r_um.square() + (lags.h_z_um / self.numbers["anisotropy"]).square()
        d = squared.clamp_min(1e-24).sqrt()  # the root has no slope at 0
        envelope = matern(d / self.numbers["length_um"], self.smoothness)
        return envelope * oscillation(self.numbers["oscillation_per_um"] * d)


class Components:
    """The components of a high-parametric correlation at lags, kept for lags that come again."""

    def __init__(self, spectrum: HighParametric) -> None:
        self._spectrum = spectrum
        self._kept: dict[Lags, Tensor] = {}

    def at(self, lags: Lags) -> Tensor:
        """Each component at each lag, float64, shape (n, m)."""
        if lags not in self._kept:
            self._kept[lags] = self._at(lags)
        return self._kept[lags]

    def _at(self, lags: Lags) -> Tensor:
        h_r, h_z = lags.h_r_um.cpu(), lags.h_z_um.cpu()
        grid = self._spectrum.frequencies_per_um, self._spectrum.widths_per_um
        if isinstance(self._spectrum, IsotropicSpectrum):
            matrix = spheres_at(*grid, torch.hypot(h_r, h_z).numpy())
        else:
            along = self._spectrum.frequencies_z_per_um, self._spectrum.widths_z_per_um
            rings, waves = rings_at(*grid, h_r.numpy()), waves_at(*along, h_z.numpy())
            matrix = (rings[:, :, None] * waves[:, None, :]).reshape(h_r.numel(), -1)
        return torch.from_numpy(matrix).to(lags.h_r_um.device)


@dataclass(frozen=True, eq=False)
class Weights:
    """The high-parametric r = sum_j w_j component_j(h), with weights of shape (m,) and sum 1."""

    components: Components
    weights: Tensor

    def at(self, lags: Lags) -> Tensor:
        """See `TrainableCorrelation`."""
        return self.components.at(lags) @ self.weights
