"""Lags at which torch evaluates correlations."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Lags:
    """In-plane and through-plane lengths in micrometres, float64, both of shape (n,).

    Two are equal only if they are the same object, so that what depends on them can be kept.
    """

    h_r_um: Tensor
    h_z_um: Tensor

    def __post_init__(self) -> None:
        if self.h_r_um.shape != self.h_z_um.shape or self.h_r_um.dtype != torch.float64:
            raise ValueError("Lags are two float64 tensors of one shape.")
