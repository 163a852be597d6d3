"""A few threads for kernels that release the interpreter lock.

Compiled kernels here are serial and are run over slabs of the first axis: that keeps them safe
when two workers of a window compute at the same time, which numba's own parallel loops are not
on every platform.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

MOST_WORKERS = min(8, os.cpu_count() or 1)
_SERIAL_VOXELS = 1 << 20
_CACHE_BYTES = 1 << 20

_chosen = MOST_WORKERS


def workers() -> int:
    """Threads that compute at once, for kernels and FFTs alike."""
    return _chosen


def set_workers(count: int) -> None:
    """Choose how many threads compute at once; 0 takes one per processor, at most eight."""
    global _chosen
    _chosen = min(count, os.cpu_count() or 1) if count > 0 else MOST_WORKERS


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="assb-twin")


def run_all(task: Callable[[T], None], items: Sequence[T]) -> None:
    """Run a task on every item, in threads; returns when all are done."""
    if len(items) < 2 or workers() < 2:
        for item in items:
            task(item)
        return
    pool = _pool(workers())
    for future in [pool.submit(task, item) for item in items]:
        future.result()


def over_slabs(kernel: Callable[[int, int], None], length: int, *, voxels: int) -> None:
    """Run ``kernel(start, stop)`` over slabs that cover ``range(length)``, one for each thread.

    Below a million voxels a kernel takes less than handing it to a thread would gain.
    """
    _over_parts(kernel, length, workers() if voxels >= _SERIAL_VOXELS else 1)


def over_cached_slabs(kernel: Callable[[int, int], None], length: int, *, nbytes: int) -> None:
    """Like `over_slabs`, in slabs of which each fits into a processor's cache.

    ``nbytes`` is what the whole range works on.
    """
    _over_parts(kernel, length, min(length, max(1, nbytes // _CACHE_BYTES)))


def _over_parts(kernel: Callable[[int, int], None], length: int, parts: int) -> None:
    edges = [length * part // parts for part in range(parts + 1)]
    slabs = [(a, b) for a, b in pairwise(edges) if b > a]
    run_all(lambda slab: kernel(*slab), slabs)
