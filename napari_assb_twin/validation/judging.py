"""Twins against the other half: what differs by more than the data's own sampling error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from napari_assb_twin.comparison.testing import holm, two_sided
from napari_assb_twin.validation.measuring import Boxed, Ruler
from napari_assb_twin.validation.quantities import Floats, Profile, Quantity
from napari_assb_twin.validation.sampling_error import LEVEL, SamplingError, Scatter, of_number

TwinName = Literal["low-parametric", "high-parametric"]

DRAWS = 4000
"""Deviations drawn for the distribution of a distance."""

STREAM = 0x7E57


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a twin says of one quantity, beside the other half.

    Attributes
    ----------
    value
        Mean over its realisations; of a profile the distance of their mean from the other half.
    spread
        Standard deviation over realisations; None of a profile.
    error
        Standard error of the difference: of two halves of the data, and of the mean of the
        realisations.  Of a profile the distance that these alone make, in the median.
    z
        Difference in standard errors; None of a profile.
    p
        Probability of a difference as large where the twin is right.
    adjusted
        The same among all quantities together (Holm).
    """

    value: float | None
    spread: float | None = None
    error: float | None = None
    z: float | None = None
    p: float | None = None
    adjusted: float | None = None

    @property
    def within(self) -> bool | None:
        """Whether it lies within the data's own error, at 95 %; None where that is not known."""
        return None if self.p is None else self.p >= LEVEL


@dataclass(frozen=True, kw_only=True)
class Row:
    """One quantity: the data's two halves and the twins.

    Attributes
    ----------
    what
        The quantity.
    other
        Its value in the half that is predicted; of a profile 0.
    first
        Its value in the half that was calibrated on; of a profile its distance from the other.
    error
        Standard error of one half, from the data alone.
    long_range
        Whether the halves differ by more than their blocks explain.
    twins
        By name.
    """

    what: Quantity | Profile
    other: float | None
    first: float | None
    error: float | None
    long_range: bool
    twins: Mapping[TwinName, Judged]


def judge(
    what: Sequence[Quantity | Profile],
    ruler: Ruler,
    data: tuple[Boxed, Boxed],
    blocks: tuple[Sequence[Boxed], Sequence[Boxed]],
    realised: Mapping[TwinName, Sequence[Boxed]],
    seed: int,
) -> tuple[Row, ...]:
    """Compare realisations of twins with the other half of the data.

    Parameters
    ----------
    data
        The first half and the other.
    blocks
        The blocks of either.
    realised
        Realisations of each twin, as large as a half.
    """
    random = np.random.default_rng([seed, STREAM])
    rows = []
    for one in what:
        if isinstance(one, Quantity):
            rows.append(_number(one, data, blocks, realised))
        else:
            row = _profile(one, ruler.step_um(one.key), data, blocks, realised, random)
            rows.extend([] if row is None else [row])
    return _adjusted(rows, tuple(realised))


def _number(
    what: Quantity,
    data: tuple[Boxed, Boxed],
    blocks: tuple[Sequence[Boxed], Sequence[Boxed]],
    realised: Mapping[TwinName, Sequence[Boxed]],
) -> Row:
    first, other = (half.values[what.key] for half in data)
    error: SamplingError | None = None
    if first is not None and other is not None:
        parts = [[block.values[what.key] for block in half] for half in blocks]
        error = of_number((first, other), (parts[0], parts[1]))
    return Row(
        what=what,
        other=other,
        first=first,
        error=None if error is None else error.value,
        long_range=error is not None and error.long_range,
        twins={
            name: _judged([box.values[what.key] for box in boxes], other, error)
            for name, boxes in realised.items()
        },
    )


def _judged(
    values: Sequence[float | None], other: float | None, error: SamplingError | None
) -> Judged:
    known = np.array([value for value in values if value is not None], dtype=float)
    if known.size < 2:
        return Judged(value=float(known[0]) if known.size else None)
    value, spread = float(known.mean()), float(known.std(ddof=1))
    if other is None or error is None:
        return Judged(value=value, spread=spread)
    whole = math.sqrt(2.0 * error.value**2 + spread**2 / known.size)
    z = (value - other) / whole
    return Judged(
        value=value, spread=spread, error=whole, z=z, p=two_sided(z, float(error.freedom))
    )


def _profile(
    what: Profile,
    step_um: float,
    data: tuple[Boxed, Boxed],
    blocks: tuple[Sequence[Boxed], Sequence[Boxed]],
    realised: Mapping[TwinName, Sequence[Boxed]],
    random: np.random.Generator,
) -> Row | None:
    """Distances; None where a half has no such profile."""
    first, other = (half.profiles.get(what.key) for half in data)
    if first is None or other is None:
        return None
    parts = [[b.profiles[what.key] for b in half if what.key in b.profiles] for half in blocks]
    scatter = Scatter.of_blocks((parts[0], parts[1]))
    between = float(what.distances(first - other, step_um))
    error, long_range = None, False
    if scatter is not None:
        alone = what.distances(scatter.drawn(random, DRAWS), step_um)
        error = float(np.median(alone))
        long_range = between > math.sqrt(2.0) * float(np.quantile(alone, 1 - LEVEL))
        if long_range:
            by_halves = between / math.sqrt(2.0)
            scatter, error = scatter.as_large_as_halves(by_halves / error), by_halves
    twins = {
        name: _distance(
            what, step_um, [b.profiles.get(what.key) for b in boxes], other, scatter, random
        )
        for name, boxes in realised.items()
    }
    return Row(what=what, other=0.0, first=between, error=error, long_range=long_range, twins=twins)


def _distance(
    what: Profile,
    step_um: float,
    profiles: Sequence[Floats | None],
    other: Floats,
    scatter: Scatter | None,
    random: np.random.Generator,
) -> Judged:
    known = [one for one in profiles if one is not None]
    if len(known) < 2:
        return Judged(value=None)
    value = float(what.distances(np.mean(known, axis=0) - other, step_um))
    if scatter is None:
        return Judged(value=value)
    chance = math.sqrt(2.0) * scatter.drawn(random, DRAWS)
    chance = chance + Scatter.of_mean(known).drawn(random, DRAWS)
    alone = what.distances(chance, step_um)
    p = (1 + int((alone >= value).sum())) / (1 + DRAWS)
    return Judged(value=value, error=float(np.median(alone)), p=p)


def _adjusted(rows: Sequence[Row], names: Sequence[TwinName]) -> tuple[Row, ...]:
    found = [dict(row.twins) for row in rows]
    for name in names:
        judged = [(number, row.twins[name].p) for number, row in enumerate(rows)]
        tested = [(number, p) for number, p in judged if p is not None]
        for (number, _), p in zip(tested, holm([p for _, p in tested]), strict=True):
            found[number][name] = replace(found[number][name], adjusted=p)
    return tuple(replace(row, twins=twins) for row, twins in zip(rows, found, strict=True))
