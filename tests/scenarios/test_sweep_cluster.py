"""Sweeps on a dask cluster: the same table, also when a worker is killed on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas
import psutil
import pytest

from napari_assb_twin import cluster
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios import run
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.results import table
from napari_assb_twin.scenarios.row import Row, measured_row
from napari_assb_twin.scenarios.run import Sweep, SweepOptions
from napari_assb_twin.steps import finished


@pytest.fixture
def two_workers() -> Iterator[Any]:
    """Two processes with one thread each."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as local:
        yield local


def on(local: Any) -> SweepOptions:
    return SweepOptions(scheduler=local.scheduler_address)


def slow_row(plan: Plan, key: Key) -> Row:
    """Long enough to be killed at."""
    time.sleep(0.3)
    return measured_row(plan, key)


def deadly_row(plan: Plan, key: Key) -> Row:
    if key == (2, 1):
        os._exit(9)
    return measured_row(plan, key)


def broken_row(plan: Plan, key: Key) -> Row:
    raise ModuleNotFoundError("No module named 'napari_assb_twin'")


def same(found: Path, rows: list[Row]) -> None:
    pandas.testing.assert_frame_equal(
        pandas.read_parquet(found / "results.parquet").drop(columns="seconds"),
        table(rows).drop(columns="seconds"),
        check_exact=True,
    )


def test_a_worker_that_is_killed_changes_no_number(
    tmp_path: Path, plan: Plan, two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = replace(plan, realisations=5)
    monkeypatch.setattr(run, "measured_row", slow_row)
    killed: list[int] = []

    def kill_one(progress: run.Progress) -> None:
        if progress.step == 3 and not killed:
            killed.append(two_workers.workers[0].pid)
            psutil.Process(killed[0]).send_signal(signal.SIGKILL)

    result = finished(Sweep(large, tmp_path, on(two_workers)).run(), kill_one)
    assert (result.rows, result.failed) == (15, 0)
    assert not psutil.pid_exists(killed[0])
    same(tmp_path, [measured_row(large, key) for key in large.places()])


def test_a_realisation_that_kills_its_workers_is_a_failed_row(
    tmp_path: Path, plan: Plan, two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "measured_row", deadly_row)
    two_workers.scheduler.allowed_failures = 1
    result = finished(Sweep(plan, tmp_path, on(two_workers)).run())
    assert (result.rows, result.failed) == (6, 1)
    frame = pandas.read_csv(tmp_path / "results.csv")
    (error,) = frame.loc[frame["error"].notna(), "error"]
    assert "workers that measured it alone died 2 times" in error
    monkeypatch.setattr(run, "measured_row", measured_row)
    two_workers.wait_for_workers(2)  # the last ones that died are being replaced
    options = replace(on(two_workers), retry=True)
    assert finished(Sweep(plan, tmp_path, options).run()).failed == 0
    same(tmp_path, [measured_row(plan, key) for key in plan.places()])


def test_workers_that_cannot_run_it_at_all_end_the_sweep(
    tmp_path: Path, plan: Plan, two_workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "measured_row", broken_row)
    with pytest.raises(InputError, match=r"cannot run the sweep .*install there what is"):
        finished(Sweep(plan, tmp_path, on(two_workers)).run())
    assert Sweep(plan, tmp_path).rows == ()


def test_no_scheduler_is_one_sentence(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    options = SweepOptions(scheduler="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match="No dask scheduler answers"):
        finished(Sweep(plan, tmp_path, options).run())
