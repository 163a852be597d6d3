"""TIFF files of one image: mapped where they are plain and large, page by page otherwise."""

from __future__ import annotations

import math
import os
import struct
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named, quiet
from napari_assb_twin.images.formats.binary import MAPPED_FROM, read_voxels
from napari_assb_twin.images.formats.colour import refuse_colour
from napari_assb_twin.images.formats.content import Content, Index
from napari_assb_twin.images.pixel_size import tiff_scale
from napari_assb_twin.images.room import require_room
from napari_assb_twin.twin.volume_note import VolumeNote, note_in

MOST_PACKED = 100_000
"""Bytes that one byte of a compressed file may stand for; what states more is damaged."""

IN_ONE_PIECE = (
    "no part of it can be read, since it is packed in one piece: save it uncompressed, or with one "
    "page for each slice"
)

MOST_AT_ONCE = 1 << 26
"""Bytes of pages that are unpacked together, by several threads, before they are cut."""


class Pages:
    """The pages of one series, unpacked when they are asked for, each once.

    Where the pages lie is read once; the file is opened for each part, one after the other.

    Parameters
    ----------
    path
        The file.
    tiff
        The ``tifffile.TiffFile`` of it, which may be closed afterwards.
    series
        Its image.
    index
        Number of the series in the file.

    Raises
    ------
    InputError
        If they are packed together, and do not fit into memory.
    """

    def __init__(self, path: Path, tiff: Any, series: Any, index: int) -> None:
        self._path, self._tiff, self._index = path, tiff, index
        self._lock = threading.Lock()  # the file has one position
        self._single = len(series.shape) == 3 and len(series.pages) == series.shape[0]
        self.shape: tuple[int, ...] = tuple(series.shape)
        self.dtype: np.dtype[Any] = np.dtype(series.dtype)
        self.chunks = (1, *self.shape[1:]) if self._single else self.shape
        if not self._single:
            needed = math.prod(self.shape) * self.dtype.itemsize
            require_room(needed, path.name, IN_ONE_PIECE)

    def __getitem__(self, index: Index) -> Any:
        with self._lock, quiet("tifffile"), damage_named(self._path), self._opened() as tiff:
            if not self._single:
                return tiff.asarray(series=self._index)[index]
            first, *within = index
            numbers = range(self.shape[0])[first] if isinstance(first, slice) else first
            plane = np.empty(self.shape[1:], np.bool_)[tuple(within)].shape
            stack = np.empty((len(numbers), *plane), self.dtype)
            page = math.prod(self.shape[1:]) * self.dtype.itemsize
            step = max(1, MOST_AT_ONCE // max(page, 1))
            for start in range(0, len(numbers), step):
                some = list(numbers[start : start + step])
                pages = tiff.asarray(key=some, series=self._index)
                pages = pages.reshape((len(some), *self.shape[1:]))
                stack[start : start + step] = pages[(slice(None), *within)]
            return stack

    def _opened(self) -> Any:
        self._tiff.filehandle.open()
        return self._tiff


def read_tiff(path: Path) -> Content:
    """The only image of a TIFF file, and what ImageJ, OME or a microscope say of its pixels.

    Raises
    ------
    InputError
        If the file is damaged or incomplete, or holds colours, channels or several images.
    """
    import tifffile

    with quiet("tifffile"), damage_named(path), tifffile.TiffFile(path) as tiff:
        _check_names(tiff, path)
        series, index = _only_series(tiff, path)
        page = series.keyframe
        if page.samplesperpixel > 1:
            refuse_colour(path, page.samplesperpixel)
        channels = dict(zip(series.axes, series.shape, strict=True)).get("C", 1)
        if 1 < channels <= 4:
            raise InputError(
                f"{path.name} has {channels} channels; save the channel of the labels on its own "
                "(a stack of sections must be saved as slices)."
            )
        if series.nbytes > MOST_PACKED * path.stat().st_size:
            raise InputError(
                f"{path.name} is damaged or cut short: it states {_size(series.shape)} voxels, "
                "which it cannot hold; copy or export it again."
            )
        scale = tiff_scale(tiff, path, series)
        voxels: Any
        chunks: tuple[int, ...] = ()
        if series.dataoffset is not None and series.nbytes >= MAPPED_FROM:
            dtype = np.dtype(series.dtype).newbyteorder(tiff.byteorder)
            voxels = read_voxels(path, tuple(series.shape), dtype, series.dataoffset)
        else:
            voxels = Pages(path, tiff, series, index)
            chunks = voxels.chunks
        return Content(
            voxels,
            scale.sizes,
            scale.source,
            scale.information_bar,
            scale.tilt_degrees,
            _note(tiff),
            chunks,
        )


def _check_names(tiff: Any, path: Path) -> None:
    """OME metadata may name further files; tifffile looks at those in the same folder only."""
    text = (tiff.ome_metadata or "") if tiff.is_ome else ""
    for name in _file_names(text):
        if "/" in name or "\\" in name:
            raise InputError(
                f"{path.name} names the file {name[:60]!r}, which leads out of its folder; save "
                "the image as one file."
            )


def _file_names(ome: str) -> list[str]:
    """All that OME metadata name, however the XML quotes it."""
    elements = ElementTree.fromstring(ome).iter() if ome else ()
    return [element.get("FileName", "") for element in elements]


def _only_series(tiff: Any, path: Path) -> tuple[Any, int]:
    """The one image of the file, of which no page is missing, and its number."""
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
    if any(page is not None and page.parent is not tiff for page in series[0].pages):
        raise InputError(
            f"{path.name} is one image spread over several files; save it as one file (an image is "
            "read from the file that is named)."
        )
    if _continues(tiff) or held < promised or None in list(series[0].pages):
        raise InputError(
            f"{path.name} is incomplete: only {min(pages, held)} of its pages can be read; copy or "
            "export it again."
        )
    return series[0], next(i for i, one in enumerate(tiff.series) if one is series[0])


def _note(tiff: Any) -> VolumeNote | None:
    """What a volume of a twin says of itself, where `write_tiff` puts it."""
    if tiff.is_ome:
        return note_in(ElementTree.fromstring(tiff.ome_metadata).findtext(".//{*}Description"))
    return note_in((tiff.imagej_metadata or {}).get("Info"))


def _continues(tiff: Any) -> bool:
    """Whether the last page that was found names a further one: tifffile drops it silently."""
    form, last = tiff.tiff, tiff.pages[-1]
    file = tiff.filehandle
    file.seek(last.offset)
    (tags,) = struct.unpack(form.tagnoformat, file.read(form.tagnosize))
    file.seek(tags * form.tagsize, os.SEEK_CUR)
    (further,) = struct.unpack(form.offsetformat, file.read(form.offsetsize))
    return bool(further)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
