"""``generate`` in blocks: chosen by itself, killed and taken up again, on a cluster."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from reference import with_grid

from napari_assb_twin import cli, cluster
from napari_assb_twin.blocks import makers
from napari_assb_twin.blocks.writers import ZarrWriter
from napari_assb_twin.commands import generation
from napari_assb_twin.twin import memory
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.tiles import Tiles
from napari_assb_twin.twin.twin_file import save_twin

SMALL_TILES = (
    "import sys; from napari_assb_twin import cli; from napari_assb_twin.twin import tiles; "
    "tiles.EDGES = (32,); "
)


@pytest.fixture
def file(tmp_path: Path, twin: Twin) -> Path:
    return save_twin(twin, tmp_path / "a.twin.json")


def expected(twin: Twin) -> np.ndarray:
    return Tiles.of(twin).window((0, 0, 0), twin.grid.shape, CpuBackend())


def generate(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    code = cli.main(["generate", *map(str, arguments), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


@pytest.mark.parametrize(
    ("name", "options"),
    [("v.zarr", ()), ("v.raw", ()), ("v.tif", ("--blocks",)), ("v.tif", ("--workers", "2"))],
)
def test_endings_and_options_that_mean_blocks(
    tmp_path: Path, twin: Twin, file: Path, name: str, options: Any, capsys: Any
) -> None:
    code, told, err = generate(capsys, file, *options, "-o", tmp_path / name)
    assert code == 0
    assert (told["blocks"], told["resumed"], told["shape"]) == (12, 0, [50, 40, 70])
    assert 0 < told["truncation"] <= 1e-3
    shares = np.bincount(expected(twin).ravel(), minlength=3) / expected(twin).size
    assert [*told["volume_fractions"].values()] == pytest.approx(list(shares))
    assert "12 of 12 tiles to make" in err
    assert "GiB" in err or "MiB" in err


def test_a_large_tiff_is_made_in_blocks(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(generation, "IN_MEMORY", 50 * 40 * 70 - 1)
    told = generate(capsys, file, "-o", tmp_path / "v.tif")[1]
    assert (told["blocks"], told["made"]) == (12, "in blocks")


def test_a_small_tiff_is_made_in_one_go(tmp_path: Path, file: Path, capsys: Any) -> None:
    told = generate(capsys, file, "-o", tmp_path / "v.tif")[1]
    assert told["made"] == "in one go"
    assert "blocks" not in told


def test_free_memory_does_not_choose_the_voxels(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A small volume that does not fit is refused, and made in blocks only where that is asked."""

    class Machine:
        available = 1 << 20

    monkeypatch.setattr(memory.psutil, "virtual_memory", Machine)
    code, _, err = generate(capsys, file, "-o", tmp_path / "v.tif")
    assert code == 2
    assert "--blocks" in err
    assert not (tmp_path / "v.tif").exists()


@pytest.mark.parametrize(
    ("options", "words"), [((), "made in one go"), (("--blocks",), r"made in 12 blocks \(cov")]
)
def test_it_is_told_which_way_a_volume_was_made(
    tmp_path: Path, file: Path, options: Any, words: str, capsys: Any
) -> None:
    assert cli.main(["generate", str(file), *options, "-o", str(tmp_path / "v.tif")]) == 0
    assert re.search(words, capsys.readouterr().out)


