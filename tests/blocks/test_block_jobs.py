"""Volumes in blocks: the same voxels in every file, whoever makes them, in however many runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
import tifffile
import zarr
from reference import ended, with_grid

from napari_assb_twin.blocks import makers
from napari_assb_twin.blocks.job import BlockJob, BlockResult
from napari_assb_twin.blocks.options import BlockOptions
from napari_assb_twin.errors import InputError
from napari_assb_twin.export import tiff
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.twin.tiles import Tiles

READ: dict[str, Callable[[Path], Any]] = {
    "v.zarr": lambda path: zarr.open_array(path / "0")[...],
    "v.tif": tifffile.imread,
    "v.tiff": tifffile.imread,
    "v.raw": lambda path: SimpleITK.GetArrayFromImage(
        SimpleITK.ReadImage(path.with_suffix(".mhd"))
    ),
}


def make(twin: Twin, path: Path, **options: Any) -> BlockResult:
    return ended(BlockJob(twin, path, BlockOptions(**options)).run())[1]


def expected(twin: Twin) -> np.ndarray:
    return Tiles.of(twin).window((0, 0, 0), twin.grid.shape, CpuBackend())


def stopped(twin: Twin, path: Path, tiles: int, **options: Any) -> BlockJob:
    """A job that is closed after so many tiles, as by Ctrl-C."""
    job = BlockJob(twin, path, BlockOptions(**options))
    run = job.run()
    for _ in range(tiles + 1):
        next(run)
    run.close()
    return job


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("window", ["open", "periodic"])
def test_every_file_holds_the_same_voxels(
    tmp_path: Path, twin: Twin, name: str, workers: int, window: Any
) -> None:
    twin = with_grid(twin, window=window)
    result = make(twin, tmp_path / name, workers=workers)
    voxels = READ[name](tmp_path / name)
    np.testing.assert_array_equal(voxels, expected(twin))
    shares = [float((voxels == code).mean()) for code in range(3)]
    assert [result.volume_fractions[phase] for phase in PHASES] == pytest.approx(shares)
    assert (result.tiles, result.resumed) == (12, 0)
    names = {name, "v.mhd"} if name == "v.raw" else {name}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_voxels_carry_their_size(tmp_path: Path, twin: Twin) -> None:
    for name in ("v.tif", "v.raw", "v.zarr"):
        make(twin, tmp_path / name)
    assert read_image(tmp_path / "v.tif").voxel_size_um == pytest.approx((0.1,) * 3)
    spacing = SimpleITK.ReadImage(tmp_path / "v.mhd").GetSpacing()
    assert spacing == pytest.approx((1e-4,) * 3)
    attributes = json.loads((tmp_path / "v.zarr" / ".zattrs").read_text())["multiscales"][0]
    scale = attributes["datasets"][0]["coordinateTransformations"]
    assert scale == [{"type": "scale", "scale": [0.1, 0.1, 0.1]}]


def test_a_large_tiff_is_bigtiff(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiff, "LARGEST_IMAGEJ", 1000)
    make(twin, tmp_path / "v.tif")
    with tifffile.TiffFile(tmp_path / "v.tif") as file:
        assert file.is_bigtiff
        assert file.is_ome
        np.testing.assert_array_equal(file.asarray(), expected(twin))
    assert read_image(tmp_path / "v.tif").voxel_size_um == pytest.approx((0.1,) * 3)


def test_it_is_the_structure_of_the_window(tmp_path: Path, twin: Twin) -> None:
    make(twin, tmp_path / "v.zarr")
    live = Synthesizer("cpu")(twin).labels
    assert (READ["v.zarr"](tmp_path / "v.zarr") != live).mean() < 1e-5


@pytest.mark.parametrize("name", ["v.zarr", "v.tif", "v.raw"])
@pytest.mark.parametrize("tiles", [0, 5, 12])
def test_a_stopped_run_goes_on(tmp_path: Path, twin: Twin, name: str, tiles: int) -> None:
    stopped(twin, tmp_path / name, tiles)
    assert [path.name for path in tmp_path.iterdir()] == [f".{name}.part"]
    job = BlockJob(twin, tmp_path / name)
    assert (job.estimate.tiles, job.estimate.tiles_left) == (12, 12 - tiles)
    result = ended(job.run())[1]
    assert result.resumed == tiles
    np.testing.assert_array_equal(READ[name](tmp_path / name), expected(twin))
    shares = np.bincount(expected(twin).ravel(), minlength=3) / expected(twin).size
    assert [*result.volume_fractions.values()] == pytest.approx(list(shares))
    assert not (tmp_path / f".{name}.part").exists()


def test_tiles_that_are_made_are_not_made_again(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(twin, tmp_path / "v.zarr", 9)
    made = []
    monkeypatch.setattr(
        makers, "make", lambda tiles, writer, index, _: (made.append(index), (index, (1, 0, 0)))[1]
    )
    make(twin, tmp_path / "v.zarr")
    assert made == [*Tiles.of(twin).indices()][9:]


def test_a_line_that_was_cut_short_is_forgotten(tmp_path: Path, twin: Twin) -> None:
    job = stopped(twin, tmp_path / "v.zarr", 5)
    record = job.part.folder / "tiles.jsonl"
    record.write_text(record.read_text()[:-9])
    result = make(twin, tmp_path / "v.zarr")
    assert result.resumed == 4
    np.testing.assert_array_equal(READ["v.zarr"](tmp_path / "v.zarr"), expected(twin))


@pytest.mark.parametrize("name", ["v.zarr", "v.raw"])
def test_a_run_that_was_killed_while_files_were_put_in_place(
    tmp_path: Path, twin: Twin, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing but the record left the volume is in place already; the next run is a new."""
    job = BlockJob(twin, tmp_path / name)
    run = job.run()
    next(run)
    monkeypatch.setattr(job.part, "discard", lambda: None)
    ended(run)
    assert (job.part.folder / "tiles.jsonl").exists()
    assert make(twin, tmp_path / name).resumed == 0
    assert not job.part.folder.exists()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda twin: replace(twin, seed=5), "seed"),
        (lambda twin: with_grid(twin, shape=(50, 40, 71)), "shape"),
        (lambda twin: with_grid(twin, window="periodic"), "twin"),
        (lambda twin: twin.with_value("pore", 0.2), "twin"),
    ],
)
def test_what_is_left_of_another_volume_is_refused(
    tmp_path: Path, twin: Twin, change: Callable[[Twin], Twin], what: str
) -> None:
    stopped(twin, tmp_path / "v.zarr", 2)
    other = change(twin)
    with pytest.raises(InputError, match=rf"another volume \({what} differ\).*--restart"):
        BlockJob(other, tmp_path / "v.zarr")
    assert make(other, tmp_path / "v.zarr", restart=True).resumed == 0
    np.testing.assert_array_equal(READ["v.zarr"](tmp_path / "v.zarr"), expected(other))


