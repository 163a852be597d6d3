"""OME-Zarr: voxels, sizes and levels as another library reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

import napari_assb_twin as nat
from napari_assb_twin.errors import InputError
from napari_assb_twin.export import ome_zarr as store
from napari_assb_twin.export import zarr_folder
from napari_assb_twin.export.formats import format_named
from napari_assb_twin.export.ome_zarr import chunk_regions
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.run import export
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import prepare
from napari_assb_twin.steps import finished


def voxels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, shape).astype(np.uint8)


def read(path: Path) -> Any:
    """The layer that ome-zarr, the reference reader, makes of a store."""
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    location = parse_url(path, mode="r")
    assert location is not None
    return next(iter(Reader(location)()))


def fill(path: Path, volume: np.ndarray, size: Any) -> None:
    """All of a store from a volume in memory."""
    z, y, x = volume.shape
    store.create(path, (z, y, x), voxel_size_um=size, chunk=8)
    store.level(path, 0)[...] = volume
    for _ in store.coarser_levels(path):
        pass


def source(volume: np.ndarray) -> Source:
    return Source(labels=volume, voxel_size_um=(0.1, 0.1, 0.1))


def write(volume: np.ndarray, folder: Path) -> Path:
    finished(export(source(volume), folder, to="ome-zarr", stem="v"))
    return folder / "v.ome.zarr"


@pytest.mark.parametrize("shape", [(5, 6, 7), (33, 20, 41), (1, 40, 40)])
@pytest.mark.parametrize("size", [0.05, (0.2, 0.1, 0.07)])
def test_the_reference_reader_finds_voxels_sizes_and_levels(
    tmp_path: Path, shape: Any, size: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COARSEST", 10)
    volume = voxels(*shape)
    fill(tmp_path / "v.zarr", volume, size)
    node = read(tmp_path / "v.zarr")
    sizes = np.broadcast_to(size, 3)
    assert node.metadata["axes"] == [
        {"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"
    ]
    assert max(node.data[-1].shape) <= 10
    for index, data in enumerate(node.data):
        step = 2**index
        np.testing.assert_array_equal(np.asarray(data), volume[::step, ::step, ::step])
        (scale,) = node.metadata["coordinateTransformations"][index]
        assert scale == {"type": "scale", "scale": pytest.approx(list(sizes * step))}
    assert node.metadata["properties"][2] == {"phase": "solid electrolyte (SE)"}
    assert node.metadata["color"][1] == pytest.approx([0.839, 0.153, 0.157, 1], abs=1e-3)


def test_regions_may_be_written_one_by_one(tmp_path: Path) -> None:
    volume = voxels(20, 17, 33)
    store.create(tmp_path / "v.zarr", (20, 17, 33), voxel_size_um=0.1, chunk=8)
    array = store.level(tmp_path / "v.zarr", 0)
    for region in chunk_regions(array.shape, array.chunks):
        array[region] = volume[region]
    np.testing.assert_array_equal(zarr.open_array(tmp_path / "v.zarr" / "0")[...], volume)


def test_progress_of_the_levels_ends_at_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COARSEST", 8)
    store.create(tmp_path / "v.zarr", (32, 32, 32), voxel_size_um=0.1, chunk=8)
    assert store.levels(tmp_path / "v.zarr") == 3
    shares = list(store.coarser_levels(tmp_path / "v.zarr"))
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_older_store_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    write(voxels(140, 8, 8), tmp_path)
    path = write(voxels(8, 8, 8), tmp_path)
    assert store.level(path, 0).shape == (8, 8, 8)
    assert not (path / "0" / "1").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["v.ome.zarr", "v_README.txt"]
    other = tmp_path / "work" / "v.ome.zarr"
    other.mkdir(parents=True)
    (other / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="no Zarr store"):
        write(voxels(8, 8, 8), other.parent)
    assert (other / "notes.txt").read_text() == "mine"


def test_a_write_that_fails_leaves_the_older_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = voxels(8, 8, 8)
    path = write(volume, tmp_path)

    def fail(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zarr_folder, "coarser_levels", fail)
    with pytest.raises(InputError, match="free some space"):
        write(voxels(9, 9, 9), tmp_path)
    np.testing.assert_array_equal(store.level(path, 0)[...], volume)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["v.ome.zarr", "v_README.txt"]


@pytest.mark.parametrize("options", [{}, {"resample_um": 0.08, "through_axis": "x"}])
def test_the_size_is_estimated_packed(tmp_path: Path, options: Any) -> None:
    """About an eighth of a byte for a voxel, and not one."""
    labels = nat.generate(nat.preset("isotropic"), shape=(300, 128, 100), seed=0)
    chosen = ExportOptions(**options)
    estimated = format_named("ome-zarr").estimated_bytes(prepare(source(labels), chosen))
    written = finished(export(source(labels), tmp_path, to="ome-zarr", options=chosen)).bytes
    assert estimated == pytest.approx(written, rel=0.2)


def test_the_store_is_version_4(tmp_path: Path) -> None:
    path = write(voxels(8, 8, 8), tmp_path)
    attributes = json.loads((path / ".zattrs").read_text())
    assert attributes["multiscales"][0]["version"] == "0.4"
    assert attributes["multiscales"][0]["name"] == "v"
    assert json.loads((path / "0" / ".zarray").read_text())["dimension_separator"] == "/"
