"""An export as OME-Zarr, chunk by chunk."""

from __future__ import annotations

from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.ome_zarr import (
    CHUNK,
    coarser_levels,
    create,
    is_ome_zarr,
    level,
    packed_share,
)
from napari_assb_twin.export.progress import Progress, Steps
from napari_assb_twin.export.readme import write_readme
from napari_assb_twin.export.volume import ExportVolume

_LEVELS = 0.15
"""Share of the time that the coarser levels take, roughly."""


def packed_share_of(volume: ExportVolume) -> float:
    """Share that the compression of chunks leaves, from a piece in the middle."""
    return packed_share(volume.middle(CHUNK), CHUNK)


def write_ome_zarr_folder(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """``<stem>.ome.zarr``; its finest level is written a layer of chunks at a time.

    Raises
    ------
    InputError
        If a folder that is no Zarr store stands where it goes.
    """
    volume, name = export.volume, f"{export.stem}.ome.zarr"
    there = export.folder / name
    if there.is_dir() and not is_ome_zarr(there):
        raise InputError(
            f"{there} is a folder but no Zarr store; remove it or choose another name."
        )
    target = folder / name
    create(target, volume.shape, voxel_size_um=volume.voxel_size_um, name=export.stem)
    finest, planes = level(target, 0), volume.shape[0]
    for start in range(0, planes, CHUNK):
        stop = min(start + CHUNK, planes)
        finest[start:stop] = volume.slab(start, stop)
        share = (1 - _LEVELS) * stop / planes
        yield Progress(round(1000 * share), 1000, f"Writing {name}")
    for done in coarser_levels(target):
        yield Progress(round(1000 * (1 - _LEVELS * (1 - done))), 1000, "Writing coarser levels")
    yield Progress(1000, 1000, f"Written {name}")
    notes = (
        "OME-Zarr of version 0.4: a folder of chunks, compressed; coarser levels hold every second "
        "voxel of the finer one. The axes are z, y, x, their scales in micrometres.",
    )
    write_readme(folder, export, name, notes)
    return ()
