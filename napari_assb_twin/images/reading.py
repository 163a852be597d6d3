"""Image files and folders in, recognised by what they hold rather than by their names."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import Crop, rows_above
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats import metaimage, nrrd
from napari_assb_twin.images.formats.content import Content, Index, Voxels
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
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.information_bar import find_information_bar
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.room import require_room

__all__ = ["Image", "RawLayout", "read_image", "sha256_of"]

FORMATS = "TIFF, PNG, NPY, NRRD, MHA, RAW or Zarr"
LONGEST_AXIS = 1 << 40
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
    path = Path(path)
    if raw is not None and (path.is_dir() or _known_format(_first_bytes(path)) is not None):
        raw = None
    content = _content(path, raw)
    shape, dtype = content.voxels.shape, content.voxels.dtype
    if dtype.kind not in "biuf" or 0 in shape:
        raise InputError(
            f"{path.name} holds {'no voxels' if 0 in shape else dtype}; "
            "give an image of whole-number labels."
        )
    if max(shape, default=0) > LONGEST_AXIS:
        raise InputError(
            f"{path.name} is damaged: it states {max(shape)} voxels along an axis; copy or export "
            "it again."
        )
    kept = _kept_axes(shape)
    if len(kept) not in (2, 3):
        raise InputError(
            f"{path.name} has {len(shape)} axes ({' x '.join(map(str, shape))}); give a "
            "section (2 axes), or a volume or a stack of sections (3 axes)."
        )
    sizes = tuple(content.sizes[axis] for axis in kept)
    known = tuple(size for size in sizes if size is not None)
    stated = known if len(known) == len(kept) else None
    in_plane: tuple[float, ...] | None = known if sizes[0] is None and len(known) == 2 else None
    voxels = _Kept(content.voxels, kept, path)
    partial = bool(selection.crop.ranges or selection.planes)
    everything = tuple(slice(0, size) for size in voxels.shape)
    above = _above_bar(voxels, content, selection) if partial else None
    if above is not None:
        selection = replace(selection, crop=above)
    image = Image(
        selection.voxels(voxels, pressing_axis, path.name) if partial else voxels[everything],
        stated,
        path.name,
        path,
        content.size_source if stated or in_plane else None,
        tilt_degrees=content.tilt_degrees,
        in_plane_um=in_plane,
        raw=None if raw is None else asdict(raw),
        note=content.note,
    )
    if not partial:
        bar = _information_bar(image.array, content)
        return selection.of(replace(image, information_bar=bar), pressing_axis, plan_view=plan_view)
    if stated is not None:
        stated = selection.sizes(stated, pressing_axis, plan_view=plan_view)
    cut = above is not None
    in_plane = selection.in_plane_sizes(in_plane, plan_view=plan_view)
    return replace(
        image, voxel_size_um=stated, in_plane_um=in_plane, crop=selection.crop, cut_bar=cut
    )


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


def _kept_axes(shape: tuple[int, ...]) -> list[int]:
    """The axes without those of length one, of which the last ones stay to make two."""
    kept = list(range(len(shape)))
    while len(kept) > 2 and any(shape[axis] == 1 for axis in kept):
        kept.remove(next(axis for axis in kept if shape[axis] == 1))
    return kept


class _Kept:
    """Voxels without the axes of length one, loaded when they are indexed."""

    def __init__(self, voxels: Voxels, kept: list[int], path: Path) -> None:
        self._voxels, self._kept, self._path = voxels, kept, path
        self.shape = tuple(voxels.shape[axis] for axis in kept)
        self.dtype = voxels.dtype

    def __getitem__(self, index: Index) -> AnyArray:
        """A part in the byte order of this machine and in C order."""
        asked = dict(zip(self._kept, index, strict=True))
        whole = tuple(asked.get(axis, slice(0, 1)) for axis in range(len(self._voxels.shape)))
        lengths = tuple(_length(one, n) for one, n in zip(index, self.shape, strict=True))
        with damage_named(self._path):
            plain = all(isinstance(one, slice) for one in index)
            if plain and isinstance(self._voxels, np.memmap) and self.dtype.isnative:
                mapped: AnyArray = self._voxels[whole]
                if mapped.flags.c_contiguous:
                    return mapped.reshape(lengths)
            require_room(math.prod(lengths) * self.dtype.itemsize, self._path.name)
            loaded: AnyArray = np.asarray(self._voxels[whole])
            found = tuple(loaded.shape[axis] for axis in self._kept)
            if found != lengths or loaded.size != math.prod(lengths) or loaded.dtype != self.dtype:
                raise ValueError("other voxels than its header states")
            native = loaded.astype(self.dtype.newbyteorder("="), order="C", copy=False)
            return native.reshape(lengths)


def _length(one: slice | list[int], size: int) -> int:
    """How many voxels an entry of an index takes along an axis."""
    return len(range(*one.indices(size))) if isinstance(one, slice) else len(one)


def _information_bar(array: AnyArray, content: Content) -> tuple[int, int] | None:
    """The bar of a section, or the one that the first and the last of a stack share."""
    if array.ndim == 2:
        return find_information_bar(array, content.information_bar)
    first, last = (
        find_information_bar(section, content.information_bar) for section in (array[0], array[-1])
    )
    return first if first == last else None


def _above_bar(voxels: _Kept, content: Content, selection: Selection) -> Crop | None:
    """The rows above the bar of a stack of which planes are taken; None where nothing is cut."""
    if not selection.cut_bar or selection.crop.ranges or len(voxels.shape) != 3:
        return None
    count, rows, columns = voxels.shape
    ends = [voxels[slice(at, at + 1), slice(0, rows), slice(0, columns)] for at in (0, count - 1)]
    bar = _information_bar(np.concatenate(ends), content)
    return None if bar is None else rows_above(bar, axes=3)
