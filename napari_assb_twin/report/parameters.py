"""The table of parameters: value, errors, interval, and what the data hardly fix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from napari_assb_twin.calibration.weakness import weakly_determined
from napari_assb_twin.report.numbers import NONE, beside, decimals, error_of, plain
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    FieldName,
    Twin,
)
from napari_assb_twin.twin.phases import PHASES, Phase, at_surface

NORMAL_95 = 1.959964
"""Half width of a 95 % interval in standard errors, where the record holds no interval."""

Names = Mapping[Phase, str]


@dataclass(frozen=True)
class ParameterRow:
    """One row of the table, as printed."""

    name: str
    symbol: str
    value: str
    error: str
    interval: str
    spread: str
    unit: str
    remark: str


def parameter_rows(twin: Twin, record: Record | None, names: Names) -> tuple[ParameterRow, ...]:
    """All numbers of a twin as printed; a high-parametric field is one row."""
    weak = weakly_determined(twin)
    rows = [_row(twin, record, path, names, weak) for path in PARAMETERS if twin.lists(path)]
    for name in FIELD_NAMES:
        if not twin.has(f"{name}.length_um"):
            rows.append(_of_weights(twin, name))
    return tuple(rows)


def symbol(path: str, names: Names) -> str:
    """A short name of a parameter, for the axes of a figure."""
    field, _, attribute = path.rpartition(".")
    if path == FIELD_CORRELATION:
        return PARAMETERS[path].symbol
    if not field:
        return f"φ {names[PHASES[PHASES.index(attribute)]]}" if attribute in PHASES else path
    return f"{PARAMETERS[path].symbol} {field}" if path in PARAMETERS else path


def _row(
    twin: Twin, record: Record | None, path: str, names: Names, weak: Mapping[str, str]
) -> ParameterRow:
    parameter, shown = PARAMETERS[path], _Shown(path)
    value = twin.value(path)
    error = (twin.uncertainty or {}).get(path)
    error = shown.spread(value, error if error is not None and error >= 0 else None)
    field = path.rpartition(".")[0]
    spread = None
    if record is not None and record.segmentation is not None:
        spread = shown.spread(value, record.segmentation.spread.get(path))
    ends = _interval(twin, record, path)
    text = beside(shown.of(value), error)
    name = f"{parameter.label} {field}"
    if path in PHASES:
        name = f"Volume fraction, {names[_phase(path)]}"
    elif path == FIELD_CORRELATION:
        name = at_surface(names[twin.second_phase], names[twin.first_phase])
    return ParameterRow(
        name=name,
        symbol=symbol(path, names),
        value="off" if path.endswith("oscillation_per_um") and value == 0 else text,
        error=error_of(error),
        interval=NONE if ends is None else shown.interval(ends, error),
        spread=error_of(spread),
        unit=parameter.unit,
        remark=weak.get(path, _kept(twin, record, path)),
    )


class _Shown:
    """How a parameter is printed: an oscillation as its period 2 pi / w0."""

    def __init__(self, path: str) -> None:
        self.reciprocal = path.endswith("oscillation_per_um")

    def of(self, value: float | None) -> float:
        if value is None:
            return math.inf
        if self.reciprocal:
            return 2 * math.pi / value if value > 0 else math.inf
        return value

    def spread(self, value: float | None, error: float | None) -> float | None:
        if error is None or not self.reciprocal:
            return error
        return 2 * math.pi * error / value**2 if value else None

    def interval(self, ends: tuple[float, float], error: float | None) -> str:
        low, high = sorted(self.of(end) for end in ends)
        if math.isinf(high):
            return f"{plain(low, 3)} to off" if self.reciprocal else f"{plain(low, 3)} to ∞"
        if decimals(error) is None:
            return f"{plain(low, 3)} to {plain(high, 3)}"
        return f"{beside(low, error)} to {beside(high, error)}"


def _interval(twin: Twin, record: Record | None, path: str) -> tuple[float, float] | None:
    if record is not None and path in record.intervals:
        return record.intervals[path]
    value, error = twin.value(path), (twin.uncertainty or {}).get(path)
    if value is None or error is None or not math.isfinite(error) or error <= 0:
        return None
    lowest, highest = (-1.0, 1.0) if path == FIELD_CORRELATION else (0.0, math.inf)
    return max(value - NORMAL_95 * error, lowest), min(value + NORMAL_95 * error, highest)


def _kept(twin: Twin, record: Record | None, path: str) -> str:
    """Why a number of a fitted twin has no error."""
    if path not in given(twin, record):
        return ""
    if path.endswith("anisotropy") and twin.symmetry == "isotropic":
        return "1 by the isotropic symmetry."
    return "Not fitted: kept at this value."


def given(twin: Twin, record: Record | None) -> tuple[str, ...]:
    """Numbers that a fit did not move: those on record, or else those without an error."""
    fixed = () if record is None else record.fixed
    errors = twin.uncertainty or {}
    return tuple(
        path
        for path in PARAMETERS
        if twin.lists(path) and (path in fixed or (errors and path not in errors))
    )


def _of_weights(twin: Twin, name: FieldName) -> ParameterRow:
    count = getattr(twin.field(name).correlation, "number_of_weights", 0)
    remark = f"{count} weights over frequencies instead of four numbers."
    dash = NONE
    return ParameterRow(f"Correlation {name}", f"r {name}", "weights", dash, dash, dash, "", remark)


def _phase(path: str) -> Phase:
    return PHASES[PHASES.index(path)]
