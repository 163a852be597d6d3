"""Zarr and packed TIFF are exported plane by plane; they need not fit into the memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nrrd
import numpy as np
import psutil
import pytest
import SimpleITK
import tifffile
import zarr

from napari_assb_twin import cli
from napari_assb_twin.export import mesh_file, ome_zarr
from napari_assb_twin.images import on_demand
from napari_assb_twin.images.reading import look_at

SHAPE = (40, 50, 64)
SIZES = (0.1, 0.2, 0.3)
TYPED = ("--voxel-size-um", "0.1,0.2,0.3")


def labels_of(shape: tuple[int, ...]) -> np.ndarray:
    """Three phases in blocks, so that packing finds something, and no axis like another."""
    z, y, x = np.ogrid[tuple(slice(n) for n in shape)]
    return ((z // 3 + 2 * (y // 5) * (x // 7) + x // 11) % 3).astype(np.uint8)


def zarr_of_ours(path: Path, labels: np.ndarray) -> Path:
    folder = path.with_suffix(".zarr")
    ome_zarr.create(folder, labels.shape, voxel_size_um=SIZES, chunk=32)
    ome_zarr.level(folder, 0)[:] = labels
    return folder


def sharded_zarr(path: Path, labels: np.ndarray) -> Path:
    folder = path.with_suffix(".zarr")
    made = zarr.create_array(
        folder, shape=labels.shape, dtype=labels.dtype, chunks=(5, 10, 16), shards=(10, 20, 32)
    )
    made[:] = labels
    return folder


def tiff_of(compression: str, **options: Any) -> Callable[[Path, np.ndarray], Path]:
    def write(path: Path, labels: np.ndarray) -> Path:
        file = path.with_suffix(".tif")
        tifffile.imwrite(file, labels, compression=compression, **options)
        return file

    return write


WRITERS: dict[str, Callable[[Path, np.ndarray], Path]] = {
    "OME-Zarr": zarr_of_ours,
    "sharded Zarr": sharded_zarr,
    "deflate": tiff_of("zlib"),
    "LZW": tiff_of("lzw", predictor=True),
    "OME-TIFF in tiles": tiff_of("zstd", tile=(32, 16), ome=True),
}


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    """Free memory of half of the volume, and slabs of a few planes."""
    free = int(np.prod(SHAPE)) // 2
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    monkeypatch.setattr(on_demand, "SLAB", 1)
    return free


def export(source: Path, folder: Path, to: str, *options: str) -> int:
    return cli.main(["export", str(source), "--to", to, "-o", str(folder), *TYPED, *options])


def read_back(folder: Path, to: str) -> np.ndarray:
    """The volume as another library reads it, (z, y, x)."""
    if to == "ome-zarr":
        return np.asarray(zarr.open_group(folder / "v.ome.zarr", mode="r")["0"])
    if to == "vti":
        pyvista = pytest.importorskip("pyvista")
        grid = pyvista.read(folder / "v.vti")
        nx, ny, nz = (n - 1 for n in grid.dimensions)
        return np.asarray(grid.cell_data["phase"]).reshape(nz, ny, nx)
    if to == "nrrd":
        return np.moveaxis(nrrd.read(str(folder / "v.nrrd"))[0], [0, 1, 2], [2, 1, 0])
    if to in ("mha", "raw"):
        (header,) = folder.glob("*.mha" if to == "mha" else "*.mhd")
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(header)))
    (file,) = folder.glob("*.tif")
    return tifffile.imread(file)


@pytest.mark.parametrize("packing", WRITERS)
def test_what_does_not_fit_is_exported(
    tmp_path: Path, packing: str, little_memory: int, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = labels_of(SHAPE)
    source = WRITERS[packing](tmp_path / "v", labels)
    assert export(source, tmp_path / "out", "raw") == 0
    np.testing.assert_array_equal(read_back(tmp_path / "out", "raw"), labels)
    # the same file where all of it is needed
    mask = ["--mask", str(tmp_path / "m.tif")]
    tifffile.imwrite(tmp_path / "m.tif", np.ones((1, 1), np.uint8))
    capsys.readouterr()
    assert export(source, tmp_path / "masked", "raw", *mask) == 2
    assert "of memory are free" in capsys.readouterr().err
    assert not (tmp_path / "masked").exists()


@pytest.mark.parametrize("encoding", ["gzip", "bzip2"])
def test_what_only_unpacks_as_a_whole_is_refused(
    tmp_path: Path, encoding: str, little_memory: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every slab would unpack all before it."""
    nrrd.write(
        str(tmp_path / "v.nrrd"), labels_of(SHAPE).transpose(), header={"encoding": encoding}
    )
    assert export(tmp_path / "v.nrrd", tmp_path / "out", "raw") == 2
    assert "of memory are free" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_pages_are_read_by_one_thread_after_the_other(tmp_path: Path) -> None:
    """A file has one position, and the window looks at a plane while another part is read."""
    labels = labels_of((64, 200, 200))
    tifffile.imwrite(tmp_path / "v.tif", labels, compression="zlib")
    pages = look_at(tmp_path / "v.tif")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: pages.thin_plane(number, 200), range(64)))
    np.testing.assert_array_equal(np.stack(found), labels)


