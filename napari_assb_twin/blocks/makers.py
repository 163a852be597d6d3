"""Who makes the tiles: this process, a few threads of it, or a dask cluster.

Each is an iterator over tiles that are made and written, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from importlib import import_module
from itertools import islice
from typing import Any

import numpy as np

from napari_assb_twin.allocator import reuse_freed_memory
from napari_assb_twin.blocks.part import Counts
from napari_assb_twin.blocks.writers import Writer
from napari_assb_twin.cluster import client_of
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.device import Backend, choose_backend
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.tiles import Index, Labels, Tiles

Made = tuple[Index, Counts]


def make(tiles: Tiles, writer: Writer, index: Index, backend: Backend) -> Made:
    """Make a tile and write the part of it that lies in the volume (see `write`)."""
    return write(tiles, writer, index, tiles.labels(index, backend))


def write(tiles: Tiles, writer: Writer, index: Index, labels: Labels) -> Made:
    """Write a tile; returns its index, and the voxels of each phase in what lies in the volume."""
    region = tiles.region(index)
    inside = labels[tuple(slice(part.stop - part.start) for part in region)]
    writer.write(region, inside)
    pore, active, electrolyte = (int(np.count_nonzero(inside == c)) for c in range(len(PHASES)))
    return index, (pore, active, electrolyte)


def in_threads(
    tiles: Tiles, writer: Writer, indices: Sequence[Index], backend: Backend, workers: int
) -> Iterator[Made]:
    """Make tiles in this process, ``workers`` at the same time."""
    if workers == 1:
        for index in indices:
            yield make(tiles, writer, index, backend)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="assb-twin-tile") as pool:
        waiting = iter(indices)
        running: set[Future[Made]] = set()
        try:
            while True:
                for index in islice(waiting, workers - len(running)):
                    running.add(pool.submit(make, tiles, writer, index, backend))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def on_cluster(
    tiles: Tiles, writer: Writer, indices: Sequence[Index], address: str, device: str
) -> Iterator[Made]:
    """Make tiles on the workers of a dask scheduler.

    They write the chunks of a Zarr store themselves; a file that several machines must not write
    to at the same time is written here.

    Raises
    ------
    InputError
        If dask is not installed, the scheduler does not answer, or its workers die, fail or cannot
        write where the volume is made.
    """
    with client_of(address) as client:
        distributed: Any = import_module("distributed")
        threads = sum(client.nthreads().values())
        shared = client.scatter(tiles, broadcast=True)
        there = writer if writer.by_many else None
        waiting = iter(indices)

        def submit(index: Index) -> object:
            return client.submit(_make_there, shared, there, index, device, pure=False)

        running = distributed.as_completed(
            [submit(index) for index in islice(waiting, 2 * threads)], loop=client.loop
        )
        for future in running:
            try:
                index, made = future.result()
            except (distributed.KilledWorker, CancelledError):
                raise InputError(
                    "The workers of the cluster died at a tile, which takes about "
                    f"{tiles.bytes_at_work / 2**20:.0f} MiB; start workers with more memory and "
                    "give the same command again."
                ) from None
            except InputError:
                raise
            except Exception as error:  # whatever a worker raises is raised here again
                raise InputError(
                    f"A worker of the cluster failed at a tile ({type(error).__name__}: {error}); "
                    "what is made stays, so mend this and give the same command again."
                ) from error
            for following in islice(waiting, 1):
                running.add(submit(following))
            yield (index, made) if there else write(tiles, writer, index, made)


def _make_there(tiles: Tiles, writer: Writer | None, index: Index, device: str) -> Any:
    """`make` on a worker of a cluster; without a writer the labels instead of their counts."""
    reuse_freed_memory()
    backend = choose_backend(device)
    if writer is None:
        return index, tiles.labels(index, backend)
    try:
        return make(tiles, writer, index, backend)
    except FileNotFoundError as error:
        raise InputError(
            f"A worker of the cluster cannot write to {error.filename or writer.path}; give a path "
            "that all workers reach, as on a shared disk."
        ) from None
