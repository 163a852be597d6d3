"""NRRD files: voxels after a text header, or in a file beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.binary import read_voxels
from napari_assb_twin.images.formats.colour import refuse_colour
from napari_assb_twin.images.formats.content import Content, Sizes
from napari_assb_twin.images.formats.detached import file_beside
from napari_assb_twin.images.formats.inflate import Packing, inflate_voxels
from napari_assb_twin.images.units import in_um, in_um_by_convention

LARGEST_HEADER = 1 << 16
_PACKINGS: dict[str, Packing] = {
    "gzip": "zlib",
    "gz": "zlib",
    "bzip2": "bzip2",
    "bz2": "bzip2",
}
_COLOURS = ("color", "colour", "vector", "complex", "matrix")


def read_nrrd(path: Path) -> Content:
    """The voxels of a NRRD file with its slowest axis first, and the sizes that have a unit.

    Raw voxels are mapped where they are large; gzip and bzip2 are unpacked.

    Raises
    ------
    InputError
        If the file is damaged, holds colours or vectors, is encoded otherwise, or its data lie
        in another folder.
    """
    import nrrd

    with damage_named(path, nrrd.NRRDError):
        header, offset = read_header(path)
        missing = [key for key in ("dimension", "type", "encoding", "sizes") if key not in header]
        if missing:
            raise InputError(f"{path.name} says no {missing[0]}, which NRRD files must.")
        kinds = [str(kind) for kind in header.get("kinds", [])]
        sizes = [int(size) for size in header["sizes"]]
        for kind, size in zip(kinds, sizes, strict=False):
            if size > 1 and any(word in kind.lower() for word in _COLOURS):
                refuse_colour(path, size)
        if len(sizes) != header["dimension"] or min(sizes) < 1:
            raise InputError(f"{path.name} states sizes that no image has; export it again.")
        data = path
        beside = _data_name(header)
        if beside is not None:
            data, offset = file_beside(path, beside), 0
        array = _voxels(data, header, tuple(sizes[::-1]), offset)
    lengths, source = _lengths(header, len(sizes))
    return Content(array, lengths[::-1], source)


def read_header(path: Path) -> tuple[Mapping[str, Any], int]:
    """The fields of a NRRD file, and where its header ends."""
    import nrrd

    with path.open("rb") as file:
        start = file.read(LARGEST_HEADER)
    lines: list[str] = []
    end = 0
    for line in start.splitlines(keepends=True):
        end += len(line)
        # the library itself would read µm as m
        lines.append(line.decode("utf-8", "replace"))
        if not line.strip():
            break
    return nrrd.read_header(iter(lines)), end


def data_files(path: Path) -> tuple[Path, ...]:
    """The files that hold the voxels of a NRRD header: the header itself, or one beside it."""
    header, _ = read_header(path)
    beside = _data_name(header)
    return (path,) if beside is None else (path, file_beside(path, beside))


def _data_name(header: Mapping[str, Any]) -> str | None:
    name = header.get("data file", header.get("datafile"))
    return None if name is None else str(name)


def _voxels(path: Path, header: Mapping[str, Any], shape: tuple[int, ...], offset: int) -> Any:
    from nrrd.reader import _determine_datatype

    dtype = np.dtype(_determine_datatype(header))
    encoding = str(header["encoding"]).lower()
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    lines = int(header.get("line skip", header.get("lineskip", 0)))
    if encoding == "raw":
        needed = math.prod(shape) * dtype.itemsize
        if skip == -1:
            offset = path.stat().st_size - needed
        else:
            offset = _after_lines(path, offset, lines) + skip
        return read_voxels(path, shape, dtype, offset)
    if encoding in _PACKINGS:
        offset = _after_lines(path, offset, lines)
        return inflate_voxels(path, shape, dtype, offset, _PACKINGS[encoding], skip=max(0, skip))
    raise InputError(
        f"{path.name} is encoded as {encoding}; save it with the encoding raw or gzip."
    )


def _after_lines(path: Path, offset: int, lines: int) -> int:
    if not 0 <= lines <= LARGEST_HEADER:
        raise InputError(f"{path.name} skips {lines} lines, which no header has; export it again.")
    with path.open("rb") as file:
        file.seek(offset)
        for _ in range(lines):
            file.readline(LARGEST_HEADER)
        return file.tell()


def _lengths(header: Mapping[str, Any], axes: int) -> tuple[Sizes, str | None]:
    """Sizes along the axes of the file, fastest first, and where they stand."""
    if "space directions" in header:
        spacings = [_norm(vector) for vector in header["space directions"]]
        units = [str(unit) for unit in header.get("space units", [])]
    else:
        spacings = [float(spacing) for spacing in header.get("spacings", [])]
        units = [str(unit) for unit in header.get("units", header.get("space units", []))]
    if len(spacings) != axes:
        return (None,) * axes, None
    if len(units) == axes:
        pairs = zip(spacings, units, strict=True)
        return tuple(in_um(spacing, unit) for spacing, unit in pairs), "the NRRD header"
    lengths = in_um_by_convention(spacings)
    return lengths, None if None in lengths else "the NRRD header, in ITK's millimetres"


def _norm(vector: Any) -> float:
    """Length of a direction; NaN for an axis that has none."""
    return math.nan if vector is None else float(np.linalg.norm(np.asarray(vector, float)))
