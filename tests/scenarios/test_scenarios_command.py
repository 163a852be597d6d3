"""``plan``, ``sweep``, ``regenerate``: from a twin file to rows and back to a row's volume."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import psutil
import pytest
import tifffile

from napari_assb_twin import cli
from napari_assb_twin.scenarios import run
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.plan_file import load_plan, save_plan
from napari_assb_twin.scenarios.results import table
from napari_assb_twin.scenarios.row import Row, measured_row
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.twin_file import save_twin


def call(capsys: Any, *given: object) -> tuple[int, Any, str]:
    code = cli.main([*map(str, given), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


@pytest.fixture
def file(tmp_path: Path, plan: Plan) -> Path:
    return save_plan(plan, tmp_path / "plan.json")


def test_a_plan_from_options(tmp_path: Path, twin: Twin, capsys: Any) -> None:
    source, target = save_twin(twin, tmp_path / "a.twin.json"), tmp_path / "p.json"
    code, told, _ = call(
        capsys, "plan", source, "--vary", "pore=0.1:0.2:4", "--vary", "Y.length_um=0.1:0.4:log",
        "--design", "grid", "--realisations", 2, "--shape", "40,41,42", "--voxel-size-um", 0.05,
        "--measure", "networks,composition", "--along", "x", "--of", "pore", "--seed", 5,
        "-o", target,
    )  # fmt: skip
    assert code == 0
    made = load_plan(target)
    assert told["plan"]["vary"][1] == {
        "parameter": "Y.length_um", "low": 0.1, "high": 0.4, "scale": "log", "steps": 3,
    }  # fmt: skip
    assert (made.scenarios, made.total, made.seed) == (12, 24, 5)
    assert (made.twin.grid.shape, made.twin.grid.voxel_size_um) == ((40, 41, 42), 0.05)
    assert made.choice.groups == ("composition", "networks")
    assert (made.choice.axes, made.choice.phases) == (("x",), ("pore",))


def test_phases_of_a_plan_go_by_short_names_too(tmp_path: Path, twin: Twin, capsys: Any) -> None:
    source = save_twin(twin, tmp_path / "a.twin.json")
    given = ("--vary", "CAM=0.4:0.5", "--of", "SE,pore", "-o", tmp_path / "p.json")
    assert call(capsys, "plan", source, *given)[0] == 0
    made = load_plan(tmp_path / "p.json")
    assert [one.parameter for one in made.varied] == ["active_material"]
    assert made.choice.phases == ("pore", "solid_electrolyte")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--vary", "pore"], "is no range"),
        (["--vary", "pore=0.1"], "is no range"),
        (["--vary", "pore=0.1:0.2:linear:3:4"], "is no range"),
        (["--vary", "porosity=0.1:0.2"], "choose from pore, active_material"),
        (["--vary", "pore=0.1:0.2:5"], "are of a grid"),
        (["--vary", "pore=0.1:0.2", "--of", "void"], "There is no phase 'void'"),
        ([], "required: --vary"),
    ],
)
def test_a_wrong_plan_is_one_sentence(
    tmp_path: Path, twin: Twin, given: list[str], words: str, capsys: Any
) -> None:
    source = save_twin(twin, tmp_path / "a.twin.json")
    code, _, err = call(capsys, "plan", source, *given, "-o", tmp_path / "p.json")
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
    assert not (tmp_path / "p.json").exists()


def test_a_plan_with_impossible_corners_says_so(tmp_path: Path, twin: Twin, capsys: Any) -> None:
    source = save_twin(twin, tmp_path / "a.twin.json")
    given = (
        "plan", source, "--design", "grid", "-o", tmp_path / "p.json",
        "--vary", "pore=0.1:0.6:2", "--vary", "active_material=0.2:0.8:2",
    )  # fmt: skip
    code, told, err = call(capsys, *given)
    assert (code, len(told["plan"]["vary"])) == (0, 2)
    assert "In 1 of 4 scenarios there is no twin, as in scenario 4: pore and active" in err
    assert err.count("\n") == 1


def test_a_row_can_be_made_and_measured_again(tmp_path: Path, file: Path, capsys: Any) -> None:
    code, told, err = call(capsys, "sweep", file, "-o", tmp_path / "r")
    assert (code, told["rows"], told["failed"], told["volumes"]) == (0, 6, 0, None)
    assert "6 of 6 realisations to measure: at most about" in err
    volume = tmp_path / "v.tif"
    where = ("--scenario", 3, "--realisation", 1)
    assert call(capsys, "regenerate", tmp_path / "r", *where, "-o", volume)[0] == 0
    options = ("--measure", "composition,interfaces,networks")
    code, told, _ = call(capsys, "describe", volume, *options)
    frame = pandas.read_parquet(tmp_path / "r" / "results.parquet")
    row = frame[(frame["scenario"] == 3) & (frame["realisation"] == 1)].iloc[0]
    assert len(told["descriptors"]) == 20
    for key, value in told["descriptors"].items():
        assert row[key] == pytest.approx(value, rel=1e-12), key


def test_a_row_that_is_not_there_is_refused(tmp_path: Path, file: Path, capsys: Any) -> None:
    where = ("--scenario", 3, "--realisation", 3, "-o", tmp_path / "v.tif")
    assert "no results of a sweep" in call(capsys, "regenerate", tmp_path, *where)[2]
    call(capsys, "sweep", file, "-o", tmp_path / "r")
    code, _, err = call(capsys, "regenerate", tmp_path / "r", *where)
    assert code == 2
    assert "scenarios 1 to 3 with realisations 1 to 2, of which 6 of 6 are measured" in err
    assert not (tmp_path / "v.tif").exists()
    assert "does not end in .tif" in call(
        capsys, "regenerate", tmp_path / "r", *where[:-1], tmp_path / "v.raw"
    )[2]  # fmt: skip


def test_an_interrupted_sweep_says_how_to_go_on(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def interrupted(plan: Plan, key: Key) -> Row:
        if key == (1, 2):
            raise KeyboardInterrupt
        return measured_row(plan, key)

    monkeypatch.setattr(run, "measured_row", interrupted)
    code, _, err = call(capsys, "sweep", file, "-o", tmp_path / "r")
    assert code == 130
    assert "3 rows are measured and stay in" in err
    monkeypatch.setattr(run, "measured_row", measured_row)
    assert call(capsys, "sweep", file, "-o", tmp_path / "r")[1]["resumed"] == 3


def test_a_killed_sweep_goes_on_to_the_same_table(
    tmp_path: Path, plan: Plan, file: Path, capsys: Any
) -> None:
    """SIGKILL after two rows: they are on the disk, and the folder is nobody's."""
    given = ["sweep", str(file), "-o", str(tmp_path / "r")]
    slow = (
        "import sys, time; from napari_assb_twin import cli; "
        "from napari_assb_twin.scenarios import run; real = run.measured_row; "
        "run.measured_row = lambda *given: (time.sleep(1), real(*given))[1]; "
        f"sys.exit(cli.main({given!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", slow], stderr=subprocess.PIPE)
    rows = tmp_path / "r" / "rows.jsonl"
    while process.poll() is None and not (rows.exists() and rows.read_text().count("\n") > 3):
        time.sleep(0.01)
    code, _, err = call(capsys, *given)
    assert code == 2
    assert "Another sweep is writing to" in err
    assert "stay in" not in err
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "r" / "results.csv").exists()
    told = call(capsys, *given)[1]
    assert 2 <= told["resumed"] < 6
    expected = table(measured_row(plan, key) for key in plan.places())
    found = pandas.read_parquet(tmp_path / "r" / "results.parquet")
    pandas.testing.assert_frame_equal(
        found.drop(columns="seconds"), expected.drop(columns="seconds"), check_exact=True
    )


