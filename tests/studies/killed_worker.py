"""A sweep on a dask cluster of two workers, one of which is killed on the way.

``python tests/studies/killed_worker.py plan.json RESULTS -o AGAIN`` runs a plan that was swept
already, kills a worker after a third of the rows, and compares the tables number by number.
"""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

import pandas
import psutil
from distributed import LocalCluster

from napari_assb_twin.scenarios.plan_file import load_plan
from napari_assb_twin.scenarios.run import Progress, Sweep, SweepOptions
from napari_assb_twin.steps import finished

LEAVE_OUT = ["seconds"]


def main() -> None:
    """Run it, and say whether the tables are equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("results", type=Path, help="of the same plan, measured before")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:

        def kill_one(progress: Progress) -> None:
            if 3 * progress.step >= progress.total and not killed:
                killed.append(local.workers[0].pid)
                psutil.Process(killed[0]).send_signal(signal.SIGKILL)
                print(f"worker {killed[0]} killed after {progress.step} rows", flush=True)

        sweep = Sweep(
            load_plan(options.plan), options.output, SweepOptions(scheduler=local.scheduler_address)
        )
        result = finished(sweep.run(), kill_one)
    print(f"{result.rows} rows, {result.failed} failed")
    before, after = (
        pandas.read_parquet(folder / "results.parquet").drop(columns=LEAVE_OUT)
        for folder in (options.results, options.output)
    )
    pandas.testing.assert_frame_equal(before, after, check_exact=True)
    print("both tables are equal in every digit")


if __name__ == "__main__":
    main()
