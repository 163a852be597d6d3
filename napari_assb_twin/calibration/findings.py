"""All that a calibration found besides the twin, as it is kept in the twin file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.evidence import Evidence, Gauge
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.uncertainty import Uncertainty, derived_numbers
from napari_assb_twin.calibration.verdict import z_scores
from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.twin.exact import DIRECTIONS
from napari_assb_twin.twin.phases import PAIRS
from napari_assb_twin.twin.readouts import CONTACTS, readouts

Floats = NDArray[np.float64]

MOST_LAGS = 64
"""Curves are kept at no more lags than these."""

DIGITS = 6


def findings(
    measured: Measured,
    fitted: Fitted,
    *,
    exact: Fitted,
    uncertainty: Uncertainty,
    gauge: Gauge,
    own: Evidence,
    simulated: Sequence[Evidence],
    errors_of_segmentation: Sequence[float] | None,
    alternatives: Mapping[str, Fitted],
    reported: Sequence[str],
) -> dict[str, Any]:
    """Errors, curves, statistics, contact shares and segmentation, ready for JSON.

    Parameters
    ----------
    fitted, exact
        The fit, and the exact fit to the same data: another one only where the fit was trained.
        Exact fits to other segmentations are compared with it.
    own, simulated
        Evidence of the data and of the data sets simulated from the fit.
    errors_of_segmentation
        Those fitted to the simulated data sets; None where none was fitted.
    alternatives
        The fits to other segmentations, by their names.
    reported
        Paths of the numbers that were fitted.
    """
    return {
        "errors": _errors(uncertainty),
        "derived": _derived(uncertainty, exact, alternatives),
        "segmentation": _segmentation(exact, errors_of_segmentation, alternatives, reported),
        "curves": _curves(measured, fitted),
        "statistics": _statistics(gauge, own, simulated),
        "contact_shares": _contact_shares(fitted, own, simulated),
    }


def _errors(uncertainty: Uncertainty) -> dict[str, Any]:
    return {
        "parameters": list(uncertainty.parameters),
        "correlations": [[_short(v) for v in row] for row in uncertainty.correlations.tolist()],
        "intervals": {
            path: {f"{level:.0%}".rstrip("%"): list(ends) for level, ends in intervals.items()}
            for path, intervals in uncertainty.intervals.items()
        },
    }


def _derived(
    uncertainty: Uncertainty, exact: Fitted, alternatives: Mapping[str, Fitted]
) -> list[dict[str, Any]]:
    """The numbers with their errors and, where other segmentations were fitted, their change."""
    own = derived_numbers(exact.twin)
    others = [derived_numbers(one.twin) for one in alternatives.values()]
    rows = []
    for one in uncertainty.derived:
        row = {**vars(one), "phases": list(one.phases), "value": _short(one.value)}
        if alternatives:
            key = one.name, one.phases, one.unit
            row["segmentation_spread"] = _largest_change(own[key], [other[key] for other in others])
        rows.append(row)
    return rows


def _largest_change(own: float | None, others: Sequence[float | None]) -> float | None:
    """None where one of the fits has no such number: it is not known how far that one is."""
    if own is None or None in others:
        return None
    return max(abs(other - own) for other in others if other is not None)


def _segmentation(
    exact: Fitted,
    errors: Sequence[float] | None,
    alternatives: Mapping[str, Fitted],
    reported: Sequence[str],
) -> dict[str, Any]:
    found: dict[str, Any] = {"error": None}
    if errors is not None:
        found["error"] = exact.segmentation_error
        found["error_standard_error"] = float(np.std(errors, ddof=1)) if len(errors) > 1 else None
    if alternatives:
        found["doubt"] = {
            "alternatives": list(alternatives),
            "spread": {
                path: max(
                    abs((one.twin.value(path) or 0.0) - (exact.twin.value(path) or 0.0))
                    for one in alternatives.values()
                )
                for path in reported
            },
        }
    return found


def _curves(measured: Measured, fitted: Fitted) -> dict[str, Any]:
    """Measured curves with their bands, and those of the fit as such data would show them."""
    found: dict[str, Any] = {}
    for direction in DIRECTIONS:
        curves = measured_coverage(measured, direction)
        if curves is None:
            continue
        kept = np.unique(np.linspace(1, len(curves.lags_um) - 1, MOST_LAGS).round().astype(int))
        lags = curves.lags_um[kept]
        along = (lags, 0 * lags) if direction == "in-plane" else (0 * lags, lags)
        model = fitted.curves(*along)
        bands = curves.standard_error
        found[direction] = {
            "lags_um": [_short(lag) for lag in lags],
            "pairs": {
                ",".join(pair): {
                    "measured": [_short(v) for v in curves.values[row, kept]],
                    "standard_error": None
                    if bands is None
                    else [_short(v) for v in bands[row, kept]],
                    "model": [_short(v) for v in model[row]],
                }
                for row, pair in enumerate(PAIRS)
            },
        }
    return found


def _statistics(gauge: Gauge, own: Evidence, simulated: Sequence[Evidence]) -> list[dict[str, Any]]:
    mean, error, z = _against(own.statistics, [one.statistics for one in simulated])
    return [
        {
            "name": statistic.name,
            "phase": statistic.phase,
            "plane": statistic.plane_kind,
            "direction": statistic.direction,
            "length_um": statistic.length_um,
            "unit": statistic.unit,
            "measured": _short(own.statistics[row]),
            "simulated": _short(mean[row]),
            "standard_error": _short(error[row]),
            "z": _short(z[row]),
        }
        for row, statistic in enumerate(gauge.statistics.statistics)
    ]


def _contact_shares(
    fitted: Fitted, own: Evidence, simulated: Sequence[Evidence]
) -> list[dict[str, Any]]:
    mean, error, z = _against(own.contact_shares, [one.contact_shares for one in simulated])
    pinned = readouts(fitted.twin).pinned
    return [
        {
            "phase": phase,
            "neighbour": neighbour,
            "measured": _short(own.contact_shares[row]),
            "model": _short(mean[row]),
            "standard_error": _short(error[row]),
            "z": _short(z[row]),
            "pinned": (phase, neighbour) in pinned,
        }
        for row, (phase, neighbour) in enumerate(CONTACTS)
    ]


def _against(own: Floats, others: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and z score by the simulated data sets; nan without them."""
    if len(others) < 2:
        unknown = np.full(own.shape, np.nan)
        return unknown, unknown, unknown
    rows = np.array(others)
    return rows.mean(axis=0), rows.std(axis=0, ddof=1), z_scores(own, rows)


def _short(value: float) -> float | None:
    """A number with a few digits, for a file; None where there is none."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