def test_a_killed_run_goes_on_to_the_same_voxels(tmp_path: Path, twin: Twin, file: Path) -> None:
    """SIGKILL after three tiles or more: the record and the tiles in it are on the disk."""
    target, part = tmp_path / "v.zarr", tmp_path / ".v.zarr.part"
    large = with_grid(twin, shape=(96, 128, 160))
    call = ["generate", str(file), "--shape", "96,128,160", "-o", str(target), "--json"]
    slow = (
        "import time; from napari_assb_twin.blocks import makers; real = makers.make; "
        "makers.make = lambda *given: (time.sleep(0.2), real(*given))[1]; "
    )
    code = f"{SMALL_TILES}{slow}sys.exit(cli.main({call!r}))"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    record = part / "tiles.jsonl"
    while process.poll() is None and not (record.exists() and record.read_text().count("\n") > 3):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not target.exists()
    again = subprocess.run(
        [sys.executable, "-c", f"{SMALL_TILES}sys.exit(cli.main({call!r}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(again.stdout)
    assert told["blocks"] == 60
    assert 3 <= told["resumed"] < 60
    np.testing.assert_array_equal(zarr.open_array(target / "0")[...], expected(large))
    assert not part.exists()


def test_an_interrupted_run_says_how_to_go_on(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    real = makers.make

    def interrupted(tiles: Any, writer: Any, index: Any, backend: Any) -> Any:
        if index == (0, 1, 1):
            raise KeyboardInterrupt
        return real(tiles, writer, index, backend)

    monkeypatch.setattr(makers, "make", interrupted)
    code, told, err = generate(capsys, file, "-o", tmp_path / "v.tif", "--blocks")
    assert (code, told) == (130, None)
    assert ".v.tif.part; the same command goes on" in err
    assert not (tmp_path / "v.tif").exists()
    monkeypatch.setattr(makers, "make", real)
    assert generate(capsys, file, "-o", tmp_path / "v.tif", "--blocks")[1]["resumed"] == 4
    code, _, err = generate(capsys, file, "-o", tmp_path / "v.tif", "--restart")
    assert code == 0


def test_another_seed_is_not_mixed_in(
    tmp_path: Path, twin: Twin, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    real = makers.make
    monkeypatch.setattr(makers, "make", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    generate(capsys, file, "-o", tmp_path / "v.zarr")
    monkeypatch.setattr(makers, "make", real)
    code, _, err = generate(capsys, file, "--seed", 8, "-o", tmp_path / "v.zarr")
    assert code == 2
    assert "seed differ" in err
    assert err.count("\n") == 1
    assert generate(capsys, file, "--seed", 8, "--restart", "-o", tmp_path / "v.zarr")[0] == 0


# --- a cluster -----------------------------------------------------------------------------------


@pytest.fixture
def scheduler() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("name", ["v.zarr", "v.tif"])
def test_a_cluster_makes_the_same_voxels(
    tmp_path: Path, twin: Twin, file: Path, name: str, scheduler: str, capsys: Any
) -> None:
    path = tmp_path / name
    told = generate(capsys, file, "--scheduler", scheduler, "-o", path)[1]
    assert told["blocks"] == 12
    voxels = tifffile.imread(path) if name == "v.tif" else zarr.open_array(path / "0")[...]
    np.testing.assert_array_equal(voxels, expected(twin))


def test_a_worker_that_cannot_reach_the_path_is_told_of(
    tmp_path: Path, file: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """As a file that is not there, and as zarr says it of a store."""
    there = ZarrWriter.write

    def missing(writer: ZarrWriter, *given: Any) -> None:
        there(replace(writer, path=tmp_path / "far" / "v.zarr"), *given)

    monkeypatch.setattr(ZarrWriter, "write", missing)
    code, _, err = generate(capsys, file, "--scheduler", scheduler, "-o", tmp_path / "v.zarr")
    assert code == 2
    assert re.search(r"cannot write to /\S*v\.zarr\S*; give a path that all workers reach", err)


def test_whatever_a_worker_raises_is_told_in_a_sentence(
    tmp_path: Path, file: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    real = makers.make

    def failing(tiles: Any, writer: Any, index: Any, backend: Any) -> Any:
        if index == (1, 1, 2):
            raise MemoryError("no 3 GiB left")
        return real(tiles, writer, index, backend)

    monkeypatch.setattr(makers, "make", failing)
    code, _, err = generate(capsys, file, "--scheduler", scheduler, "-o", tmp_path / "v.zarr")
    assert code == 2
    assert "failed at a tile (MemoryError: no 3 GiB left); what is made stays" in err
    assert "Traceback" not in err
    monkeypatch.setattr(makers, "make", real)
    told = generate(capsys, file, "--scheduler", scheduler, "-o", tmp_path / "v.zarr")[1]
    assert told["resumed"] > 0


def test_a_cluster_whose_workers_die(
    tmp_path: Path, file: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    import distributed

    def dead(*_: object) -> Any:
        raise distributed.KilledWorker("tile", SimpleNamespace(address="tcp://x:1"), 3)

    monkeypatch.setattr(makers, "make", dead)
    code, _, err = generate(capsys, file, "--scheduler", scheduler, "-o", tmp_path / "v.zarr")
    assert code == 2
    assert "workers with more memory" in err


def test_no_workers_at_all_are_refused(tmp_path: Path, file: Path, capsys: Any) -> None:
    code, _, err = generate(capsys, file, "--workers", "0", "-o", tmp_path / "v.tif")
    assert code == 2
    assert "workers is 0" in err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"])
def test_no_scheduler_is_answered_in_one_sentence(
    tmp_path: Path, file: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    code, _, err = generate(capsys, file, "--scheduler", address, "-o", tmp_path / "v.zarr")
    assert code == 2
    assert f"No dask scheduler answers at {address}" in err
    assert "Traceback" not in err


def test_dask_that_is_not_installed(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = generate(capsys, file, "--scheduler", "tcp://x:1", "-o", tmp_path / "v.zarr")
    assert code == 2
    assert "napari-assb-twin[cluster]" in err


# --- memory --------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_volume(tmp_path: Path, file: Path) -> None:
    """Peaks of the process for 8 and for 216 tiles of 32 voxels, 0.26 and 7.1 million voxels.

    In one go the larger one would take 108 MiB for its two fields and their spectra alone.
    """
    pytest.importorskip("resource")
    peaks = []
    for edge in (64, 192):
        call = ["generate", str(file), "--shape", f"{edge},{edge},{edge}", "--json"]
        call += ["-o", str(tmp_path / f"{edge}.zarr")]
        code = (
            f"{SMALL_TILES}import resource; code = cli.main({call!r}); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout.splitlines()[-1]) / 1024)
    assert peaks[1] - peaks[0] < 40