@pytest.mark.parametrize("to", ["raw", "tiff", "ome-tiff", "nrrd", "mha", "vti", "ome-zarr"])
@pytest.mark.parametrize("packing", ["OME-Zarr", "deflate"])
def test_turned_cut_and_mapped(tmp_path: Path, packing: str, to: str, little_memory: int) -> None:
    labels = labels_of(SHAPE)
    source = WRITERS[packing](tmp_path / "v", labels)
    options = [
        *("--crop", "2:29,3:47,:", "--pressing-axis", "1", "--through-axis", "x"),
        *("--separator-side", "last", "--phases", "pore=2,active_material=0,solid_electrolyte=1"),
    ]
    assert export(source, tmp_path / "out", to, *options) == 0
    pressed_first = np.array([1, 2, 0], np.uint8)[labels[2:29, 3:47]].transpose(1, 0, 2)
    expected = pressed_first[::-1].swapaxes(0, 2)
    np.testing.assert_array_equal(read_back(tmp_path / "out", to), expected)


def test_resampled(tmp_path: Path, little_memory: int) -> None:
    labels = labels_of(SHAPE)
    source = zarr_of_ours(tmp_path / "v", labels)
    assert export(source, tmp_path / "out", "raw", "--resample", "0.1") == 0
    expected = labels.repeat(2, axis=1).repeat(3, axis=2)  # voxels of 0.1 x 0.2 x 0.3 um
    np.testing.assert_array_equal(read_back(tmp_path / "out", "raw"), expected)


def test_a_bundle_for_geodict(tmp_path: Path, little_memory: int) -> None:
    labels = labels_of(SHAPE)
    source = tiff_of("lzw")(tmp_path / "v", labels)
    assert export(source, tmp_path / "out", "geodict", "--voxel-size-um", "0.1") == 0
    (raw,) = (tmp_path / "out").glob("*8bit.raw")
    np.testing.assert_array_equal(np.fromfile(raw, np.uint8), labels.ravel())


def test_surfaces_that_do_not_fit_are_refused(
    tmp_path: Path, little_memory: int, capsys: pytest.CaptureFixture[str]
) -> None:
    source = zarr_of_ours(tmp_path / "v", labels_of(SHAPE))
    assert export(source, tmp_path / "out", "stl") == 2
    assert "the surfaces need about" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_planes_that_do_not_fit_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large planes with hardly any surface: it is the voxels that need the memory."""
    layers = np.repeat(np.arange(SHAPE[0]) * 3 // SHAPE[0], SHAPE[1] * SHAPE[2])
    source = zarr_of_ours(tmp_path / "v", layers.reshape(SHAPE).astype(np.uint8))
    assert export(source, tmp_path / "fits", "stl") == 0
    free = 15 * layers.size
    monkeypatch.setattr(mesh_file, "_PER_TRIANGLE", 0)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert export(source, tmp_path / "out", "stl") == 2
    assert "the surfaces need about" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_damaged_chunk_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = zarr_of_ours(tmp_path / "v", labels_of(SHAPE))
    (source / "0" / "1" / "1" / "1").write_bytes(b"no zstd at all")
    assert export(source, tmp_path / "out", "raw") == 2
    told = capsys.readouterr().err
    assert told.startswith("assb-twin: v.zarr is damaged")
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("packing", ["OME-Zarr", "deflate"])
def test_it_takes_the_memory_of_a_slab(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_demand, "SLAB", 1 << 20)
    small = WRITERS[packing](tmp_path / "small", labels_of(SHAPE))
    assert export(small, tmp_path / "first", "raw") == 0  # imports
    labels = labels_of((256, 224, 224))
    source = WRITERS[packing](tmp_path / "v", labels)
    tracemalloc.start()
    assert export(source, tmp_path / "out", "raw") == 0
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.5 * labels.size
    (raw,) = (tmp_path / "out").glob("*.raw")
    assert np.array_equal(np.fromfile(raw, np.uint8), labels.ravel())