def test_the_processes_of_a_killed_sweep_end(tmp_path: Path, plan: Plan) -> None:
    """SIGKILL leaves nobody who could stop them."""
    many = save_plan(replace(plan, realisations=500), tmp_path / "many.json")
    given = ["sweep", str(many), "--workers", "2", "-o", str(tmp_path / "r")]
    command = [sys.executable, "-m", "napari_assb_twin", *given]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    rows = tmp_path / "r" / "rows.jsonl"
    while process.poll() is None and not (rows.exists() and rows.read_text().count("\n") > 2):
        time.sleep(0.01)
    begun = psutil.Process(process.pid).children(recursive=True)
    assert ["spawn_main" in " ".join(one.cmdline()) for one in begun].count(True) == 2
    process.kill()
    assert process.wait() == -signal.SIGKILL
    until = time.monotonic() + 20
    while (left := [one for one in begun if is_alive(one)]) and time.monotonic() < until:
        time.sleep(0.1)
    for one in left:
        one.kill()
    assert not left


def is_alive(process: psutil.Process) -> bool:
    """A container may keep what ended until somebody asks for it."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_workers_and_a_cluster_are_two_ways(tmp_path: Path, file: Path, capsys: Any) -> None:
    given = ("--workers", 2, "--scheduler", "tcp://x:1", "-o", tmp_path / "r")
    assert "not allowed with" in call(capsys, "sweep", file, *given)[2]
    assert "workers is 0" in call(capsys, "sweep", file, "--workers", 0, "-o", tmp_path / "r")[2]


def test_the_volume_is_the_one_that_was_measured(tmp_path: Path, file: Path, capsys: Any) -> None:
    call(capsys, "sweep", file, "-o", tmp_path / "r")
    volume = tmp_path / "v.tif"
    where = ("--scenario", 2, "--realisation", 2, "-o", volume)
    call(capsys, "regenerate", tmp_path / "r", *where)
    frame = pandas.read_csv(tmp_path / "r" / "results.csv").set_index(["scenario", "realisation"])
    shares = np.bincount(tifffile.imread(volume).ravel(), minlength=3) / (32 * 34 * 36)
    names = ("pore", "active_material", "solid_electrolyte")
    found = [frame.loc[(2, 2), f"volume_fraction.{name}"] for name in names]
    np.testing.assert_allclose(found, shares, rtol=1e-12)
