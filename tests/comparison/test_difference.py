"""Differences of twins: right numbers, honest verdicts, whatever a file may hold."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from napari_assb_twin.calibration.uncertainty import spread
from napari_assb_twin.comparison.difference import (
    Difference,
    PairOfTwins,
    TwinComparison,
    compare_twins,
)
from napari_assb_twin.comparison.naming import names_of_files
from napari_assb_twin.comparison.table import COLUMNS, in_words, write_comparison_csv
from napari_assb_twin.comparison.testing import holm
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.readouts import readouts

TPB = "triple-phase boundary"
LENGTH = ["X.length_um"]


def derived(twin: Twin, relative: float = 0.05) -> list[dict[str, Any]]:
    """What a calibration keeps of the numbers that follow from the parameters."""
    exact = readouts(twin)

    def entry(name: str, phases: tuple[str, ...], value: float | None) -> dict[str, Any]:
        error = relative * (value or 0.0)
        return {"name": name, "phases": list(phases), "value": value, "standard_error": error}

    return [
        *(entry("interface area", pair, area) for pair, area in exact.area_per_um.items()),
        *(entry("contact share", pair, share) for pair, share in exact.contact_share.items()),
        entry(TPB, (), exact.triple_phase_boundary_per_um2),
        *(entry("mean chord", (phase,), chord) for phase, chord in exact.mean_chord_um.items()),
    ]


def fitted(twin: Twin, relative: float = 0.05, bootstrap: int | None = 20, **record: Any) -> Twin:
    """A twin as if it were calibrated, with this relative error of everything."""
    errors = {path: relative * (twin.value(path) or 1.0) for path in PARAMETERS if twin.has(path)}
    provenance = {"bootstrap": bootstrap, "derived": derived(twin, relative), **record}
    return replace(twin, provenance=provenance, uncertainty=errors)


A = fitted(preset("pressed"))
B = fitted(preset("fine-electrolyte"))


def pair_of(a: Twin, b: Twin) -> PairOfTwins:
    return compare_twins([a, b], ["A", "B"]).pairs[0]


def row(pair: PairOfTwins, name: str) -> Difference:
    return next(one for one in pair.rows if name in (one.quantity.path, one.quantity.title))


# --- numbers ---------------------------------------------------------------------------------


def test_differences_errors_and_z() -> None:
    pair = pair_of(A, B)
    porosity = row(pair, "pore")
    assert (porosity.first.value, porosity.second.value) == (0.11, 0.12)
    assert porosity.difference == pytest.approx(0.01)
    error = math.hypot(0.05 * 0.11, 0.05 * 0.12)
    assert porosity.standard_error == pytest.approx(error)
    assert porosity.z == pytest.approx(0.01 / error)
    tpb = row(pair, TPB)
    first, second = (readouts(twin).triple_phase_boundary_per_um2 or 0 for twin in (A, B))
    assert tpb.difference == pytest.approx(second - first)
    assert tpb.z == pytest.approx((second - first) / (0.05 * math.hypot(first, second)))
    touching = row(pair, "contact share, CAM touching SE")
    assert touching.first.value == pytest.approx(0.44 / 0.55)


def test_probabilities_are_those_of_welch() -> None:
    """Against scipy's test of two samples with the same means and errors."""
    ours = row(pair_of(fitted(A, 0.03, 12), fitted(B, 0.08, 40)), "X.length_um")
    theirs = stats.ttest_ind_from_stats(
        0.7, 0.03 * 0.7 * 12**0.5, 12, 0.95, 0.08 * 0.95 * 40**0.5, 40, equal_var=False
    )
    assert ours.z == pytest.approx(-theirs.statistic)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)


def test_without_the_number_of_replicates_errors_count_as_known_exactly() -> None:
    ours = row(pair_of(fitted(A, bootstrap=None), fitted(B, bootstrap=None)), "X.length_um")
    assert ours.z is not None
    assert ours.p == pytest.approx(2 * stats.norm.sf(abs(ours.z)), rel=1e-6)


