"""Volumes and sections as TIFF that carries its voxel size."""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.progress import Steps
from napari_assb_twin.export.raw import append_planes
from napari_assb_twin.export.readme import write_readme
from napari_assb_twin.twin.volume_note import VolumeNote

LARGEST_IMAGEJ = 2**32 - 2**25
"""Bytes of voxels above which the 32-bit offsets of an ImageJ TIFF do not reach."""


def write_tiff(
    path: str | os.PathLike[str],
    volume: NDArray[np.uint8],
    *,
    voxel_size_um: float | Sequence[float],
    note: VolumeNote | None = None,
) -> None:
    """Write an uncompressed multi-page TIFF that Fiji, TauFactor, PuMA and `read_image` take.

    The voxel size is stored the way ImageJ does, in um; a volume too large for that is stored as
    BigTIFF with OME metadata.  The same volume gives the same bytes.

    Parameters
    ----------
    path
        File to write or replace; its folder must exist.
    volume
        uint8 volume (z, y, x) or section (rows, columns).
    voxel_size_um
        One edge length, or one per axis of ``volume``, in micrometres.
    note
        Stored in the description, if there is something to say.

    Raises
    ------
    InputError
        If the array or the voxel size is not as above, or the file cannot be written.
    """
    import tifffile

    if volume.ndim not in (2, 3) or volume.dtype != np.uint8 or volume.size == 0:
        raise InputError(
            f"a TIFF is written from a uint8 section or volume, not from {volume.dtype} with shape "
            f"{volume.shape}; map its labels to phases first."
        )
    options = tiff_options(volume.shape, voxel_size_um, note=note)
    with whole_file(path) as aside:
        tifffile.imwrite(aside, np.ascontiguousarray(volume), **options)


def write_imagej(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Multi-page TIFF as by `write_tiff`, plane by plane."""
    return _write_planes(folder, export, f"{export.stem}.tif")


def write_ome_tiff(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Multi-page TIFF with OME metadata, a BigTIFF where it must be one."""
    return _write_planes(folder, export, f"{export.stem}.ome.tif", ome=True)


def _write_planes(
    folder: Path, export: Export, name: str, *, ome: bool = False
) -> Steps[tuple[str, ...]]:
    import tifffile

    volume, path = export.volume, folder / name
    options = tiff_options(volume.shape, volume.voxel_size_um, ome=ome)
    tifffile.imwrite(path, shape=volume.shape, dtype=np.uint8, **options)
    with tifffile.TiffFile(path) as written:
        begin = written.pages[0].dataoffsets[0]  # the planes follow each other without a gap
    with path.open("r+b") as file:
        file.seek(begin)
        yield from append_planes(file, volume, f"Writing {name}")
    how = "OME-XML" if options.get("ome") else "ImageJ's description"
    notes = (f"Pages are the slices along z. The voxel size is in {how}, in micrometres.",)
    write_readme(folder, export, name, notes)
    return ()


def tiff_options(
    shape: tuple[int, ...],
    voxel_size_um: float | Sequence[float],
    *,
    ome: bool = False,
    note: VolumeNote | None = None,
) -> dict[str, Any]:
    """How tifffile stores voxels of uint8 and their size; `InputError` for a wrong size.

    With the metadata of ImageJ, or of OME where that is asked for or the volume is too large.
    """
    axes = "ZYX"[-len(shape) :]
    size = dict(zip(axes, edge_lengths(voxel_size_um, len(shape)), strict=True))
    large = math.prod(shape) > LARGEST_IMAGEJ
    options: dict[str, Any] = {"photometric": "minisblack"}
    if ome or large:
        return options | {
            "ome": True,
            "bigtiff": large,
            "metadata": _ome_metadata(axes, size, shape)
            | ({} if note is None else {"Description": note.text()}),
        }
    spacing = {"spacing": size["Z"]} if "Z" in size else {}
    return options | {
        "imagej": True,
        "resolution": (1 / size["X"], 1 / size["Y"]),
        "metadata": {"axes": axes, "unit": "um", **spacing}
        | ({} if note is None else {"Info": note.text()}),
    }


def _ome_metadata(axes: str, size: dict[str, float], shape: tuple[int, ...]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"axes": axes}
    for axis, length in size.items():
        metadata |= {f"PhysicalSize{axis}": length, f"PhysicalSize{axis}Unit": "µm"}
    # a random one, tifffile's default, would make every file different
    metadata["UUID"] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{shape} {size}"))
    return metadata


def edge_lengths(voxel_size_um: float | Sequence[float], axes: int) -> tuple[float, ...]:
    """One positive length per axis, from one or as many; `InputError` if they are not that."""
    sizes = tuple(float(size) for size in np.ravel(voxel_size_um))
    if len(sizes) == 1:
        sizes *= axes
    if len(sizes) != axes or not all(math.isfinite(size) and size > 0 for size in sizes):
        raise InputError(
            f"the voxel size is {voxel_size_um}; give one positive number of micrometres, or one "
            f"for each of the {axes} axes (--voxel-size-um)."
        )
    return sizes
