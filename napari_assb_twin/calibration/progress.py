"""What a calibration tells while it runs and when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase


@dataclass(frozen=True)
class Progress:
    """One step of a long computation.

    ``twin`` and ``misfit`` (root mean square of the curves) are the best so far, where known.
    """

    step: int
    total: int
    message: str
    twin: Twin | None = None
    misfit: float | None = None


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
    method
        Name of the method.
    seconds
        Time taken, with the standard errors.
    lags, longest_lag_um
        Number of lags that were fitted, and the longest.
    candidates
        The assignments of phases that were compared, the best first; one if it was pinned.
    bootstrap
        Number of simulated data sets behind the standard errors.
    at_bounds
        Paths of parameters that ended at a bound of the search: the data do not determine them.
    """

    rms: float
    max: float
    method: str
    seconds: float
    lags: int
    longest_lag_um: float
    candidates: tuple[Candidate, ...] = ()
    bootstrap: int = 0
    at_bounds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalibrationResult:
    """A calibrated twin, its misfit, and the standard errors of its free parameters by path."""

    twin: Twin
    fit: Fit
    uncertainty: Mapping[str, float] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The JSON object that the command prints beside the twin."""
        fit = {**vars(self.fit), "at_bounds": list(self.fit.at_bounds)}
        fit["candidates"] = [vars(candidate) for candidate in self.fit.candidates]
        return {"fit": fit, "uncertainty": dict(self.uncertainty)}
