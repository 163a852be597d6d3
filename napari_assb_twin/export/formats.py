"""The formats of an export: one table for the command, the window and the documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.geodict import write_geodict
from napari_assb_twin.export.options import LAYOUT, option_of
from napari_assb_twin.export.progress import Steps
from napari_assb_twin.export.raw import write_mha, write_nrrd, write_raw

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
    bytes_per_voxel
        Size of all files by the voxels; None for surfaces, whose size depends on the phases.
    options
        Names of the fields of `ExportOptions` that it knows.
    """

    name: str
    title: str
    files: str
    write: Write
    bytes_per_voxel: float | None = 1.0
    options: tuple[str, ...] = LAYOUT


_ALL = (
    Format(
        name="geodict",
        title="GeoDict: RAW, TIFF stack, import macro",
        files="RAW, TIFF stack, masks of the phases, GeoPy macro, sidecars, README",
        write=write_geodict,
        bytes_per_voxel=4.0,
    ),
    Format(
        name="raw",
        title="RAW with sidecars (.mhd, .dat)",
        files="bytes without header; .mhd for ITK and ParaView, .dat for Dragonfly",
        write=write_raw,
    ),
    Format(
        name="nrrd",
        title="NRRD (.nrrd)",
        files="for 3D Slicer, ITK and pynrrd; spacings in um",
        write=write_nrrd,
    ),
    Format(
        name="mha",
        title="MetaImage (.mha)",
        files="for ITK, ParaView and 3D Slicer; spacings in mm",
        write=write_mha,
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
