"""How long the boundary of one phase is in an image, counted along lines in every direction."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import OUTSIDE

Labels = NDArray[np.uint8]

_DIRECTIONS = 1 << 15


def boundary(image: Labels, phase: int, edges: Sequence[float]) -> float:
    """Length (in a volume: area) of the boundary of a phase, in pixels per unit of ``edges``.

    Multiplied by a small distance it is the number of pixels within that distance on one side.

    Parameters
    ----------
    image
        Codes of phases, 255 outside; a section or a volume.
    phase
        Code of the phase.
    edges
        Edges of a pixel along each axis; they may differ.

    Notes
    -----
    Crofton: pi/2 (in a volume: 2) times the crossings per length of lines, averaged over the
    directions to all neighbours, each weighted by the share of directions that are closest to it.
    A straight boundary in a plane comes out right within 6 % whatever its direction, a round one
    within 1 %; there is no staircase bias.
    """
    inside, is_phase = image != OUTSIDE, image == phase
    density = 0.0
    for step, length, weight in _neighbours(tuple(edges)):
        first, second = _pairs(step)
        both = inside[first] & inside[second]
        crossings = int(((is_phase[first] != is_phase[second]) & both).sum())
        density += weight * crossings / (length * max(1, int(both.sum())))
    return (math.pi / 2 if image.ndim == 2 else 2.0) * density * int(inside.sum())


@lru_cache(maxsize=16)
def _neighbours(edges: tuple[float, ...]) -> tuple[tuple[tuple[int, ...], float, float], ...]:
    """Steps to one of each two opposite neighbours, their lengths and shares of the directions."""
    zero = (0,) * len(edges)
    steps = [step for step in itertools.product((-1, 0, 1), repeat=len(edges)) if step > zero]
    vectors = np.asarray(steps) * np.asarray(edges)
    lengths = np.linalg.norm(vectors, axis=1)
    spread = np.random.default_rng(0).standard_normal((_DIRECTIONS, len(edges)))
    closest = np.abs(spread @ (vectors / lengths[:, np.newaxis]).T).argmax(axis=1)
    shares = np.bincount(closest, minlength=len(steps)) / _DIRECTIONS
    return tuple(zip(steps, lengths.tolist(), shares.tolist(), strict=True))


def _pairs(step: Sequence[int]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Where the first and the second of all pairs of pixels a step apart lie."""
    first = tuple(slice(max(0, -n), -n if n > 0 else None) for n in step)
    second = tuple(slice(max(0, n), n if n < 0 else None) for n in step)
    return first, second
