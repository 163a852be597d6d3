"""No command writes over what it reads, nor among the results of a sweep."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
import tifffile

import napari_assb_twin as nat
from napari_assb_twin import cli
from napari_assb_twin.commands.outputs import OUTPUTS, check_outputs
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import OWN

READS = "which this command reads"
RESULTS = "results of a sweep"
FOLDER = "folder of a sweep's results"

VARY = ("--vary", "pore=0.1:0.2")
ROW = ("--scenario", "0", "--realisation", "0")
VOXEL = ("--voxel-size-um", "0.1")
GRADES = ("--pore", "0.1,0.2", "--active-material", "0.5,0.5")
WANT = ("--want", "porosity=0.2")

WRONG: list[tuple[tuple[str, ...], str]] = [
    # what is read
    (("describe", "v.tif", *VOXEL, "-o", "v.tif"), READS),
    (("describe", "v.tif", *VOXEL, "-o", "folder/../v.tif"), READS),
    (("describe", "v.tif", *VOXEL, "-o", "link.csv"), READS),
    (("describe", "link.csv", *VOXEL, "-o", "v.tif"), READS),
    (("describe", "v.tif", *VOXEL, "--distributions", "v.tif"), READS),
    (("describe", "a.twin.json", "-o", "a.twin.json"), READS),
    (("describe", "slices", *VOXEL, "-o", "slices/s01.tif"), READS),
    (("describe", "v.tif", *VOXEL, "--mask", "m.tif", "-o", "m.tif"), READS),
    (("box", "a.twin.json", "--error", "0.1", "-o", "a.twin.json"), READS),
    (("plan", "a.twin.json", *VARY, "-o", "a.twin.json"), READS),
    (("generate", "a.twin.json", "-o", "a.twin.json"), READS),
    (("grade", "a.twin.json", *GRADES, "-o", "a.twin.json"), READS),
    (("reduce", "a.twin.json", "-o", "a.twin.json"), READS),
    (("report", "a.twin.json", "-o", "a.twin.json"), READS),
    (("compare", "b.twin.json", "a.twin.json", "-o", "a.twin.json"), READS),
    (("coverage", "a.twin.json", "--lags-um", "0.1", "-o", "a.twin.json"), READS),
    (("calibrate", "--xz", "m.tif", "v.tif", *VOXEL, "-o", "v.tif"), READS),
    (("calibrate", "--volume", "v.tif", *VOXEL, "--checkpoint", "v.tif", "-o", "n"), READS),
    (("export", "slices", *VOXEL, "--to", "tiff", "-o", "slices"), READS),
    (("validate", "--volume", "slices", *VOXEL, "-o", "slices"), READS),
    (("collect", "R", "p.csv", "-o", "p.csv"), READS),
    (("sweep", "p.json", "-o", "p.json"), READS),
    (("learn", "table", "-o", "table"), READS),
    (("design", "table", *WANT, "-o", "table/results.csv"), READS),
    (("view", "v.tif", "--screenshot", "v.tif"), READS),
    # over what an export reads: only when its names are known
    (("export", "v.tif", *VOXEL, "--to", "tiff", "-o", "."), "would be written over"),
    # results
    (("collect", "R", "p.csv", "-o", "R/results.csv"), RESULTS),
    (("collect", "R", "p.csv", "-o", "R/results.parquet"), RESULTS),
    (("describe", "v.tif", *VOXEL, "-o", "R/results.csv"), RESULTS),
    (("describe", "v.tif", *VOXEL, "--distributions", "R/rows.jsonl"), RESULTS),
    (("design", "R", *WANT, "-o", "R/plan.json"), RESULTS),
    (("design", "R/results.csv", *WANT, "-o", "R/plan.json"), RESULTS),
    (("new", "--preset", "pressed", "-o", "R/plan.json"), RESULTS),
    (("plan", "a.twin.json", *VARY, "-o", "R/README.txt"), RESULTS),
    (("regenerate", "R", *ROW, "-o", "R/results.parquet"), RESULTS),
    (("learn", "R", "-o", "R"), FOLDER),
    (("learn", "R/results.csv", "-o", "R"), FOLDER),
    (("validate", "--volume", "v.tif", *VOXEL, "-o", "R"), FOLDER),
    (("export", "v.tif", *VOXEL, "--to", "tiff", "-o", "R"), FOLDER),
    # one file for two things
    (("describe", "v.tif", *VOXEL, "-o", "d.csv", "--distributions", "folder/../d.csv"),
     "--distributions and -o both name d.csv"),
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin, images of several kinds, and what looks like the results of a sweep."""
    folder = tmp_path_factory.mktemp("outputs")
    for name in ("a", "b"):
        nat.save_twin(nat.preset("pressed"), folder / f"{name}.twin.json")
    labels = np.random.default_rng(0).integers(0, 3, (33, 34, 35)).astype(np.uint8)
    tifffile.imwrite(folder / "v.tif", labels)
    tifffile.imwrite(folder / "m.tif", labels)
    (folder / "link.csv").symlink_to(folder / "v.tif")
    for name in ("folder", "slices", "table", "R"):
        (folder / name).mkdir()
    for number, plane in enumerate(labels):
        tifffile.imwrite(folder / "slices" / f"s{number:02d}.tif", plane)
    for name in OWN:
        (folder / "R" / name).write_text(name)
    for file in (folder / "p.csv", folder / "p.json", folder / "table" / "results.csv"):
        file.write_text("of a user")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("call", "words"), WRONG, ids=[" ".join(call) for call, _ in WRONG])
