"""The table of parameters: shown as on screen, with what is weakly determined."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from napari_assb_twin.report.parameters import ParameterRow, parameter_rows, symbol
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.twin.phases import SHORT_NAMES
from napari_assb_twin.twin.presets import preset


def rows_of(twin: Twin) -> dict[str, ParameterRow]:
    return {row.symbol: row for row in parameter_rows(twin, Record.of(twin), SHORT_NAMES)}


def test_values_errors_intervals_and_spread(fitted) -> None:
    row = rows_of(fitted.twin)["φ pore"]
    assert float(row.value) == pytest.approx(fitted.twin.volume_fractions.pore, abs=5e-4)
    assert (row.error, row.interval, row.spread) == ("0.010", "0.090 to 0.130", "0.021")
    assert row.name == "Volume fraction, pore"


def test_without_a_recorded_interval_it_is_normal(fitted) -> None:
    value = fitted.twin.volume_fractions.solid_electrolyte
    low, high = rows_of(fitted.twin)["φ SE"].interval.split(" to ")
    assert float(low) == pytest.approx(value - 0.0196, abs=6e-4)
    assert float(high) == pytest.approx(value + 0.0196, abs=6e-4)


def test_an_oscillation_is_its_period(fitted) -> None:
    """w0 = 4 +- 0.1: 2 pi / w0 = 1.571 +- 2 pi 0.1 / 16; an interval from 0 has no end."""
    twin = fitted.twin.with_correlation("Y", oscillation_per_um=4.0)
    twin = replace(
        twin,
        provenance=fitted.twin.provenance,
        uncertainty={"Y.oscillation_per_um": 0.1},
    )
    row = rows_of(twin)["2π/ω₀ Y"]
    assert float(row.value) == pytest.approx(2 * math.pi / 4, abs=6e-4)
    assert float(row.error) == pytest.approx(2 * math.pi * 0.1 / 16, abs=6e-4)
    assert row.interval == "1.05 to off"


def test_what_the_data_hardly_fix_is_said(fitted) -> None:
    rows = rows_of(fitted.twin)
    assert "hardly determine" in rows["ℓ X"].remark
    assert "bound" in rows["ν Y"].remark
    assert rows["a Y"].remark == "Not fitted: kept at this value."
    assert rows["φ pore"].remark == ""


def test_a_high_parametric_field_is_one_row() -> None:
    rows = rows_of(preset("layered"))
    assert "20 weights" in rows["r X"].remark
    assert "ℓ X" not in rows
    assert "ℓ Y" in rows


def test_every_parameter_has_its_own_symbol() -> None:
    assert len({symbol(path, SHORT_NAMES) for path in PARAMETERS}) == len(PARAMETERS)
    assert symbol("nonsense", SHORT_NAMES) == "nonsense"


def test_an_interval_of_a_correlation_may_be_negative(fitted) -> None:
    twin = preset("pressed").with_value("field_correlation", -0.5)
    twin = replace(
        twin,
        provenance=fitted.twin.provenance,
        uncertainty={"field_correlation": 0.1, **(fitted.twin.uncertainty or {})},
    )
    low, high = rows_of(twin)["ρ"].interval.replace("−", "-").split(" to ")
    assert float(low) == pytest.approx(-0.696, abs=0.006)
    assert float(high) == pytest.approx(-0.304, abs=0.006)
