"""Which kind of random field the sections ask for, by statistics that two-point coverage lacks.

Fields of different kinds can be fitted to the same two-point coverage equally well and yet look
different.  Each kind is fitted, sections are simulated from it, and their Euler numbers and lineal
paths are held against those of the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from napari_assb_twin.calibration.deviations import Deviation, deviations, score, thinned
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin import equivalent
from napari_assb_twin.twin.parameters import FieldName, RandomField, Tail, Twin

Fit = Callable[[Mapping[FieldName, RandomField]], Fitted]

KINDS: tuple[tuple[int, Tail], ...] = (
    (0, "upper"),
    (1, "lower"),
    (1, "upper"),
    (2, "lower"),
    (2, "upper"),
    (4, "upper"),
)
"""Degrees of freedom and tail of the candidates.  A Gaussian field's tails are alike."""

TIE = 0.5
"""Scores within this of the smallest, or within this share of it above 1, count as equal."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldCandidate:
    """One kind of one field, fitted.

    Attributes
    ----------
    field, degrees_of_freedom, tail
        The kind: 0 degrees of freedom are a Gaussian field.
    rms, max
        Root mean square and largest absolute difference of the curves, all pairs and lags.
    score
        Root mean square z of the statistics (see `deviations.score`): those of the first phase for
        X, which depend on X alone, and of all phases for Y.
    deviations
        The statistics one by one.
    twin, segmentation_error
        The fitted twin, and the share of pixels with a random label that was fitted with it.
    at_bounds
        Paths of its parameters that ended at a bound of the search.
    chosen
        Whether it is the kind that was chosen for its field.
    """

    field: FieldName
    degrees_of_freedom: int
    tail: Tail
    rms: float
    max: float
    score: float
    deviations: tuple[Deviation, ...]
    twin: Twin
    segmentation_error: float = 0.0
    at_bounds: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def worst(self) -> Deviation:
        """The statistic that speaks most against it."""
        return max(self.deviations, key=lambda one: abs(one.z))

    def document(self) -> dict[str, Any]:
        """The JSON object of one line of a table."""
        return {
            "field": self.field,
            "degrees_of_freedom": self.degrees_of_freedom,
            "tail": self.tail,
            "rms": self.rms,
            "score": self.score,
            "worst": f"{self.worst.statistic.words}: z {self.worst.z:+.1f}",
            "chosen": self.chosen,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldSelection:
    """The candidates of X, then those of Y, each from the best score on, and the chosen twin."""

    candidates: tuple[FieldCandidate, ...]
    twin: Twin

    def document(self) -> list[dict[str, Any]]:
        """The lines of the table for JSON."""
        return [one.document() for one in self.candidates]


def select_fields(
    stacks: Sequence[SectionStack],
    data: LagData,
    fit: Fit,
    *,
    seed: int,
) -> Generator[Progress, None, FieldSelection]:
    """Fit all kinds of X, with a Gaussian Y, then all kinds of Y, and choose one of each.

    The smallest score wins; among equals (`TIE`) the fewest degrees of freedom.

    Parameters
    ----------
    stacks
        The measured sections.  At most 24 of each kind of plane are compared, evenly spread, and
        taken to be independent.
    data
        Their two-point coverage, for the misfit of the curves.
    fit
        Fits a twin with given kinds of X and Y.  The correlations it is given are those of an
        earlier fit where there is one.  Pixels that it takes to have a label at random are as many
        in the simulated sections: they are pieces and holes of their own and would drown all
        differences.
    seed
        Of the simulated sections.  All candidates are given the same noise.

    Yields
    ------
    Progress, before each of the eleven fits, with the best twin so far.

    Returns
    -------
    FieldSelection

    Raises
    ------
    InputError
        If the sections hold no statistic to compare.
    """
    few = thinned(stacks)
    statistics = SectionStatistics.of(few)

    def compared(fitted: Fitted) -> tuple[Deviation, ...]:
        error = fitted.segmentation_error
        return deviations(statistics, few, fitted.twin, seed=seed, segmentation_error=error)

    total = 2 * len(KINDS) - 1
    gaussian = RandomField()
    by_x: list[FieldCandidate] = []
    for kind in KINDS:
        best = _best(by_x) if by_x else None
        yield _progress("X", kind, len(by_x), total, best)
        fitted = fit({"X": _field(gaussian, kind), "Y": gaussian})
        by_x.append(_candidate("X", kind, fitted, data, compared(fitted)))
    x = _best(by_x)
    by_y: list[FieldCandidate] = []
    for kind in KINDS:
        if kind == KINDS[0]:
            fitted = Fitted(x.twin, x.segmentation_error)
        else:
            yield _progress("Y", kind, len(KINDS) - 1 + len(by_y), total, _best(by_y))
            fitted = fit({"X": x.twin.X, "Y": _field(x.twin.Y, kind)})
        by_y.append(_candidate("Y", kind, fitted, data, compared(fitted)))
    y = _best(by_y)
    candidates = [
        replace(one, chosen=one in (x, y))
        for ranked in (by_x, by_y)
        for one in sorted(ranked, key=lambda candidate: candidate.score)
    ]
    return FieldSelection(candidates=tuple(candidates), twin=y.twin)


def _candidate(
    name: FieldName,
    kind: tuple[int, Tail],
    fitted: Fitted,
    data: LagData,
    told: tuple[Deviation, ...],
) -> FieldCandidate:
    if name == "X":
        told = tuple(one for one in told if one.statistic.phase == fitted.twin.first_phase)
    found = score(told)
    if math.isnan(found):
        raise InputError(
            "The sections are too small or too uniform to tell kinds of fields apart; choose the "
            "fields yourself."
        )
    return FieldCandidate(
        field=name,
        degrees_of_freedom=kind[0],
        tail=kind[1],
        rms=fitted.rms(data),
        max=float(np.abs(fitted.residual(data)).max()),
        score=found,
        deviations=told,
        twin=fitted.twin,
        segmentation_error=fitted.segmentation_error,
    )


def _best(candidates: Sequence[FieldCandidate]) -> FieldCandidate:
    """The fewest degrees of freedom among those whose score is as good as the smallest.

    Where even the smallest is above 1, either no kind is right or the sections are not
    independent: both enlarge all scores alike, and their differences with them.
    """
    smallest = min(one.score for one in candidates)
    equals = [one for one in candidates if one.score <= smallest + TIE * max(1.0, smallest)]
    return min(equals, key=lambda one: (one.degrees_of_freedom, one.score))


def _field(field: RandomField, kind: tuple[int, Tail]) -> RandomField:
    return replace(field, degrees_of_freedom=kind[0], tail=kind[1])


def _progress(
    name: FieldName, kind: tuple[int, Tail], step: int, total: int, best: FieldCandidate | None
) -> Progress:
    message = f"Kind of field {name}: {kind_in_words(*kind)}"
    if best is None:
        return Progress(step, total, message)
    return Progress(step, total, message, best.twin, best.rms)


def kind_in_words(degrees_of_freedom: int, tail: Tail) -> str:
    """A kind of field, such as ``"chi-square with 1 degree of freedom, lower tail"``."""
    return equivalent.kind_in_words(RandomField(degrees_of_freedom=degrees_of_freedom, tail=tail))
