"""How well a surrogate predicts scenarios that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.surrogates.samples import Samples
from napari_assb_twin.surrogates.surrogate import (
    KINDS,
    Kind,
    Surrogate,
    check_enough,
    fit,
    fit_to_part,
)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FOLDS = 10
BAND = 1.96
"""Half width of the band that holds 95 % of a normal law, in standard deviations."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Validation:
    """Predictions of each scenario by a surrogate that was fitted without it.

    Attributes
    ----------
    predicted
        Shape (n,), in the order of the samples.
    deviation
        Standard deviation of the scenario's measured mean about the prediction, as the surrogate
        states it: its own and that of the realisations.
    rms
        Root mean square of measured mean less prediction.
    q2
        1 less the sum of those squares over that about the mean of the scenarios that the
        surrogate has seen: 1 is perfect, 0 no better than that mean.
    floor
        The part of `rms` that is the scatter of the realisations, which no surrogate can remove;
        None where no scenario has two.
    inside
        Share of the scenarios within `BAND` deviations: 0.95 if these are right.
    surrogates
        Those fitted without each of the folds.
    """

    predicted: Floats
    deviation: Floats
    rms: float
    q2: float
    floor: float | None
    inside: float
    surrogates: tuple[Surrogate, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Learned:
    """A surrogate of a property, what it was fitted to, and how far it can be trusted."""

    samples: Samples
    surrogate: Surrogate
    validation: Validation


def folds(groups: Whole, number: int = FOLDS, seed: int = 0) -> Whole:
    """Which fold each entry belongs to: entries of one group always to one, at random."""
    kinds = np.unique(groups)
    shuffled = np.random.default_rng(seed).permutation(kinds.size)
    place = np.searchsorted(kinds, groups)
    return np.asarray(shuffled[place] % min(number, kinds.size), dtype=np.int64)


def learn(samples: Samples, kind: Kind | None = None) -> Learned:
    """Fit a surrogate and validate it; None: the kind that predicts better.

    Raises
    ------
    InputError
        As `fit`.
    """
    tried = [
        Learned(samples=samples, surrogate=fit(samples, one), validation=validate(samples, one))
        for one in ((kind,) if kind else KINDS)
    ]
    return min(tried, key=lambda learned: learned.validation.rms)


def validate(samples: Samples, kind: Kind) -> Validation:
    """Cross-validate over scenarios; those with the same parameters are left out together.

    Raises
    ------
    InputError
        As `fit`.
    """
    check_enough(samples)
    belongs = folds(samples.groups)
    predicted, deviation, baseline = (np.empty(samples.mean.size) for _ in range(3))
    surrogates = []
    for fold in range(int(belongs.max()) + 1):
        out = belongs == fold
        seen = samples.part(~out)
        surrogate = fit_to_part(seen, kind)
        surrogates.append(surrogate)
        predicted[out], own = surrogate(samples.points[out])
        deviation[out] = np.hypot(own, surrogate.noise / np.sqrt(samples.count[out]))
        baseline[out] = seen.mean.mean()
    missed = samples.mean - predicted
    errors = samples.errors
    return Validation(
        predicted=predicted,
        deviation=deviation,
        rms=float(np.sqrt(np.mean(missed**2))),
        q2=float(1.0 - np.sum(missed**2) / np.sum((samples.mean - baseline) ** 2)),
        floor=None if errors is None else float(np.sqrt(np.mean(errors**2))),
        inside=float(np.mean(np.abs(missed) <= BAND * deviation)),
        surrogates=tuple(surrogates),
    )
