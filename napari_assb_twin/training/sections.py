"""Periodic plane sections of random fields in torch, differentiable in the correlation.

The restriction of a field to a plane is a field of the plane with the correlation restricted to
it, so that sections are made in the plane and never cut from a volume.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from napari_assb_twin.training.coordinates import TrainableTwin
from napari_assb_twin.training.correlations import TrainableCorrelation
from napari_assb_twin.training.lags import Lags
from napari_assb_twin.training.levels import pair_level, standard_level
from napari_assb_twin.training.options import Threshold
from napari_assb_twin.training.thresholding import cut, one_hot, width
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName

Orientation = Literal["plan", "cross"]
"""A plan view (xy), or a cross-section with the pressing direction along its rows (xz, yz)."""

EPSILON = 1e-8
"""Smallest eigenvalue: the root keeps a finite slope; below it there is none."""

Noise = Callable[[int, tuple[int, int]], Tensor]
"""Standard normal numbers for so many fields of a shape, float32, shape (n, rows, columns)."""


@dataclass(frozen=True, eq=False)
class SectionGrid:
    """A periodic grid of pixels (rows, columns) with their edges in micrometres."""

    orientation: Orientation
    shape: tuple[int, int]
    pixel_um: tuple[float, float]
    device: str = "cpu"

    @cached_property
    def quadrant(self) -> Lags:
        """Lags of the non-negative rows and columns up to the middle, row by row."""
        rows, columns = (
            torch.arange(n // 2 + 1, dtype=torch.float64, device=self.device) * d
            for n, d in zip(self.shape, self.pixel_um, strict=True)
        )
        r, c = (one.reshape(-1) for one in torch.meshgrid(rows, columns, indexing="ij"))
        if self.orientation == "cross":
            return Lags(c, r)
        return Lags(torch.hypot(r, c), torch.zeros_like(r))

    @cached_property
    def pixel_step(self) -> Lags:
        """The lag from a pixel to its nearest neighbour."""
        one = torch.tensor([min(self.pixel_um)], dtype=torch.float64, device=self.device)
        if self.orientation == "cross" and self.pixel_um[0] < self.pixel_um[1]:
            return Lags(torch.zeros_like(one), one)
        return Lags(one, torch.zeros_like(one))


def amplitude(correlation: TrainableCorrelation, grid: SectionGrid) -> Tensor:
    """Roots of the eigenvalues of the covariance on the torus, of the half spectrum, float32.

    Eigenvalues are the FFT of r; those below `EPSILON` are raised to it, and all are scaled so
    that the variance stays 1.
    """
    rows, columns = grid.shape
    quadrant = correlation.at(grid.quadrant).reshape(rows // 2 + 1, columns // 2 + 1)
    mirrored = quadrant[_mirror(rows, grid.device)][:, _mirror(columns, grid.device)]
    values = torch.fft.fft2(mirrored).real.clamp_min(EPSILON)
    values = values * (rows * columns / values.sum())
    half: Tensor = values[:, : columns // 2 + 1].sqrt().to(torch.float32)
    return half


def fields(
    correlation: TrainableCorrelation,
    grid: SectionGrid,
    *,
    degrees_of_freedom: int,
    count: int,
    noise: Noise,
) -> Tensor:
    """Independent fields of mean 0 and variance 1, float32, shape (count, rows, columns).

    Gaussian: white noise filtered by the amplitude.  Chi-square with k degrees of freedom:
    (Z_1^2 + ... + Z_k^2 - k) / sqrt(2 k).
    """
    k = degrees_of_freedom
    components = max(1, k)
    spectrum = torch.fft.rfft2(noise(count * components, grid.shape))
    z = torch.fft.irfft2(spectrum * amplitude(correlation, grid), s=grid.shape)
    if k == 0:
        gaussian: Tensor = z
        return gaussian
    squares = z.reshape(count, k, *grid.shape).square().sum(dim=1)
    standard: Tensor = (squares - k) / math.sqrt(2.0 * k)
    return standard


def sections(
    trainable: TrainableTwin,
    grid: SectionGrid,
    *,
    count: int,
    noise: Noise,
    threshold: Threshold = "straight-through",
    tau: float | None = None,
) -> Tensor:
    """Independent sections as three channels, float32, shape (count, 3, rows, columns).

    Channels are pore, active material and solid electrolyte: 0 or 1 by straight-through
    thresholding, shares with sum 1 by the soft one (see `thresholding`).

    Parameters
    ----------
    tau
        Width of the threshold in standard deviations of the field; None for that of `width`.
    """
    values: dict[FieldName, Tensor] = {}
    levels: dict[FieldName, Tensor] = {}
    neighbours: dict[FieldName, float] = {}
    for name in FIELD_NAMES:
        field, correlation = trainable.twin.field(name), trainable.correlations[name]
        values[name] = fields(
            correlation,
            grid,
            degrees_of_freedom=field.degrees_of_freedom,
            count=count,
            noise=noise,
        )
        levels[name] = standard_level(field, trainable.probabilities[name])
        with torch.no_grad():
            neighbours[name] = float(correlation.at(grid.pixel_step))
    rho = trainable.field_correlation
    if rho is not None:
        own = (1.0 - rho.square()).sqrt()
        values["Y"] = rho.to(torch.float32) * values["X"] + own.to(torch.float32) * values["Y"]
        levels["Y"] = pair_level(trainable.probabilities["X"], trainable.probabilities["Y"], rho)
        shared = rho.item() ** 2
        neighbours["Y"] = shared * neighbours["X"] + (1.0 - shared) * neighbours["Y"]
    inside: dict[FieldName, Tensor] = {}
    for name in FIELD_NAMES:
        field = trainable.twin.field(name)
        breadth = tau
        if breadth is None:
            breadth = width(field, float(trainable.probabilities[name].detach()), neighbours[name])
        inside[name] = cut(values[name], levels[name], field.tail, threshold=threshold, tau=breadth)
    return one_hot(trainable.twin, inside["X"], inside["Y"])


def white_noise(generator: torch.Generator, device: str = "cpu") -> Noise:
    """Noise of a generator of the host, so that a seed means the same on every device."""

    def draw(count: int, shape: tuple[int, int]) -> Tensor:
        return torch.randn((count, *shape), generator=generator).to(device)

    return draw


def _mirror(n: int, device: str) -> Tensor:
    index = torch.arange(n, device=device)
    return torch.minimum(index, n - index)
