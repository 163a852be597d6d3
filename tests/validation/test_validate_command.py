"""``assb-twin validate``: a folder with table, page, figures and twins; or one sentence."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
import tifffile

from napari_assb_twin.cli import main
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.twin.twin_file import load_twin

pytestmark = pytest.mark.xdist_group("one validation")  # all but a few tests look at the same one

PICTURES = {"sections.png", "scores.svg", "curves_in-plane.svg", "curves_through-plane.svg"}
SCORED = ("low_z", "low_p", "high_z", "high_p")


@pytest.fixture(scope="module")
def volume(tmp_path_factory):
    box = Torus((64, 64, 64), (0.1, 0.1, 0.1))
    labels = WindowSampler(preset("pressed"), box)(np.random.default_rng(3))
    path = tmp_path_factory.mktemp("volumes") / "box <b>.tif"
    tifffile.imwrite(path, labels)
    return path


def arguments(path, folder, *more: str) -> list[str]:
    return [
        "validate", "--volume", str(path), "--voxel-size-um", "0.1", "--device", "cpu",
        "-o", str(folder), *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def written(volume, tmp_path_factory):
    folder = tmp_path_factory.mktemp("validation") / "out"
    more = ("--planes", "6", "--realisations", "2", "--seed", "4", "--axis", "x")
    assert main(arguments(volume, folder, *more)) == 0
    return folder


def test_everything_is_measured_and_written(written) -> None:
    names = {path.name for path in written.iterdir()}
    assert PICTURES | {"chords.svg", "sizes.svg"} <= names
    assert {"validation.html", "validation.csv", "validation.json"} <= names
    assert len(names) == 11
    found = json.loads((written / "validation.json").read_text())
    kinds = {row["quantity"].partition(".")[0] for row in found["rows"]}
    assert {
        *("volume_fraction", "area_per_um", "triple_phase_boundary_per_um2", "mean_chord_um"),
        *("euler_density_per_um3", "percolating_share", "active_material_utilised"),
        *("geodesic_tortuosity", "constrictivity", "relative_conductivity"),
        *("coverage", "chords", "sizes"),
    } <= kinds
    assert found["options"]["seed"] == 4
    assert found["halves"] == {"axis": "x", "layers": 32}
    assert [one["plane"] for one in found["sections"]] == ["xy", "yz"]
    assert [len(one["sha256"][0]) for one in found["data"]] == [64, 64]


def test_figures_of_an_earlier_validation_do_not_stay(volume, written, tmp_path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(written, folder)
    (folder / "notes.txt").write_text("mine")
    more = ("--planes", "6", "--realisations", "2", "--measure", "composition")
    assert main(arguments(volume, folder, *more)) == 0
    names = {path.name for path in folder.iterdir()}
    gone = {path.name for path in written.iterdir()} - names
    assert gone == {"chords.svg", "sizes.svg"}
    assert PICTURES | {"notes.txt"} <= names


def test_the_table_holds_what_the_json_holds(written) -> None:
    with (written / "validation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = json.loads((written / "validation.json").read_text())["rows"]
    assert [row["quantity"] for row in rows] == [row["quantity"] for row in found]
    for row, one in zip(rows, found, strict=True):
        assert row["definition"]
        for name in SCORED:
            assert row[name] == ("" if one[name] is None else str(one[name]))


def test_the_twins_can_be_opened_and_know_their_data(written, volume) -> None:
    for model in ("low-parametric", "high-parametric"):
        twin = load_twin(written / f"{model}.twin.json")
        assert twin.provenance["sources"] == [volume.name]
        assert twin.provenance["model"] == model
        assert [one["plane"] for one in twin.provenance["data"]] == ["xy", "yz"]


def test_the_page_is_one_file_that_escapes_names(written) -> None:
    html = (written / "validation.html").read_text(encoding="utf-8")
    assert "box &lt;b&gt;.tif" in html
    assert "<b>" not in html
    assert html.count("data:image/") == 6
    assert "http" not in html.split("</style>")[1].replace("http-equiv", "")
    assert "The other half was never seen by the fit." in html


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--planes", "33", "--axis", "y"], "planes xz, but 33 are asked for"),
        (["--realisations", "1"], "--realisations is 1; it must be from 2 to 64"),
        (["--crop", "0:40,:,:"], "is too small to be validated along y"),
        (["--measure", "flavour"], "There are no descriptors 'flavour'"),
    ],
)
def test_one_sentence_for_bad_input(volume, tmp_path, capsys, more, said) -> None:
    assert main(arguments(volume, tmp_path / "out", *more)) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_two_labels_are_refused(tmp_path, capsys) -> None:
    labels = np.random.default_rng(0).integers(0, 2, (64, 64, 64), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "two.tif", labels)
    assert main(arguments(tmp_path / "two.tif", tmp_path / "out")) == 2
    error = capsys.readouterr().err.strip()
    assert "solid electrolyte" in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()
