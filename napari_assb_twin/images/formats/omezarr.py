"""Zarr folders, OME-Zarr among them: the finest resolution, loaded chunk by chunk on demand."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.content import Content, Index, Sizes
from napari_assb_twin.images.room import require_room
from napari_assb_twin.images.units import in_um
from napari_assb_twin.twin.volume_note import note_in

MARKS = ("zarr.json", ".zarray", ".zgroup")
"""One of these files makes a folder a zarr."""

LARGEST_TEXT = 1 << 24
MOST_EMPTY = 1000
"""Chunks for each file that is there: those that hold one value only are left out by writers."""
_CODECS = frozenset(
    {
        *("bytes", "endian", "transpose", "crc32c", "sharding_indexed", "shuffle", "delta"),
        *("blosc", "gzip", "zlib", "zstd", "lz4", "bz2", "lzma", "packbits", "bitround"),
    }
)
"""Packings that hold numbers; others, such as Python's pickle, are not opened."""


class Chunks:
    """An opened zarr array; what a damaged chunk raises names the folder."""

    def __init__(self, array: Any, path: Path) -> None:
        self._array, self._path = array, path
        self.shape: tuple[int, ...] = tuple(array.shape)
        self.dtype: np.dtype[Any] = np.dtype(array.dtype)
        self.chunks: tuple[int, ...] = tuple(array.chunks)

    def __getitem__(self, index: Index) -> Any:
        with damage_named(self._path, SystemError):
            return np.asarray(self._array[index])


def is_zarr(folder: Path) -> bool:
    """Whether a folder is a zarr group or array."""
    return any((folder / mark).is_file() for mark in MARKS)


def read_zarr(folder: Path) -> Content:
    """The array of a zarr, or the finest one of the first multiscale image in an OME-Zarr.

    Axes of length one (time, channel) are left for the caller to drop.

    Raises
    ------
    InputError
        If it is damaged, holds several arrays without saying which is the image, several
        channels, or something that is no number.
    """
    with damage_named(folder, SystemError):
        scale = _multiscale(folder)
        if scale is None:
            chunks = _open(_only_array(folder), folder)
            return Content(chunks, (None,) * len(chunks.shape), chunks=chunks.chunks)
        finest = _list(scale.get("datasets"))[0]
        chunks = _open(_inside(folder, str(finest["path"])), folder)
        axes = [axis if isinstance(axis, dict) else {} for axis in _list(scale.get("axes"))]
        for axis, size in zip(axes, chunks.shape, strict=False):
            if axis.get("type") == "channel" and size > 1:
                raise InputError(
                    f"{folder.name} has {size} channels; save the channel of the labels on its own."
                )
        sizes = _sizes(scale, finest, axes, len(chunks.shape))
        note = note_in(_json(folder / ".zattrs"))
    source = "the OME-Zarr metadata" if any(sizes) else None
    return Content(chunks, sizes, source, note=note, chunks=chunks.chunks)


def _multiscale(folder: Path) -> Mapping[str, Any] | None:
    """The first image that OME-Zarr metadata (0.1 to 0.5) describe; None where there are none."""
    attributes = _json(folder / ".zattrs")
    if not attributes:
        attributes = _json(folder / "zarr.json").get("attributes", {})
        attributes = attributes.get("ome", attributes)
    scales = attributes.get("multiscales")
    return scales[0] if isinstance(scales, list) and scales else None


def _only_array(folder: Path) -> Path:
    """The folder itself if it is an array, or the only array in it."""
    if _is_array(folder):
        return folder
    arrays = [one for one in sorted(folder.iterdir()) if one.is_dir() and _is_array(one)]
    if len(arrays) != 1:
        raise InputError(
            f"{folder.name} is a zarr group of {len(arrays)} arrays without OME metadata; give "
            "the folder of one array."
        )
    return arrays[0]


def _is_array(folder: Path) -> bool:
    if (folder / ".zarray").is_file():
        return True
    return _json(folder / "zarr.json").get("node_type") == "array"


def _inside(folder: Path, name: str) -> Path:
    parts = name.replace("\\", "/").split("/")
    if not name or any(part in ("", "..") or "\0" in part for part in parts):
        raise InputError(f"{folder.name} names its array {name!r}, which leads out of it.")
    return folder.joinpath(*parts)


def _open(array: Path, folder: Path) -> Chunks:
    """The array in a folder, after its metadata were looked at."""
    import zarr

    from napari_assb_twin.images.formats.bounded_zarr import bounded

    metadata = _json(array / ".zarray") or _json(array / "zarr.json")
    if not metadata:
        raise InputError(f"{folder.name} is incomplete: it lacks the array {array.name}.")
    other = {name for name in _codecs(metadata) if name not in _CODECS}
    if other:
        raise InputError(
            f"{folder.name} is packed with {sorted(other)[0]}, which is not opened; save it with "
            "zstd, gzip or blosc."
        )
    opened = zarr.open_array(array, mode="r")
    if opened.dtype.kind not in "biuf":
        raise InputError(f"{folder.name} holds {opened.dtype}; give whole-number labels.")
    chunk = math.prod(opened.chunks) * opened.dtype.itemsize
    require_room(chunk, f"a chunk of {folder.name}", "save it in smaller chunks")
    chunks = math.prod(-(-n // c) for n, c in zip(opened.shape, opened.chunks, strict=True))
    held = sum(1 for _ in array.rglob("*"))
    if chunks > MOST_EMPTY * held:
        raise InputError(
            f"{folder.name} is damaged: it states {chunks} chunks, but holds {held} files; copy or "
            "export it again."
        )
    return Chunks(bounded(opened), folder)


def _codecs(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Names of all packings in the metadata of an array, nested ones included."""
    steps = [metadata.get("compressor"), *_list(metadata.get("filters"))]
    steps += _list(metadata.get("codecs"))
    for step in steps:
        if isinstance(step, dict):
            yield str(step.get("id", step.get("name"))).removeprefix("numcodecs.")
            inner = step.get("configuration")
            if isinstance(inner, dict):
                yield from _codecs(inner)
                yield from _codecs({"codecs": inner.get("index_codecs")})


def _sizes(
    scale: Mapping[str, Any], finest: Mapping[str, Any], axes: list[dict[str, Any]], count: int
) -> Sizes:
    """Lengths along axes that have a unit: all scales that apply, multiplied."""
    factors = np.ones(count)
    for holder in (finest, scale):
        for step in _list(holder.get("coordinateTransformations")):
            if step.get("type") == "scale" and len(_list(step.get("scale"))) == count:
                factors = factors * np.array(step["scale"], float)
    if len(axes) != count:
        return (None,) * count
    units = [str(axis.get("unit") or "") for axis in axes]
    return tuple(in_um(float(f), unit) for f, unit in zip(factors, units, strict=True))


def _json(path: Path) -> dict[str, Any]:
    """An object from a file; empty where there is no such file."""
    if not path.is_file() or path.stat().st_size > LARGEST_TEXT:
        return {}
    read = json.loads(path.read_text(encoding="utf-8"))
    return read if isinstance(read, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
