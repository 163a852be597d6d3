"""The fit with another kind of field than the one that was chosen, as a result of its own."""

from __future__ import annotations

from dataclasses import replace

from napari_assb_twin.calibration.field_selection import FieldCandidate, FieldSelection
from napari_assb_twin.calibration.result import CalibrationResult


def candidate_result(result: CalibrationResult, candidate: FieldCandidate) -> CalibrationResult:
    """The candidate's twin in the box of the fit, marked as chosen among the others.

    It was fitted to the same curves, but nothing was simulated from it to judge it: it has no
    errors, no findings and no verdict, and its record has only what holds for it.
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
    twin = replace(
        candidate.twin,
        grid=result.twin.grid,
        seed=result.twin.seed,
        uncertainty=None,
        provenance=_record(result, candidate, own),
    )
    fit = replace(result.fit, rms=candidate.rms, bootstrap=0, at_bounds=())
    return replace(
        result, twin=twin, fit=fit, uncertainty={}, verdict=None, selection=own, findings={}
    )


_HOLDS = ("method", "model", "sources", "files", "reading", "data", "seed", "versions", "date")
"""Parts of the record that are the same for all candidates."""


def _record(
    result: CalibrationResult, candidate: FieldCandidate, own: FieldSelection
) -> dict[str, object] | None:
    record = result.twin.provenance
    if record is None:
        return None
    return {
        **{key: record[key] for key in _HOLDS if key in record},
        "misfit": {"rms": candidate.rms, "lags": result.fit.lags},
        "fields": own.document(),
        "bootstrap": 0,
        "verdict": None,
    }
