"""Bytes of a volume behind a header: RAW, MetaImage and NRRD, and sidecars of a RAW file.

The headers are written here, because the libraries that know them copy the whole volume first.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.progress import Progress, Steps
from napari_assb_twin.export.readme import write_readme
from napari_assb_twin.export.source import Lengths
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.twin.device import Shape
from napari_assb_twin.twin.volume_note import VolumeNote

LARGE = 2**31
"""Bytes above which some programs cannot address a file."""

_MM = 1e-3
_M = 1e-6


def raw_name(stem: str, volume: ExportVolume) -> str:
    """Name that says the size, as ``cathode_128x96x64_0.1um_8bit.raw``."""
    nz, ny, nx = volume.shape
    z, y, x = (f"{edge:g}" for edge in volume.voxel_size_um)
    edges = x if volume.cubic else f"{x}x{y}x{z}"
    return f"{stem}_{nx}x{ny}x{nz}_{edges}um_8bit.raw"


def append_planes(file: BinaryIO, volume: ExportVolume, message: str) -> Steps[None]:
    """Append all voxels, one byte each, x fastest."""
    for number, plane in enumerate(volume.planes()):
        file.write(plane.data)
        yield Progress(number + 1, volume.shape[0], message)


def large_file(name: str, volume: ExportVolume) -> tuple[str, ...]:
    """A reservation on a file that some programs cannot address."""
    if volume.size < LARGE:
        return ()
    return (
        f"{name} has {volume.size / 2**30:.3g} GiB, more than 2^31 bytes; a program that cannot "
        "open it needs a part of the volume, or larger voxels (--resample).",
    )


def mhd_header(
    shape: Shape, voxel_size_um: Lengths, data_file: str, note: VolumeNote | None = None
) -> str:
    """Header of MetaImage; its spacings are in millimetres, as ITK takes them."""
    nz, ny, nx = shape
    spacing = _xyz(voxel_size_um, _MM)
    comment = "" if note is None else f"Comment = {note.text()}\n"
    # ElementDataFile ends the header
    return (
        "ObjectType = Image\n"
        f"{comment}"
        "NDims = 3\n"
        "BinaryData = True\n"
        "BinaryDataByteOrderMSB = False\n"
        "CompressedData = False\n"
        f"DimSize = {nx} {ny} {nz}\n"
        f"ElementSpacing = {spacing}\n"
        "Offset = 0 0 0\n"
        "ElementType = MET_UCHAR\n"
        f"ElementDataFile = {data_file}\n"
    )


def dat_header(shape: Shape, voxel_size_um: Lengths, data_file: str) -> str:
    """Sidecar of Dragonfly, in metres."""
    nz, ny, nx = shape
    return (
        f"ObjectFileName: {data_file}\n"
        f"Resolution: {nx} {ny} {nz}\n"
        "Format: UCHAR\n"
        f"SliceThickness: {_xyz(voxel_size_um, _M)}\n"
        "MeasurementUnit: METER\n"
    )


def write_sidecars(folder: Path, volume: ExportVolume, raw: str) -> tuple[str, str]:
    """Write ``.mhd`` and ``.dat`` of a RAW file beside it; returns their names."""
    names = raw.removesuffix(".raw") + ".mhd", raw.removesuffix(".raw") + ".dat"
    for name, header in zip(names, (mhd_header, dat_header), strict=True):
        (folder / name).write_text(
            header(volume.shape, volume.voxel_size_um, raw), encoding="utf-8"
        )
    return names


def write_raw(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """RAW with its sidecars."""
    volume = export.volume
    name = raw_name(export.stem, volume)
    with (folder / name).open("wb") as file:
        yield from append_planes(file, volume, f"Writing {name}")
    mhd, dat = write_sidecars(folder, volume, name)
    notes = (
        f"{name} holds one byte for a voxel, without header; x fastest, then y, z slowest. "
        f"{mhd} describes it for ITK, ParaView and open_iA in millimetres, {dat} for Dragonfly in "
        "metres.",
    )
    write_readme(folder, export, name, notes)
    return large_file(name, export.volume)


def write_mha(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """MetaImage in one file."""
    name = f"{export.stem}.mha"
    with (folder / name).open("wb") as file:
        file.write(mhd_header(export.volume.shape, export.volume.voxel_size_um, "LOCAL").encode())
        yield from append_planes(file, export.volume, f"Writing {name}")
    notes = (
        "MetaImage has no units; its spacings are in millimetres, as ITK takes them. x is the "
        "fastest axis.",
    )
    write_readme(folder, export, name, notes)
    return large_file(name, export.volume)


def write_nrrd(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """NRRD, not compressed, so that it can be mapped."""
    name = f"{export.stem}.nrrd"
    nz, ny, nx = export.volume.shape
    header = (
        "NRRD0004\n"
        "type: uint8\n"
        "dimension: 3\n"
        f"sizes: {nx} {ny} {nz}\n"
        "encoding: raw\n"
        f"spacings: {_xyz(export.volume.voxel_size_um, 1.0)}\n"
        'units: "um" "um" "um"\n'
        'labels: "x" "y" "z"\n'
        "\n"
    )
    with (folder / name).open("wb") as file:
        file.write(header.encode())
        yield from append_planes(file, export.volume, f"Writing {name}")
    notes = (
        "The spacings are in micrometres, and the header says so; programs that do not read units "
        "(ITK, 3D Slicer) take them as millimetres. x is the fastest axis.",
    )
    write_readme(folder, export, name, notes)
    return large_file(name, export.volume)


def _xyz(edges: Lengths, factor: float) -> str:
    """Edges in the order of these headers, as the doubles that they are."""
    z, y, x = edges
    return " ".join(f"{edge * factor:.12g}" for edge in (x, y, z))