def test_a_record_that_is_none_is_refused(tmp_path: Path, twin: Twin) -> None:
    job = stopped(twin, tmp_path / "v.zarr", 2)
    record = job.part.folder / "tiles.jsonl"
    for text in ("no JSON\n", "[]\n", "", '{"format": "assb-twin-blocks"}\n'):
        record.write_text(text)
        with pytest.raises(InputError, match="--restart"):
            BlockJob(twin, tmp_path / "v.zarr")


def test_a_volume_is_not_gone_on_with_on_another_device(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices round differently; the device that ``auto`` finds counts, not its name."""
    chosen = "napari_assb_twin.blocks.job.choose_backend"
    monkeypatch.setattr(chosen, lambda device: CpuBackend())
    stopped(twin, tmp_path / "v.zarr", 2, device="auto")
    assert BlockJob(twin, tmp_path / "v.zarr", BlockOptions(device="cpu")).estimate.tiles_left == 10
    monkeypatch.setattr(CpuBackend, "name", "cuda")
    with pytest.raises(InputError, match=r"another volume \(device differ\).*--restart"):
        BlockJob(twin, tmp_path / "v.zarr")


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"tile": [0, 1], "voxels": [32768, 0, 0]}',
        b'{"tile": [9, 0, 0], "voxels": [32768, 0, 0]}',
        b'{"tile": [-1, 0, 0], "voxels": [32768, 0, 0]}',
        b'{"tile": [0, 0, 0.0], "voxels": [32768, 0, 0]}',
        b'{"tile": [0, 0, 0], "voxels": [1, 2, 3]}',
        b'{"tile": [0, 0, 0], "voxels": ["a", 0, 0]}',
        b'{"tile": null, "voxels": null}',
    ],
)
def test_a_line_that_is_of_no_tile_is_refused(tmp_path: Path, twin: Twin, line: bytes) -> None:
    job = stopped(twin, tmp_path / "v.zarr", 1)
    record = job.part.folder / "tiles.jsonl"
    record.write_bytes(record.read_bytes() + line + b"\n")
    with pytest.raises(InputError, match=r"tiles\.jsonl cannot be read.*--restart"):
        BlockJob(twin, tmp_path / "v.zarr")


def test_what_is_made_can_be_thrown_away(tmp_path: Path, twin: Twin) -> None:
    stopped(twin, tmp_path / "v.zarr", 3, workers=2).part.discard()
    assert not list(tmp_path.iterdir())


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path, twin: Twin) -> None:
    for name in ("v.zarr", "v.tif"):
        make(twin, tmp_path / name)
        before = READ[name](tmp_path / name)
        other = replace(twin, seed=9)
        stopped(other, tmp_path / name, 5)
        np.testing.assert_array_equal(READ[name](tmp_path / name), before)
        make(other, tmp_path / name)
        np.testing.assert_array_equal(READ[name](tmp_path / name), expected(other))


def test_progress_counts_tiles(tmp_path: Path, twin: Twin) -> None:
    seen, _ = ended(BlockJob(twin, tmp_path / "v.tif", BlockOptions(workers=2)).run())
    assert [progress.step for progress in seen] == [*range(13)]
    assert {progress.total for progress in seen} == {12}
    assert seen[7].message == "Tiles 7/12"


def test_a_tile_that_fails_ends_the_run_and_keeps_the_others(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(28, "No space left on device")
    real = makers.make

    def failing(tiles: Any, writer: Any, index: Any, backend: Any) -> Any:
        if index == (1, 0, 1):
            raise full
        return real(tiles, writer, index, backend)

    monkeypatch.setattr(makers, "make", failing)
    for workers in (1, 3):
        with pytest.raises(InputError, match=r"v\.zarr cannot be written.*free some space"):
            make(twin, tmp_path / "v.zarr", workers=workers)
    monkeypatch.setattr(makers, "make", real)
    assert BlockJob(twin, tmp_path / "v.zarr").estimate.tiles_left < 12
