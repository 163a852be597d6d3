"""Volumes as OME-Zarr: chunked, in several resolutions, written region by region.

Version 0.4 of the format, which older readers know too (https://ngff.openmicroscopy.org/0.4).
Coarser levels hold every second voxel of the finer one: phases have no mean.  Position 0 of every
level is the centre of the first voxel, so that a scale is all the transformation there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.export.tiff import edge_lengths
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES
from napari_assb_twin.twin.volume_note import VolumeNote

if TYPE_CHECKING:
    import zarr

Shape = tuple[int, int, int]

CHUNK = 128
"""Edge of a chunk in voxels: 2 MiB before compression."""

COARSEST = 256
"""Levels are added until no edge is longer than this."""

VERSION = "0.4"

_COLOURS = {"pore": "000000", "active_material": "d62728", "solid_electrolyte": "9a9a9a"}


def is_ome_zarr(folder: Path) -> bool:
    """Whether a folder is a Zarr store of some kind, which may be replaced by another."""
    return any((folder / name).is_file() for name in (".zgroup", ".zarray", "zarr.json"))


def create(
    folder: Path,
    shape: Shape,
    *,
    voxel_size_um: float | Sequence[float],
    chunk: int = CHUNK,
    name: str = "cathode",
    note: VolumeNote | None = None,
) -> None:
    """Make an OME-Zarr without voxels: metadata and the arrays of every level.

    Regions are then written to ``level(folder, 0)``; two writers must not share a chunk.  At the
    end `coarser_levels` fills the rest.
    """
    import zarr

    sizes = edge_lengths(voxel_size_um, 3)
    shapes = list(_level_shapes(shape))
    group = zarr.create_group(folder, zarr_format=2)
    group.attrs.update(_metadata(name, sizes, len(shapes)))
    if note is not None:
        group.attrs.update(note.attributes())
    for index, each in enumerate(shapes):
        group.create_array(
            str(index),
            shape=each,
            chunks=tuple(min(chunk, n) for n in each),
            dtype="uint8",
            fill_value=0,
            compressors=_compressor(),
            chunk_key_encoding={"name": "v2", "separator": "/"},
        )


def level(folder: Path, index: int) -> zarr.Array[Any]:
    """The array of one level, 0 the finest, open for reading and writing."""
    import zarr

    return zarr.open_array(folder, path=str(index), mode="r+", zarr_format=2)


def levels(folder: Path) -> int:
    """Number of levels of an OME-Zarr."""
    import zarr

    return len(list(zarr.open_group(folder, mode="r", zarr_format=2).array_keys()))


def coarser_levels(folder: Path) -> Iterator[float]:
    """Fill all levels but the finest, chunk by chunk; yields the share that is done.

    The memory taken is that of a few chunks.
    """
    pairs = [(level(folder, i), level(folder, i + 1)) for i in range(levels(folder) - 1)]
    total = sum(fine.size for fine, _ in pairs)
    done = 0
    for fine, coarse in pairs:
        for region in chunk_regions(coarse.shape, coarse.chunks):
            source = tuple(
                slice(2 * part.start, min(2 * part.stop, n))
                for part, n in zip(region, fine.shape, strict=True)
            )
            values = np.asarray(fine[source])
            coarse[region] = values[::2, ::2, ::2]
            done += values.size
            yield done / total


def packed_share(labels: NDArray[np.uint8], chunk: int) -> float:
    """Bytes on the disk per voxel of labels, from their first chunk."""
    first = np.ascontiguousarray(labels[:chunk, :chunk, :chunk])
    return len(_compressor().encode(first)) / first.size


def _compressor() -> Any:
    return import_module("numcodecs").Zstd(level=3)


def chunk_regions(
    shape: Sequence[int], chunks: Sequence[int]
) -> Iterator[tuple[slice, slice, slice]]:
    """The parts of a volume that its chunks cover, in order."""
    z, y, x = (
        [slice(start, min(start + step, n)) for start in range(0, n, step)]
        for n, step in zip(shape, chunks, strict=True)
    )
    yield from itertools.product(z, y, x)


def _level_shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    while max(shape) > COARSEST:
        z, y, x = (-(-n // 2) for n in shape)
        shape = z, y, x
        yield shape


def _metadata(name: str, sizes: Sequence[float], count: int) -> dict[str, Any]:
    """Attributes of the group; ``image-label`` says that the voxels are labels, and of what."""
    datasets = [
        {
            "path": str(index),
            "coordinateTransformations": [
                {"type": "scale", "scale": [size * 2**index for size in sizes]}
            ],
        }
        for index in range(count)
    ]
    return {
        "multiscales": [
            {
                "version": VERSION,
                "name": name,
                "axes": [
                    {"name": axis, "type": "space", "unit": "micrometer"}
                    for axis in ("z", "y", "x")
                ],
                "datasets": datasets,
                "type": "nearest",
                "metadata": {"method": "every second voxel"},
            }
        ],
        "image-label": {
            "version": VERSION,
            "colors": [
                {"label-value": code, "rgba": [*bytes.fromhex(_COLOURS[phase]), 255]}
                for code, phase in enumerate(PHASES)
            ],
            "properties": [
                {"label-value": code, "phase": LONG_NAMES[phase]}
                for code, phase in enumerate(PHASES)
            ],
        },
    }
