"""Differences of twins, and whether their errors allow to tell the samples apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

from napari_assb_twin.comparison.curve_difference import CurveDifference, curve_differences
from napari_assb_twin.comparison.quantities import (
    Quantity,
    missing,
    obstacle,
    parameters_of,
    structure,
    value_of,
)
from napari_assb_twin.comparison.standard_errors import (
    replicates,
    segmentation_spread,
    standard_error,
)
from napari_assb_twin.comparison.testing import degrees_of_freedom, holm, two_sided
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.equivalent import written_like
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.readouts import Readouts, readouts

Number = float | None
Verdict = Literal["distinguishable", "not distinguishable", "no error known", "not comparable"]

LEVEL = 0.95
METHOD = (
    f"{LEVEL:.0%} for all tests together (Holm 1979), two-sided, Student's t with the degrees of "
    "freedom of the two bootstraps (Welch and Satterthwaite)"
)
"""What *distinguishable* means."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number of one twin; None with a reason where there is none or its error is not known."""

    value: Number
    standard_error: Number
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """The JSON object."""
        return {"value": self.value, "standard_error": self.standard_error}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One number of two twins.

    Attributes
    ----------
    quantity, first, second
        What it is, and what it is in the two twins.
    difference, standard_error, z
        Second minus first, sqrt(se_1^2 + se_2^2), and their quotient; None where not known.
    degrees_of_freedom
        Of the standard error, after Welch and Satterthwaite; infinite where the number of
        bootstrap replicates is not known.
    p
        Probability of as large a z, of either sign, if the samples were the same.
    p_holm
        The same after Holm's correction for all tests of the comparison.
    verdict, reason
        Whether the samples can be told apart by it at `LEVEL`, and why that is not known.
    within_segmentation
        Whether the difference is no larger than twice what the doubt about the segmentation of
        both makes of it; None where that was not tried.
    """

    quantity: Quantity
    first: Estimate
    second: Estimate
    difference: Number = None
    standard_error: Number = None
    z: Number = None
    degrees_of_freedom: float = math.inf
    p: Number = None
    p_holm: Number = None
    verdict: Verdict = "no error known"
    reason: str = ""
    within_segmentation: bool | None = None

    def document(self) -> dict[str, Any]:
        """The JSON object of one row."""
        quantity, freedom = self.quantity, self.degrees_of_freedom
        return {
            "quantity": quantity.name,
            "path": quantity.path or None,
            "phases": list(quantity.phases),
            "unit": quantity.unit,
            "first": self.first.document(),
            "second": self.second.document(),
            "difference": self.difference,
            "standard_error": self.standard_error,
            "z": self.z,
            "degrees_of_freedom": freedom if math.isfinite(freedom) else None,
            "p": self.p,
            "p_holm": self.p_holm,
            "verdict": self.verdict,
            "reason": self.reason or None,
            "within_segmentation": self.within_segmentation,
        }


@dataclass(frozen=True, kw_only=True)
class PairOfTwins:
    """Everything that is compared of two twins, by their names."""

    first: str
    second: str
    rows: tuple[Difference, ...]
    curves: tuple[CurveDifference, ...]

    def counted(self, verdict: Verdict) -> int:
        """How many rows have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    def document(self) -> dict[str, Any]:
        """The JSON object of this pair."""
        return {
            "first": self.first,
            "second": self.second,
            "rows": [row.document() for row in self.rows],
            "curves": [one.document() for one in self.curves],
        }


