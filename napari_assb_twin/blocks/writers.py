"""Files that take a volume region by region: OME-Zarr, TIFF and RAW.

A writer is a small value that can be sent to another process; it opens the file for each region.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from napari_assb_twin.atomic import check_store
from napari_assb_twin.errors import InputError
from napari_assb_twin.export import ome_zarr
from napari_assb_twin.export.raw import mhd_header
from napari_assb_twin.export.tiff import tiff_options
from napari_assb_twin.twin.device import Shape
from napari_assb_twin.twin.tiles import Labels, Region
from napari_assb_twin.twin.volume_note import VolumeNote

SUFFIXES = (".zarr", ".tif", ".tiff", ".raw")


class Writer(Protocol):
    """Takes a volume region by region; regions of different tiles at the same time, too."""

    def create(self) -> None:
        """Make the file with its metadata, without voxels."""

    def write(self, region: Region, labels: Labels) -> None:
        """Put the voxels of a region in place."""

    def complete(self) -> Iterator[float]:
        """Do what is left when all regions are written; yields the share that is done."""

    def files(self) -> list[Path]:
        """What has been made: the volume first, then what belongs beside it."""


def writer_for(
    path: Path, shape: Shape, voxel_size_um: float, edge: int, note: VolumeNote
) -> Writer:
    """The writer for the ending of a file.

    Parameters
    ----------
    path
        Where the volume is made (see `Part`), with the name that it will have.
    edge
        Voxels of a tile, of which a chunk holds a whole part.
    note
        What the file says of the volume.

    Raises
    ------
    InputError
        If the ending is not one of `SUFFIXES`.
    """
    check_suffix(path)
    if path.suffix == ".zarr":
        return ZarrWriter(path, shape, voxel_size_um, note, min(edge, ome_zarr.CHUNK))
    kind = RawWriter if path.suffix == ".raw" else TiffWriter
    return kind(path, shape, voxel_size_um, note)


def check_suffix(path: Path) -> None:
    """Refuse a file whose ending says nothing that can be written in blocks."""
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} cannot be written in blocks; give it one of the endings "
            f"{', '.join(SUFFIXES)}."
        )


def check_target(path: Path) -> Path:
    """The resolved path, if a volume can be put there; else `InputError`."""
    if path.suffix == ".zarr":
        return check_store(path, ome_zarr.is_ome_zarr)
    target = path.resolve()
    if target.is_dir():
        raise InputError(f"{path} is a folder; add the name of the file to write.")
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist; create it first.")
    return target


@dataclass(frozen=True)
class ZarrWriter:
    """OME-Zarr; a chunk belongs to one tile, so that none is written by two."""

    path: Path
    shape: Shape
    voxel_size_um: float
    note: VolumeNote
    chunk: int

    def create(self) -> None:
        ome_zarr.create(
            self.path,
            self.shape,
            voxel_size_um=self.voxel_size_um,
            chunk=self.chunk,
            name=self.path.stem,
            note=self.note,
        )

    def write(self, region: Region, labels: Labels) -> None:
        ome_zarr.level(self.path, 0)[region] = labels

    def complete(self) -> Iterator[float]:
        yield from ome_zarr.coarser_levels(self.path)

    def files(self) -> list[Path]:
        return [self.path]


@dataclass(frozen=True)
class RawWriter:
    """One byte for a voxel, x fastest, with a MetaImage header beside it."""

    path: Path
    shape: Shape
    voxel_size_um: float
    note: VolumeNote

    def create(self) -> None:
        with self.path.open("wb") as file:
            file.truncate(int(np.prod(self.shape, dtype=np.int64)))
        header = mhd_header(self.shape, (self.voxel_size_um,) * 3, self.path.name, self.note)
        self._header().write_text(header, encoding="utf-8")

    def write(self, region: Region, labels: Labels) -> None:
        voxels = np.memmap(self.path, np.uint8, "r+", 0, self.shape)
        voxels[region] = labels
        voxels.flush()

    def complete(self) -> Iterator[float]:
        yield from ()

    def files(self) -> list[Path]:
        return [self.path, self._header()]

    def _header(self) -> Path:
        return self.path.with_suffix(".mhd")


@dataclass(frozen=True)
class TiffWriter:
    """Uncompressed multi-page TIFF, as `write_tiff` writes it."""

    path: Path
    shape: Shape
    voxel_size_um: float
    note: VolumeNote

    def create(self) -> None:
        options = tiff_options(self.shape, self.voxel_size_um, note=self.note)
        self._voxels(shape=self.shape, dtype=np.uint8, **options)

    def write(self, region: Region, labels: Labels) -> None:
        voxels = self._voxels(mode="r+")
        voxels.reshape(self.shape)[region] = labels
        voxels.flush()

    def complete(self) -> Iterator[float]:
        yield from ()

    def files(self) -> list[Path]:
        return [self.path]

    def _voxels(self, **options: Any) -> Any:
        import tifffile

        return tifffile.memmap(self.path, **options)
