"""Image files in: TIFF, PNG and NPY, recognised by what they hold rather than by their names."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named, quiet
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.pixel_size import voxel_size_um

__all__ = ["Image", "read_image", "sha256_of"]

Sizes = tuple[float | None, ...]


def read_image(path: str | os.PathLike[str]) -> Image:
    """Read a TIFF (with ImageJ or OME voxel sizes), a PNG or an NPY file.

    Axes of length one are dropped while more than two remain, so that a stack of one section is
    a section.

    Raises
    ------
    InputError
        If the file is missing, unreadable, damaged, of another format, a colour picture, or has
        fewer than two or more than three axes.
    """
    path = Path(path)
    read = _reader(path, _first_bytes(path))
    array, sizes = read(path)
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise InputError(
            f"{path.name} holds {'no voxels' if array.size == 0 else array.dtype}; "
            "give an image of whole-number labels."
        )
    array, sizes = _without_single_axes(array, sizes)
    if array.ndim not in (2, 3):
        raise InputError(
            f"{path.name} has {array.ndim} axes ({' x '.join(map(str, array.shape))}); give a "
            "section (2 axes), or a volume or a stack of sections (3 axes)."
        )
    known = tuple(size for size in sizes if size is not None)
    native = array.astype(array.dtype.newbyteorder("="), order="C", copy=False)
    return Image(native, known if len(known) == array.ndim else None, path.name, path)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits: the same bytes, the same digits.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({(error.strerror or str(error)).lower()}); check the file and "
            "its permissions."
        ) from error


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the image file itself.")
    try:
        with path.open("rb") as file:
            return file.read(8)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; check the name and the folder.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({(error.strerror or str(error)).lower()}); check the file "
            "and its permissions."
        ) from error


def _reader(path: Path, first: bytes) -> Callable[[Path], tuple[AnyArray, Sizes]]:
    if first.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return _read_tiff
    if first.startswith(b"\x89PNG"):
        return _read_png
    if first.startswith(b"\x93NUMPY"):
        return _read_npy
    if not first:
        raise InputError(f"{path.name} is empty; copy or export it again.")
    raise InputError(
        f"{path.name} is not a TIFF, PNG or NPY file, whatever its name says; save the labels in "
        "one of these formats."
    )


def _refuse_colour(path: Path, samples: int) -> NoReturn:
    raise InputError(
        f"{path.name} is a colour picture ({samples} samples per pixel); segment it, or save the "
        "labels as a single channel of whole numbers."
    )


def _read_tiff(path: Path) -> tuple[AnyArray, Sizes]:
    import tifffile

    with quiet("tifffile"), damage_named(path), tifffile.TiffFile(path) as tiff:
        series = _only_series(tiff, path)
        page = series.keyframe
        if page.samplesperpixel > 1:
            _refuse_colour(path, page.samplesperpixel)
        channels = dict(zip(series.axes, series.shape, strict=True)).get("C", 1)
        if 1 < channels <= 4:
            raise InputError(
                f"{path.name} has {channels} channels; save the channel of the labels on its own "
                "(a stack of sections must be saved as slices)."
            )
        array = series.asarray()
        return array, voxel_size_um(tiff, series.axes)


def _only_series(tiff: Any, path: Path) -> Any:
    """The one image of the file, of which no page is missing."""
    pages = len(tiff.pages)
    series = [one for one in tiff.series if not one.keyframe.is_reduced]
    if not series:
        raise InputError(
            f"{path.name} is damaged or cut short: no image in it can be read; copy or export it "
            "again."
        )
    if len(series) != 1:
        raise InputError(
            f"{path.name} holds {len(series)} images of different kind or size; save the one to "
            "use as a file of its own."
        )
    held = series[0].size // series[0].keyframe.size
    promised = int((tiff.imagej_metadata or {}).get("images", 1))
    if _continues(tiff) or held < promised or None in list(series[0].pages):
        raise InputError(
            f"{path.name} is incomplete: only {min(pages, held)} of its pages can be read; copy or "
            "export it again."
        )
    return series[0]


def _continues(tiff: Any) -> bool:
    """Whether the last page that was found names a further one: tifffile drops it silently."""
    form, last = tiff.tiff, tiff.pages[-1]
    file = tiff.filehandle
    file.seek(last.offset)
    (tags,) = struct.unpack(form.tagnoformat, file.read(form.tagnosize))
    file.seek(tags * form.tagsize, os.SEEK_CUR)
    (further,) = struct.unpack(form.offsetformat, file.read(form.offsetsize))
    return bool(further)


def _read_png(path: Path) -> tuple[AnyArray, Sizes]:
    from PIL import Image as Pillow

    with damage_named(path):
        try:
            with Pillow.open(path, formats=["PNG"]) as picture:
                if len(picture.getbands()) > 1:
                    _refuse_colour(path, len(picture.getbands()))
                return np.array(picture), (None, None)  # palette images: the indices
        except Pillow.DecompressionBombError as error:
            raise InputError(f"{path.name} is too large for a PNG; save it as TIFF.") from error


def _read_npy(path: Path) -> tuple[AnyArray, Sizes]:
    with damage_named(path):
        array: AnyArray = np.load(path, allow_pickle=False)
    if array.ndim == 3 and array.shape[2] in (3, 4) and min(array.shape[:2]) >= 16:
        _refuse_colour(path, array.shape[2])
    return array, (None,) * array.ndim


def _without_single_axes(array: AnyArray, sizes: Sizes) -> tuple[AnyArray, Sizes]:
    while array.ndim > 2 and 1 in array.shape:
        axis = array.shape.index(1)
        array, sizes = array.squeeze(axis), sizes[:axis] + sizes[axis + 1 :]
    return array, sizes
