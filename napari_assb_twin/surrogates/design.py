"""Design backwards: parameters that give wanted properties, proposed and then verified."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.descriptors.definitions import forget_unsteady
from napari_assb_twin.descriptors.describe import Measured, describe
from napari_assb_twin.descriptors.only import only
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.steps import retold
from napari_assb_twin.surrogates.findings import Learning
from napari_assb_twin.surrogates.space import Space
from napari_assb_twin.surrogates.surrogate import Surrogate
from napari_assb_twin.surrogates.wanted import Wanted
from napari_assb_twin.twin.synthesis import realise

Floats = NDArray[np.float64]

TRIED = 2**12
"""Points of the study's ranges that are looked at first; a power of 2."""

APART = 0.15
"""Distance of two proposals in units of the ranges, over the root of their number."""

STARTS = 24
"""Best points from which a minimum is sought."""

REACHED = 1.0
"""Tolerances by which a proposal may miss each wanted value."""

LEVEL = 0.95
"""Of the interval of a verified mean."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Proposal:
    """Parameters, and what the surrogates say of them.

    Attributes
    ----------
    parameters
        Values by path.
    predicted, deviation
        Mean of each wanted property and its standard deviation, shape (m,).
    misses
        Predicted less wanted in tolerances, shape (m,).
    """

    parameters: Mapping[str, float]
    predicted: Floats
    deviation: Floats
    misses: Floats

    @property
    def reached(self) -> bool:
        """Whether all wanted values are within their tolerances."""
        return bool(np.all(np.abs(self.misses) <= REACHED))


@dataclass(frozen=True, eq=False, kw_only=True)
class Verified:
    """What fresh realisations of a proposal are.

    Attributes
    ----------
    values
        Shape (realisations, m); NaN where a realisation has no such number.
    seeds
        Of the realisations.
    """

    values: Floats
    seeds: tuple[int, ...]

    @property
    def mean(self) -> Floats:
        """Mean over the realisations, shape (m,); NaN where one has no value."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def error(self) -> Floats:
        """Standard error of the mean, shape (m,)."""
        return np.asarray(self.values.std(axis=0, ddof=1) / np.sqrt(len(self.values)))

    @property
    def reach(self) -> Floats:
        """Half width of the interval of the mean at `LEVEL` by Student's t, shape (m,)."""
        from scipy.stats import t

        return np.asarray(t.ppf(0.5 + LEVEL / 2, len(self.values) - 1) * self.error)

    def met(self, wanted: Sequence[Wanted]) -> tuple[bool, ...]:
        """Whether each mean is within its tolerance, give or take its `reach`.

        Of the latter no more counts than the tolerance: so uncertain a mean confirms nothing.
        """
        value, tolerance = (np.array([getattr(w, n) for w in wanted]) for n in WANTED)
        within = np.abs(self.mean - value) <= tolerance + np.minimum(self.reach, tolerance)
        return tuple(within.tolist())

    def kept(self, wanted: Sequence[Wanted]) -> bool:
        """Whether all are."""
        return all(self.met(wanted))


WANTED = ("value", "tolerance")


