"""One property over the scenarios: means, and how far realisations scatter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.space import Space
from napari_assb_twin.surrogates.table import Results

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """Means of a property over the realisations of each of n scenarios.

    Attributes
    ----------
    name
        Key of the property.
    space
        The d parameters.
    scenarios
        Numbers of the scenarios, shape (n,).
    points
        Their parameters, shape (n, d).
    mean, deviation, count
        Mean over realisations, their standard deviation (NaN where there is one only), and how
        many there are, shape (n,).
    missing
        Realisations without a value, which are left out.
    """

    name: str
    space: Space
    scenarios: Whole
    points: Floats
    mean: Floats
    deviation: Floats
    count: Whole
    missing: int

    @property
    def noise(self) -> float | None:
        """Standard deviation of one realisation about its scenario's mean, pooled over all.

        None where no scenario has two realisations.
        """
        freedom = self.count - 1
        if not freedom.sum():
            return None
        squares = np.where(freedom > 0, freedom * np.nan_to_num(self.deviation) ** 2, 0.0)
        return float(np.sqrt(squares.sum() / freedom.sum()))

    @property
    def errors(self) -> Floats | None:
        """Standard errors of the means, from the pooled `noise`; None where it is not known."""
        return None if self.noise is None else self.noise / np.sqrt(self.count)

    def part(self, chosen: NDArray[Any]) -> Samples:
        """Some of the scenarios, by a mask or by their places."""
        arrays = ("scenarios", "points", "mean", "deviation", "count")
        return replace(self, **{name: getattr(self, name)[chosen] for name in arrays})

    @property
    def groups(self) -> Whole:
        """The same number for scenarios that have the same parameters, shape (n,)."""
        _, numbers = np.unique(self.points, axis=0, return_inverse=True)
        return np.asarray(numbers).reshape(-1)


def samples(results: Results, name: str) -> Samples:
    """The means of a property; a scenario none of whose realisations has it is left out.

    Raises
    ------
    InputError
        If there is no such property, or no realisation has it.
    """
    key = results.key(name)
    values = results.rows[key]
    kept = results.rows[values.notna()]
    if kept.empty:
        raise InputError(f"no realisation has a value of {key}; choose another property.")
    by_scenario = kept.groupby("scenario")
    measured = by_scenario[key]
    return Samples(
        name=key,
        space=results.space,
        scenarios=np.array(sorted(by_scenario.groups), dtype=np.int64),
        points=kept[results.points.columns].groupby(kept["scenario"]).first().to_numpy(dtype=float),
        mean=measured.mean().to_numpy(dtype=float),
        deviation=measured.std(ddof=1).to_numpy(dtype=float),
        count=measured.count().to_numpy(dtype=np.int64),
        missing=int(values.isna().sum()),
    )