def test_what_is_needed_is_not_written_over(
    desk: Path,
    call: tuple[str, ...],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(desk)
    before = content(desk)
    assert cli.main(call) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert content(desk) == before


def test_every_path_of_a_command_is_known_as_read_or_written() -> None:
    """A new option that is written to must be named in `OUTPUTS`."""
    read = {"files", "from_twin", "mask", "plan", "results", "scribbles", "source"}
    read |= {"tables", "twin", "twins", "volume", "xy", "xz", "yz"}
    found = set()
    for action in cli.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                found |= {one.dest for one in sub._actions if one.type is Path}
    assert found == read | set(OUTPUTS)


def test_an_older_output_is_replaced(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside what is read, too, and beside the results of a sweep."""
    monkeypatch.chdir(tmp_path)
    twin = desk / "a.twin.json"
    tifffile.imwrite(tmp_path / "v.tif", tifffile.imread(desk / "v.tif"))
    (tmp_path / "R").mkdir()
    (tmp_path / "R" / "rows.jsonl").write_text("rows")
    quick = ("--measure", "composition,chords", "--along", "z")
    calls: list[tuple[str, ...]] = [
        ("describe", "v.tif", *VOXEL, *quick, "-o", "d.csv", "--distributions", "c.csv"),
        ("describe", "v.tif", *VOXEL, *quick, "-o", "R/described.csv"),
        ("new", "--preset", "pressed", "-o", "new.twin.json"),
        ("plan", str(twin), *VARY, "-o", "plan.json"),
        ("export", "v.tif", *VOXEL, "--to", "nrrd", "-o", "."),
    ]
    for call in calls:
        assert [cli.main(call), cli.main(call)] == [0, 0], call
    assert (tmp_path / "R" / "rows.jsonl").read_text() == "rows"


def test_a_sweep_goes_on_in_its_folder_with_the_plan_that_lies_there(tmp_path: Path) -> None:
    for name in OWN:
        (tmp_path / name).write_text(name)
    options = argparse.Namespace(plan=tmp_path / "plan.json", output=tmp_path)
    check_outputs(options, goes_on=True)
    with pytest.raises(InputError, match=FOLDER):
        check_outputs(options)


def test_an_axis_of_files_that_are_not_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["sweep", str(tmp_path / "plan.json"), "-o", str(tmp_path / "r")]
    assert cli.main([*call, "--through-axis", "x"]) == 2
    assert "--through-axis is for the files of --export" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()
