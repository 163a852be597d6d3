"""Levels of standardised fields from the probability of the cut set, differentiable in it."""

from __future__ import annotations

import math
from typing import Any

import torch
from scipy.stats import chi2
from torch import Tensor

from napari_assb_twin.twin.field_pair import FieldPair
from napari_assb_twin.twin.parameters import RandomField


class _ChiSquareQuantile(torch.autograd.Function):
    """c with P(chi2_k > c) = p, one number; dc/dp = -1 / density(c)."""

    @staticmethod
    def forward(ctx: Any, probability: Tensor, degrees_of_freedom: int) -> Tensor:
        level = float(chi2.isf(probability.item(), degrees_of_freedom))
        ctx.slope = -1.0 / float(chi2.pdf(level, degrees_of_freedom))
        return probability.new_tensor(level)

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        return upstream[0] * ctx.slope, None


class _PairLevel(torch.autograd.Function):
    """m of `FieldPair`, one number, by differentiating P(X < l, Y' >= m) = (1 - p) q."""

    @staticmethod
    def forward(ctx: Any, p: Tensor, q: Tensor, correlation: Tensor) -> Tensor:
        pair = FieldPair.at(p.item(), q.item(), correlation.item())
        across = -pair.boundary_density * pair.free
        ctx.slopes = (
            (pair.contact - q.item()) / across,
            (1.0 - p.item()) / across,
            pair.line_density / pair.width / across,
        )
        return p.new_tensor(pair.level_y)

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        return tuple(upstream[0] * slope for slope in ctx.slopes)


def pair_level(p: Tensor, q: Tensor, correlation: Tensor) -> Tensor:
    """Level m of Y' = rho X + sqrt(1 - rho^2) Y, differentiable in all three; see `FieldPair`.

    With F(l, m, rho) = P(X < l, Y' >= m): dF/dm = -phi(m) P(X < l | Y' = m), dF/dl =
    phi(l) P(Y' >= m | X = l), and dF/drho = -phi_2(l, m; rho), less the density of both
    (Plackett, 1954, doi:10.1093/biomet/41.3-4.351).
    """
    level: Tensor = _PairLevel.apply(p, q, correlation)  # type: ignore[no-untyped-call]
    return level


def standard_level(field: RandomField, probability: Tensor) -> Tensor:
    """Level l, in standard deviations of the field, at which its tail has the probability.

    Gaussian fields: Phi(l) = 1 - p; chi-square fields: (c - k) / sqrt(2 k) with c their quantile.
    """
    exceedance = probability if field.tail == "upper" else 1.0 - probability
    k = field.degrees_of_freedom
    if k == 0:
        gaussian: Tensor = -torch.special.ndtri(exceedance)
        return gaussian
    level: Tensor = _ChiSquareQuantile.apply(exceedance, k)  # type: ignore[no-untyped-call]
    standard: Tensor = (level - k) / math.sqrt(2.0 * k)
    return standard
