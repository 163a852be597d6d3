"""Whether the phases drift across the sections: a model without gradients cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Labels, SectionStack
from napari_assb_twin.twin.phases import OUTSIDE, PHASES, Phase

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trend:
    """What one trend is about: a phase, and where one walks."""

    phase: Phase
    walk: str
    """Such as "down the cross-sections (z)" or "from section to section"."""


def trends(stacks: Sequence[SectionStack]) -> dict[Trend, float]:
    """Change of each phase's fraction from one edge of the sections to the other.

    The slope of the straight line through the fraction of each row (or column, or section of a
    stack whose spacing is known), by least squares with the measured pixels as weights, times the
    extent of the section; the mean over the sections of a kind of plane.
    """
    walks: dict[str, list[tuple[float, Floats]]] = {}
    for stack in stacks:
        names = _WALKS["xy" if stack.plane == "xy" else "cross"]
        for image in stack.images:
            weight = float(np.count_nonzero(image != OUTSIDE))
            for axis, name in enumerate(names):
                walks.setdefault(name, []).append((weight, _slopes(_profile(image, axis))))
        if stack.spacing_um is not None and len(stack.images) > 2:
            profile = np.array([_counts(image) for image in stack.images], dtype=float)
            name = f"from section to section ({stack.plane})"
            walks.setdefault(name, []).append((float(profile.sum()), _slopes(profile)))
    found: dict[Trend, float] = {}
    for walk, slopes in walks.items():
        weights, values = zip(*slopes, strict=True)
        mean = np.average(np.array(values), axis=0, weights=np.array(weights) + 1e-300)
        found.update({Trend(p, walk): float(v) for p, v in zip(PHASES, mean, strict=True)})
    return found


_WALKS = {
    "xy": ("down the plan views", "across the plan views"),
    "cross": ("down the cross-sections (z)", "across the cross-sections"),
}


def _profile(image: Labels, axis: int) -> Floats:
    """Pixels of each phase in every row (axis 0) or column (axis 1), shape (n, 3)."""
    return np.stack(
        [np.count_nonzero(image == code, axis=1 - axis) for code in range(len(PHASES))], axis=1
    ).astype(float)


def _counts(image: Labels) -> NDArray[np.int64]:
    return np.bincount(image.reshape(-1), minlength=len(PHASES))[: len(PHASES)]


def _slopes(counts: Floats) -> Floats:
    """Change of the fractions over the whole length of a profile of counts, shape (3,)."""
    inside = counts.sum(axis=1)
    used = inside > 0
    place = (np.arange(len(counts)) + 0.5) / len(counts)
    weight, place = inside[used], place[used]
    if not weight.size:
        return np.zeros(len(PHASES))
    place = place - np.average(place, weights=weight)
    spread = float((weight * place**2).sum())
    if spread <= 0:
        return np.zeros(len(PHASES))
    return np.asarray((place[:, None] * counts[used]).sum(axis=0) / spread)
