"""Which figures there are of a twin, with their titles and what they show in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from napari_assb_twin.report.evidence import CurveSet, Evidence
from napari_assb_twin.report.figures import curves_figure, sections_figure
from napari_assb_twin.report.look import Look
from napari_assb_twin.report.numbers import plain, signed
from napari_assb_twin.report.plots import (
    LARGE,
    contacts_figure,
    correlations_figure,
    statistics_figure,
)
from napari_assb_twin.twin.exact import Direction

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A figure that is drawn when it is asked for.

    Attributes
    ----------
    name
        ``"sections"``, ``"curves in-plane"``, ``"curves through-plane"``, ``"statistics"``,
        ``"contacts"`` or ``"correlations"``.
    title
        A heading.
    words
        What it shows, for who cannot see it.
    caption
        What stands under it.
    draw
        The matplotlib figure in a `Look`.
    kind
        The file format that suits it.
    """

    name: str
    title: str
    words: str
    caption: str
    draw: Callable[[Look], Figure]
    kind: Literal["png", "svg"] = "svg"


def pictures(evidence: Evidence) -> tuple[Picture, ...]:
    """The figures of a twin, in their order."""
    return tuple(_pictures(evidence))


def _pictures(evidence: Evidence) -> Iterator[Picture]:
    names, record = evidence.names, evidence.record
    for direction, curves in evidence.curves.items():
        yield Picture(
            f"curves {direction}",
            f"Two-point coverage, {direction}",
            _words(direction, curves),
            _caption(curves),
            partial(curves_figure, curves, names),
        )
    if evidence.plates:
        measured = any(plate.measured for plate in evidence.plates)
        yield Picture(
            "sections",
            "Measured and simulated sections" if measured else "Simulated sections",
            "Sections in the colours of the phases, one plane a row: "
            + ("measured ones on the left, simulated ones beside them." if measured else "all of "
               "them simulated from the twin."),
            evidence.plates_note,
            partial(sections_figure, evidence.plates, names),
            "png",
        )  # fmt: skip
    if record is not None and any(one.z is not None for one in record.statistics):
        scores = [one.z for one in record.statistics if one.z is not None]
        worst = max(scores, key=abs)
        beyond = sum(abs(z) > LARGE for z in scores)
        yield Picture(
            "statistics",
            "Higher-order statistics of sections",
            f"One mark for each of {len(scores)} statistics: its difference from the model in "
            f"standard errors. The largest is {signed(worst)}; {beyond} are beyond ± {LARGE:g}.",
            "Statistics that the fit did not use, measured minus simulated from the twin, in "
            "standard errors of the difference. Marks beyond ± 10 are large arrows at the edge.",
            partial(statistics_figure, record.statistics, names),
        )
    yield Picture(
        "contacts",
        "Contact shares",
        "Share of each phase's surface that touches each of the other two"
        + (", measured beside the model's."
           if any(one.measured is not None for one in evidence.contacts) else ", of the model."),
        _pinning(evidence)
        + ("Measured ones and the model's beside them are as lines of pixels show them."
           if any(one.measured is not None for one in evidence.contacts) else ""),
        partial(contacts_figure, evidence.contacts, names),
    )  # fmt: skip
    if record is not None and record.correlations is not None:
        yield Picture(
            "correlations",
            "Correlations of the parameters' errors",
            "A coloured table of the correlations between the errors of all pairs of parameters; "
            + _strongest(evidence),
            "Two parameters with a correlation near 1 or −1 are determined together, not each by "
            "itself: look at the curves rather than at one of them.",
            partial(correlations_figure, record.correlations, names),
        )


def _pinning(evidence: Evidence) -> str:
    """What independent fields cannot do; correlated ones can."""
    if not any(one.pinned for one in evidence.contacts):
        return ""
    return (
        f"The order of cutting pins the shares of {evidence.names[evidence.twin.first_phase]}, the "
        "phase cut first: they follow from the volume fractions alone, whatever the correlations "
        "are, so that no fit can improve them. "
    )


def _words(direction: Direction, curves: CurveSet) -> str:
    residual = curves.residual
    what = f"Six plots of {direction} two-point coverage over the lag, one for each pair of phases"
    if residual is None:
        return f"{what}: the model's exact curves."
    rms = float(np.sqrt(np.nanmean(residual**2)))
    return (
        f"{what}, each with its residual beneath: measured minus model has a root mean square of "
        f"{plain(rms, 2)} and is at most {plain(float(np.nanmax(np.abs(residual))), 2)}."
    )


def _caption(curves: CurveSet) -> str:
    what = (
        "Two-point coverage probability C_ij(h): the probability that both ends of a lag h lie in "
        "the phases i and j."
    )
    if curves.measured is None:
        return f"{what} Exact curves of the model; no measured ones are at hand."
    band = "" if curves.measured.standard_error is None else " The band is ± 1.96 standard errors."
    source = "as recorded by the fit" if curves.recorded else "measured anew for this report"
    return f"{what} Measured curves {source}; beneath, measured − model.{band}"


def _strongest(evidence: Evidence) -> str:
    correlations = evidence.record.correlations if evidence.record else None
    if correlations is None or len(correlations.paths) < 2:
        return "there is one parameter only."
    values = np.triu(np.nan_to_num(correlations.values), k=1)
    row, column = np.unravel_index(np.abs(values).argmax(), values.shape)
    first, second = correlations.paths[row], correlations.paths[column]
    return f"the strongest is {plain(float(values[row, column]), 2)}, of {first} and {second}."
