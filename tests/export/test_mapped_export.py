"""A volume file is exported plane by plane: its labels stay in the file, whatever they are."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from napari_assb_twin import cli
from napari_assb_twin.images import labels as labels_of_images
from napari_assb_twin.images.formats import binary, tiff

SHAPE = (60, 200, 210)
PHASES = "pore=7+-3,active_material=1000,solid_electrolyte=2,outside=5"
CODES = {7: 0, -3: 0, 1000: 1, 2: 2, 5: 255, 255: 255}


@pytest.fixture(autouse=True)
def mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (binary, tiff):
        monkeypatch.setattr(module, "MAPPED_FROM", 1 << 10)
    monkeypatch.setattr(labels_of_images, "_CHUNK", 1 << 14)  # pieces in which they are counted


def export(file: Path, folder: Path, *options: str) -> np.ndarray:
    arguments = [str(file), "--to", "tiff", "-o", str(folder), "--voxel-size-um", "0.1"]
    assert cli.main(["export", *arguments, *options]) == 0
    return tifffile.imread(folder / f"{file.stem}.tif")


@pytest.mark.parametrize("dtype", [np.int16, ">i4", np.float32])
def test_any_labels_become_phases(tmp_path: Path, dtype: Any) -> None:
    labels = np.random.default_rng(0).choice(list(CODES), (6, 7, 8)).astype(dtype)
    np.save(tmp_path / "v.npy", labels)
    expected = np.vectorize(CODES.get)(labels.astype(int))
    written = export(tmp_path / "v.npy", tmp_path / "a", "--phases", PHASES)
    np.testing.assert_array_equal(written, expected)
    turned = export(tmp_path / "v.npy", tmp_path / "b", "--phases", PHASES, "--pressing-axis", "2")
    np.testing.assert_array_equal(turned, np.moveaxis(expected, 2, 0))


@pytest.mark.parametrize(
    "options", [(), ("--phases", "pore=1,active_material=0,solid_electrolyte=2")]
)
def test_it_takes_less_memory_than_a_copy(tmp_path: Path, options: tuple[str, ...]) -> None:
    labels = np.random.default_rng(0).integers(0, 3, SHAPE).astype(np.uint8)
    tifffile.imwrite(tmp_path / "v.tif", labels)
    export(tmp_path / "v.tif", tmp_path / "first", *options)  # imports
    tracemalloc.start()
    arguments = ["--to", "raw", "-o", str(tmp_path / "out"), "--voxel-size-um", "0.1", *options]
    assert cli.main(["export", str(tmp_path / "v.tif"), *arguments]) == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (raw,) = (tmp_path / "out").glob("*.raw")
    table = np.array([1, 0, 2] if options else [0, 1, 2])
    np.testing.assert_array_equal(np.fromfile(raw, np.uint8).reshape(SHAPE), table[labels])
    assert peak < 0.6 * labels.size
