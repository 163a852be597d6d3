"""What a record holds is read; what a file may hold instead is never trusted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.report.evidence import gather
from napari_assb_twin.report.page import page
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.phases import PAIRS
from napari_assb_twin.twin.presets import preset

JUNK: tuple[Any, ...] = (
    None, True, 7, -1e300, "text", [], {}, [None], [[]], [{}], {"a": {}}, [1, "x", None],
    {"word": 3, "checks": 4}, {"in-plane": {"lags_um": [0, -1], "pairs": []}}, [{"sections": [3]}],
    {"parameters": ["pore"], "correlations": [[1, 2]], "intervals": {"pore": {"95": [1]}}},
    {"error": "much", "doubt": {"alternatives": 1, "spread": {"pore": "x", "nonsense": 1}}},
)  # fmt: skip


def test_all_that_was_recorded_is_read(fitted) -> None:
    record = Record.of(fitted.twin)
    assert record is not None
    assert record.verdict is not None
    assert record.verdict.word == "fits with reservations"
    assert [check.level for check in record.verdict.checks] == [0, 1]
    assert [one.file for one in record.files] == ["plan.png", "a.png", "b.png"]
    assert record.misfit.lags == 87
    assert record.seed == 5
    assert record.bootstrap == 12
    assert record.planes == ("xy", "xz")
    assert record.intervals == {"pore": (0.09, 0.13), "Y.oscillation_per_um": (0.0, 6.0)}
    assert record.segmentation is not None
    assert record.segmentation.spread == {"pore": 0.021}
    assert record.correlations is not None
    assert record.correlations.values.shape == (5, 5)
    assert record.statistics[0].z == 5.0
    assert sum(one.pinned for one in record.contacts) == 2
    curves = record.curves["through-plane"]
    assert curves.measured.values.shape == (len(PAIRS), curves.model.lags_um.size)
    assert curves.measured.standard_error is not None


def test_a_twin_without_a_record_has_none() -> None:
    assert Record.of(preset("pressed")) is None


@pytest.mark.parametrize("junk", JUNK, ids=lambda value: repr(value)[:24])
def test_junk_in_every_key_is_passed_over(fitted, junk: Any) -> None:
    """One value in the place of everything: nothing is raised, and each key is as if missing."""
    content = fitted.twin.provenance
    assert content is not None
    record = Record.of(replace(fitted.twin, provenance=dict.fromkeys(content, junk)))
    assert record is not None
    assert record.verdict is None
    assert record.curves == {}
    assert record.correlations is None


def test_an_interval_without_an_upper_end_reaches_infinity(fitted) -> None:
    content = dict(fitted.twin.provenance or {})
    content["errors"] = {"intervals": {"X.smoothness": {"95": [1.5, None]}, "pore": {"95": [2, 1]}}}
    record = Record.of(replace(fitted.twin, provenance=content))
    assert record is not None
    assert record.intervals == {"X.smoothness": (1.5, math.inf)}


def test_a_page_of_junk_is_still_a_page(fitted, undrawn) -> None:
    content = dict(fitted.twin.provenance or {})
    for number, key in enumerate(content):
        content[key] = JUNK[number % len(JUNK)]
    html = page(gather(replace(fitted.twin, provenance=content), title="junk"))
    assert "none in this record" in html


def test_missing_numbers_of_a_curve_are_gaps(fitted) -> None:
    content = dict(fitted.twin.provenance or {})
    curves = {key: dict(value) for key, value in content["curves"].items()}
    pair = dict(curves["in-plane"]["pairs"]["pore,pore"])
    pair["measured"] = [None, *pair["measured"][1:]]
    curves["in-plane"]["pairs"] = {**curves["in-plane"]["pairs"], "pore,pore": pair}
    record = Record.of(replace(fitted.twin, provenance={**content, "curves": curves}))
    assert record is not None
    values = record.curves["in-plane"].measured["pore", "pore"]
    assert np.isnan(values[0])
    assert np.isfinite(values[1:]).all()
