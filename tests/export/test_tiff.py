"""A TIFF carries voxels and their size through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from napari_assb_twin.errors import InputError
from napari_assb_twin.export import tiff
from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.images.reading import read_image


def voxels(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, shape).astype(np.uint8)


@pytest.mark.parametrize("shape", [(5, 6, 7), (3, 6, 7), (5, 6, 3), (5, 6, 4), (4, 3, 3), (6, 7)])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("size", [0.07, 1 / 3, 250.0, (0.2, 0.1, 0.05)])
def test_voxels_and_size_come_back(
    tmp_path: Path, shape: tuple[int, ...], large: bool, size: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(tiff, "LARGEST_IMAGEJ", 0)
    sizes = size[: len(shape)] if isinstance(size, tuple) else (size,) * len(shape)
    volume = voxels(*shape)
    write_tiff(tmp_path / "a.tif", volume, voxel_size_um=sizes if isinstance(size, tuple) else size)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array, volume)
    assert image.voxel_size_um == pytest.approx(sizes, rel=1e-6)


def test_other_programs_find_the_size(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", voxels(5, 6, 7), voxel_size_um=0.1)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert len(file.pages) == 5
        assert file.is_imagej
        assert file.series[0].axes == "ZYX"
        assert file.imagej_metadata is not None
        assert file.imagej_metadata["unit"] == "um"
        assert file.imagej_metadata["spacing"] == 0.1
        assert file.pages[0].tags["XResolution"].value == (10, 1)
        assert file.pages[0].compression == 1


def test_a_large_volume_is_bigtiff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "LARGEST_IMAGEJ", 5 * 6 * 7 - 1)
    write_tiff(tmp_path / "a.tif", voxels(5, 6, 7), voxel_size_um=0.1)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.is_bigtiff
        assert file.is_ome


@pytest.mark.parametrize("large", [False, True])
def test_the_same_volume_gives_the_same_bytes(
    tmp_path: Path, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr(tiff, "LARGEST_IMAGEJ", 0)
    for name in ("a.tif", "b.tif"):
        write_tiff(tmp_path / name, voxels(5, 6, 7), voxel_size_um=0.1)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_turned_views_are_written_as_they_look(tmp_path: Path) -> None:
    volume = voxels(5, 6, 7).swapaxes(0, 2)
    write_tiff(tmp_path / "a.tif", volume, voxel_size_um=0.1)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").array, volume)


@pytest.mark.parametrize("size", [0, -1, float("nan"), (0.1, 0.1), (0.1, 0.1, 0)])
def test_sizes_that_are_none(tmp_path: Path, size: Any) -> None:
    with pytest.raises(InputError, match="voxel size"):
        write_tiff(tmp_path / "a.tif", voxels(5, 6, 7), voxel_size_um=size)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("array", [np.zeros((5, 6, 7)), voxels(5), voxels(2, 3, 4, 5)])
def test_arrays_that_are_no_phases(tmp_path: Path, array: np.ndarray) -> None:
    with pytest.raises(InputError, match="uint8"):
        write_tiff(tmp_path / "a.tif", array, voxel_size_um=0.1)


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        write_tiff(tmp_path / "none" / "a.tif", voxels(5, 6), voxel_size_um=0.1)
