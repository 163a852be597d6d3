"""A volume in blocks from the first check to the file in place."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from napari_assb_twin.atomic import unwritable
from napari_assb_twin.blocks import makers
from napari_assb_twin.blocks.estimate import Estimate, check_memory, disk_bytes
from napari_assb_twin.blocks.options import BlockOptions
from napari_assb_twin.blocks.part import Counts, Part
from napari_assb_twin.blocks.writers import ZarrWriter, check_suffix, check_target, writer_for
from napari_assb_twin.export.ome_zarr import packed_share
from napari_assb_twin.twin.device import Backend, choose_backend
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.twin.tiles import Index, Tiles, least_bytes_at_work
from napari_assb_twin.twin.torus import Torus, box_reservation
from napari_assb_twin.twin.volume_note import VolumeNote


@dataclass(frozen=True)
class Progress:
    """Tiles that are made."""

    step: int
    total: int
    message: str


@dataclass(frozen=True, kw_only=True)
class BlockResult:
    """A volume that stands in its place.

    Attributes
    ----------
    volume_fractions
        Shares of the phases in it.
    truncation
        Largest difference of the covariance of a field from the model's, in units of its variance.
    seconds
        Time of this run; earlier ones that it went on from are not in it.
    resumed
        Tiles that an earlier run had made.
    """

    path: Path
    volume_fractions: Mapping[Phase, float]
    truncation: float
    device: str
    seconds: float
    tiles: int
    resumed: int


class BlockJob:
    """One volume of a twin, on its grid and with its seed, into a file.

    Parameters
    ----------
    path
        With the ending .zarr, .tif, .tiff or .raw.

    Raises
    ------
    InputError
        If the twin, the path or the options cannot be used, what an earlier run has left is of
        another volume, or a tile does not fit into memory.
    """

    def __init__(self, twin: Twin, path: Path, options: BlockOptions | None = None) -> None:
        self._options = options or BlockOptions()
        check_suffix(path)
        self._path = path
        target = check_target(path)
        box = Torus(twin.grid.shape, (twin.grid.voxel_size_um,) * 3)
        found = [box_reservation(twin.field(n).correlation, box, n) for n in FIELD_NAMES]
        self.reservations = tuple(filter(None, found))
        self._backend: Backend = choose_backend(self._options.device)
        check_memory(self._at_once * least_bytes_at_work(twin))
        self._tiles = Tiles.of(twin)
        check_memory(self._memory)
        device = self._options.device if self._options.scheduler else self._backend.name
        self._part = Part(target, self._tiles, device)
        size = twin.grid.voxel_size_um
        self._writer = writer_for(
            self._part.volume, twin.grid.shape, size, self._tiles.edge, VolumeNote.of(twin)
        )
        self._fresh = self._options.restart or not self._part.begun
        self._done = {} if self._fresh else self._part.done()

    @property
    def part(self) -> Part:
        """What is made so far: it stays if a run ends early."""
        return self._part

    @cached_property
    def estimate(self) -> Estimate:
        """What is still to be made, from as many tiles as are made at the same time.

        One is made before them: the first is slow.  On a cluster the time is that of this
        machine alone.

        Raises
        ------
        InputError
            If it does not fit on the disk.
        """
        total = self._tiles.count
        left = total - len(self._done)
        seconds, packed = 0.0, None
        if left:
            first = self._tiles.labels(next(self._left()), self._backend)
            seconds = left * self._seconds_per_tile()
            if isinstance(self._writer, ZarrWriter):
                packed = packed_share(first, self._writer.chunk)
        voxels = math.prod(self._tiles.twin.grid.shape)
        estimate = Estimate(
            memory_bytes=self._memory,
            disk_bytes=round(disk_bytes(voxels, packed) * left / total),
            seconds=seconds,
            tiles=total,
            tiles_left=left,
        )
        estimate.check(self._part.folder.parent)
        return estimate

    def run(self) -> Generator[Progress, None, BlockResult]:
        """Make what is left; a generator of progress that returns the result.

        What is made so far stays when it ends early, for the next run; see `Part.discard`.

        Raises
        ------
        InputError
            If the volume does not fit or cannot be written.
        """
        total, resumed = self.estimate.tiles, len(self._done)
        started = time.perf_counter()
        try:
            if self._fresh:
                self._part.begin()
                self._writer.create()
                self._part.open_record()
            yield self._progress(total)
            for index, counts in self._made():
                self._part.add(index, counts)
                self._done[index] = counts
                yield self._progress(total)
            for share in self._writer.complete():
                message = f"Coarser levels, {share:.0%}"
                yield Progress(total, total, message)
            self._part.finish(self._writer.files())
        except OSError as error:
            raise unwritable(self._path, error) from error
        voxels = np.sum([*self._done.values()], axis=0, dtype=np.int64)
        fractions = dict(zip(PHASES, (voxels / voxels.sum()).tolist(), strict=True))
        return BlockResult(
            path=self._path,
            volume_fractions=fractions,
            truncation=self._tiles.truncation,
            device=self._backend.name,
            seconds=time.perf_counter() - started,
            tiles=total,
            resumed=resumed,
        )

    def _seconds_per_tile(self) -> float:
        """With the workers that share this machine, for tiles that are thrown away."""
        some = list(islice(self._left(), self._at_once))
        with ThreadPoolExecutor(len(some)) as pool:
            started = time.perf_counter()
            for _ in pool.map(lambda index: self._tiles.labels(index, self._backend), some):
                pass
            return (time.perf_counter() - started) / len(some)

    def _left(self) -> Iterator[Index]:
        return (index for index in self._tiles.indices() if index not in self._done)

    def _made(self) -> Iterator[tuple[Index, Counts]]:
        options, left = self._options, list(self._left())
        if options.scheduler is not None:
            return makers.on_cluster(
                self._tiles, self._writer, left, options.scheduler, options.device
            )
        return makers.in_threads(self._tiles, self._writer, left, self._backend, options.workers)

    def _progress(self, total: int) -> Progress:
        return Progress(len(self._done), total, f"Tiles {len(self._done)}/{total}")

    @property
    def _at_once(self) -> int:
        """Tiles in the making on this machine."""
        return 1 if self._options.scheduler else self._options.workers

    @property
    def _memory(self) -> int:
        return self._at_once * self._tiles.bytes_at_work
