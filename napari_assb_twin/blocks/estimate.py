"""What a volume in blocks will take, asked before it is begun."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from napari_assb_twin.errors import InputError

_ROOM = 0.9
"""Share of what is free that may be taken."""

_LEVELS = 8.0 / 7.0
"""Voxels of all levels of an OME-Zarr over those of the finest."""

_ZARR_MARGIN = 1.1
"""How much less than the first tile others may be compressible."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Memory, disk and time of what is still to be made.

    Attributes
    ----------
    memory_bytes
        At most at once, for the tiles that are in the making.
    disk_bytes
        Of what is still to be written.
    seconds
        From the time that a tile took on this machine, with as many at once as will be made.
    tiles, tiles_left
        In the whole volume, and still to be made.
    """

    memory_bytes: int
    disk_bytes: int
    seconds: float
    tiles: int
    tiles_left: int

    def in_words(self) -> str:
        """One line for a user."""
        return (
            f"{self.tiles_left} of {self.tiles} tiles to make: about {in_units(self.memory_bytes)} "
            f"of memory, {in_units(self.disk_bytes)} on the disk, {in_minutes(self.seconds)}"
        )

    def check(self, folder: Path) -> None:
        """Refuse what does not fit; `InputError` with the sizes."""
        check_memory(self.memory_bytes)
        free = shutil.disk_usage(folder).free
        if self.disk_bytes > _ROOM * free:
            raise InputError(
                f"The volume needs about {in_units(self.disk_bytes)} on the disk, but "
                f"{in_units(free)} are free at {folder}; free some space, write to another disk, "
                "or choose a smaller shape."
            )


def check_memory(needed: int) -> None:
    """Refuse tiles that do not fit into the free memory of this machine."""
    available = psutil.virtual_memory().available
    if needed > _ROOM * available:
        raise InputError(
            f"Making the volume in blocks needs about {in_units(needed)} of memory, but "
            f"{in_units(available)} are free; take fewer workers, larger voxels or a shorter "
            "correlation length."
        )


def disk_bytes(voxels: int, packed: float | None) -> int:
    """Bytes of a file with so many voxels; ``packed`` is the share a Zarr tile is compressed to."""
    return voxels if packed is None else round(voxels * packed * _LEVELS * _ZARR_MARGIN)


def in_units(size: float) -> str:
    """Bytes as a user reads them."""
    return f"{size / 2**30:.2g} GiB" if size >= 2**29 else f"{size / 2**20:.0f} MiB"


def in_minutes(seconds: float) -> str:
    """A time to be expected."""
    if seconds < 60:
        return "under a minute"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"