def test_the_correction_is_holms() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    random = np.random.default_rng(1)
    p = random.uniform(size=30).tolist()
    adjusted = holm(p)
    for level in (0.05, 0.2, 0.5):  # step down, as Holm wrote it
        rejected: set[int] = set()
        for rank, index in enumerate(np.argsort(p).tolist()):
            if p[index] > level / (len(p) - rank):
                break
            rejected.add(index)
        assert rejected == {n for n, value in enumerate(adjusted) if value <= level}


def test_false_alarms_are_rare_although_rows_are_many_and_correlated() -> None:
    """Of pairs of samples of one twin 5 % may differ anywhere: 10 of 200, 19 are 3 sd more."""
    random, alarms, truth = np.random.default_rng(3), 0, preset("pressed")
    paths = [path for path in PARAMETERS if path.startswith(("X.", "Y."))]
    errors = {path: 0.03 * (truth.value(path) or 0.0) for path in paths}

    def sample() -> Twin:
        twin, shared = truth, dict(zip(paths[:4], random.normal(size=4), strict=True))
        for path in paths:  # errors of X and Y are correlated by 0.5
            normal = math.sqrt(0.5) * (shared[f"X{path[1:]}"] + random.normal())
            twin = twin.with_value(path, (truth.value(path) or 0.0) + errors[path] * normal)
        return replace(twin, uncertainty=errors, provenance={})

    for _ in range(200):
        pair = pair_of(sample(), sample())
        assert pair.counted("distinguishable") + pair.counted("not distinguishable") == 8
        alarms += pair.counted("distinguishable") > 0
    assert 1 <= alarms <= 19


def test_curves_are_compared_at_the_same_lags() -> None:
    pair = pair_of(A, B)
    assert len(pair.curves) == 12
    for one in pair.curves:
        lags = np.linspace(0, one.longest_um, 101)
        first, second = (coverage(twin, lags, direction=one.direction) for twin in (A, B))
        difference = second[one.pair] - first[one.pair]
        assert one.rms == pytest.approx(float(np.sqrt(np.mean(difference**2))))
        assert one.max == pytest.approx(float(np.abs(difference).max()))
        assert abs(np.interp(one.lag_um, lags, difference)) == pytest.approx(one.max)
    assert all(one.max == 0 for one in pair_of(A, A).curves)


def test_fixed_fractions_are_not_told_apart_by_their_rounding() -> None:
    """Two fits with fractions that were fixed: their contact shares have no errors."""
    random = np.random.default_rng(0)

    def fit(pore: float) -> Twin:
        twin = preset("pressed").with_value("pore", pore)
        lengths = 0.7 * np.exp(0.05 * random.standard_normal(20))
        found = spread(twin, [twin.with_value("X.length_um", one) for one in lengths], LENGTH)
        kept = [{**vars(one), "phases": list(one.phases)} for one in found.derived]
        record = {"bootstrap": 20, "derived": kept}
        return replace(twin, uncertainty=found.standard_errors, provenance=record)

    touching = row(pair_of(fit(0.11), fit(0.1100001)), "contact share, CAM touching SE")
    assert touching.verdict == "no error known"
    assert "fixed numbers" in touching.reason
    assert touching.p is None


# --- verdicts --------------------------------------------------------------------------------


def test_verdicts_follow_the_corrected_level() -> None:
    pair = pair_of(A, B)
    for one in pair.rows:
        assert one.p_holm is not None
        assert one.verdict == ("distinguishable" if one.p_holm <= 0.05 else "not distinguishable")
    assert pair.counted("distinguishable") > 0
    assert pair.counted("not distinguishable") > 0
    assert pair_of(A, A).counted("not distinguishable") == len(pair.rows)


