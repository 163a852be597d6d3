"""What a run in blocks has made so far, and the record by which the next run goes on from it.

The folder ``.V.zarr.part`` beside ``V.zarr`` holds the volume in the making and ``tiles.jsonl``: a
first line that says what is made, then a line for each tile that is written.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import put_in_place
from napari_assb_twin.errors import InputError
from napari_assb_twin.json_lines import append_line, cut_unfinished, read_lines
from napari_assb_twin.twin.description import whole
from napari_assb_twin.twin.tiles import Index, Tiles
from napari_assb_twin.twin.twin_file import twin_to_document

FORMAT = "assb-twin-blocks"
VERSION = 1
_RECORD = "tiles.jsonl"

Counts = tuple[int, int, int]


class Part:
    """The volume in the making.

    Parameters
    ----------
    target
        Where the volume will stand.
    tiles
        What is made.
    device
        On what it is made (see `identity`).
    """

    def __init__(self, target: Path, tiles: Tiles, device: str) -> None:
        self.target = target
        self.folder = target.with_name(f".{target.name}.part")
        self.volume = self.folder / target.name
        self._record = self.folder / _RECORD
        self._tiles = tiles
        self._identity = identity(tiles, device)

    @property
    def begun(self) -> bool:
        """Whether an earlier run has left something to go on from."""
        return self._record.is_file() and self.volume.exists()

    def begin(self) -> None:
        """Make an empty folder; what an earlier run left in it is thrown away."""
        self.discard()
        self.folder.mkdir()

    def open_record(self) -> None:
        """Write the first line, once the file of the volume is there: only then is it begun."""
        append_line(self._record, self._identity)

    def done(self) -> dict[Index, Counts]:
        """The tiles that are written, and the voxels of each phase in them.

        Raises
        ------
        InputError
            If the record is of another volume, or cannot be read.
        """
        unreadable = InputError(f"{self._record} cannot be read; start anew with --restart.")
        try:
            cut_unfinished(self._record)
            lines = read_lines(self._record)
        except ValueError:  # neither JSON nor UTF-8
            raise unreadable from None
        self._check(lines[0] if lines else {})
        try:
            return dict(self._tile(line) for line in lines[1:])
        except (ValueError, KeyError, TypeError):
            raise unreadable from None

    def add(self, index: Index, counts: Counts) -> None:
        """Record a tile that is written; on the disk when this returns."""
        append_line(self._record, {"tile": index, "voxels": counts})

    def finish(self, files: list[Path]) -> None:
        """Put the volume and what belongs to it in place, and forget the record."""
        for file in files[1:] + files[:1]:
            if file.exists():  # a run that was killed here has moved some
                put_in_place(file, self.target.with_name(file.name))
        self.discard()

    def discard(self) -> None:
        """Throw away what has been made."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _tile(self, line: Any) -> tuple[Index, Counts]:
        """What a line says of a tile; an error if there is no such tile in the volume."""
        z, y, x = line["tile"]
        pore, active, electrolyte = line["voxels"]
        parts = [(part.start, part.stop) for part in self._tiles.region((z, y, x))]
        size = math.prod(stop - start for start, stop in parts)
        known = all(map(whole, (z, y, x, pore, active, electrolyte)))
        inside = all(0 <= start < stop for start, stop in parts)
        if not (known and inside and pore + active + electrolyte == size):
            raise ValueError
        return (z, y, x), (pore, active, electrolyte)

    def _check(self, found: Any) -> None:
        if found == self._identity:
            return
        known = found if isinstance(found, dict) else {}
        wrong = [key for key, value in self._identity.items() if known.get(key) != value]
        what = ", ".join(key.replace("_", " ") for key in wrong)
        raise InputError(
            f"{self.folder.name} holds the beginning of another volume ({what} differ); start anew "
            "with --restart, or give the volume another name."
        )


def identity(tiles: Tiles, device: str) -> dict[str, Any]:
    """What the voxels of a volume follow from.

    Parameters
    ----------
    device
        ``"cpu"`` or ``"cuda"``, which round differently; on a cluster, where the workers may have
        either, what was asked for.
    """
    twin = replace(tiles.twin, provenance=None, uncertainty=None)
    document = twin_to_document(twin)
    grid = document.pop("grid")
    seed = document.pop("seed")
    text = json.dumps([document, grid["voxel_size_um"], grid["window"]], sort_keys=True)
    return {
        "format": FORMAT,
        "version": VERSION,
        "twin": hashlib.sha256(text.encode()).hexdigest(),
        "shape": grid["shape"],
        "seed": seed,
        "tile_edge": tiles.edge,
        "device": device,
    }
