"""A plan from the first check to the tables in their folder."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from napari_assb_twin.atomic import unwritable
from napari_assb_twin.blocks.estimate import in_minutes
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios import workers
from napari_assb_twin.scenarios.estimate import Estimate
from napari_assb_twin.scenarios.made_with import reservation, versions_for
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.record import Record
from napari_assb_twin.scenarios.results import write_results
from napari_assb_twin.scenarios.row import Row, measured_row
from napari_assb_twin.twin.description import require, whole
from napari_assb_twin.twin.parameters import FIELD_NAMES
from napari_assb_twin.twin.torus import Torus, box_reservation


@dataclass(frozen=True)
class Progress:
    """Rows that are measured, of all; the one that came last, None before the first."""

    step: int
    total: int
    message: str
    row: Row | None = None


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """A finished sweep.

    Attributes
    ----------
    folder
        With the tables.
    rows, failed
        All of them, and those that say an error instead of values.
    resumed
        Rows that an earlier run had measured.
    seconds
        Time of this run.
    """

    folder: Path
    rows: int
    failed: int
    resumed: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class SweepOptions:
    """Who measures; the rows are the same.

    Attributes
    ----------
    workers
        Processes of this machine; 1: this one alone.
    scheduler
        Address of a dask scheduler whose workers measure instead.
    retry
        Measure rows again that failed before.
    """

    workers: int = 1
    scheduler: str | None = None
    retry: bool = False

    def __post_init__(self) -> None:
        require(
            whole(self.workers) and self.workers >= 1,
            f"workers is {self.workers!r}; it must be a whole number, 1 or more.",
        )


class Sweep:
    """A plan run into a folder.

    Raises
    ------
    InputError
        If the folder holds anything but the results of this plan.
    """

    def __init__(self, plan: Plan, folder: Path, options: SweepOptions | None = None) -> None:
        self._plan = plan
        self._options = options or SweepOptions()
        self._record = Record(folder, plan)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All that are measured so far."""
        return tuple(self._record.rows.values())

    @property
    def left(self) -> tuple[Key, ...]:
        """What is still to be measured."""
        rows = self._record.rows
        done = {key for key, row in rows.items() if row.error is None or not self._options.retry}
        return tuple(key for key in self._plan.places() if key not in done)

    @cached_property
    def estimate(self) -> Estimate:
        """Memory and disk of what is left.

        Raises
        ------
        InputError
            If it does not fit.
        """
        left = len(self.left)
        here = 0 if self._options.scheduler else min(self._options.workers, left)
        estimate = Estimate.of(self._plan, left, at_once=here)
        estimate.check(self._record.folder)
        return estimate

    @cached_property
    def reservations(self) -> tuple[str, ...]:
        """What a user must know of the numbers, in sentences."""
        told = self._plan.reservation, self._of_small_boxes(), self._of_versions()
        return tuple(sentence for sentence in told if sentence)

    def _of_small_boxes(self) -> str | None:
        small, grid = 0, self._plan.twin.grid
        box = Torus(grid.shape, (grid.voxel_size_um,) * 3)
        for point in self._plan.design_points:
            try:
                twin = self._plan.variant(point, 0)
                found = [box_reservation(twin.field(n).correlation, box, n) for n in FIELD_NAMES]
            except InputError:  # said in its row
                continue
            small += any(found)
        if not small:
            return None
        return (
            f"In {small} of {self._plan.scenarios} scenarios the box is small for the correlation; "
            "choose a larger shape or shorter lengths."
        )

    def _of_versions(self) -> str | None:
        if not self.rows or not self.left:
            return None
        return reservation(self._record.versions, versions_for(self._plan))

    def run(self) -> Generator[Progress, None, SweepResult]:
        """Measure what is left and write the tables.

        Closing the generator, or an error, leaves all rows that are measured to the next run.

        Yields
        ------
        `Progress`, before the first row and after each.

        Raises
        ------
        InputError
            If it does not fit, another sweep is writing to the folder, or it cannot be written.
        """
        _ = self.estimate
        try:
            with self._record.begun():
                return (yield from self._run())
        except OSError as error:
            raise unwritable(self._record.folder, error) from error

    def _run(self) -> Generator[Progress, None, SweepResult]:
        left, total, started = self.left, self._plan.total, time.perf_counter()
        resumed = total - len(left)
        yield Progress(resumed, total, f"{resumed} of {total} realisations")
        with closing(self._measured(left)) as rows:
            for number, row in enumerate(rows, start=1):
                self._record.add(row)
                ahead = (time.perf_counter() - started) / number * (len(left) - number)
                done = resumed + number
                message = f"{done} of {total} realisations, {in_minutes(ahead)} left"
                yield Progress(done, total, message, row)
        write_results(self._record.folder, self._plan, self.rows, self._record.versions)
        return SweepResult(
            folder=self._record.folder,
            rows=total,
            failed=sum(row.error is not None for row in self.rows),
            resumed=resumed,
            seconds=time.perf_counter() - started,
        )

    def _measured(self, left: Sequence[Key]) -> Generator[Row, None, None]:
        plan, options = self._plan, self._options
        rows: Iterator[Row]
        if not left:
            return
        if options.scheduler is not None:
            rows = workers.on_cluster(measured_row, plan, left, options.scheduler)
        elif options.workers > 1:
            rows = workers.in_processes(measured_row, plan, left, options.workers)
        else:
            rows = workers.here(measured_row, plan, left)
        yield from rows
