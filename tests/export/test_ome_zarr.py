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
from napari_assb_twin.export.formats import format_named
from napari_assb_twin.export.ome_zarr import chunk_regions, write_ome_zarr
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.progress import finished
from napari_assb_twin.export.run import export
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import prepare


def voxels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, shape).astype(np.uint8)


def read(path: Path) -> Any:
    """The layer that ome-zarr, the reference reader, makes of a store."""
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    location = parse_url(path, mode="r")
    assert location is not None
    return next(iter(Reader(location)()))


@pytest.mark.parametrize("shape", [(5, 6, 7), (33, 20, 41), (1, 40, 40)])
@pytest.mark.parametrize("size", [0.05, (0.2, 0.1, 0.07)])
def test_the_reference_reader_finds_voxels_sizes_and_levels(
    tmp_path: Path, shape: Any, size: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COARSEST", 10)
    volume = voxels(*shape)
    write_ome_zarr(tmp_path / "v.zarr", volume, voxel_size_um=size, chunk=8)
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
    path = tmp_path / "v.zarr"
    write_ome_zarr(path, voxels(40, 8, 8), voxel_size_um=0.1, chunk=8)
    write_ome_zarr(path, voxels(8, 8, 8), voxel_size_um=0.1, chunk=8)
    assert store.level(path, 0).shape == (8, 8, 8)
    assert not (path / "0" / "4").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["v.zarr"]
    other = tmp_path / "work"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    for target, match in ((other, "something else"), (tmp_path / "no" / "v.zarr", "create it")):
        with pytest.raises(InputError, match=match):
            write_ome_zarr(target, voxels(8, 8, 8), voxel_size_um=0.1)
    assert (other / "notes.txt").read_text() == "mine"


def test_a_write_that_fails_leaves_the_older_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.zarr"
    volume = voxels(8, 8, 8)
    write_ome_zarr(path, volume, voxel_size_um=0.1)

    def fail(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "coarser_levels", fail)
    with pytest.raises(InputError, match="free some space"):
        write_ome_zarr(path, voxels(9, 9, 9), voxel_size_um=0.1)
    np.testing.assert_array_equal(store.level(path, 0)[...], volume)
    assert [p.name for p in tmp_path.iterdir()] == ["v.zarr"]


@pytest.mark.parametrize("wrong", [voxels(8, 8), voxels(8, 8, 8).astype(float), voxels(0, 8, 8)])
def test_what_is_no_volume_is_refused(tmp_path: Path, wrong: np.ndarray) -> None:
    with pytest.raises(InputError, match="map its labels"):
        write_ome_zarr(tmp_path / "v.zarr", wrong, voxel_size_um=0.1)
    with pytest.raises(InputError, match="voxel size"):
        write_ome_zarr(tmp_path / "v.zarr", voxels(8, 8, 8), voxel_size_um=-1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options", [{}, {"resample_um": 0.08, "through_axis": "x"}])
def test_the_size_is_estimated_packed(tmp_path: Path, options: Any) -> None:
    """About an eighth of a byte for a voxel, and not one."""
    labels = nat.generate(nat.preset("isotropic"), shape=(300, 128, 100), seed=0)
    source = Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1))
    chosen = ExportOptions(**options)
    estimated = format_named("ome-zarr").estimated_bytes(prepare(source, chosen))
    written = finished(export(source, tmp_path, to="ome-zarr", options=chosen)).bytes
    assert estimated == pytest.approx(written, rel=0.2)


def test_the_store_is_version_4(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "cathode.zarr", voxels(8, 8, 8), voxel_size_um=0.1)
    attributes = json.loads((tmp_path / "cathode.zarr" / ".zattrs").read_text())
    assert attributes["multiscales"][0]["version"] == "0.4"
    assert attributes["multiscales"][0]["name"] == "cathode"
    assert (
        json.loads((tmp_path / "cathode.zarr" / "0" / ".zarray").read_text())["dimension_separator"]
        == "/"
    )
