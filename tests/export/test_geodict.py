"""What GeoDict imports is the volume, and the README says what must be typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.geodict import export_geodict
from napari_assb_twin.twin.phases import PHASES


@pytest.fixture
def volume() -> np.ndarray:
    """Three different edges, and a corner that tells every axis and direction apart."""
    volume = np.random.default_rng(0).integers(0, 2, (4, 5, 7)).astype(np.uint8)
    volume[0, 0, :3] = volume[0, :2, 0] = volume[0, 0, 0] = 2
    return volume


def test_the_raw_file_is_the_volume(tmp_path: Path, volume: np.ndarray) -> None:
    assert export_geodict(volume, tmp_path / "out", voxel_size_um=0.1) == tmp_path / "out"
    raw = tmp_path / "out" / "cathode_7x5x4_0.1um_8bit.raw"
    assert raw.stat().st_size == 7 * 5 * 4
    content = np.fromfile(raw, np.uint8)
    np.testing.assert_array_equal(content.reshape(4, 5, 7), volume)
    # x fastest, z slowest: the voxel (x, y, z) = (3, 2, 1) is byte 3 + 7 * (2 + 5 * 1)
    assert content[3 + 7 * (2 + 5 * 1)] == volume[1, 2, 3]


def test_through_x_exchanges_x_and_z(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1, through_axis="x", stem="a")
    content = np.fromfile(tmp_path / "a_4x5x7_0.1um_8bit.raw", np.uint8).reshape(7, 5, 4)
    np.testing.assert_array_equal(content, volume.transpose(2, 1, 0))
    # GeoDict's X = 0 is the first slice of the pressing direction
    np.testing.assert_array_equal(content[:, :, 0].T, volume[0])
    assert len(list((tmp_path / "tiff_stack").iterdir())) == 7


def test_the_stack_has_three_greys_far_apart(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.25)
    names = sorted(path.name for path in (tmp_path / "tiff_stack").iterdir())
    assert names == [f"cathode_Z0000{number}.tif" for number in (1, 2, 3, 4)]
    for name, plane in zip(names, volume, strict=True):
        with tifffile.TiffFile(tmp_path / "tiff_stack" / name) as file:
            page = file.pages[0]
            np.testing.assert_array_equal(page.asarray(), np.array([0, 127, 254])[plane])
            assert (page.dtype, page.compression, len(file.pages)) == (np.uint8, 1, 1)
            numerator, denominator = page.tags["XResolution"].value
            assert page.tags["ResolutionUnit"].value == 3  # centimetre
            assert 1e4 * denominator / numerator == pytest.approx(0.25)


def test_readme_and_json_count_the_fractions(tmp_path: Path, volume: np.ndarray) -> None:
    model = dict(zip(PHASES, (0.11, 0.45, 0.44), strict=True))
    export_geodict(volume, tmp_path, voxel_size_um=0.1, expected_fractions=model)
    text = (tmp_path / "README_geodict.txt").read_text()
    rows = re.findall(r"^  0([012]) +(\d+) +([\d.]+) +([\d.]+)  (.+)$", text, re.MULTILINE)
    assert len(rows) == 3
    facts = json.loads((tmp_path / "cathode.json").read_text())
    for code, (number, grey, fraction, expected, name) in enumerate(rows):
        counted = np.count_nonzero(volume == code) / volume.size
        assert (int(number), int(grey)) == (code, 127 * code)
        assert float(fraction) == pytest.approx(counted, abs=1e-6)
        assert float(expected) == model[PHASES[code]]
        assert name.startswith(PHASES[code].replace("_", " "))
        assert facts["materials"][code]["volume_fraction"] == counted


def test_the_readme_has_every_number_to_type(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.125)
    text = (tmp_path / "README_geodict.txt").read_text()
    for words in (
        "NX, NY, NZ     7, 5, 4",
        "0.125 um  =  125 nm  =  1.25e-07 m",
        "Header size    0",
        "64 and 191",
        "0.5 and 1.5",
        "cathode_7x5x4_0.125um_8bit.raw",
        "140 bytes",
        "Neither the files nor the macro were run in GeoDict",
        "Create Segmentation",
    ):
        assert words in text


@pytest.mark.parametrize("axis", ["x", "z"])
@pytest.mark.parametrize(
    ("periodic", "answer"), [(True, "yes"), (False, "no"), (None, "not known")]
)
def test_the_readme_names_faces_and_periodicity(
    tmp_path: Path, volume: np.ndarray, axis: Any, periodic: bool | None, answer: str
) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1, through_axis=axis, periodic=periodic)
    text = (tmp_path / "README_geodict.txt").read_text()
    assert re.search(rf"{axis.upper()} = 0 +separator side", text)
    assert re.search(rf"{axis.upper()} = maximum +current collector side", text)
    assert re.search(rf"\(periodic\): {answer}(,|$)", text, re.MULTILINE)
    assert ("--through-axis x" in text) == (axis == "z")


def test_a_second_export_replaces_the_first(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    export_geodict(volume[:2], tmp_path, voxel_size_um=0.1)
    assert len(list((tmp_path / "tiff_stack").iterdir())) == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_stack_of_somebody_else_is_left_alone(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "tiff_stack").mkdir()
    (tmp_path / "tiff_stack" / "microscope.tif").write_text("mine")
    with pytest.raises(InputError, match=r"microscope\.tif"):
        export_geodict(volume, tmp_path, voxel_size_um=0.1)
    assert [path.name for path in tmp_path.rglob("*")] == ["tiff_stack", "microscope.tif"]


def _with(volume: np.ndarray, value: int) -> np.ndarray:
    changed = volume.copy()
    changed[1, 1, 1] = value
    return changed


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda v: _with(v, 255), {}, "crop it"),
        (lambda v: _with(v, 3), {}, "0, 1, 2, 3"),
        (lambda v: v * np.uint8(127), {}, "0, 127, 254"),
        (lambda v: v[0], {}, "three axes"),
        (lambda v: v[:0], {}, "three axes"),
        (lambda v: v.astype(float), {}, "uint8"),
        (lambda v: v, {"voxel_size_um": 0}, "positive"),
        (lambda v: v, {"voxel_size_um": float("nan")}, "positive"),
        (lambda v: v, {"voxel_size_um": (0.1, 0.1)}, "positive"),
        (lambda v: v, {"voxel_size_um": (0.2, 0.1, 0.1)}, "resample"),
        (lambda v: v, {"through_axis": "y"}, "--through-axis"),
        (lambda v: v, {"stem": "a/b"}, "cannot begin file names"),
        (lambda v: v, {"stem": "a\\b"}, "cannot begin file names"),
        (lambda v: v, {"stem": ".."}, "cannot begin file names"),
        (lambda v: v, {"stem": ""}, "cannot begin file names"),
    ],
)
def test_what_geodict_cannot_take(
    tmp_path: Path, volume: np.ndarray, change: Any, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        export_geodict(change(volume), tmp_path / "out", **{"voxel_size_um": 0.1, **options})
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_three_equal_sizes_are_cubic(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=(0.1, 0.1, 0.1))
    assert json.loads((tmp_path / "cathode.json").read_text())["voxel_length_um"] == 0.1


def test_nothing_is_left_when_writing_fails(
    tmp_path: Path, volume: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="no space left on device"):
        export_geodict(volume, tmp_path / "new" / "out", voxel_size_um=0.1)
    assert not list(tmp_path.iterdir())


def test_readme_and_json_tell_the_verdict(tmp_path: Path, volume: np.ndarray) -> None:
    lines = ("The twin does not fit.", "The phases drift across the sections. " * 4)
    export_geodict(volume, tmp_path, voxel_size_um=0.1, verdict_lines=lines)
    text = (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")
    paragraph = text.partition("VERDICT OF THE CALIBRATION")[2].partition("FEWEST CLICKS")[0]
    told = " ".join(paragraph.split())
    assert told == f"{lines[0]} - {lines[1].strip()}"
    assert max(map(len, paragraph.splitlines())) <= 100
    assert json.loads((tmp_path / "cathode.json").read_text())["verdict"] == list(lines)


def test_a_measured_volume_has_no_calibration(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    text = (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")
    assert "The volume was not made from a twin" in text
