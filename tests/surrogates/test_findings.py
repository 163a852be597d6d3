"""The report of a study: what is in it is what was planted."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from planted_results import planted, planted_results
from test_power_laws import KEY, planted_law

from napari_assb_twin import cli
from napari_assb_twin.report.look import Look
from napari_assb_twin.surrogates.figures import along, at_middle, draw_property, property_figure
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.validation import learn

RANGES = {"solid_electrolyte": (0.3, 0.5), "X.length_um": (0.5, 4.0)}
LAW = {"surface_per_um.pore": lambda e, x: 2 * e + np.log(x)}


@pytest.fixture(scope="module")
def study():
    results = planted_results(LAW, RANGES, scenarios=32, noise=0.05, logarithmic=("X.length_um",))
    return results, learn(samples(results, "surface_per_um.pore"), "gaussian-process")


def test_lines_and_scenarios_lie_on_the_law_at_the_middle(study) -> None:
    """Within 0.06 of the planted law, whose scatter is 0.05 over the root of 3."""
    results, learned = study
    values, mean, deviation = along(learned, "X.length_um")
    assert values[[0, -1]] == pytest.approx([results.space.low[1], results.space.high[1]])
    middle = 0.5 * (results.space.low[0] + results.space.high[0])
    assert mean == pytest.approx(2 * middle + np.log(values), abs=0.06)
    assert np.all(deviation < 0.06)
    own = learned.samples
    left = at_middle(learned, "X.length_um") - 2 * middle - np.log(own.points[:, 1])
    assert np.std(left) == pytest.approx(0.05 / np.sqrt(3), rel=0.5)


def test_the_figure_holds_every_realisation_and_scenario(study) -> None:
    results, learned = study
    figure = property_figure(results, learned, Look())
    assert len(figure.axes) == 2
    axes = figure.axes[1]
    assert axes.get_xscale() == "log"
    dots = axes.lines[0]
    assert np.array_equal(dots.get_ydata(), results.rows["surface_per_um.pore"])
    assert len(axes.containers[0].lines[0].get_xdata()) == 32


def test_a_figure_needs_no_surrogate(study) -> None:
    results, _ = study
    axes = Look().figure(3, 3).add_subplot()
    draw_property(axes, results, "surface_per_um.pore", "X.length_um", Look())
    assert len(axes.lines) == 1


def test_the_command_writes_report_figures_and_tables(tmp_path, capsys) -> None:
    frame = planted_law().rename(columns={"parameter.X.length_um": "parameter.Y.length_um"})
    frame["text"] = "a"
    frame["still"] = 1.0
    frame.to_csv(tmp_path / "results.csv", index=False)
    out = tmp_path / "report"
    call = ["learn", str(tmp_path), "-o", str(out), "--surrogate", "polynomial"]
    keys = [KEY, "volume_fraction.pore", "still"]
    assert cli.main([*call, "--property", *keys, "--log", "Y.length_um"]) == 0
    told = capsys.readouterr().out
    assert "still is the same in all scenarios" in told
    assert "Columns of words, which are left out: text." in told
    assert re.search(r"volume_fraction\.pore +\d\.\d\d   solid_electrolyte", told)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Columns of words, which are left out: text." in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)  # it loads nothing
    assert page.count("<img ") == len(list((out / "figures").glob("*.svg"))) == 2 + 2 * 2 + 1
    for figure in (out / "figures").glob("*.svg"):
        ET.parse(figure)
    shares = pd.read_csv(out / "sensitivity.csv").set_index(["property", "parameter"])
    assert shares.loc[("volume_fraction.pore", "solid_electrolyte"), "total"] > 0.9
    laws = pd.read_csv(out / "laws.csv")
    assert laws["rank"].max() == 15
    best = laws[laws["rank"] == 1].set_index("descriptor")["exponent"]
    assert best["geodesic_tortuosity.solid_electrolyte.z"] == pytest.approx(-4.39, abs=0.5)
    assert len(pd.read_csv(out / "means.csv")) == 2 * 40
    assert not list(tmp_path.glob("**/.part-*"))


def test_json_is_one_object(tmp_path, capsys) -> None:
    planted(LAW, RANGES, scenarios=16, realisations=1).to_parquet(tmp_path / "results.parquet")
    call = ["learn", str(tmp_path), "-o", str(tmp_path / "out"), "--surrogate", "polynomial"]
    assert cli.main([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["surrogates"][0]["property"] == "surface_per_um.pore"
    assert (told["failed"], told["ignored"]) == (0, [])
    assert told["surrogates"][0]["rms_of_realisations"] is None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--descriptors", "foo"], "no descriptor 'foo'; choose from "),
        (["--descriptors", "ionic_conductivity.z"], f"choose from {KEY}, "),
        (["--property", "volume_fraction.SE", "--descriptors", "foo"], "no descriptor 'foo'"),
        (["--property", KEY, "--descriptors", "constrictivity.SE.x"], "constrictivity.solid_el"),
        (["--property", "volume_fraction.SE", "--descriptors", "constrictivity.SE.z"], "explain"),
        (["--property", "relative_conductivity.SE.x"], f"choose from {KEY}"),
    ],
)
def test_names_are_checked_before_anything_is_learnt(tmp_path, capsys, more, told) -> None:
    planted_law().to_csv(tmp_path / "results.csv", index=False)
    out = tmp_path / "out"
    assert cli.main(["learn", str(tmp_path), "-o", str(out), *more]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_parameters_go_by_short_names_too(tmp_path, capsys) -> None:
    planted_law().to_csv(tmp_path / "results.csv", index=False)
    call = ["learn", str(tmp_path), "-o", str(tmp_path / "out"), "--surrogate", "polynomial"]
    assert cli.main([*call, "--property", "volume_fraction.pore", "--log", "SE"]) == 0
    assert cli.main([*call, "--property", "volume_fraction.pore", "--log", "CAM"]) == 2
    assert "'active_material' was not varied" in capsys.readouterr().err


def test_what_cannot_be_learnt_leaves_nothing(tmp_path, capsys) -> None:
    planted(LAW, RANGES, scenarios=4).to_csv(tmp_path / "results.csv", index=False)
    assert cli.main(["learn", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert "known at 4 points of 2 parameters" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()