@dataclass(frozen=True, kw_only=True)
class TwinComparison:
    """All pairs of some twins, tested together.

    Attributes
    ----------
    names, pairs
        Of the twins, and each with each later one.
    tests
        How many differences have a known error: the tests that Holm's correction counts.
    """

    names: tuple[str, ...]
    pairs: tuple[PairOfTwins, ...]
    tests: int

    def pair(self, first: str, second: str) -> PairOfTwins:
        """The pair of two names in their order; KeyError if there is none."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (first, second):
                return pair
        raise KeyError((first, second))

    def document(self) -> dict[str, Any]:
        """The JSON object of the comparison."""
        return {
            "names": list(self.names),
            "level": LEVEL,
            "method": METHOD,
            "tests": self.tests,
            "pairs": [pair.document() for pair in self.pairs],
        }


def compare_twins(twins: Sequence[Twin], names: Sequence[str]) -> TwinComparison:
    """Compare every twin with every later one: parameters, interfaces, chords, and exact curves.

    A difference d has the standard error sqrt(se_1^2 + se_2^2), because the samples were measured
    apart; within one twin errors are correlated, so that those of derived numbers are taken from
    the record of its calibration.  z = d / se is held against Student's t with the degrees of
    freedom of Welch (1947, doi:10.1093/biomet/34.1-2.28), because a bootstrap of n data sets knows
    its standard error no better than n - 1 of them do.  *Distinguishable* are those that Holm's
    procedure (1979, Scand. J. Statist. 6, 65) rejects among all tests of the list, at a probability
    of 5 % for even one false alarm, whatever the correlations between the rows are.

    *Not distinguishable* does not say that samples are the same: the errors are too large to tell.
    Where a twin has no error, none is assumed.

    Parameters
    ----------
    twins, names
        At least two twins, and a name for each, all different.

    Raises
    ------
    InputError
        If there are fewer than two twins, or names are missing or the same.
    """
    if len(twins) < 2:
        raise InputError("One twin alone cannot be compared; give at least two.")
    if len(names) != len(twins) or len(set(names)) != len(names):
        raise InputError(
            f"{len(twins)} twins have the names {', '.join(names)}; give each a name of its own."
        )
    exact = [readouts(twin) for twin in twins]
    pairs = [
        PairOfTwins(
            first=names[i],
            second=names[j],
            rows=_rows((twins[i], exact[i]), (twins[j], exact[j])),
            curves=curve_differences(twins[i], twins[j]),
        )
        for i, j in combinations(range(len(twins)), 2)
    ]
    return _tested(tuple(names), pairs)


def _rows(one: tuple[Twin, Readouts], other: tuple[Twin, Readouts]) -> tuple[Difference, ...]:
    a, b = one[0], written_like(other[0], one[0])
    rows = []
    for quantity in (*parameters_of(a, b), *structure()):
        first, second = (
            _estimate(quantity, twin, exact) for twin, exact in ((a, one[1]), (b, other[1]))
        )
        rows.append(_row(quantity, first, second, a, b))
    return tuple(rows)


def _estimate(quantity: Quantity, twin: Twin, exact: Readouts) -> Estimate:
    value = value_of(quantity, twin, exact)
    if value is None:
        reason = missing(quantity, twin, exact)
        return Estimate(value=None, standard_error=None, reason=reason)
    error, reason = standard_error(quantity, twin)
    return Estimate(value=value, standard_error=error, reason=reason)


def _row(quantity: Quantity, first: Estimate, second: Estimate, a: Twin, b: Twin) -> Difference:
    row = Difference(quantity=quantity, first=first, second=second)
    why = obstacle(quantity, a, b)
    if why:
        return replace(row, verdict="not comparable", reason=why)
    if first.value is None or second.value is None:
        return replace(row, verdict="not comparable", reason=_reasons(first, second))
    difference = second.value - first.value
    spreads = [segmentation_spread(quantity, twin) for twin in (a, b)]
    known = [spread for spread in spreads if spread is not None]
    row = replace(
        row,
        difference=difference,
        within_segmentation=abs(difference) <= 2.0 * math.hypot(*known) if known else None,
    )
    errors = first.standard_error, second.standard_error
    if errors[0] is None or errors[1] is None:
        return replace(row, reason=_reasons(first, second))
    error = math.hypot(errors[0], errors[1])
    freedom = degrees_of_freedom((errors[0], replicates(a)), (errors[1], replicates(b)))
    z = difference / error
    return replace(
        row,
        standard_error=error,
        z=z,
        degrees_of_freedom=freedom,
        p=two_sided(z, freedom),
    )


def _reasons(first: Estimate, second: Estimate) -> str:
    said = (("first", first.reason), ("second", second.reason))
    if first.reason == second.reason:
        return f"both twins: {first.reason}"
    return "; ".join(f"{which} twin: {reason}" for which, reason in said if reason)


def _tested(names: tuple[str, ...], pairs: list[PairOfTwins]) -> TwinComparison:
    """Holm's correction over all rows of all pairs, and the verdicts that follow."""
    found = [row.p for pair in pairs for row in pair.rows if row.p is not None]
    corrected = holm(found)

    def judged(row: Difference) -> Difference:
        if row.p is None:
            return row
        p = corrected[found.index(row.p)]  # equal p have equal corrections
        verdict: Verdict = "distinguishable" if p <= 1.0 - LEVEL else "not distinguishable"
        return replace(row, p_holm=p, verdict=verdict)

    done = tuple(replace(pair, rows=tuple(judged(row) for row in pair.rows)) for pair in pairs)
    return TwinComparison(names=names, pairs=done, tests=len(found))
