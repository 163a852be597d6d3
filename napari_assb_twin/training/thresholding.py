"""Cutting phases out of fields so that gradients reach the levels and the fields.

*Straight-through*: forward the hard set, backward the slope of sigmoid((x - l) / tau).  Curves of
such sections are unbiased at every tau; gradients are a little too small, the less the narrower
the threshold, and noisier then.

*Soft*: forward and backward Phi((x - l) / tau).  Gradients are those of the curves it makes, but
these are **biased**: for a Gaussian field they are exactly those of the level l / sqrt(1 + tau^2)
and the correlation r / (1 + tau^2), as if noise of variance tau^2 lay on the field, at lag 0 too.
Fitted smoothness comes out too large and shares drift; with a discriminator, grey values give the
simulated sections away.  Anneal tau if you must use it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from napari_assb_twin.training.options import Threshold
from napari_assb_twin.twin.excursion import level
from napari_assb_twin.twin.parameters import RandomField, Tail, Twin
from napari_assb_twin.twin.phases import PHASES

CHANGES_PER_WIDTH = 0.4
NARROWEST, WIDEST = 0.02, 0.4


def cut(values: Tensor, level: Tensor, tail: Tail, *, threshold: Threshold, tau: float) -> Tensor:
    """The set of a standardised field, of its shape: 1 inside and 0 outside, or soft."""
    above = values - level.to(values.dtype)
    signed = above if tail == "upper" else -above
    if threshold == "soft":
        result: Tensor = torch.special.ndtr(signed / tau)
        return result
    soft = torch.sigmoid(signed / tau)
    return (signed >= 0).to(values.dtype) + (soft - soft.detach())


def width(field: RandomField, probability: float, neighbour: float) -> float:
    """tau, 0.4 times the typical change of the field from a pixel to the next, at its level.

    A Gaussian field of correlation r between neighbours changes by sqrt(2 (1 - r)), about
    sqrt(kappa) times the pixel; a standardised chi-square field at the raw level c by
    2 sqrt(c / (2 k)) as much.  Kept between 0.02 and 0.4.

    Parameters
    ----------
    probability
        P of the cut set.
    neighbour
        r of the Gaussian field(s) between neighbouring pixels.
    """
    change = math.sqrt(max(0.0, 2.0 * (1.0 - neighbour)))
    k = field.degrees_of_freedom
    if k:
        change *= 2.0 * math.sqrt(level(field, probability) / (2.0 * k))
    return min(max(CHANGES_PER_WIDTH * change, NARROWEST), WIDEST)


def one_hot(twin: Twin, in_x: Tensor, in_y: Tensor) -> Tensor:
    """Phases as channels, from sets of shape (n, rows, columns) to (n, 3, rows, columns).

    The first phase is X's set, the second Y's outside of it, the third the rest.
    """
    out = 1.0 - in_x
    by_phase = {
        twin.first_phase: in_x,
        twin.second_phase: out * in_y,
        twin.third_phase: out * (1.0 - in_y),
    }
    return torch.stack([by_phase[phase] for phase in PHASES], dim=1)
