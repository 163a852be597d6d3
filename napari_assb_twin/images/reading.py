"""Image files and folders in, recognised by what they hold rather than by their names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats import metaimage, nrrd
from napari_assb_twin.images.formats.content import Content
from napari_assb_twin.images.formats.folder import read_folder, slice_files
from napari_assb_twin.images.formats.npy import read_npy
from napari_assb_twin.images.formats.omezarr import is_zarr, read_zarr
from napari_assb_twin.images.formats.png import read_png
from napari_assb_twin.images.formats.raw import (
    SUFFIXES,
    RawLayout,
    read_described_raw,
    read_raw,
)
from napari_assb_twin.images.formats.tiff import read_tiff
from napari_assb_twin.images.image import Image, VolumeFile
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.unread import Unread

__all__ = ["Image", "RawLayout", "look_at", "open_volume", "read_image", "sha256_of"]

FORMATS = "TIFF, PNG, NPY, NRRD, MHA, RAW or Zarr"
Reader = Callable[[Path], Content]


def read_image(
    path: str | os.PathLike[str],
    *,
    raw: RawLayout | None = None,
    selection: Selection = ALL,
    pressing_axis: int = 0,
    plan_view: bool = False,
) -> Image:
    """Read a TIFF, PNG, NPY, NRRD, MetaImage or RAW file, a folder of slices, or a zarr.

    Axes of length one are dropped while more than two remain, so that a stack of one section is
    a section.  Only what is asked for is loaded; large files of plain voxels stay in the file.

    Parameters
    ----------
    path
        The file or folder.
    raw
        How the voxels of a RAW file lie in it; without it a sidecar or its name must tell.  A file
        of another format says so itself.
    selection
        The part to read.
    pressing_axis, plan_view
        What the selection needs to know of the image, as `Selection.of` takes it.

    Raises
    ------
    InputError
        If the file is missing, unreadable, damaged, of another format, a colour picture, has
        fewer than two or more than three axes, or does not fit into memory.
    """
    unread = look_at(path, raw=raw)
    return unread.image(selection, pressing_axis=pressing_axis, plan_view=plan_view)


def open_volume(
    path: str | os.PathLike[str],
    *,
    raw: RawLayout | None = None,
    selection: Selection = ALL,
    pressing_axis: int = 0,
) -> VolumeFile:
    """A volume of any size whose planes are loaded when they are asked for; as `read_image`.

    Parameters
    ----------
    selection
        The part that counts: a region, and no planes.

    Raises
    ------
    InputError
        As `read_image`, and if it is a single section.
    """
    return look_at(path, raw=raw).volume(selection, pressing_axis=pressing_axis)


def look_at(path: str | os.PathLike[str], *, raw: RawLayout | None = None) -> Unread:
    """What a file holds, before more of it is loaded than its format needs for that.

    Parameters and errors are those of `read_image`.
    """
    path = Path(path)
    if raw is not None and (path.is_dir() or _known_format(_first_bytes(path)) is not None):
        raw = None
    return Unread(path, _content(path, raw), None if raw is None else asdict(raw))


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits: the same bytes, the same digits.

    A folder has that of the names and digests of the files in it; a header, which keeps its data
    in another file, that of both.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    path = Path(path)
    try:
        files = files_of(path)
        if files == [path]:
            return _digest(path)
        names = (file.relative_to(path if path.is_dir() else path.parent) for file in files)
        lines = [
            f"{name.as_posix()} {_digest(file)}\n" for name, file in zip(names, files, strict=True)
        ]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({(error.strerror or str(error)).lower()}); check the file and "
            "its permissions."
        ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_of(path: Path) -> list[Path]:
    """All files that an image consists of.

    Raises
    ------
    InputError
        If a header is damaged, or names a file that is not there.
    OSError
        If a file cannot be read.
    """
    if path.is_dir():
        if is_zarr(path):
            return sorted(file for file in path.rglob("*") if file.is_file())
        return slice_files(path)
    with path.open("rb") as file:
        first = file.read(16)
    with damage_named(path):
        if first.startswith(b"NRRD"):
            return list(nrrd.data_files(path))
        if first.startswith(metaimage.FIRST_KEYS):
            return list(metaimage.data_files(path))
    return [path]


def _content(path: Path, raw: RawLayout | None) -> Content:
    if path.is_dir():
        with damage_named(path):
            if is_zarr(path):
                return read_zarr(path)
            return read_folder(path, lambda file: _reader(file, _first_bytes(file), None)(file))
    return _reader(path, _first_bytes(path), raw)(path)


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; check the name and the folder.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({(error.strerror or str(error)).lower()}); check the file "
            "and its permissions."
        ) from error


def _reader(path: Path, first: bytes, raw: RawLayout | None) -> Reader:
    known = _known_format(first)
    if known is not None:
        return known
    if raw is not None:
        return lambda file: read_raw(file, raw)
    if not first:
        raise InputError(f"{path.name} is empty; copy or export it again.")
    if path.suffix.lower() in SUFFIXES:
        return read_described_raw
    raise InputError(
        f"{path.name} is not a {FORMATS} file, whatever its name says; save the image in one of "
        "these formats, or give the sizes of a RAW file (--raw-shape)."
    )


def _known_format(first: bytes) -> Reader | None:
    """What reads a file that starts so; None for bare voxels and for what is unknown."""
    if first.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return read_tiff
    if first.startswith(b"\x89PNG"):
        return read_png
    if first.startswith(b"\x93NUMPY"):
        return read_npy
    if first.startswith(b"NRRD"):
        return nrrd.read_nrrd
    if first.startswith(metaimage.FIRST_KEYS):
        return metaimage.read_metaimage
    return None


def reader_of(path: Path) -> Reader:
    """What reads a file, by what it holds; `read_described_raw` where it is bare voxels.

    Raises
    ------
    InputError
        If it is empty, of no known format, or cannot be opened.
    """
    return _reader(path, _first_bytes(path), None)
