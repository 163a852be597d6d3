"""The fit with another kind of field than the one that was chosen, as a result of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from napari_assb_twin.calibration.field_selection import FieldCandidate, FieldSelection
from napari_assb_twin.calibration.result import CalibrationResult


def candidate_result(result: CalibrationResult, candidate: FieldCandidate) -> CalibrationResult:
    """The candidate's twin in the box of the fit, marked as chosen among the others.

    It was fitted to the same curves, but nothing was simulated from it to judge it: it has no
    errors and no verdict, and its record and findings have only what holds for it.
    """
    selection = result.selection
    if selection is None:
        raise ValueError("there were no candidates")
    kinds = {name: candidate.twin.field(name) for name in ("X", "Y")}
    candidates = tuple(
        replace(
            one,
            chosen=(one.degrees_of_freedom, one.tail)
            == (kinds[one.field].degrees_of_freedom, kinds[one.field].tail),
        )
        for one in selection.candidates
    )
    own = FieldSelection(candidates=candidates, twin=candidate.twin)
    findings: dict[str, Any] = {}
    if result.findings.get("segmentation", {}).get("error") is not None:
        findings["segmentation"] = {"error": candidate.segmentation_error}
    twin = replace(
        candidate.twin,
        grid=result.twin.grid,
        seed=result.twin.seed,
        uncertainty=None,
        provenance=_record(result, candidate, own, findings),
    )
    fit = replace(
        result.fit,
        rms=candidate.rms,
        max=candidate.max,
        bootstrap=0,
        at_bounds=candidate.at_bounds,
    )
    return replace(
        result, twin=twin, fit=fit, uncertainty={}, verdict=None, selection=own, findings=findings
    )


_HOLDS = ("method", "model", "sources", "files", "reading", "data", "seed", "versions", "date")
"""Parts of the record that are the same for all candidates."""


def _record(
    result: CalibrationResult,
    candidate: FieldCandidate,
    own: FieldSelection,
    findings: Mapping[str, Any],
) -> dict[str, object] | None:
    record = result.twin.provenance
    if record is None:
        return None
    return {
        **{key: record[key] for key in _HOLDS if key in record},
        "misfit": {"rms": candidate.rms, "max": candidate.max, "lags": result.fit.lags},
        "at_bounds": list(candidate.at_bounds),
        **findings,
        "fields": own.document(),
        "bootstrap": 0,
        "verdict": None,
    }
