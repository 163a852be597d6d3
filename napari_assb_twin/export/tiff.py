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

from napari_assb_twin.atomic import whole_file, whole_folder
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.verdict_text import verdict_text
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES

LARGEST_IMAGEJ = 2**32 - 2**25
"""Bytes of voxels above which the 32-bit offsets of an ImageJ TIFF do not reach."""


def write_tiff(
    path: str | os.PathLike[str],
    volume: NDArray[np.uint8],
    *,
    voxel_size_um: float | Sequence[float],
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
    options = tiff_options(volume.shape, voxel_size_um)
    with whole_file(path) as aside:
        tifffile.imwrite(aside, np.ascontiguousarray(volume), **options)


def tiff_options(shape: tuple[int, ...], voxel_size_um: float | Sequence[float]) -> dict[str, Any]:
    """How tifffile stores voxels of uint8 and their size; `InputError` for a wrong size."""
    axes = "ZYX"[-len(shape) :]
    size = dict(zip(axes, edge_lengths(voxel_size_um, len(shape)), strict=True))
    options: dict[str, Any] = {"photometric": "minisblack"}
    if math.prod(shape) > LARGEST_IMAGEJ:
        return options | {
            "ome": True,
            "bigtiff": True,
            "metadata": _ome_metadata(axes, size, shape),
        }
    spacing = {"spacing": size["Z"]} if "Z" in size else {}
    return options | {
        "imagej": True,
        "resolution": (1 / size["X"], 1 / size["Y"]),
        "metadata": {"axes": axes, "unit": "um", **spacing},
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


def export_tiff(
    volume: NDArray[np.uint8],
    folder: str | os.PathLike[str],
    *,
    voxel_size_um: float | Sequence[float],
    stem: str = "cathode",
    verdict_lines: Sequence[str] = (),
) -> Path:
    """Write ``<stem>.tif`` (see `write_tiff`) into a folder that is created if missing.

    With ``verdict_lines``, how well the twin of the volume fits its data, ``<stem>_README.txt``
    says it beside the size of the voxels and what the labels are.
    """
    with whole_folder(folder) as aside:
        write_tiff(aside / f"{stem}.tif", volume, voxel_size_um=voxel_size_um)
        if verdict_lines:
            sizes = edge_lengths(voxel_size_um, volume.ndim)
            (aside / f"{stem}_README.txt").write_text(
                _readme(stem, volume.shape, sizes, verdict_lines), encoding="utf-8"
            )
    return Path(folder)


def _readme(
    stem: str, shape: tuple[int, ...], sizes: Sequence[float], verdict_lines: Sequence[str]
) -> str:
    axes = ", ".join("zyx"[-len(shape) :])
    return (
        f"{stem}.tif, written by napari-assb-twin\n\n"
        f"{' x '.join(map(str, shape))} voxels ({axes}), "
        f"edges {' x '.join(f'{size:.9g}' for size in sizes)} um\n"
        f"Labels: {', '.join(f'{i} {LONG_NAMES[phase]}' for i, phase in enumerate(PHASES))}\n\n"
        f"{verdict_text(verdict_lines)}"
    )
