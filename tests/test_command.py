"""The command from the first preset to an export, and what it answers to wrong calls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

import napari_assb_twin as nat
from napari_assb_twin import cli
from napari_assb_twin.export.formats import FORMATS
from napari_assb_twin.twin.phases import PAIRS, PHASES

PAIR_KEYS = [f"{i},{j}" for i, j in PAIRS]


@dataclass(frozen=True)
class Outcome:
    """Exit code, stdout and stderr of one call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1
        assert self.out.endswith("\n")
        document = json.loads(self.out, parse_constant=lambda text: pytest.fail(text))
        assert isinstance(document, dict)
        return document


Run = Callable[..., Outcome]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def twin_file(tmp_path: Path) -> Path:
    return nat.save_twin(nat.preset("pressed"), tmp_path / "a.twin.json")


def test_a_high_parametric_twin_is_generated_and_has_exact_curves(run: Run, tmp_path: Path) -> None:
    twin, volume = tmp_path / "a.twin.json", tmp_path / "v.tif"
    run("new", "--preset", "layered", "-o", twin)
    document = json.loads(twin.read_text(encoding="utf-8"))
    assert document["fields"]["X"]["correlation"]["family"] == "high-parametric"
    made = run("generate", twin, "-o", volume, "--json").json
    assert made["shape"] == [128, 128, 128]
    curves = {
        direction: run(
            "coverage", twin, "--lags-um", "0.2,1", "--direction", direction, "--json"
        ).json["pairs"]["active_material,active_material"]
        for direction in ("in-plane", "through-plane")
    }
    labels = tifffile.imread(volume) == 1
    for axis, direction in ((2, "in-plane"), (0, "through-plane")):
        for lag, exact in zip((2, 10), curves[direction], strict=True):
            counted = (labels & np.roll(labels, lag, axis=axis)).mean()
            assert counted == pytest.approx(exact, abs=0.02)
    assert curves["in-plane"][1] > curves["through-plane"][1] + 0.05


# --- the whole path --------------------------------------------------------------------------


def test_a_high_parametric_twin_is_reduced_and_the_loss_told(run: Run, tmp_path: Path) -> None:
    twin, reduced = tmp_path / "a.twin.json", tmp_path / "b.twin.json"
    run("new", "--preset", "layered", "-o", twin)
    told = run("reduce", twin, "-o", reduced, "--json").json
    assert nat.load_twin(reduced).X.correlation.length_um > 0  # type: ignore[union-attr]
    assert told["twin"] == json.loads(reduced.read_text(encoding="utf-8"))
    assert told["correlation_rms"]["X"] > told["correlation_rms"]["Y"] == 0
    assert 0 < told["curves"]["rms"] < told["curves"]["max"] < 0.1
    words = run("reduce", twin, "-o", reduced).out
    assert f"max {told['curves']['max']:.4f}" in words
    assert "Y: low-parametric already, kept" in words
    assert run("reduce", reduced, "-o", twin).out.count("already") == 2
    refused = run("reduce", twin, "-o", tmp_path / "none" / "b.twin.json")
    assert refused.code == 2
    assert refused.err.count("\n") == 1


def test_from_a_preset_to_a_calibrated_twin_and_its_export(run: Run, tmp_path: Path) -> None:
    """presets, new, generate, coverage of both, calibrate, export of both; lengths in um."""
    names = [preset["name"] for preset in run("presets", "--json").json["presets"]]
    assert len(names) >= 5
    twin, volume, fitted = (tmp_path / n for n in ("a.twin.json", "v.tif", "b.twin.json"))
    document = run("new", "--preset", names[0], "-o", twin, "--json").json
    assert document["twin"] == json.loads(twin.read_text(encoding="utf-8"))

    made = run("generate", twin, "--shape", "96,80,72", "--seed", 3, "-o", volume, "--json").json
    labels = tifffile.imread(volume)
    assert labels.shape == tuple(made["shape"]) == (96, 80, 72)
    assert labels.dtype == np.uint8
    assert made["voxel_size_um"] == 0.1
    assert made["device"] in ("cpu", "cuda")
    assert made["seconds"] >= 0
    for value, phase in enumerate(PHASES):
        assert made["volume_fractions"][phase] == pytest.approx((labels == value).mean())

    exact = run("coverage", twin, "--lags-um", "0.1,0.2,0.5", "--json").json
    expected = nat.coverage(nat.load_twin(twin), [0.1, 0.2, 0.5])
    assert exact["lags_um"] == [0.1, 0.2, 0.5]
    assert list(exact["pairs"]) == PAIR_KEYS
    for i, j in PAIRS:
        assert exact["pairs"][f"{i},{j}"] == pytest.approx(expected[i, j].tolist())
    assert exact["volume_fractions"]["pore"] == pytest.approx(0.11)

    measured = run("coverage", volume, "--json").json  # the TIFF holds its voxel size
    estimate = nat.estimate_coverage(labels, voxel_size_um=0.1)
    assert measured["lags_um"] == pytest.approx(estimate.lags_um.tolist())
    assert list(measured["pairs"]) == PAIR_KEYS
    for i, j in PAIRS:
        assert measured["pairs"][f"{i},{j}"] == pytest.approx(estimate[i, j].tolist())

    answer = run("calibrate", "--volume", volume, "--bootstrap", 2, "-o", fitted, "--json").json
    assert answer["twin"] == json.loads(fitted.read_text(encoding="utf-8"))
    fit = answer["fit"]
    assert fit["method"] == "coverage"
    assert 0 < fit["rms"] <= fit["max"] < 0.1
    assert fit["seconds"] > 0
    assert answer["twin"]["uncertainty"]["pore"] > 0
    assert answer["twin"]["provenance"]["sources"] == ["v.tif"]
    assert nat.load_twin(fitted).symmetry == "cylindrical"

    for source, folder in ((volume, "from volume"), (fitted, "from twin")):
        out = tmp_path / "new" / folder
        told = run("export", source, "--to", "geodict", "--through-axis", "x", "-o", out, "--json")
        assert told.json["folder"] == str(out)
        assert sorted(path.name for path in out.iterdir()) == sorted(told.json["entries"])
        assert list(out.glob("*.raw"))
        assert list((out / "tiff_stack").glob("*.tif"))
        (readme,) = out.glob("README*")
        judged = "Not judged" if source == fitted else "not made from a twin"
        assert judged in readme.read_text(encoding="utf-8")
    raw = next((tmp_path / "new" / "from volume").glob("*.raw"))
    turned = np.fromfile(raw, np.uint8).reshape(72, 80, 96)
    np.testing.assert_array_equal(turned, labels.swapaxes(0, 2))
    run("export", volume, "--to", "tiff", "-o", tmp_path / "t", "--json").json["entries"]
    np.testing.assert_array_equal(tifffile.imread(next((tmp_path / "t").glob("*.tif"))), labels)


