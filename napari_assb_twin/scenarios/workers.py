"""Who measures the rows: this process, a few processes of this machine, or a dask cluster.

Each is an iterator over rows in whatever order they come.  They get the same ``task``, which
tells what goes wrong in its row; only what takes the whole process away is told here.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any, Protocol

import psutil

from napari_assb_twin.allocator import reuse_freed_memory
from napari_assb_twin.cluster import client_of
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.row import Row, failed_row

TRIES = 2
"""How often a realisation may take its process with it before it is left."""


class Task(Protocol):
    """Measures one row; can be sent to another process."""

    def __call__(self, plan: Plan, key: Key) -> Row:
        """The row."""
        ...


def here(task: Task, plan: Plan, keys: Sequence[Key]) -> Iterator[Row]:
    """Measure in this process, one row after the other."""
    return map(partial(task, plan), keys)


def in_processes(task: Task, plan: Plan, keys: Sequence[Key], workers: int) -> Iterator[Row]:
    """Measure in processes of this machine; those that are killed are replaced.

    Every process has an executor of its own, so that it is known which realisation it died of.
    """
    threads = max(1, (os.cpu_count() or 1) // workers)
    waiting, tries = iter(keys), dict.fromkeys(keys, 0)
    alive: set[_Worker] = set()
    running: dict[Future[Row], tuple[Key, _Worker]] = {}

    def start() -> _Worker:
        worker = _Worker(threads)
        alive.add(worker)
        return worker

    try:
        for key in islice(waiting, workers):
            worker = start()
            running[worker.submit(task, plan, key)] = key, worker
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key, worker = running.pop(future)
                try:
                    row = future.result()
                except BrokenProcessPool:
                    alive.remove(worker)
                    worker, tries[key] = start(), tries[key] + 1
                    if tries[key] < TRIES:
                        running[worker.submit(task, plan, key)] = key, worker
                        continue
                    row = failed_row(plan, key, _KILLED)
                for following in islice(waiting, 1):
                    try:
                        submitted = worker.submit(task, plan, following)
                    except BrokenProcessPool:  # it died of nothing that was asked of it
                        alive.remove(worker)
                        worker = start()
                        submitted = worker.submit(task, plan, following)
                    running[submitted] = following, worker
                yield row
    finally:
        for worker in alive:
            worker.end()


_KILLED = (
    f"The process that measured it was killed {TRIES} times, perhaps for lack of memory; choose a "
    "smaller shape or fewer workers."
)


class _Worker:
    """One process, started anew rather than forked: threads and CUDA do not survive a fork."""

    def __init__(self, threads: int) -> None:
        self._pool = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(threads,)
        )
        try:
            self._pid = self._pool.submit(os.getpid).result()
        except BrokenProcessPool:
            self._pool.shutdown()
            raise InputError(
                "No process could be started to measure in; in a script, call this below "
                "if __name__ == '__main__'."
            ) from None

    def submit(self, task: Task, plan: Plan, key: Key) -> Future[Row]:
        return self._pool.submit(task, plan, key)

    def end(self) -> None:
        """Stop it at once, whatever it is at."""
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self._pid).kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _prepare(threads: int) -> None:
    """Share the processors; an interrupt at the terminal is for the process that began it.

    Where that one is gone, this one goes, too: nobody else would end it.  Libraries that are loaded
    by now are told; those that are loaded later read the environment.
    """
    import signal

    from threadpoolctl import ThreadpoolController

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    for library in ThreadpoolController().lib_controllers:
        if library.num_threads is not None:  # it can be told
            library.set_num_threads(min(library.num_threads, threads))
    from napari_assb_twin.twin.threads import set_workers

    set_workers(threads)


def _leave_with_parent() -> None:
    """Wait for the process that began this one, and end with it, whatever is being measured."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def on_cluster(task: Task, plan: Plan, keys: Sequence[Key], address: str) -> Iterator[Row]:
    """Measure on the workers of a dask scheduler, which replaces those that die.

    Raises
    ------
    InputError
        If the scheduler is not there, goes away, or its workers cannot run the task.
    """
    with client_of(address) as client:
        distributed: Any = import_module("distributed")

        waiting = iter(keys)
        keyed: dict[str, Key] = {}
        suspects: list[Key] = []

        def submit(key: Key) -> Any:
            future = client.submit(_on_worker, task, plan, key, pure=False)
            keyed[future.key] = key
            return future

        at_once = sum(client.nthreads().values())  # what waits in a worker is suspected with it
        running = distributed.as_completed(
            [submit(key) for key in islice(waiting, at_once)], loop=client.loop
        )
        for future in running:
            key = keyed.pop(future.key)
            for following in islice(waiting, 1):
                running.add(submit(following))
            try:
                yield _row_of(future, address)
            except distributed.KilledWorker:
                suspects.append(key)
        for key in suspects:  # alone, so that it is not another one that kills the worker
            try:
                yield _row_of(submit(key), address)
            except distributed.KilledWorker as died:
                times = died.allowed_failures + 1
                yield failed_row(
                    plan,
                    key,
                    f"The workers that measured it alone died {times} times, perhaps for lack of "
                    "memory; start workers with more memory or choose a smaller shape.",
                )


def _on_worker(task: Task, plan: Plan, key: Key) -> Row:
    reuse_freed_memory()
    return task(plan, key)


def _row_of(future: Any, address: str) -> Row:
    """What a worker measured; dask's ``KilledWorker`` if its workers died of it, or beside it.

    Raises
    ------
    InputError
        If nobody can measure anything.
    """
    distributed: Any = import_module("distributed")
    try:
        row: Row = future.result()
    except distributed.KilledWorker:
        raise
    except CancelledError:
        raise InputError(
            f"The dask scheduler at {address} is gone; what is measured stays, so start it "
            "and give the same command again."
        ) from None
    except Exception as error:  # whatever a worker raises is raised here again
        raise InputError(
            f"The workers of the cluster cannot run the sweep ({type(error).__name__}: {error}); "
            "install there what is installed here, and give the same command again."
        ) from error
    return row
