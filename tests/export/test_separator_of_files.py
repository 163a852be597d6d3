"""A graded volume that `generate` wrote still knows its separator when it is exported later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

import napari_assb_twin as nat
from napari_assb_twin import cli
from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.twin import tiles
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.twin_file import save_twin
from napari_assb_twin.twin.volume_note import VolumeNote, note_in

NOTE = VolumeNote(separator_side="last", graded=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Much pore at the separator, which is at the last slice; short lengths in a flat box."""
    twin = nat.preset("blobs")
    short = replace(twin.X.correlation, length_um=0.15)  # type: ignore[type-var]
    twin = replace(
        twin,
        X=replace(twin.X, correlation=short),
        Y=replace(twin.Y, correlation=short),
        grid=replace(twin.grid, shape=(24, 64, 64), voxel_size_um=0.1),
    )
    profile = {"depth": (0, 1), "pore": (0.4, 0.1), "active_material": (0.3, 0.3)}
    return save_twin(graded(twin, **profile, separator_side="last"), tmp_path / "a.twin.json")


@pytest.mark.parametrize(
    ("name", "blocks"), [("v.tif", False), ("v.tif", True), ("v.zarr", True), ("v.raw", True)]
)
def test_an_export_of_the_file_begins_at_the_separator(
    tmp_path: Path, file: Path, name: str, blocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "EDGES", (32,))
    made = tmp_path / name
    asked = ["--blocks"] if blocks else []
    assert cli.main(["generate", str(file), *asked, "-o", str(made)]) == 0
    image = read_image(made)
    assert image.note == NOTE
    pores = (image.array == 0).mean(axis=(1, 2))
    assert pores[-4:].mean() > pores[:4].mean() + 0.1
    assert cli.main(["export", str(made), "--to", "tiff", "-o", str(tmp_path / "out")]) == 0
    written = tifffile.imread(tmp_path / "out" / "v.tif")
    np.testing.assert_array_equal(written, image.array[::-1])
    told = (tmp_path / "out" / "v_README.txt").read_text(encoding="utf-8")
    assert "Graded: the volume fractions change along Z" in told
    assert "mirror image" in told


def test_another_side_than_that_of_the_file_is_refused(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "v.tif"
    assert cli.main(["generate", str(file), "-o", str(made)]) == 0
    command = ["export", str(made), "--to", "tiff", "-o", str(tmp_path / "out")]
    assert cli.main([*command, "--separator-side", "first"]) == 2
    assert "separator at its last slice" in capsys.readouterr().err
    # of another axis the file says nothing
    assert cli.main([*command, "--pressing-axis", "1"]) == 0
    told = (tmp_path / "out" / "v_README.txt").read_text(encoding="utf-8")
    assert "Nobody said where the separator is" in told


def test_a_bigtiff_says_it_in_its_ome_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("napari_assb_twin.export.tiff.LARGEST_IMAGEJ", 1)
    labels = np.arange(60, dtype=np.uint8).reshape(3, 4, 5) % 3
    write_tiff(tmp_path / "v.tif", labels, voxel_size_um=0.1, note=NOTE)
    image = read_image(tmp_path / "v.tif")
    assert image.note == NOTE
    assert image.voxel_size_um == pytest.approx((0.1,) * 3)


@pytest.mark.parametrize(
    "held",
    [
        None,
        "made by somebody",
        '"assb-twin"',
        "[" * 4000,
        '{"assb-twin": 1}',
        '{"assb-twin": {"separator_side": "top", "graded": true}}',
        '{"assb-twin": {"separator_side": ["last"], "graded": true}}',
        '{"assb-twin": {"separator_side": "last"}}',
    ],
)
def test_comments_of_others_say_nothing(held: Any) -> None:
    assert note_in(held) is None
    assert note_in(NOTE.text()) == note_in(NOTE.attributes()) == NOTE
