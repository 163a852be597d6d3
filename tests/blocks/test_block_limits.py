"""What a volume in blocks takes, and what is refused before it is begun."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from reference import with_grid

from napari_assb_twin.blocks import estimate
from napari_assb_twin.blocks.job import BlockJob
from napari_assb_twin.blocks.options import BlockOptions
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin import finite_filter, tiles
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.tiles import Tiles
from napari_assb_twin.twin.torus import Torus

Usage = namedtuple("Usage", "total used free")


class Machine:
    """One with as much free memory as a test wants."""

    available = 1 << 40


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate.psutil, "virtual_memory", Machine)
    monkeypatch.setattr(Machine, "available", 1 << 40)


def test_memory_is_that_of_the_tiles_at_work(tmp_path: Path, twin: Twin) -> None:
    """Whatever the size of the volume."""
    sizes = []
    for shape in ((50, 40, 70), (5000, 4000, 7000)):
        job = BlockJob(with_grid(twin, shape=shape), tmp_path / "v.zarr", BlockOptions(workers=3))
        sizes.append(job.estimate.memory_bytes)
        one = BlockJob(with_grid(twin, shape=shape), tmp_path / "v.zarr")
        assert job.estimate.memory_bytes == 3 * one.estimate.memory_bytes
    assert sizes[0] == sizes[1]


def test_tiles_that_do_not_fit_are_refused(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = BlockJob(twin, tmp_path / "v.zarr").estimate.memory_bytes
    monkeypatch.setattr(Machine, "available", 2 * needed)
    BlockJob(twin, tmp_path / "v.zarr")
    with pytest.raises(InputError, match="fewer workers"):
        BlockJob(twin, tmp_path / "v.zarr", BlockOptions(workers=2))


def test_memory_for_a_far_reach_is_asked_for_before_its_filter_is_made(
    tmp_path: Path, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4 um on voxels of 0.1 um: filters of some 96 voxels, of which making takes seconds."""
    far = with_grid(twin.with_value("X.length_um", 4.0), shape=(500, 500, 500))
    monkeypatch.setattr(tiles, "EDGES", (128, 256))
    made = []
    real = finite_filter._cut_off

    def recorded(correlation: Any, torus: Torus) -> Any:
        made.append(torus.voxels)
        return real(correlation, torus)

    monkeypatch.setattr(finite_filter, "_cut_off", recorded)
    monkeypatch.setattr(Machine, "available", 1 << 30)
    with pytest.raises(InputError, match=r"in blocks needs about 2\S* GiB of memory"):
        BlockJob(far, tmp_path / "v.zarr")
    assert max(made) <= 128**3