def propose(
    surrogates: Sequence[Surrogate],
    wanted: Sequence[Wanted],
    *,
    count: int = 3,
    allowed: Callable[[Mapping[str, float]], bool] = lambda parameters: True,
) -> Generator[Learning, None, tuple[Proposal, ...]]:
    """Distinct points of the study's ranges at which the properties are as wanted.

    Points are ranked by the square of the miss in tolerances that the surrogates expect, their own
    variance in it: ((predicted - wanted)^2 + deviation^2) / tolerance^2, summed.  From the best of
    many points spread over the ranges the square of the predicted miss alone is descended
    (L-BFGS-B), which ends at the next point that is as wanted.  The ends are taken in their rank if
    they are `APART` from those before.

    Parameters
    ----------
    surrogates
        One for each wanted value, on one space.
    count
        How many proposals at most.
    allowed
        Whether there is a twin of these parameters.

    Yields
    ------
    `Learning`, before each descent.

    Raises
    ------
    InputError
        If no point is allowed.
    """
    from scipy.optimize import minimize
    from scipy.stats import qmc

    space = surrogates[0].space
    value, tolerance = (np.array([getattr(one, name) for one in wanted]) for name in WANTED)

    def expected(coordinates: Floats) -> Floats:
        mean, deviation = _predictions(surrogates, coordinates)
        return np.asarray((((mean - value) ** 2 + deviation**2) / tolerance**2).sum(axis=1))

    def missed(coordinates: Floats) -> float:
        mean, _ = _predictions(surrogates, coordinates[None])
        return float((((mean - value) / tolerance) ** 2).sum())

    tried = qmc.Sobol(space.dimensions, rng=0).random(TRIED)
    tried = tried[np.argsort(expected(tried), kind="stable")]
    ends: list[tuple[float, Floats]] = []
    starts: list[Floats] = []
    for start in tried:
        if len(starts) == STARTS:
            break
        if not _apart(start, starts) or not allowed(_named(space, start)):
            continue
        yield Learning(len(starts), STARTS, "Looking for parameters")
        starts.append(start)
        found: Any = minimize(
            missed, start, method="L-BFGS-B", bounds=[(0.0, 1.0)] * space.dimensions
        ).x
        end = found if allowed(_named(space, found)) else start
        ends.append((float(expected(end[None])[0]), end))
    if not ends:
        raise InputError(
            "No point within the ranges of the study gives a twin; see the errors of its rows."
        )
    chosen: list[Floats] = []
    for _, end in sorted(ends, key=lambda one: one[0]):
        if len(chosen) < count and _apart(end, chosen):
            chosen.append(end)
    proposals = []
    for end in chosen:
        mean, deviation = (part[0] for part in _predictions(surrogates, end[None]))
        proposals.append(
            Proposal(
                parameters=_named(space, end),
                predicted=mean,
                deviation=deviation,
                misses=(mean - value) / tolerance,
            )
        )
    return tuple(proposals)


def verify(
    proposals: Sequence[Proposal],
    wanted: Sequence[Wanted],
    plan: Plan,
    *,
    realisations: int = 4,
    seed: int = 0,
) -> Generator[Learning, None, tuple[Verified, ...]]:
    """Realise each proposal in the box of the plan and measure what is wanted.

    Yields
    ------
    `Learning`, before each realisation and each part of its measuring.

    Raises
    ------
    InputError
        If a wanted property is no descriptor, so that it cannot be measured here.
    """
    choice = only([one.name for one in wanted], plan.choice)
    total = len(proposals) * realisations
    verified = []
    for number, proposal in enumerate(proposals):
        rows: list[list[float | None]] = []
        seeds = tuple(fresh_seed(seed, number, i) for i in range(realisations))
        for one in seeds:
            step = number * realisations + len(rows)
            start = Learning(step, total, f"Verifying proposal {number + 1} of {len(proposals)}")
            yield start
            made = realise(plan.variant(proposal.parameters, one), device=choice.device)
            measuring = describe(Volume(made.labels, made.voxel_size_um), choice)
            values = yield from retold(measuring, partial(_part_of, start))
            forget_unsteady(values)
            rows.append([values[w.name] for w in wanted])
        verified.append(Verified(values=np.array(rows, dtype=float), seeds=seeds))
    return tuple(verified)


def fresh_seed(seed: int, proposal: int, realisation: int) -> int:
    """A seed of its own, hardly one of the study; of 31 bits, as the window's."""
    key = (0xDE51, proposal, realisation)
    return int(np.random.SeedSequence(seed, spawn_key=key).generate_state(1)[0]) >> 1


def _part_of(start: Learning, part: Measured) -> Learning:
    return replace(start, message=f"{start.message}: {part.message}")


def _predictions(surrogates: Sequence[Surrogate], coordinates: Floats) -> tuple[Floats, Floats]:
    found = [surrogate.at(coordinates) for surrogate in surrogates]
    return np.stack([mean for mean, _ in found], axis=1), np.stack([s for _, s in found], axis=1)


def _apart(point: Floats, others: Sequence[Floats]) -> bool:
    least = APART * np.sqrt(point.size)
    return all(float(np.linalg.norm(point - other)) >= least for other in others)


def _named(space: Space, coordinates: Floats) -> dict[str, float]:
    values = space.unscaled(coordinates[None])[0]
    return {name: float(value) for name, value in zip(space.names, values, strict=True)}
