"""What a calibration marks as not determined by the data."""

import math
from dataclasses import replace

import pytest

from napari_assb_twin.calibration.weakness import AT_BOUND, NO_DEPTH, weakly_determined
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.twin_file import load_twin, save_twin


def fitted(uncertainty=None, **provenance):
    return replace(
        preset("pressed"), uncertainty=uncertainty, provenance=provenance or {"method": "coverage"}
    )


def test_a_twin_that_was_not_fitted_has_no_marks():
    assert weakly_determined(preset("pressed")) == {}


def test_small_errors_are_no_marks():
    errors = {path: 0.1 * (preset("pressed").value(path) or 1.0) for path in PARAMETERS}
    assert weakly_determined(fitted(errors)) == {}


@pytest.mark.parametrize("path", ["pore", "X.length_um", "Y.oscillation_per_um", "Y.anisotropy"])
def test_an_error_above_half_the_value_is_a_mark(path):
    value = preset("pressed").value(path)
    assert weakly_determined(fitted({path: 0.49 * value})) == {}
    marks = weakly_determined(fitted({path: 0.64 * value}))
    assert list(marks) == [path]
    assert "64%" in marks[path]


def test_a_smoothness_that_may_be_infinite_is_a_mark():
    twin = fitted({"X.smoothness": 5.5}).with_value("X.smoothness", 12.0)
    assert weakly_determined(twin) == {}  # changed by hand
    twin = replace(twin, uncertainty={"X.smoothness": 5.5})
    assert "from 1 to infinity" in weakly_determined(twin)["X.smoothness"]
    assert weakly_determined(replace(twin, uncertainty={"X.smoothness": 3.9})) == {}


def test_an_oscillation_that_is_off_is_a_mark_if_a_visible_one_would_fit():
    twin = fitted().with_value("X.oscillation_per_um", 0.0)
    length = twin.X.correlation.length_um
    seen = replace(twin, uncertainty={"X.oscillation_per_um": 0.51 / length})
    assert f"{math.pi / (0.51 / length):.2g} µm" in weakly_determined(seen)["X.oscillation_per_um"]
    assert (
        weakly_determined(replace(twin, uncertainty={"X.oscillation_per_um": 0.49 / length})) == {}
    )


def test_a_bound_is_a_mark_whatever_the_error():
    assert weakly_determined(fitted({"pore": 0.001}, at_bounds=["pore"])) == {"pore": AT_BOUND}


def test_plan_views_do_not_fix_the_anisotropy():
    marks = weakly_determined(fitted(data=[{"plane": "xy"}, {"plane": "xy"}]))
    assert marks == {"X.anisotropy": NO_DEPTH, "Y.anisotropy": NO_DEPTH}
    assert weakly_determined(fitted(data=[{"plane": "xy"}, {"plane": "xz"}])) == {}
    assert weakly_determined(fitted(data=[{"volume": [9, 9, 9]}])) == {}


@pytest.mark.parametrize(
    "provenance", [{"at_bounds": 3}, {"at_bounds": [1, "Z.no"]}, {"data": "xy"}, {"data": [1]}]
)
def test_a_strange_record_is_no_mark(provenance):
    assert weakly_determined(fitted({"Z.no": 1.0, "pore": math.nan}, **provenance)) == {}


def test_a_file_keeps_the_marks(tmp_path):
    twin = fitted({"X.smoothness": 2.0}, at_bounds=["Y.length_um"])
    read = load_twin(save_twin(twin, tmp_path / "a.twin.json"))
    assert weakly_determined(read) == weakly_determined(twin)
    assert set(weakly_determined(read)) == {"X.smoothness", "Y.length_um"}
