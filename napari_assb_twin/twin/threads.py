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

WORKERS = min(8, os.cpu_count() or 1)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="assb-twin")


def run_all(task: Callable[[T], None], items: Sequence[T]) -> None:
    """Run a task on every item, in threads; returns when all are done."""
    if len(items) < 2 or WORKERS < 2:
        for item in items:
            task(item)
        return
    for future in [_pool().submit(task, item) for item in items]:
        future.result()


def over_slabs(kernel: Callable[[int, int], None], length: int, *, voxels: int) -> None:
    """Run ``kernel(start, stop)`` over slabs that cover ``range(length)``.

    Below a million voxels a kernel takes less than handing it to a thread would gain.
    """
    parts = WORKERS if voxels >= 1 << 20 else 1
    edges = [length * part // parts for part in range(parts + 1)]
    slabs = [(a, b) for a, b in pairwise(edges) if b > a]
    run_all(lambda slab: kernel(*slab), slabs)


_chosen: list[int] = []


def workers() -> int:
    """How many threads are used now."""
    return _chosen[-1] if _chosen else WORKERS


def set_workers(count: int) -> None:
    """Use so many threads from now on, at most those of the machine; 0 for the default."""
    most = os.cpu_count() or 1
    _chosen[:] = [min(count, most)] if count > 0 else []
