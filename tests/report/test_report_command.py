"""``assb-twin report`` from a calibration on files to a page, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from napari_assb_twin import cli
from napari_assb_twin.report.record import Record
from napari_assb_twin.twin.twin_file import load_twin


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """The one JSON object that a call prints."""
    capsys.readouterr()
    assert cli.main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_from_files_to_a_page(fitted, undrawn, monkeypatch, capsys) -> None:
    """What `calibrate` records is what `report` reads, the sections by their SHA-256 included."""
    monkeypatch.chdir(fitted.folder)
    answer(
        capsys,
        *("calibrate", "--xy", "plan.png", "--xz", "a.png", "b.png", "--voxel-size-um", "0.1"),
        *("--phases", "pore=0,active_material=127,solid_electrolyte=254"),
        *("--bootstrap", "8", "--boundary-doubt-px", "1", "-o", "new.twin.json"),
    )
    told = answer(capsys, "report", "new.twin.json", "-o", "new.html")
    assert told["file"] == "new.html"
    assert told["verdict"] in ("fits", "fits with reservations", "does not fit")
    assert told["reservations"] == []
    assert told["measured_sections"] is True
    assert told["seed"] == 0
    record = Record.of(load_twin("new.twin.json"))
    assert record is not None
    assert [one.plane for one in record.files] == ["xy", "xz", "xz"]
    assert set(record.curves) == {"in-plane", "through-plane"}
    assert record.correlations is not None
    assert record.intervals.keys() >= {"pore", "X.length_um"}
    assert record.segmentation is not None
    assert len(record.segmentation.alternatives) == 6
    assert len(record.contacts) == 6
    assert any(one.name == "Euler number density" and one.z for one in record.statistics)
    assert record.derived
    text = Path("new.html").read_text(encoding="utf-8")
    assert f"Verdict: {told['verdict']}" in text
    assert all(str(one.sha256) in text for one in record.files)

    Path("b.png").write_bytes(Path("a.png").read_bytes())
    told = answer(capsys, "report", "new.twin.json", "-o", "new.html")
    assert told["measured_sections"] is False
    assert "b.png is not the file that was fitted" in told["sections_note"]


def test_a_twin_that_was_never_fitted(undrawn, tmp_path, capsys) -> None:
    twin = tmp_path / "new.twin.json"
    answer(capsys, "new", "--preset", "pressed", "-o", twin)
    told = answer(capsys, "report", twin, "-o", tmp_path / "new.html")
    assert told["verdict"] is None
    assert "no record of a fit" in told["reservations"][0]


@pytest.mark.parametrize(
    ("twin", "output", "words"),
    [
        ("gone.twin.json", "r.html", "There is no file"),
        ("cathode.twin.json", "nowhere/r.html", "does not exist"),
        ("cathode.twin.json", ".", "is a folder"),
        ("plan.png", "r.html", "not text"),
    ],
)
def test_refusals_are_one_line_and_leave_nothing(
    fitted, monkeypatch, capsys, twin: str, output: str, words: str
) -> None:
    monkeypatch.chdir(fitted.folder)
    before = sorted(fitted.folder.iterdir())
    assert cli.main(["report", twin, "-o", output]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert words in told.err
    assert sorted(fitted.folder.iterdir()) == before
