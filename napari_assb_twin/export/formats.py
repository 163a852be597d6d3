"""The formats of an export: one table for the command, the window and the documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.geodict import write_geodict
from napari_assb_twin.export.mesh import estimated_triangles
from napari_assb_twin.export.mesh_file import write_ply, write_stl
from napari_assb_twin.export.options import LAYOUT, MESH, option_of
from napari_assb_twin.export.progress import Steps
from napari_assb_twin.export.raw import write_mha, write_nrrd, write_raw
from napari_assb_twin.export.tiff import write_imagej, write_ome_tiff
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.export.vti import write_vti
from napari_assb_twin.export.zarr_folder import packed_share_of, write_ome_zarr_folder

Write = Callable[[Path, Export], Steps[tuple[str, ...]]]
"""Writes into an empty folder, README included; returns reservations."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format of an export.

    Attributes
    ----------
    name
        Of ``--to``.
    title
        In the window.
    files
        What is written, for tooltips and tables.
    write
        Writes it.
    bytes_per_voxel, bytes_per_triangle
        Size of all files by the voxels; that of a mesh by its triangles instead.
    packed
        Share of ``bytes_per_voxel`` that compression leaves of a volume; None without any.
    options
        Names of the fields of `ExportOptions` that it knows.
    """

    name: str
    title: str
    files: str
    write: Write
    bytes_per_voxel: float = 1.0
    bytes_per_triangle: float | None = None
    packed: Callable[[ExportVolume], float] | None = None
    options: tuple[str, ...] = LAYOUT

    def estimated_bytes(self, volume: ExportVolume) -> float:
        """About how large all files will be."""
        if self.bytes_per_triangle is None:
            share = 1.0 if self.packed is None else self.packed(volume)
            return self.bytes_per_voxel * share * volume.size
        return self.bytes_per_triangle * estimated_triangles(volume)


_ALL = (
    Format(
        name="geodict",
        title="GeoDict (RAW + import macro)",
        files="RAW, TIFF stack, masks of the phases, GeoPy macro, sidecars; not run in GeoDict",
        write=write_geodict,
        bytes_per_voxel=4.0,
    ),
    Format(
        name="tiff",
        title="TIFF as of ImageJ",
        files="one multi-page .tif for Fiji, TauFactor, PuMA, MATBOX, Dragonfly",
        write=write_imagej,
    ),
    Format(
        name="ome-tiff",
        title="OME-TIFF",
        files="one multi-page .ome.tif with voxel sizes in µm",
        write=write_ome_tiff,
    ),
    Format(
        name="vti",
        title="VTK image data",
        files="one .vti with cell data in metres for ParaView and PuMA",
        write=write_vti,
    ),
    Format(
        name="nrrd",
        title="NRRD",
        files="one .nrrd in µm for 3D Slicer and ITK",
        write=write_nrrd,
    ),
    Format(
        name="mha",
        title="MetaImage",
        files="one .mha in mm for ITK and ParaView",
        write=write_mha,
    ),
    Format(
        name="raw",
        title="RAW with sidecars",
        files="one byte a voxel, .mhd for ITK and ParaView, .dat for Dragonfly",
        write=write_raw,
    ),
    Format(
        name="ome-zarr",
        title="OME-Zarr",
        files="a folder .ome.zarr of chunks in several resolutions",
        write=write_ome_zarr_folder,
        bytes_per_voxel=4 / 3,  # what is packed is mainly surfaces: a coarser level has 1/4 of them
        packed=packed_share_of,
    ),
    Format(
        name="stl",
        title="Surfaces of the phases: STL",
        files="one .stl for each phase, for COMSOL, OpenFOAM and meshers",
        write=write_stl,
        bytes_per_triangle=50.0,
        options=(*LAYOUT, *MESH),
    ),
    Format(
        name="ply",
        title="Surfaces of the phases: PLY",
        files="one .ply for each phase, with shared vertices",
        write=write_ply,
        bytes_per_triangle=19.0,
        options=(*LAYOUT, *MESH),
    ),
)

FORMATS: dict[str, Format] = {one.name: one for one in _ALL}
"""Formats by name, in the order of every list."""


def format_named(name: str) -> Format:
    """The format of this name.

    Raises
    ------
    InputError
        If there is none.
    """
    if name not in FORMATS:
        raise InputError(f"the format is {name!r}; choose {', '.join(FORMATS)} (--to).")
    return FORMATS[name]


def check_belongs(name: str, option: str) -> None:
    """Refuse an option that a format does not know.

    Raises
    ------
    InputError
        Which formats do.
    """
    if option not in format_named(name).options:
        others = [one.name for one in _ALL if option in one.options]
        raise InputError(
            f"{option_of(option)} is for {' and '.join(others)}; leave it out for {name}."
        )
