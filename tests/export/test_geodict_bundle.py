"""The whole bundle read back, and its macro run against a stand-in that records its calls."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from geodict_double import Recorder

from napari_assb_twin.errors import InputError, TwinWarning
from napari_assb_twin.export import raw
from napari_assb_twin.export.geodict import export_geodict
from napari_assb_twin.images.reading import read_image

KEYS = {
    *("FileName", "DimensionX", "DimensionY", "DimensionZ", "VoxelLength", "ResampleToVoxel"),
    *("CutImage", "CutStartX", "CutStartY", "CutStartZ", "CutLengthX", "CutLengthY", "CutLengthZ"),
    *("HeaderSize", "ThresholdValue", "IsRawFile", "IsBigEndian", "ImageDimensions"),
    *("Material00", "Material01"),
}
"""Of the import that was recorded in GeoDict 2026."""


def run(text: str, folder: str) -> tuple[str, dict[str, Any], str]:
    """The one call of a macro; it may import nothing and knows few names."""
    nodes = list(ast.walk(ast.parse(text)))
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)
    gd = Recorder(folder)
    exec(text, {"gd": gd, "__builtins__": {"ValueError": ValueError}})
    (call,) = gd.calls
    return call


@pytest.fixture
def volume() -> np.ndarray:
    """Three different edges, and a corner that tells every axis and direction apart."""
    volume = np.random.default_rng(0).integers(0, 3, (4, 5, 7)).astype(np.uint8)
    volume[0, 0, :3] = volume[0, :2, 0] = volume[0, 0, 0] = 2
    return volume


@pytest.mark.parametrize(("phase", "label"), [("active_material", 1), ("solid_electrolyte", 2)])
@pytest.mark.parametrize("axis", ["x", "z"])
def test_the_macro_imports_the_mask_of_a_phase(
    tmp_path: Path, volume: np.ndarray, phase: str, label: int, axis: Any
) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1, through_axis=axis, stem="a b'c")
    text = (tmp_path / "import_a b'c.py").read_text(encoding="utf-8")
    text, found = re.subn(r'^PHASE = ".*"$', f'PHASE = "{phase}"', text, flags=re.MULTILINE)
    assert found == 1
    command, told, release = run(text, str(tmp_path).replace("/", "\\"))
    assert (command, release) == ("ImportGeoVol:Import", "2026")
    assert set(told) == KEYS
    assert told["FileName"].startswith(str(tmp_path) + "/masks/a b'c_")
    mask = np.fromfile(told["FileName"], np.uint8)
    edges = told["DimensionZ"], told["DimensionY"], told["DimensionX"]
    expected = volume if axis == "z" else volume.swapaxes(0, 2)
    assert edges == expected.shape
    np.testing.assert_array_equal(mask.reshape(edges), expected == label)
    assert [told[f"Cut{what}{axis}"] for what in ("Start", "Length") for axis in "ZYX"] == [
        *(1, 1, 1),
        *edges,
    ]
    assert told["VoxelLength"] == 1e-7
    assert told["HeaderSize"] == 0
    assert 0 < told["ThresholdValue"] < 1
    assert told["IsRawFile"] is True
    assert told["IsBigEndian"] is told["CutImage"] is False


def test_the_first_phase_of_the_macro_is_the_active_material(
    tmp_path: Path, volume: np.ndarray
) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    _, told, _ = run((tmp_path / "import_cathode.py").read_text(encoding="utf-8"), str(tmp_path))
    assert Path(told["FileName"]).name == "cathode_AM_7x5x4_0.1um_8bit.raw"
    assert told["Material01"]["Information"] == "active material (CAM)"


def test_three_phases_need_keys_that_the_user_records(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    text = (tmp_path / "import_cathode.py").read_text(encoding="utf-8")
    every = text.replace('PHASE = "active_material"', 'PHASE = "all"')
    assert "paste recorded keys here" in text
    with pytest.raises(ValueError, match="record an import"):
        run(every, str(tmp_path))
    pasted = every.replace("RECORDED_KEYS = {}", 'RECORDED_KEYS = {"SecondThreshold": 1.5}')
    _, told, _ = run(pasted, str(tmp_path))
    assert told["SecondThreshold"] == 1.5
    content = np.fromfile(told["FileName"], np.uint8).reshape(volume.shape)
    np.testing.assert_array_equal(content, volume)


def test_a_macro_with_a_phase_that_is_none_says_so(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    text = (tmp_path / "import_cathode.py").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="'pore'; it must be one of active_material"):
        run(text.replace('PHASE = "active_material"', 'PHASE = "pore"'), str(tmp_path))


@pytest.mark.parametrize("axis", ["x", "z"])
@pytest.mark.parametrize("side", ["first", "last"])
def test_the_file_begins_at_the_separator(
    tmp_path: Path, volume: np.ndarray, axis: Any, side: Any
) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1, through_axis=axis, separator_side=side)
    facts = json.loads((tmp_path / "cathode.json").read_text())
    edges = [facts["voxels"][f"N{name}"] for name in "ZYX"]
    content = np.fromfile(tmp_path / facts["raw"]["file"], np.uint8).reshape(edges)
    at_separator = content[0] if axis == "z" else content[:, :, 0].T
    np.testing.assert_array_equal(at_separator, volume[0 if side == "first" else -1])
    text = (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")
    assert re.search(rf"{axis.upper()} = 0 +separator side", text)
    assert ("mirror image" in text) == facts["reversed_along_pressing_axis"] == (side == "last")
    assert not facts["separator_side_assumed"]


def test_an_assumed_separator_is_told(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    assert "--separator-side last" in (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("edge", ["smallest", 0.1])
def test_voxels_are_made_cubic_on_request(tmp_path: Path, volume: np.ndarray, edge: Any) -> None:
    sizes = (0.3, 0.2, 0.1)
    export_geodict(volume, tmp_path, voxel_size_um=sizes, resample_um=edge, periodic=True)
    facts = json.loads((tmp_path / "cathode.json").read_text())
    content = np.fromfile(tmp_path / facts["raw"]["file"], np.uint8).reshape(12, 10, 7)
    np.testing.assert_array_equal(content, volume.repeat(3, 0).repeat(2, 1))
    assert facts["voxel_length_um"] == 0.1
    assert facts["resampled_from"] == {"shape": [4, 5, 7], "voxel_size_um": [0.3, 0.2, 0.1]}
    assert facts["periodic"] is True  # the box is the same
    text = (tmp_path / "README_geodict.txt").read_text(encoding="utf-8")
    assert "Resampled to cubic voxels" in text
    assert "4 x 5 x 7 voxels with edges 0.3 x 0.2 x 0.1 um" in " ".join(text.split())


def test_larger_voxels_take_the_nearest_old_ones(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(
        volume, tmp_path, voxel_size_um=0.1, resample_um=0.2, through_axis="x", periodic=True
    )
    content = np.fromfile(tmp_path / "cathode_2x2x4_0.2um_8bit.raw", np.uint8).reshape(4, 2, 2)
    # centres of the new voxels, 0.1, 0.3 ... um, lie at the beginning of old voxels 1, 3, 5 ...
    expected = volume.swapaxes(0, 2)[[1, 3, 5, 6]][:, [1, 3]][:, :, [1, 3]]
    np.testing.assert_array_equal(content, expected)
    facts = json.loads((tmp_path / "cathode.json").read_text())
    assert facts["periodic"] is False  # 0.5 um are no whole number of new voxels
    counted = [np.count_nonzero(expected == label) / expected.size for label in range(3)]
    assert [one["volume_fraction"] for one in facts["materials"]] == counted


@pytest.mark.parametrize("edge", [0, -1, float("nan"), "tiny", 1e-6])
def test_edges_that_nothing_is_resampled_to(tmp_path: Path, volume: np.ndarray, edge: Any) -> None:
    with pytest.raises(InputError, match="--resample"):
        export_geodict(volume, tmp_path / "out", voxel_size_um=0.1, resample_um=edge)
    assert not list(tmp_path.iterdir())


def test_sidecars_describe_the_raw_file(tmp_path: Path, volume: np.ndarray) -> None:
    sitk = pytest.importorskip("SimpleITK")
    export_geodict(volume, tmp_path, voxel_size_um=0.1)
    image = sitk.ReadImage(str(tmp_path / "cathode_7x5x4_0.1um_8bit.mhd"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), volume)
    assert image.GetSpacing() == pytest.approx((1e-4, 1e-4, 1e-4), rel=1e-9)  # mm
    lines = (tmp_path / "cathode_7x5x4_0.1um_8bit.dat").read_text().splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told["ObjectFileName"] == "cathode_7x5x4_0.1um_8bit.raw"
    assert (told["Resolution"], told["Format"]) == ("7 5 4", "UCHAR")
    assert told["MeasurementUnit"] == "METER"
    assert [float(part) for part in told["SliceThickness"].split()] == pytest.approx([1e-7] * 3)


def test_the_tiff_stack_is_the_volume_too(tmp_path: Path, volume: np.ndarray) -> None:
    export_geodict(volume, tmp_path, voxel_size_um=0.1, through_axis="x", separator_side="last")
    pages = [read_image(file).array for file in sorted((tmp_path / "tiff_stack").iterdir())]
    np.testing.assert_array_equal(np.stack(pages) // 127, volume[::-1].swapaxes(0, 2))


def test_a_file_beyond_32_bits_is_told(
    tmp_path: Path, volume: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "LARGE", volume.size)
    with pytest.warns(TwinWarning, match=r"cathode_7x5x4_0\.1um_8bit\.raw has .*2\^31 bytes"):
        export_geodict(volume, tmp_path, voxel_size_um=0.1)


def test_masks_of_somebody_else_are_left_alone(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "mine.tif").write_text("mine")
    with pytest.raises(InputError, match=r"mine\.tif"):
        export_geodict(volume, tmp_path, voxel_size_um=0.1)
    assert [path.name for path in tmp_path.rglob("*")] == ["masks", "mine.tif"]


def test_a_bundle_of_the_same_name_is_replaced(tmp_path: Path, volume: np.ndarray) -> None:
    for number in (4, 3):
        export_geodict(volume[:number], tmp_path, voxel_size_um=0.1)
    masks = sorted(path.name for path in (tmp_path / "masks").iterdir())
    assert masks == ["cathode_AM_7x5x3_0.1um_8bit.raw", "cathode_SE_7x5x3_0.1um_8bit.raw"]
