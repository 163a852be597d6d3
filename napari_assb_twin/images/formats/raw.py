"""RAW files: bytes whose sizes are typed, or stand in a sidecar or in the file's name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.binary import read_voxels
from napari_assb_twin.images.formats.content import Content, Sizes
from napari_assb_twin.images.units import in_um

RawType = Literal[
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"
]
RAW_TYPES: tuple[RawType, ...] = get_args(RawType)
SUFFIXES = (".raw", ".bin", ".vol")


@dataclass(frozen=True)
class RawLayout:
    """How voxels lie in a file that does not say it.

    Attributes
    ----------
    shape
        Voxels (z, y, x) or (rows, columns): the last axis runs fastest.
    dtype
        Type of a voxel.
    header
        Bytes before the first voxel.
    big_endian
        Whether the high byte of a number comes first.

    Raises
    ------
    InputError
        If there are not two or three positive sizes, the type is none of `RAW_TYPES`, or the
        header is negative.
    """

    shape: tuple[int, ...]
    dtype: RawType = "uint8"
    header: int = 0
    big_endian: bool = False

    def __post_init__(self) -> None:
        if len(self.shape) not in (2, 3) or min(self.shape) < 1:
            raise InputError(
                f"The sizes of a RAW file are {','.join(map(str, self.shape))}; give whole numbers "
                "of voxels Z,Y,X or ROWS,COLUMNS (--raw-shape)."
            )
        if self.dtype not in RAW_TYPES:
            raise InputError(
                f"The type of a RAW file is {self.dtype!r}; choose one of {', '.join(RAW_TYPES)} "
                "(--raw-type)."
            )
        if self.header < 0:
            raise InputError("The header of a RAW file cannot have a negative length.")

    @property
    def numpy_type(self) -> np.dtype[np.generic]:
        """The type with its byte order."""
        return np.dtype(self.dtype).newbyteorder(">" if self.big_endian else "<")

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.header + math.prod(self.shape) * self.numpy_type.itemsize


def read_raw(
    path: Path,
    layout: RawLayout,
    *,
    sizes: Sizes | None = None,
    size_source: str | None = None,
) -> Content:
    """A RAW file with a known layout.

    Raises
    ------
    InputError
        If the file does not have exactly the size of the layout.
    """
    with damage_named(path):
        actual = path.stat().st_size
        if actual != layout.size:
            raise InputError(
                f"{path.name} has {actual} bytes, but {' x '.join(map(str, layout.shape))} voxels "
                f"of {layout.dtype} after a header of {layout.header} bytes are {layout.size}; "
                "correct the sizes, the type or the header (--raw-shape, --raw-type, --raw-header)."
            )
        array = read_voxels(path, layout.shape, layout.numpy_type, layout.header)
    return Content(array, sizes or (None,) * array.ndim, size_source)


def read_described_raw(path: Path) -> Content:
    """A RAW file whose layout a sidecar or its name tells.

    Raises
    ------
    InputError
        If neither does, or what they tell does not fit the file.
    """
    from napari_assb_twin.images.formats.sidecars import from_sidecar

    described = from_sidecar(path)
    if described is not None:
        return described
    named = from_name(path)
    if named is None:
        raise InputError(
            f"{path.name} holds bytes only; give its sizes as --raw-shape Z,Y,X and its type as "
            "--raw-type uint8, or put them into its name as in sample_200x180x160_0.1um_8bit.raw "
            "(X x Y x Z)."
        )
    layout, edge = named
    source = "the name of the file"
    return read_raw(path, layout, sizes=(edge,) * 3, size_source=None if edge is None else source)


_NAME = re.compile(
    r"(?<![0-9])(?P<x>[0-9]+)x(?P<y>[0-9]+)x(?P<z>[0-9]+)(?![0-9])"
    r"(?:_(?P<edge>[0-9.]+)(?P<unit>nm|um|µm|μm|mm))?"
    r"(?:_(?P<bits>8|16|32)[-_]?bit)?"
)


def from_name(path: Path) -> tuple[RawLayout, float | None] | None:
    """Layout and voxel edge in µm from ``sample_200x180x160_0.1um_8bit.raw`` (X x Y x Z).

    Without a number of bits, the type is the unsigned one that fits the size of the file.  None
    where the name tells no sizes, or sizes that do not fit the file.
    """
    match = _NAME.search(path.stem)
    if match is None:
        return None
    x, y, z = (int(match[axis]) for axis in "xyz")
    if not 0 < x * y * z <= 1 << 48:
        return None
    types: dict[str, tuple[RawType, ...]] = {
        "8": ("uint8",),
        "16": ("uint16",),
        "32": ("float32",),
    }
    for dtype in types.get(match["bits"] or "", ("uint8", "uint16")):
        layout = RawLayout((z, y, x), dtype)
        if layout.size == path.stat().st_size:
            edge = in_um(match["edge"], match["unit"]) if match["edge"] else None
            return layout, edge
    return None