def test_the_through_axis_holds_for_every_format(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    np.save(tmp_path / "v.npy", volume)
    call = ("export", tmp_path / "v.npy", "--voxel-size-um", 0.1, "--through-axis", "x")
    assert run(*call, "--to", "tiff", "-o", tmp_path / "t").code == 0
    turned = tifffile.imread(next((tmp_path / "t").glob("*.tif")))
    np.testing.assert_array_equal(turned, volume.swapaxes(0, 2))


@pytest.mark.parametrize("to", list(FORMATS))
def test_every_format_of_an_export(run: Run, tmp_path: Path, to: str) -> None:
    labels = np.random.default_rng(0).integers(0, 3, (6, 7, 8)).astype(np.uint8)
    np.save(tmp_path / "v.npy", labels)
    call = ("export", tmp_path / "v.npy", "--voxel-size-um", "0.2,0.1,0.1", "--to", to)
    told = run(*call, "--resample", "--separator-side", "last", "-o", tmp_path / to, "--json").json
    assert sorted(path.name for path in (tmp_path / to).iterdir()) == told["entries"]
    files = [path for path in (tmp_path / to).rglob("*") if path.is_file()]
    assert told["bytes"] == sum(path.stat().st_size for path in files)
    (readme,) = (tmp_path / to).glob("*README*.txt")
    text = readme.read_text(encoding="utf-8")
    assert "Resampled to cubic voxels" in text
    assert "mirror image" in text


def test_an_export_is_called_as_its_source_and_takes_units(run: Run, tmp_path: Path) -> None:
    labels = np.random.default_rng(0).integers(0, 3, (6, 7, 8)).astype(np.uint8)
    np.save(tmp_path / "sample 0.1um b.npy", labels)
    call = (
        "export",
        tmp_path / "sample 0.1um b.npy",
        "--voxel-size-um",
        "100nm",
        "--to",
        "ome-tiff",
    )
    assert run(*call, "--resample", "50nm", "-o", tmp_path / "one").code == 0
    made = tmp_path / "one" / "sample 0.1um b.ome.tif"
    np.testing.assert_array_equal(
        tifffile.imread(made), labels.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    )
    again = run("export", made, "--to", "mha", "-o", tmp_path / "two", "--json").json
    assert again["entries"] == ["sample 0.1um b.mha", "sample 0.1um b_README.txt"]


def test_a_mesh_tells_what_smoothing_lost_and_takes_its_options(run: Run, tmp_path: Path) -> None:
    labels = np.ones((9, 9, 9), np.uint8)
    labels[4], labels[6:] = 2, 0
    np.save(tmp_path / "v.npy", labels)
    call = ("export", tmp_path / "v.npy", "--voxel-size-um", 0.1, "--to", "stl")
    told = run(*call, "--mesh-smoothing", 1.5, "-o", tmp_path / "a")
    assert told.code == 0
    assert "warning: The surface of solid electrolyte (SE) encloses 0%" in told.err
    fine = run(*call, "--mesh-smoothing", 0, "--mesh-unit", "um", "-o", tmp_path / "b", "--json")
    assert fine.json["entries"] == ["v_README.txt", *(f"v_{phase}.stl" for phase in sorted(PHASES))]
    assert not fine.json["reservations"]
    assert "0.1 x 0.1 x 0.1 um" in (tmp_path / "b" / "v_README.txt").read_text(encoding="utf-8")
    assert "in micrometres" in (tmp_path / "b" / "v_README.txt").read_text(encoding="utf-8")


def test_for_people_there_are_words(run: Run, tmp_path: Path, twin_file: Path) -> None:
    volume = tmp_path / "v.tif"
    for call in (
        ("presets",),
        ("new", "--preset", "blobs", "-o", tmp_path / "b.twin.json"),
        ("generate", twin_file, "--shape", "72,72,72", "-o", volume),
        ("coverage", twin_file, "--lags-um", "0.1"),
        ("coverage", volume),
        ("calibrate", "--volume", volume, "--bootstrap", 0, "-o", tmp_path / "c.twin.json"),
        ("export", volume, "--to", "tiff", "-o", tmp_path / "out"),
    ):
        outcome = run(*call)
        assert outcome.code == 0, outcome.err
        assert outcome.out.strip()
        assert not outcome.out.startswith("{")
        assert "Traceback" not in outcome.err


def test_the_same_call_writes_the_same_bytes(run: Run, tmp_path: Path, twin_file: Path) -> None:
    contents = []
    for name in ("one.tif", "two.tif"):
        run("generate", twin_file, "--shape", "72,72,72", "-o", tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    run("generate", twin_file, "--shape", "72,72,72", "--seed", 1, "-o", tmp_path / "one.tif")
    assert (tmp_path / "one.tif").read_bytes() != contents[0]


def test_generate_takes_shape_and_seed_from_the_twin(run: Run, tmp_path: Path) -> None:
    from dataclasses import replace

    twin = nat.preset("pressed")
    twin = replace(twin, seed=9, grid=replace(twin.grid, shape=(72, 73, 74)))
    path = nat.save_twin(twin, tmp_path / "a.twin.json")
    made = run("generate", path, "-o", tmp_path / "v.tif", "--json").json
    assert made["shape"] == [72, 73, 74]
    np.testing.assert_array_equal(
        tifffile.imread(tmp_path / "v.tif"), nat.generate(twin, device="cpu")
    )


def test_directions_differ(run: Run, twin_file: Path) -> None:
    in_plane = run("coverage", twin_file, "--lags-um", "0.3", "--json").json
    named = run("coverage", twin_file, "--lags-um", "0.3", "--direction", "in-plane", "--json").json
    through = run(
        "coverage", twin_file, "--lags-um", "0.3", "--direction", "through-plane", "--json"
    ).json
    assert in_plane == named
    assert through["pairs"] != in_plane["pairs"]


# --- images and their options ----------------------------------------------------------------


@pytest.fixture(scope="module")
def volume() -> np.ndarray:
    twin = nat.preset("pressed")
    return nat.generate(twin, shape=(72, 80, 88), seed=1, device="cpu")


def test_labels_are_mapped_and_merged(run: Run, tmp_path: Path, volume: np.ndarray) -> None:
    """Signed labels, two of them pores, and a masked corner."""
    section = volume[:, :, 0].copy()
    other = np.array([-5, 100, 7], np.int16)[section]
    other[0:20, 0:20][section[0:20, 0:20] == 0] = 3
    other[60:, 60:] = 9
    section[60:, 60:] = 255
    tifffile.imwrite(tmp_path / "a.tif", other)
    answer = run(
        *("coverage", tmp_path / "a.tif", "--plane", "yz", "--voxel-size-um", "0.1", "--json"),
        *("--phases", "pore=-5+3,active_material=100,solid_electrolyte=7,outside=9"),
    ).json
    expected = nat.estimate_coverage(section, voxel_size_um=0.1, plane="yz")
    for i, j in PAIRS:
        assert answer["pairs"][f"{i},{j}"] == pytest.approx(expected[i, j].tolist())


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_pressing_axis_is_turned_to_z(
    run: Run, tmp_path: Path, volume: np.ndarray, axis: int
) -> None:
    """A file whose pressing axis lies elsewhere, with voxels of three different edges."""
    edges = [0.1, 0.12, 0.15]
    sizes = edges[1:]
    sizes.insert(axis, edges[0])
    np.save(tmp_path / "v.npy", np.moveaxis(volume, 0, axis))
    options = ("--voxel-size-um", ",".join(map(str, sizes)), "--pressing-axis", axis, "--json")
    for direction in ("in-plane", "through-plane"):
        answer = run("coverage", tmp_path / "v.npy", "--direction", direction, *options).json
        expected = nat.estimate_coverage(volume, voxel_size_um=edges, direction=direction)  # type: ignore[arg-type]
        assert answer["lags_um"] == pytest.approx(expected.lags_um.tolist())
        for i, j in PAIRS:
            assert answer["pairs"][f"{i},{j}"] == pytest.approx(expected[i, j].tolist())


def test_a_section_that_was_pressed_along_its_columns(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    section = volume[:, :, 0]
    np.save(tmp_path / "s.npy", np.ascontiguousarray(section.T))
    answer = run(
        *("coverage", tmp_path / "s.npy", "--plane", "yz", "--voxel-size-um", "0.2,0.1", "--json"),
        *("--pressing-axis", 1, "--direction", "through-plane"),
    ).json
    expected = nat.estimate_coverage(
        section, voxel_size_um=(0.1, 0.2), plane="yz", direction="through-plane"
    )
    assert answer["lags_um"] == pytest.approx(expected.lags_um.tolist())
    assert answer["pairs"]["pore,pore"] == pytest.approx(expected["pore", "pore"].tolist())


def test_the_pressing_axis_is_stored(run: Run, tmp_path: Path, volume: np.ndarray) -> None:
    np.save(tmp_path / "v.npy", np.moveaxis(volume, 0, 2))
    options = ("--voxel-size-um", "0.1", "--pressing-axis", 2, "--bootstrap", 0)
    out = tmp_path / "a.twin.json"
    answer = run("calibrate", "--volume", tmp_path / "v.npy", *options, "-o", out, "--json").json
    assert '"pressing_axis": 2' in json.dumps(answer["twin"]["provenance"])


def test_sections_are_gathered_from_files_and_pages(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    """--yz A B --yz C, one of them of several pages, are as many sections as there are pages."""
    cuts = [np.ascontiguousarray(volume[:, :, x]) for x in (0, 40, 80)]
    tifffile.imwrite(tmp_path / "a.tif", cuts[0])
    tifffile.imwrite(tmp_path / "b.tif", np.stack(cuts[1:]))
    np.save(tmp_path / "c.npy", cuts[0].T.copy().T)
    Image.fromarray(volume[5]).save(tmp_path / "d.png")
    options = ("--voxel-size-um", "0.1", "--bootstrap", 0, "--first-phase", "active_material")
    answer = run(
        *("calibrate", "--yz", tmp_path / "a.tif", tmp_path / "b.tif", "--yz", tmp_path / "c.npy"),
        *("--xy", tmp_path / "d.png", *options, "-o", tmp_path / "o.twin.json", "--json"),
    ).json
    provenance = answer["twin"]["provenance"]
    planes = {entry["plane"]: len(entry["sections"]) for entry in provenance["data"]}
    assert planes == {"yz": 4, "xy": 1}
    assert sorted(provenance["sources"]) == ["a.tif", "b.tif", "c.npy", "d.png"]


def test_options_of_calibrate_are_kept_to(run: Run, tmp_path: Path, volume: np.ndarray) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(volume[:, :, 0]))
    answer = run(
        *("calibrate", "--yz", tmp_path / "a.tif", "--voxel-size-um", "0.1", "--json"),
        *("--fix", "pore=0.12", "X.anisotropy=0.7", "--fix", "Y.smoothness=inf"),
        *("--fields", "X=gaussian:lower,Y=chi-square:2:lower", "--seed", 5, "--bootstrap", 2),
        *("--first-phase", "solid_electrolyte", "--second-phase", "active_material"),
        *("--method", "coverage", "--model", "low-parametric", "--symmetry", "cylindrical"),
        *("-o", tmp_path / "o.twin.json"),
    ).json
    twin = answer["twin"]
    assert twin["volume_fractions"]["pore"] == 0.12
    assert twin["fields"]["X"]["correlation"]["anisotropy"] == 0.7
    assert twin["fields"]["Y"]["correlation"]["smoothness"] is None
    assert twin["fields"]["X"]["tail"] == "lower"
    assert twin["fields"]["Y"]["degrees_of_freedom"] == 2
    assert (twin["first_phase"], twin["second_phase"]) == ("solid_electrolyte", "active_material")
    assert twin["seed"] == 5
    assert "pore" not in twin["uncertainty"]
    assert "X.length_um" in twin["uncertainty"]


def test_the_second_phase_is_the_scarcer_of_the_two_left(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(volume[:, :, 0]))
    for first, second in (("pore", "solid_electrolyte"), ("solid_electrolyte", "pore")):
        answer = run(
            *("calibrate", "--yz", tmp_path / "a.tif", "--voxel-size-um", "0.1", "--json"),
            *("--bootstrap", 0, "--first-phase", first, "-o", tmp_path / "o.twin.json"),
        ).json
        shares = answer["twin"]["volume_fractions"]
        assert answer["twin"]["second_phase"] == second
        assert shares[second] == min(v for k, v in shares.items() if k != first)


def test_plan_views_alone_give_an_isotropic_twin(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(volume[0]))
    out = tmp_path / "o.twin.json"
    call = ("calibrate", "--xy", tmp_path / "a.tif", "--voxel-size-um", "0.1", "--bootstrap", 0)
    assert run(*call, "-o", out, "--json").json["twin"]["symmetry"] == "isotropic"


def test_an_anisotropic_pixel_is_given_as_rows_and_columns(
    run: Run, tmp_path: Path, volume: np.ndarray
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(volume[:, :, 0]))
    call = ("coverage", tmp_path / "a.tif", "--plane", "xz", "--voxel-size-um", "0.2,0.1")
    rows = run(*call, "--direction", "through-plane", "--json").json["lags_um"]
    columns = run(*call, "--json").json["lags_um"]
    assert rows[:2] == [0, 0.2]
    assert columns[:2] == [0, 0.1]


# --- warnings --------------------------------------------------------------------------------


def test_a_small_box_is_warned_of_on_stderr(run: Run, tmp_path: Path, twin_file: Path) -> None:
    outcome = run("generate", twin_file, "--shape", "40,40,40", "-o", tmp_path / "v.tif", "--json")
    assert outcome.json["shape"] == [40, 40, 40]
    lines = outcome.err.splitlines()
    assert any("correlation lengths of field X" in line for line in lines)
    assert all(line.startswith("assb-twin: warning: ") for line in lines)


def test_a_clipped_covariance_is_warned_of_on_stderr(
    run: Run, tmp_path: Path, twin_file: Path
) -> None:
    outcome = run("generate", twin_file, "--shape", "24,24,24", "-o", tmp_path / "v.tif", "--json")
    assert outcome.code == 0
    assert "of the variance of field X does not fit" in outcome.err


# --- wrong calls -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, volume: np.ndarray) -> Path:
    """A folder of good and bad files."""
    folder = tmp_path_factory.mktemp("desk")
    twin = nat.preset("pressed")
    nat.save_twin(twin, folder / "a.twin.json")
    text = (folder / "a.twin.json").read_text(encoding="utf-8")
    (folder / "key.twin.json").write_text(text.replace('"anisotropy"', '"anisotrpy"'))
    (folder / "version.twin.json").write_text(text.replace('"version": 1', '"version": 7'))
    (folder / "sum.twin.json").write_text(text.replace("0.45", "0.55"))
    (folder / "negative.twin.json").write_text(text.replace('"length_um": 0.7', '"length_um": -1'))
    (folder / "long.twin.json").write_text(text.replace('"length_um": 0.7', '"length_um": 70'))
    (folder / "clipped.twin.json").write_text(text.replace('"length_um": 0.7', '"length_um": 9'))
    section = np.ascontiguousarray(volume[:, :, 0])
    tifffile.imwrite(folder / "s.tif", section)
    tifffile.imwrite(folder / "v.tif", volume)
    tifffile.imwrite(folder / "small.tif", section[:31])
    tifffile.imwrite(folder / "two.tif", np.minimum(section, 1))
    tifffile.imwrite(folder / "labels.tif", np.array([0, 127, 254], np.uint8)[section])
    tifffile.imwrite(folder / "float.tif", (section / 3).astype(np.float32))
    tifffile.imwrite(folder / "nan.tif", np.where(section == 0, np.nan, section).astype("f4"))
    tifffile.imwrite(folder / "rgb.tif", np.stack([section] * 3, axis=-1), photometric="rgb")
    np.save(folder / "four.npy", np.stack([volume, volume]))
    np.save(folder / "one.npy", section.ravel())
    content = (folder / "v.tif").read_bytes()
    (folder / "cut.tif").write_bytes(content[: len(content) // 2])
    (folder / "text.tif").write_text("no image")
    options: Any = {"imagej": True, "metadata": {"unit": "um"}}
    for name, pixel in (("p1.tif", 0.1), ("p2.tif", 0.2)):
        tifffile.imwrite(folder / name, section, resolution=(1 / pixel, 1 / pixel), **options)
    (folder / "folder").mkdir()
    return folder


CAL = (
    *("calibrate", "--yz", "s.tif", "--voxel-size-um", "0.1", "--bootstrap", "0"),
    *("-o", "new.twin.json"),
)
TRAIN = (*CAL, "--method", "combined")
COV = ("coverage", "s.tif", "--plane", "yz", "--voxel-size-um", "0.1")
GEN = ("generate", "a.twin.json", "-o", "new.tif")
EXP = ("export", "v.tif", "--voxel-size-um", "0.1", "--to", "geodict", "-o", "newdir")


def without(call: Sequence[str], *options: str) -> tuple[str, ...]:
    """A call without some options and their values."""
    kept = list(call)
    for option in options:
        index = kept.index(option)
        del kept[index : index + 2]
    return tuple(kept)


WRONG: list[tuple[tuple[str, ...], str]] = [
    # the command itself
    (("nonsense",), "nonsense"),
    (("generate",), "A.twin.json"),
    (("generate", "a.twin.json"), "--output"),
    (("presets", "--nonsense"), "--nonsense"),
    # twin files
    (("generate", "none.twin.json", "-o", "new.tif"), "none.twin.json"),
    (("coverage", "key.twin.json", "--lags-um", "0.1"), "anisotrpy"),
    (("coverage", "version.twin.json", "--lags-um", "0.1"), "version"),
    (("coverage", "sum.twin.json", "--lags-um", "0.1"), "sum to"),
    (("coverage", "negative.twin.json", "--lags-um", "0.1"), "length_um"),
    (("generate", "long.twin.json", "-o", "new.tif"), "longer than the box"),
    (("generate", "clipped.twin.json", "-o", "new.tif"), "enlarge the box"),
    (("export", "long.twin.json", "--to", "geodict", "-o", "newdir"), "longer than the box"),
    (("new", "--preset", "nonsense", "-o", "new.twin.json"), "pressed"),
    # generate
    ((*GEN, "--shape", "64,64"), "three whole numbers"),
    ((*GEN, "--shape", "64,64,0"), "three whole numbers"),
    ((*GEN, "--shape", "64,64,6.4"), "three whole numbers"),
    ((*GEN, "--shape", "a,b,c"), "three whole numbers"),
    ((*GEN, "--shape", "4,4,4"), "longer than the box"),
    ((*GEN, "--shape", "50000,50000,50000"), "on the disk"),
    ((*GEN, "--shape", ",".join(["1" + "0" * 25] * 3)), "on the disk"),
    ((*GEN, "--seed", "-1"), "whole number"),
    ((*GEN, "--seed", "1.5"), "whole number"),
    ((*GEN, "--device", "tpu"), "tpu"),
    (("generate", "a.twin.json", "-o", "none/new.tif"), "does not exist"),
    (("generate", "a.twin.json", "-o", "folder"), "is a folder"),
    (("generate", "s.tif", "-o", "new.tif"), "s.tif"),
    # coverage
    (("coverage", "a.twin.json"), "--lags-um"),
    (("coverage", "a.twin.json", "--lags-um", "0.1;0.2"), "0.1;0.2"),
    (("coverage", "a.twin.json", "--lags-um", ""), "numbers"),
    (("coverage", "a.twin.json", "--lags-um", "-0.1"), "below zero"),
    (("coverage", "a.twin.json", "--lags-um", "nan"), "finite"),
    (("coverage", "a.twin.json", "--lags-um", "0.1", "--direction", "z"), "through-plane"),
    ((*COV, "--lags-um", "5"), "between 0 and"),
    (("coverage", "s.tif", "--plane", "yz"), "--voxel-size-um"),
    (("coverage", "s.tif", "--voxel-size-um", "0.1"), "plane"),
    (("coverage", "v.tif", "--voxel-size-um", "nan"), "positive"),
    (("coverage", "v.tif", "--voxel-size-um", "0"), "positive"),
    (("coverage", "v.tif", "--voxel-size-um", "0.1,0.1"), "3 axes"),
    ((*without(COV, "--voxel-size-um"), "--voxel-size-um", "1,1,1"), "2 axes"),
    ((*without(COV, "--plane"), "--plane", "xy", "--direction", "through-plane"), "Plan views"),
    ((*without(COV, "--plane"), "--plane", "zy"), "zy"),
    # images, by coverage
    *(
        (("coverage", name, "--plane", "yz", "--voxel-size-um", "0.1"), words)
        for name, words in [
            ("none.tif", "none.tif does not exist"),
            ("folder", "folder"),
            ("cut.tif", "cut.tif"),
            ("text.tif", "text.tif"),
            ("rgb.tif", "colour"),
            ("float.tif", "segmented"),
            ("nan.tif", "NaN"),
            ("small.tif", "32"),
            ("two.tif", "three phases"),
            ("labels.tif", "--phases pore=0,active_material=127,solid_electrolyte=254"),
            ("four.npy", "axes"),
            ("one.npy", "axes"),
        ]
    ),
    ((*COV, "--phases", "pore=0,active_material=1,solid_electrolyte=9"), "label 9"),
    ((*COV, "--phases", "pore=0,active_material=1"), "solid_electrolyte"),
    ((*COV, "--phases", "pore=0,active_material=1,solid_electrolyte=x"), "whole numbers"),
    ((*COV, "--phases", "pore=0,active_material=1,binder=2"), "binder"),
    (("coverage", "v.tif", "--voxel-size-um", "0.1", "--pressing-axis", "3"), "pressing-axis"),
    ((*COV, "--thresholds", "1"), "two grey values"),
    ((*COV, "--thresholds", "2,1"), "lower first"),
    ((*COV, "--thresholds", "1,9"), "9 lies outside"),
    ((*COV, "--thresholds", "1.2,1.5"), "move them apart"),
    ((*COV, "--thresholds", "1,2", "--dark-to-bright", "pore"), "each phase once"),
    ((*COV, "--dark-to-bright", "pore,solid_electrolyte,active_material"), "--thresholds 90,160"),
    (
        (*COV, "--thresholds", "1,2", "--phases", "pore=0,active_material=1,solid_electrolyte=2"),
        "one of them",
    ),
    (
        ("coverage", "float.tif", "--plane", "yz", "--voxel-size-um", "0.1", "--thresholds", "1,2"),
        "1 lies outside",
    ),
    ((*COV, "--thresholds", "auto", "--contrast", "9"), "two percentiles"),
    ((*COV, "--thresholds", "auto", "--contrast", "9,1"), "lower first"),
    ((*COV, "--thresholds", "auto", "--denoise", "blur"), "median:1"),
    ((*COV, "--thresholds", "auto", "--denoise", "nlm:0"), "above 0"),
    ((*COV, "--thresholds", "auto", "--min-object-px", "-3"), "whole number"),
    ((*COV, "--thresholds", "auto", "--min-object-px", "99999"), "smaller minimal size"),
    ((*COV, "--flatten"), "--thresholds auto"),
    ((*COV, "--scribbles", "s.tif", "--thresholds", "auto"), "one of them"),
    ((*COV, "--scribbles", "none.tif"), "none.tif"),
    ((*COV, "--scribbles", "small.tif"), "size of the image"),
    ((*COV, "--scribbles", "labels.tif"), "0 (nothing)"),
    ((*COV, "--scribbles", "s.tif", "--scribbles", "s.tif"), "2 files of scribbles for 1 image"),
    ((*CAL, "--scribbles", "s.tif", "--threshold-doubt", "3"), "--thresholds auto"),
    ((*COV, "--denoise", "median:1"), "--thresholds auto"),
    # calibrate
    ((*CAL, "--threshold-doubt", "1"), "--thresholds 90,160"),
    (without(CAL, "--yz"), "--volume"),
    ((*CAL, "--volume", "v.tif"), "not both"),
    ((*without(CAL, "--yz"), "--xy", "s.tif", "--symmetry", "cylindrical"), "Plan views"),
    ((*without(CAL, "--yz"), "--volume", "s.tif"), "volume"),
    ((*without(CAL, "--yz"), "--yz", "none.tif"), "none.tif"),
    ((*without(CAL, "--yz"), "--yz", "cut.tif"), "cut.tif"),
    ((*without(CAL, "--yz"), "--yz", "two.tif"), "three phases"),
    ((*without(CAL, "--yz"), "--yz", "small.tif"), "32"),
    ((*without(CAL, "--yz", "--voxel-size-um"), "--yz", "p1.tif", "p2.tif"), "p2.tif"),
    ((*without(CAL, "--yz", "--voxel-size-um"), "--yz", "p1.tif", "--xz", "p2.tif"), "pixel size"),
    ((*without(CAL, "-o"), "-o", "none/new.twin.json"), "does not exist"),
    ((*without(CAL, "-o"), "-o", "folder"), "is a folder"),
    (without(CAL, "-o"), "--output"),
    ((*CAL, "--fix", "pore"), "--fix"),
    ((*CAL, "--fix", "pore=x"), "--fix"),
    ((*CAL, "--fix", "porosity=0.1"), "X.length_um"),
    ((*CAL, "--fix", "pore=1.5"), "pore"),
    ((*CAL, "--fix", "pore=nan"), "pore"),
    ((*CAL, "--fix", "pore=0.6", "active_material=0.5"), "leave nothing"),
    ((*CAL, "--fix", "pore=0.6", "active_material=0.5", "solid_electrolyte=0.5"), "sum to"),
    ((*CAL, "--fix", "X.length_um=-1"), "length_um"),
    ((*CAL, "--fix", "X.smoothness=0.3"), "smoothness"),
    ((*CAL, "--symmetry", "isotropic", "--fix", "X.anisotropy=0.7"), "isotropic"),
    ((*CAL, "--symmetry", "cubic"), "cubic"),
    ((*CAL, "--first-phase", "binder"), "binder"),
    ((*CAL, "--first-phase", "pore", "--second-phase", "pore"), "two phases"),
    ((*CAL, "--method", "guess"), "guess"),
    ((*CAL, "--fields", "X=gamma"), "--fields"),
    ((*CAL, "--fields", "Z=gaussian"), "--fields"),
    ((*CAL, "--fields", "X=chi-square:0"), "degrees"),
    ((*CAL, "--fields", "X=chi-square:2:sideways"), "--fields"),
    ((*CAL, "--fields", "X=gaussian,X=chi-square:1"), "--fields"),
    ((*CAL, "--bootstrap", "-1"), "whole number"),
    ((*CAL, "--section-spacing-um", "0"), "spacing"),
    ((*CAL, "--section-spacing-um", "-1"), "spacing"),
    ((*CAL, "--section-spacing-um", "nan"), "spacing"),
    ((*CAL, "--section-spacing-um", "1,2"), "spacing"),
    ((*CAL, "--pressing-axis", "2"), "pressing"),
    # training
    ((*TRAIN, "--seed", "99999999999999999999"), "The seed is 99999999999999999999"),
    ((*TRAIN, "--learning-rate", "inf"), "learning_rate is inf; it must be positive and finite"),
    ((*TRAIN, "--discriminator-share", "inf"), "discriminator_share is inf"),
    ((*TRAIN, "--tau", "nan"), "tau is nan"),
    ((*TRAIN, "--sections", "0"), "sections is 0; it must be 1 or more"),
    ((*TRAIN, "--checkpoint", "folder"), "is a folder"),
    ((*TRAIN, "--checkpoint", "none/run"), "does not exist"),
    ((*TRAIN, "--checkpoint", "a.twin.json"), "a.twin.json is no checkpoint of a training"),
    ((*TRAIN, "--checkpoint", "folder/../new.twin.json"), "--checkpoint and -o both name"),
    # export
    (("export", "v.tif", "--to", "geodict", "-o", "newdir"), "--voxel-size-um"),
    (("export", "s.tif", "--voxel-size-um", "0.1", "--to", "geodict", "-o", "newdir"), "section"),
    (("export", "v.tif", "--voxel-size-um", "0.1", "-o", "newdir"), "--to"),
    ((*without(EXP, "--to"), "--to", "gdt"), "gdt"),
    ((*EXP, "--mesh-unit", "um"), "is for stl and ply"),
    ((*EXP, "--separator-side", "up"), "separator-side"),
    ((*EXP, "--resample", "0"), "--resample"),
    ((*EXP, "--resample", "tiny"), "tiny"),
    ((*without(EXP, "--to"), "--to", "ply", "--mesh-smoothing", "-1"), "--mesh-smoothing"),
    ((*without(EXP, "-o"), "-o", "s.tif"), "is a file"),
    ((*EXP, "--through-axis", "y"), "through-axis"),
    ((*without(EXP, "--voxel-size-um"), "--voxel-size-um", "0.1,0.2,0.1"), "cubic"),
]


@pytest.mark.parametrize(
    ("call", "words"), WRONG, ids=[" ".join((c[0], *c[1:][-3:])) for c, _ in WRONG]
)
def test_a_wrong_call_is_answered_in_one_line(
    run: Run,
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(desk)
    before = sorted(str(path) for path in desk.rglob("*"))
    outcome = run(*call)
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("assb-twin: "), outcome.err
    assert outcome.err.count("\n") == 1
    assert "\r" not in outcome.err
    assert outcome.err.endswith("\n")
    assert "Traceback" not in outcome.err
    assert words in outcome.err
    assert sorted(str(path) for path in desk.rglob("*")) == before


def test_an_existing_file_survives_a_wrong_call(
    run: Run, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    target = tmp_path / "kept"
    target.write_text("old")
    for call in (
        (*without(GEN, "-o"), "--shape", "4,4,4", "-o", target),
        (*without(CAL, "-o"), "--fix", "pore=1.5", "-o", target),
        ("new", "--preset", "nonsense", "-o", target),
    ):
        assert run(*call).code == 2
        assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_folder_that_may_not_be_written_to(
    run: Run, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated: whoever runs the tests may be allowed everything."""
    monkeypatch.chdir(desk)

    def refused(self: Path, *arguments: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "replace", refused)
    outcome = run("new", "--preset", "pressed", "-o", tmp_path / "a.twin.json")
    assert outcome.code == 2
    assert "permission denied" in outcome.err
    assert not list(tmp_path.iterdir())


def test_help_is_no_error(run: Run) -> None:
    for call in (("--help",), ("generate", "--help"), ("calibrate", "--help")):
        outcome = run(*call)
        assert outcome.code == 0
        assert "usage" in outcome.out


# --- what is imported ------------------------------------------------------------------------

SCRIPT = """
import json, os, sys
os.chdir(sys.argv[1])
from napari_assb_twin.cli import main
from napari_assb_twin.twin import device
for call in json.loads(sys.argv[2]):
    driver = call.pop(0)
    device.nvidia_driver_present = lambda: driver
    code = main(call)
    loaded = [m for m in ("torch", "napari", "qtpy", "matplotlib") if m in sys.modules]
    print("CODE", code, loaded)
"""


def test_quick_answers_do_not_load_torch(desk: Path, tmp_path: Path) -> None:
    """Exact curves, calibration and refusals, with an NVIDIA driver on the machine or without."""
    out = str(tmp_path / "o.twin.json")
    calls: list[tuple[list[Any], int]] = [
        ([False, "presets"], 0),
        ([False, "coverage", "a.twin.json", "--lags-um", "0.1,0.2", "--json"], 0),
        ([False, *CAL[:-1], out, "--bootstrap", "1", "--first-phase", "pore"], 0),
        ([False, "reduce", "a.twin.json", "-o", out], 0),
        ([False, *COV], 0),
        ([False, "generate", "key.twin.json", "-o", "new.tif"], 2),
        ([False, "generate", "a.twin.json", "-o", "none/new.tif"], 2),
        ([False, *GEN, "--shape", "4,4,4"], 2),
        ([False, *GEN, "--device", "cuda"], 2),
        *(([False, *call], 2) for call, _ in WRONG if call[: len(TRAIN)] == TRAIN),
        ([False, *TRAIN, "--device", "cuda"], 2),
        ([True, *CAL[:-1], out, "--bootstrap", "1", "--first-phase", "pore"], 0),
        ([True, *GEN, "--shape", "4,4,4"], 2),
        ([True, "export", "long.twin.json", "--to", "geodict", "-o", "newdir"], 2),
        ([True, "generate", "clipped.twin.json", "-o", "new.tif"], 2),
    ]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(desk), json.dumps([call for call, _ in calls])],
        capture_output=True,
        text=True,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("CODE")]
    assert len(answers) == len(calls), done.stderr
    for (call, code), answer in zip(calls, answers, strict=True):
        assert answer == f"CODE {code} []", call


def test_the_module_is_the_command(desk: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "napari_assb_twin", "coverage", "a.twin.json", "--lags-um", "x"],
        cwd=desk,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_own_presets_are_listed_and_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from napari_assb_twin.twin.own_presets import save_preset

    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path / "presets"))
    twin = nat.load_twin(written_preset(run, tmp_path, "dense"))
    save_preset(twin, "my cathode")
    (tmp_path / "presets" / "bad.twin.json").write_text("{")
    answer = run("presets", "--json")
    own = [one["name"] for one in answer.json["presets"] if one["own"]]
    assert own == ["my cathode"]
    assert answer.err.count("bad.twin.json") == 2  # the path, and what is wrong with the file
    assert "my cathode         (own preset)" in run("presets").out
    assert nat.load_twin(written_preset(run, tmp_path, "my cathode")) == twin
    refused = run("new", "--preset", "bad", "-o", tmp_path / "b.twin.json")
    assert refused.code == 2
    assert refused.err.count("\n") == 1


def written_preset(run: Run, folder: Path, name: str) -> Path:
    path = folder / "preset.twin.json"
    assert run("new", "--preset", name, "-o", path).code == 0
    return path


def test_coverage_writes_a_table(run: Run, tmp_path: Path) -> None:
    twin, table = written_preset(run, tmp_path, "pressed"), tmp_path / "c.csv"
    assert run("coverage", twin, "--lags-um", "0,0.5", "-o", table).out == f"{table}\n"
    rows = table.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "lag_um,direction,pair,kind,value,standard_error"
    assert len(rows) == 1 + 6 * 2
    assert rows[1].startswith('0.0,in-plane,"pore,pore",model,0.1')
    answer = run("coverage", twin, "--lags-um", "0,0.5", "--json", "-o", table)
    assert answer.json["lags_um"] == [0, 0.5]
    refused = run("coverage", twin, "--lags-um", "0", "-o", tmp_path / "nowhere" / "c.csv")
    assert refused.code == 2


# --- comparing samples -----------------------------------------------------------------------


def test_twins_are_compared(run: Run, twin_file: Path, tmp_path: Path) -> None:
    other, table = tmp_path / "b.twin.json", tmp_path / "table.csv"
    run("new", "--preset", "dense", "-o", other)
    document = run("compare", twin_file, other, "-o", table, "--json").json
    assert document["names"] == ["a", "b"]
    (pair,) = document["pairs"]
    porosity = pair["rows"][0]
    assert porosity["difference"] == pytest.approx(0.04 - 0.11)
    assert porosity["verdict"] == "no error known"
    assert {row["verdict"] for row in pair["rows"] if row["path"] == "X.length_um"} == {
        "not comparable"
    }
    assert table.read_text(encoding="utf-8").startswith("first,second,quantity")
    done = run("compare", twin_file, other)
    assert (done.code, done.err) == (0, "")
    assert "triple-phase boundary [1/µm²]" in done.out
    assert "\nb: No verdict: this twin has no record of a fit" in done.out
    assert document["verdicts"]["a"][0].startswith("No verdict")
    assert run("compare", twin_file, other, "-o", table).out == f"{table}\n"


def test_one_twin_is_not_compared(run: Run, twin_file: Path, tmp_path: Path) -> None:
    done = run("compare", twin_file)
    assert done.code == 2
    assert "at least two" in done.err
    assert run("compare", twin_file, tmp_path / "none.twin.json").code == 2
