"""MetaImage files (MHA, MHD): voxels after a text header, or in a file beside it.

The fields follow ITK's MetaIO.  Its spacings are millimetres unless ``DistanceUnits`` says other.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.binary import read_voxels
from napari_assb_twin.images.formats.colour import refuse_colour
from napari_assb_twin.images.formats.content import Content, Sizes
from napari_assb_twin.images.formats.detached import file_beside
from napari_assb_twin.images.formats.inflate import inflate_voxels
from napari_assb_twin.images.units import in_um, in_um_by_convention
from napari_assb_twin.twin.volume_note import note_in

LARGEST_HEADER = 1 << 16
FIRST_KEYS = (b"ObjectType", b"NDims", b"Comment", b"ObjectSubType")
"""With one of these a header begins."""

_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def read_metaimage(path: Path) -> Content:
    """The voxels of a MetaImage with its slowest axis first, and the sizes that have a unit.

    Raises
    ------
    InputError
        If the file is damaged, holds several channels or text, or its data lie in another folder.
    """
    with damage_named(path):
        header, end = read_header(path)
        axes = int(_field(path, header, "NDims"))
        sizes = [int(size) for size in _field(path, header, "DimSize").split()]
        if not 1 <= axes <= 8 or len(sizes) != axes or min(sizes) < 1:
            raise InputError(f"{path.name} states sizes that no image has; export it again.")
        channels = int(header.get("ElementNumberOfChannels", "1"))
        if channels > 1:
            refuse_colour(path, channels)
        name = _field(path, header, "ElementDataFile")
        local = name.upper() == "LOCAL"
        data = path if local else file_beside(path, name)
        array = _voxels(path, data, header, tuple(sizes[::-1]), end if local else 0)
    lengths, source = _lengths(header, axes)
    return Content(array, lengths[::-1], source, note=note_in(header.get("Comment")))


def read_header(path: Path) -> tuple[dict[str, str], int]:
    """The fields of a header, and where it ends."""
    with path.open("rb") as file:
        start = file.read(LARGEST_HEADER)
    fields: dict[str, str] = {}
    end = 0
    for line in start.splitlines(keepends=True):
        end += len(line)
        key, equals, value = line.decode("utf-8", "replace").partition("=")
        if equals:
            fields[key.strip()] = value.strip()
        if key.strip() == "ElementDataFile":
            return fields, end
    raise InputError(f"{path.name} has no end of its header (ElementDataFile); export it again.")


def data_files(path: Path) -> tuple[Path, ...]:
    """The files that hold the voxels of a header: the header itself, or one beside it."""
    header, _ = read_header(path)
    name = header["ElementDataFile"]
    return (path,) if name.upper() == "LOCAL" else (path, file_beside(path, name))


def _field(path: Path, header: dict[str, str], key: str) -> str:
    if not header.get(key):
        raise InputError(f"{path.name} says no {key}, which MetaImage files must.")
    return header[key]


def _voxels(
    path: Path, data: Path, header: dict[str, str], shape: tuple[int, ...], end: int
) -> Any:
    kind = _field(path, header, "ElementType").removesuffix("_ARRAY")
    if kind not in _TYPES:
        raise InputError(f"{path.name} holds {kind}, which is no number; save it as MET_UCHAR.")
    if not _true(header.get("BinaryData", "True")):
        raise InputError(f"{path.name} writes its voxels as text; save it with BinaryData = True.")
    high_first = header.get("ElementByteOrderMSB", header.get("BinaryDataByteOrderMSB", "False"))
    dtype = np.dtype(_TYPES[kind]).newbyteorder(">" if _true(high_first) else "<")
    skipped = int(header.get("HeaderSize", "0"))
    if _true(header.get("CompressedData", "False")):
        return inflate_voxels(data, shape, dtype, max(skipped, end), "zlib")
    if skipped == -1:
        end = data.stat().st_size - math.prod(shape) * dtype.itemsize
    elif skipped > 0:
        end = skipped
    return read_voxels(data, shape, dtype, end)


def _lengths(header: dict[str, str], axes: int) -> tuple[Sizes, str | None]:
    spacings = header.get("ElementSpacing", header.get("ElementSize", "")).split()
    if len(spacings) != axes:
        return (None,) * axes, None
    unit = header.get("DistanceUnits")
    if unit is not None:
        return tuple(in_um(spacing, unit) for spacing in spacings), "the MetaImage header"
    lengths = in_um_by_convention(spacings)
    return lengths, None if None in lengths else "the MetaImage header, in ITK's millimetres"


def _true(text: str) -> bool:
    return text.strip().lower() in ("true", "1", "yes")
