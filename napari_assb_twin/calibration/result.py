"""What a calibration tells when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from napari_assb_twin.calibration.field_selection import FieldSelection
from napari_assb_twin.calibration.verdict import Verdict
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One assignment of phases to fields and how well it fits."""

    first_phase: Phase
    second_phase: Phase
    rms: float
    ratio_variation: float
    """Coefficient of variation over lags of C_ij / C_ik, i the first phase: 0 for the model."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well the twin's exact curves meet the measured ones.

    Attributes
    ----------
    rms, max
        Root mean square and largest absolute difference of C_ij over all pairs and lags.
    method, model
        Names of the method and of the family of twins.
    seconds
        Time taken, with errors and verdict.
    lags, longest_lag_um
        Number of lags that were fitted, and the longest.
    candidates
        The assignments of phases that were compared, the best first; one if it was pinned.
    bootstrap
        Number of simulated data sets behind errors and verdict.
    at_bounds
        Paths of parameters that ended at a bound of the search: the data do not determine them.
    """

    rms: float
    max: float
    method: str
    seconds: float
    lags: int
    longest_lag_um: float
    model: str = "low-parametric"
    candidates: tuple[Candidate, ...] = ()
    bootstrap: int = 0
    at_bounds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalibrationResult:
    """A calibrated twin and what is known of it.

    Attributes
    ----------
    twin
        The twin; `with_provenance` adds the record of the calibration to it.
    fit
        Its misfit.
    uncertainty
        Standard errors of the fitted parameters by path.
    verdict
        Whether the twin describes the data; None where too few data sets were simulated to say.
    selection
        The kinds of fields that were compared, where the data were to decide.
    findings
        All else for the record: correlations, intervals, derived numbers, curves, statistics.
    """

    twin: Twin
    fit: Fit
    uncertainty: Mapping[str, float] = field(default_factory=dict)
    verdict: Verdict | None = None
    selection: FieldSelection | None = None
    findings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def offers_correlation(self) -> bool:
        """Whether the data object to independent fields, and the twin's could be correlated.

        They do where the ratio of the curves or a contact share is off by more than its error;
        see `FieldPair` for our extension of the model.
        """
        independence = ("phase order", "contact shares")
        return (
            self.verdict is not None
            and any(one.level for one in self.verdict.checks if one.name in independence)
            and self.twin.can_correlate
            and self.twin.field_correlation == 0
            and self.fit.model == "low-parametric"
        )

    def document(self) -> dict[str, Any]:
        """The JSON object that the command prints beside the twin."""
        fit = {**vars(self.fit), "at_bounds": list(self.fit.at_bounds)}
        fit["candidates"] = [vars(candidate) for candidate in self.fit.candidates]
        return {
            "fit": fit,
            "uncertainty": dict(self.uncertainty),
            "verdict": None if self.verdict is None else self.verdict.document(),
            "offers_correlation": self.offers_correlation,
            "fields": [] if self.selection is None else self.selection.document(),
        }
