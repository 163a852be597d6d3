"""Image files and folders in, recognised by what they hold rather than by their names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import rows_above
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
from napari_assb_twin.images.image import AnyArray, Array, Image, ImageOf, VolumeFile
from napari_assb_twin.images.information_bar import find_information_bar
from napari_assb_twin.images.kept_axes import Kept
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.images.planes import ALL, Selection

__all__ = ["Image", "RawLayout", "open_volume", "read_image", "sha256_of"]

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
    file = _opened(Path(path), raw)
    if not (selection.crop.ranges or selection.planes):
        whole = file.voxels[tuple(slice(0, size) for size in file.voxels.shape)]
        bar = _information_bar(whole, file.content)
        image = replace(file.image(whole), information_bar=bar)
        return selection.of(image, pressing_axis, plan_view=plan_view)
    selection, cut = _above_bar(file, selection)
    image = file.image(selection.voxels(file.voxels, pressing_axis, file.path.name))
    return replace(
        image,
        voxel_size_um=None
        if image.voxel_size_um is None
        else selection.sizes(image.voxel_size_um, pressing_axis, plan_view=plan_view),
        in_plane_um=selection.in_plane_sizes(image.in_plane_um, plan_view=plan_view),
        crop=selection.crop,
        cut_bar=cut,
    )


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
    file = _opened(Path(path), raw)
    if len(file.voxels.shape) != 3:
        raise InputError(
            f"{file.path.name} is a single section, no volume; choose the plane it shows."
        )
    selection, cut = _above_bar(file, selection)
    whole = OnDemand(file.voxels, file.voxels.of_axes(file.content.chunks))
    image = file.image(whole[selection.crop.slices(whole.shape, file.path.name)])
    sizes = image.voxel_size_um
    return replace(
        image,
        voxel_size_um=None if sizes is None else selection.sizes(sizes, pressing_axis),
        crop=selection.crop,
        cut_bar=cut,
    )


@dataclass(frozen=True, eq=False)
class _File:
    """A file of which nothing is loaded yet."""

    path: Path
    content: Content
    voxels: Kept
    raw: RawLayout | None

    def image(self, array: Array) -> ImageOf[Array]:
        """The image of which this is the array, with what the whole file says of it."""
        sizes = self.voxels.of_axes(self.content.sizes)
        known = tuple(size for size in sizes if size is not None)
        stated = known if len(known) == len(sizes) else None
        in_plane = known if sizes[0] is None and len(known) == 2 else None
        return ImageOf(
            array,
            stated,
            self.path.name,
            self.path,
            self.content.size_source if stated or in_plane else None,
            tilt_degrees=self.content.tilt_degrees,
            in_plane_um=in_plane,
            raw=None if self.raw is None else asdict(self.raw),
            note=self.content.note,
        )


def _opened(path: Path, raw: RawLayout | None) -> _File:
    """A file, after its shape and type were looked at."""
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
    voxels = Kept(content.voxels, path)
    if len(voxels.shape) not in (2, 3):
        raise InputError(
            f"{path.name} has {len(shape)} axes ({' x '.join(map(str, shape))}); give a "
            "section (2 axes), or a volume or a stack of sections (3 axes)."
        )
    return _File(path, content, voxels, raw)


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


def _information_bar(array: AnyArray, content: Content) -> tuple[int, int] | None:
    """The bar of a section, or the one that the first and the last of a stack share."""
    if array.ndim == 2:
        return find_information_bar(array, content.information_bar)
    first, last = (
        find_information_bar(section, content.information_bar) for section in (array[0], array[-1])
    )
    return first if first == last else None


def _above_bar(file: _File, selection: Selection) -> tuple[Selection, bool]:
    """The selection without the bar that the first and the last of a stack share; whether it is."""
    if not selection.cut_bar or selection.crop.ranges or len(file.voxels.shape) != 3:
        return selection, False
    count, rows, columns = file.voxels.shape
    ends = [
        file.voxels[slice(at, at + 1), slice(0, rows), slice(0, columns)] for at in (0, count - 1)
    ]
    bar = _information_bar(np.concatenate(ends), file.content)
    if bar is None:
        return selection, False
    return replace(selection, crop=rows_above(bar, axes=3)), True
