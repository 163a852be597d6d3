"""Files that take a volume region by region: OME-Zarr, TIFF and RAW.

A writer is a small value that can be sent to another process; it opens the file for each region.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

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
    """Takes a volume region by region, those of several tiles at the same time, too.

    Attributes
    ----------
    by_many
        Whether several machines may write at the same time: not where two tiles share a page of
        memory that a shared disk writes as a whole.
    """

    by_many: ClassVar[bool]

    @property
    def path(self) -> Path:
        """Where the volume is made."""

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
    header = _header_of(target)
    if target.suffix == ".raw" and header.exists() and not header.is_file():
        raise InputError(
            f"{header} is in the way of the header that belongs to {target.name}; move it away or "
            "choose another name."
        )
    return target


def _header_of(raw: Path) -> Path:
    """The MetaImage header beside a RAW file."""
    return raw.with_suffix(".mhd")


@dataclass(frozen=True)
class ZarrWriter:
    """OME-Zarr; a chunk belongs to one tile, so that none is written by two."""

    path: Path
    shape: Shape
    voxel_size_um: float
    note: VolumeNote
    chunk: int

    by_many: ClassVar[bool] = True

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
class _OneAfterAnother:
    """All voxels follow each other in one file, which is whole when the last is in place."""

    path: Path
    shape: Shape
    voxel_size_um: float
    note: VolumeNote

    by_many: ClassVar[bool] = False

    def complete(self) -> Iterator[float]:
        yield from ()


class RawWriter(_OneAfterAnother):
    """One byte for a voxel, x fastest, with a MetaImage header beside it."""

    def create(self) -> None:
        with self.path.open("wb") as file:
            file.truncate(int(np.prod(self.shape, dtype=np.int64)))
        header = mhd_header(self.shape, (self.voxel_size_um,) * 3, self.path.name, self.note)
        _header_of(self.path).write_text(header, encoding="utf-8")

    def write(self, region: Region, labels: Labels) -> None:
        _put(self.path, 0, self.shape, region, labels)

    def files(self) -> list[Path]:
        return [self.path, _header_of(self.path)]


class TiffWriter(_OneAfterAnother):
    """Uncompressed multi-page TIFF, as `write_tiff` writes it."""

    def create(self) -> None:
        import tifffile

        options = tiff_options(self.shape, self.voxel_size_um, note=self.note)
        tifffile.imwrite(self.path, shape=self.shape, dtype=np.uint8, **options)

    def write(self, region: Region, labels: Labels) -> None:
        import tifffile

        with tifffile.TiffFile(self.path) as file:
            begin = file.pages[0].dataoffsets[0]  # the planes follow each other without a gap
        _put(self.path, begin, self.shape, region, labels)

    def files(self) -> list[Path]:
        return [self.path]


def _put(path: Path, begin: int, shape: Shape, region: Region, labels: Labels) -> None:
    """Write a region of a volume whose first voxel is at the byte ``begin``; on the disk then.

    The file has no blocks yet where nothing was written.  It is not mapped, because a disk that is
    full would then end the process instead of raising an `OSError`.
    """
    z, y, x = region
    labels = np.ascontiguousarray(labels)
    with path.open("r+b") as file:
        for plane, rows in zip(range(z.start, z.stop), labels, strict=True):
            first = begin + (plane * shape[1] + y.start) * shape[2] + x.start
            for number, row in enumerate(rows):
                file.seek(first + number * shape[2])
                file.write(row.data)
        file.flush()
        os.fsync(file.fileno())