def test_all_pairs_of_the_list_are_tested_together() -> None:
    third = fitted(preset("pressed").with_value("pore", 0.2))
    two, three = compare_twins([A, B], "AB"), compare_twins([A, B, third], "ABC")
    assert [(one.first, one.second) for one in three.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert three.tests == 3 * two.tests
    alone, among = (row(one.pair("A", "B"), "X.length_um") for one in (two, three))
    assert alone.p == among.p
    assert (among.p_holm or 0) > (alone.p_holm or 0)
    with pytest.raises(KeyError):
        three.pair("B", "A")


def test_without_errors_nothing_is_assumed() -> None:
    pair = pair_of(preset("pressed"), B)
    assert pair.counted("no error known") == len(pair.rows)
    assert all("first twin: it was not calibrated" in one.reason for one in pair.rows)
    assert row(pair, "pore").difference == pytest.approx(0.01)
    assert compare_twins([preset("pressed"), B], "AB").tests == 0


def test_a_fixed_number_and_one_at_a_bound_have_no_error() -> None:
    errors = {path: error for path, error in (A.uncertainty or {}).items() if path != "pore"}
    bound = replace(A, uncertainty=errors, provenance={"at_bounds": ["X.smoothness"]})
    pair = pair_of(bound, B)
    assert "fixed" in row(pair, "pore").reason
    assert "at a bound" in row(pair, "X.smoothness").reason
    assert "calibrate it again" in row(pair, TPB).reason
    assert row(pair, "X.length_um").z is not None


def test_parameters_that_mean_something_else_are_not_compared() -> None:
    other_order, sheets, layers = (
        pair_of(A, fitted(preset(name))) for name in ("dense", "sheet-pores", "layered")
    )
    assert row(other_order, "X.length_um").verdict == "not comparable"
    assert "cut in another order" in row(other_order, "Y.length_um").reason
    assert row(sheets, "X.length_um").verdict != "not comparable"
    assert "another kind: Gaussian against chi-square" in row(sheets, "Y.length_um").reason
    assert "high-parametric" in row(layers, "X.length_um").reason
    assert row(layers, "X.length_um").second.value is None
    for pair in (other_order, sheets, layers):  # the structure means the same in all
        for name in ("pore", TPB, "interface area, pore-SE", "mean chord, CAM"):
            assert row(pair, name).z is not None


def test_the_same_model_in_other_words_is_compared() -> None:
    words = fitted(replace(preset("pressed"), second_phase="solid_electrolyte"))
    pair = pair_of(A, words)
    assert pair.counted("not distinguishable") == len(pair.rows)
    assert all(one.difference == pytest.approx(0, abs=1e-12) for one in pair.rows)


def test_infinite_numbers_are_said() -> None:
    rough = fitted(preset("pressed").with_value("X.smoothness", 0.8))
    smooth = fitted(preset("pressed").with_value("X.smoothness", None))
    pair = pair_of(rough, smooth)
    assert row(pair, "X.smoothness").reason == "second twin: infinite"
    assert "smoothness of field X is 1 or less" in row(pair, TPB).reason
    assert row(pair, "interface area, pore-SE").z is not None  # cut from Y alone


def test_two_isotropic_twins_have_no_anisotropy_to_compare() -> None:
    isotropic = fitted(preset("isotropic"))
    paths = {one.quantity.path for one in pair_of(isotropic, isotropic).rows}
    assert not any(path.endswith("anisotropy") for path in paths)
    assert "X.anisotropy" in {one.quantity.path for one in pair_of(isotropic, A).rows}


def test_the_doubt_about_the_segmentation_is_held_against_the_difference() -> None:
    def doubted(twin: Twin, spread: Mapping[str, float]) -> Twin:
        return fitted(twin, segmentation={"error": None, "doubt": {"spread": dict(spread)}})

    pair = pair_of(
        doubted(A, {"pore": 0.01, "X.length_um": 1e-3}), doubted(B, {"X.length_um": 1e-3})
    )
    assert row(pair, "pore").within_segmentation is True
    assert row(pair, "X.length_um").within_segmentation is False
    assert row(pair, "Y.length_um").within_segmentation is None


def test_the_doubt_of_what_follows_from_the_parameters_is_held_against_it_too() -> None:
    def doubted(twin: Twin, spread: float) -> Twin:
        kept = [one | {"segmentation_spread": spread} for one in derived(twin)]
        return fitted(twin, derived=[one for one in kept if one["name"] != TPB])

    pair = pair_of(doubted(A, 10.0), doubted(B, 1e-9))
    assert row(pair, "contact share, CAM touching SE").within_segmentation is True
    assert row(pair, TPB).within_segmentation is None
    pair = pair_of(doubted(A, 1e-9), doubted(B, 1e-9))
    assert row(pair, "contact share, CAM touching SE").within_segmentation is False


@pytest.mark.parametrize(
    "record",
    [
        {"derived": "none", "bootstrap": "20", "at_bounds": 3, "segmentation": []},
        {"derived": [1, None, {"name": TPB}, {"name": TPB, "phases": {}, "standard_error": "1"}]},
        {"derived": [{"name": TPB, "phases": [], "standard_error": math.nan}]},
        {"derived": [{"name": "contact share", "phases": ["pore"], "standard_error": 1}]},
        {"bootstrap": 1, "segmentation": {"doubt": {"spread": {"pore": "much"}}}},
        {"bootstrap": True, "segmentation": {"doubt": [1]}, "at_bounds": [["pore"]]},
    ],
)
def test_a_record_that_holds_anything_does_no_harm(record: dict[str, Any]) -> None:
    provenance = {"derived": [], **record}
    strange = replace(A, provenance=provenance, uncertainty={"pore": 0.0, "X.length_um": math.inf})
    pair = pair_of(strange, B)
    for name in ("pore", "X.length_um", TPB, "contact share, pore touching CAM"):
        assert row(pair, name).verdict == "no error known"


def test_one_twin_and_names_that_are_the_same_are_refused() -> None:
    with pytest.raises(InputError, match="at least two"):
        compare_twins([A], ["A"])
    with pytest.raises(InputError, match="name of its own"):
        compare_twins([A, B], ["A", "A"])


# --- tables ----------------------------------------------------------------------------------


@pytest.fixture
def comparison() -> TwinComparison:
    return compare_twins([A, B, preset("layered")], ["a", "b", "layers"])


def test_json_is_strict_and_says_how_it_was_tested(comparison: TwinComparison) -> None:
    document = json.loads(json.dumps(comparison.document(), allow_nan=False))
    assert document["names"] == ["a", "b", "layers"]
    assert document["level"] == 0.95
    assert "Holm" in document["method"]
    assert [len(one["curves"]) for one in document["pairs"]] == [12, 12, 12]
    assert document["pairs"][0]["rows"][0]["path"] == "pore"


def test_the_table_reads_back(comparison: TwinComparison, tmp_path: Path) -> None:
    path = write_comparison_csv(tmp_path / "t.csv", comparison)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == sum(len(pair.rows) + 24 for pair in comparison.pairs)
    first = comparison.pairs[0].rows[0]
    assert float(rows[0]["z"]) == first.z
    assert rows[0]["verdict"] == first.verdict
    curves = [one for one in rows if one["quantity"] == "two-point coverage, max"]
    assert float(curves[0]["difference"]) == comparison.pairs[0].curves[0].max
    with pytest.raises(InputError, match="does not exist"):
        write_comparison_csv(tmp_path / "no" / "t.csv", comparison)


def test_the_terminal_names_pairs_verdicts_and_reasons(comparison: TwinComparison) -> None:
    text = "\n".join(in_words(comparison))
    assert "a -> b: " in text
    assert f"for all {comparison.tests} tests together, Holm" in text
    assert "not comparable [2]" in text
    assert "[2] field X is high-parametric in one of the twins" in text
    assert "a -> layers: no standard errors are known" in text


def test_files_of_one_name_are_told_apart() -> None:
    paths = [Path("x/a.twin.json"), Path("y/a.twin.json"), Path("b.json")]
    assert names_of_files(paths) == ["a", "a (2)", "b"]