@pytest.mark.parametrize("name", ["v.zarr", "v.tif", "v.raw"])
def test_a_full_disk_is_refused_before_anything_is_written(
    tmp_path: Path, twin: Twin, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = BlockJob(twin, tmp_path / name).estimate.disk_bytes
    if name != "v.zarr":
        assert needed == 50 * 40 * 70
    for free, fits in ((needed * 1.2, True), (needed * 1.05, False)):
        usage = Usage(1 << 40, 0, int(free))
        monkeypatch.setattr(estimate.shutil, "disk_usage", lambda _, usage=usage: usage)
        job = BlockJob(twin, tmp_path / name)
        if fits:
            assert job.estimate.tiles == 12
            continue
        with pytest.raises(InputError, match=r"on the disk.*free some space"):
            next(job.run())
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes stands for a full disk")
@pytest.mark.parametrize("name", ["v.tif", "v.raw"])
def test_a_disk_that_fills_up_is_an_error_and_not_a_signal(tmp_path: Path, name: str) -> None:
    """A limit on the size of files, set when the file of the volume is there, stands for it."""
    code = """
import resource, sys
from pathlib import Path
import numpy as np
from napari_assb_twin.atomic import unwritable
from napari_assb_twin.blocks.writers import writer_for
from napari_assb_twin.twin.volume_note import VolumeNote
note = VolumeNote(separator_side="first", graded=False)
writer = writer_for(Path(sys.argv[1]), (64, 64, 64), 0.1, 32, note)
writer.create()
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
try:
    writer.write((slice(32, 64),) * 3, np.ones((32, 32, 32), np.uint8))
except OSError as error:
    print(unwritable(sys.argv[1], error))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / name], capture_output=True, text=True, check=True
    )
    assert "cannot be written" in done.stdout
    assert "free some space" in done.stdout


def test_the_estimated_size_of_a_zarr_holds(tmp_path: Path, twin: Twin) -> None:
    job = BlockJob(twin, tmp_path / "v.zarr")
    for _ in job.run():
        pass
    files = [path for path in (tmp_path / "v.zarr").rglob("*") if path.is_file()]
    written = sum(path.stat().st_size for path in files if not path.name.startswith("."))
    assert 0.5 * job.estimate.disk_bytes < written < job.estimate.disk_bytes


@pytest.mark.parametrize(("workers", "at_once"), [(1, 1), (3, 3), (20, 12)])
def test_time_is_that_of_the_tiles_that_are_made_at_once(
    tmp_path: Path, twin: Twin, workers: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that ticks a second for every tile, and tiles that wait for each other."""
    job = BlockJob(twin, tmp_path / "v.raw", BlockOptions(workers=workers))
    real, made, together = Tiles.labels, [], threading.Barrier(at_once)

    def labels(self: Tiles, *given: Any) -> Any:
        if made:  # the first is made alone
            together.wait(timeout=60)
        made.append(given)
        return real(self, *given)

    monkeypatch.setattr(Tiles, "labels", labels)
    monkeypatch.setattr("napari_assb_twin.blocks.job.time.perf_counter", lambda: float(len(made)))
    assert job.estimate.seconds == 12
    assert len(made) == 1 + at_once


def test_less_is_left_after_a_part_is_made(tmp_path: Path, twin: Twin) -> None:
    job = BlockJob(twin, tmp_path / "v.raw")
    assert "12 of 12 tiles to make" in job.estimate.in_words()
    run = job.run()
    for _ in range(4):
        next(run)
    run.close()
    left = BlockJob(twin, tmp_path / "v.raw").estimate
    assert "9 of 12 tiles to make" in left.in_words()
    assert left.disk_bytes == pytest.approx(0.75 * job.estimate.disk_bytes, abs=1)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("v.png", "endings .zarr, .tif"),
        ("v", "endings"),
        ("none/v.zarr", "create it first"),
        ("none/v.raw", "create it first"),
        ("folder.zarr", "something else"),
        ("folder.tif", "is a folder"),
        ("folder.raw", r"folder\.mhd is in the way of the header"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(
    tmp_path: Path, twin: Twin, name: str, match: str
) -> None:
    for folder in ("folder.zarr", "folder.tif", "folder.mhd"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.txt").write_text("kept")
    with pytest.raises(InputError, match=match):
        BlockJob(twin, tmp_path / name)
    assert len(list(tmp_path.rglob("mine.txt"))) == 3


@pytest.mark.parametrize(
    ("workers", "device"), [(0, "auto"), (-1, "cpu"), (1.5, "cpu"), (1, "tpu")]
)
def test_wrong_options_are_refused(workers: int, device: str) -> None:
    with pytest.raises(InputError, match="must be"):
        BlockOptions(workers=workers, device=device)


def test_a_box_shorter_than_the_correlation_is_refused(tmp_path: Path, twin: Twin) -> None:
    with pytest.raises(InputError, match="longer than the box"):
        BlockJob(with_grid(twin, shape=(1000, 1, 1000), voxel_size_um=0.1).with_value(
            "X.length_um", 200.0), tmp_path / "v.zarr")  # fmt: skip


def test_times_and_sizes_as_a_user_reads_them() -> None:
    assert [estimate.in_minutes(s) for s in (5, 600, 86400)] == [
        "under a minute",
        "10 min",
        "24.0 h",
    ]
    assert [estimate.in_units(b) for b in (3 << 20, 3 << 30)] == ["3 MiB", "3 GiB"]
