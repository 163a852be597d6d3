"""A folder that GeoDict imports: RAW, TIFF stack, masks, a macro, and a README with every number.

The formats follow GeoDict's public user guide (2025, 2026): 1-byte RAW without header, x fastest,
material 0 = pore; or a stack of TIFF slices named as GeoDict names its own.  Neither carries the
voxel length, so the README does, and the macro types it.  None of it was run in GeoDict.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.geodict_macro import macro
from napari_assb_twin.export.geodict_readme import geodict_readme
from napari_assb_twin.export.options import ExportOptions, SeparatorSide, ThroughAxis
from napari_assb_twin.export.progress import Progress, Steps
from napari_assb_twin.export.raw import large_file, raw_name, write_sidecars
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.tiff import edge_lengths
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.phases import LONG_NAMES, OUTSIDE, PHASES, Phase, code

GREYS = (0, 127, 254)
"""Grey values of pore, active material and solid electrolyte in the TIFF stack."""

MASKS: dict[Phase, str] = {"active_material": "AM", "solid_electrolyte": "SE"}
"""Phases that have a mask of their own, and how its file calls them."""


def export_geodict(
    volume: NDArray[np.uint8],
    folder: str | os.PathLike[str],
    *,
    voxel_size_um: float | Sequence[float],
    through_axis: ThroughAxis = "z",
    separator_side: SeparatorSide | None = None,
    resample_um: float | Literal["smallest"] | None = None,
    stem: str = "cathode",
    periodic: bool | None = None,
    expected_fractions: Mapping[Phase, float] | None = None,
    verdict_lines: Sequence[str] = (),
) -> Path:
    """Write a volume for GeoDict: RAW, TIFF stack, masks, import macro, README and JSON.

    Parameters
    ----------
    volume
        Phases 0, 1, 2 as (z, y, x), z the pressing direction.
    folder
        Where the files go; created if missing.
    voxel_size_um
        Edge of the voxels in micrometres, or edges (z, y, x).
    through_axis, separator_side, resample_um
        See `ExportOptions`; voxels that are not cubic need ``resample_um``.
    stem
        First part of the file names.
    periodic
        Whether opposite faces of the volume fit together; None if not known.
    expected_fractions
        Volume fractions of the model, for the README beside those counted.
    verdict_lines
        How well the twin of the volume fits its data, for README and JSON (see
        `napari_assb_twin.calibration.verdict_lines`).

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If the volume is not three-dimensional or holds anything but 0, 1 and 2, the voxels are
        not cubic, an option is none of its values, or the files cannot be written.

    Warns
    -----
    TwinWarning
        If a file is larger than some programs can address.
    """
    import warnings

    from napari_assb_twin.errors import TwinWarning
    from napari_assb_twin.export.run import export

    z, y, x = edge_lengths(voxel_size_um, 3)
    source = Source(
        labels=volume,
        voxel_size_um=(z, y, x),
        periodic=periodic,
        expected_fractions=expected_fractions,
        verdict_lines=tuple(verdict_lines),
    )
    options = ExportOptions(
        through_axis=through_axis, separator_side=separator_side, resample_um=resample_um
    )
    done = finished(export(source, folder, to="geodict", options=options, stem=stem))
    for sentence in done.reservations:
        warnings.warn(sentence, TwinWarning, stacklevel=2)
    return done.folder


def write_geodict(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Write the whole bundle into an empty folder; `export_geodict` says what it is.

    Raises
    ------
    InputError
        If the voxels are not cubic, a part of the volume lies outside, or files of somebody else
        lie in the sub-folders that would be replaced.
    """
    _check(export)
    facts = geodict_facts(export)
    yield from _write_voxels(folder, export, facts)
    volume, raw = export.volume, facts["raw"]["file"]
    write_sidecars(folder, volume, raw)
    text = macro(
        raw=raw,
        masks=named_masks({mask["phase"]: mask["file"] for mask in facts["masks"]}),
        shape=volume.shape,
        edge_um=facts["voxel_length_um"],
    )
    (folder / facts["macro"]).write_text(text, encoding="utf-8")
    (folder / "README_geodict.txt").write_text(geodict_readme(export, facts), encoding="utf-8")
    document = json.dumps(facts, indent=2) + "\n"
    (folder / f"{export.stem}.json").write_text(document, encoding="utf-8")
    return large_file(raw, volume)


def geodict_facts(export: Export) -> dict[str, Any]:
    """What README and JSON of a bundle both tell."""
    volume, stem, fractions = export.volume, export.stem, export.fractions
    nz, ny, nx = volume.shape
    expected = export.expected_fractions
    axis = volume.pressing_axis.upper()
    before = volume.resampled_from
    return {
        "format": "assb-twin-geodict",
        "version": 1,
        "voxels": {"NX": nx, "NY": ny, "NZ": nz},
        "voxel_length_um": volume.voxel_size_um[0],
        "raw": {
            "file": raw_name(stem, volume),
            "header_bytes": 0,
            "type": "uint8",
            "order": "x fastest, z slowest",
            "thresholds": [0.5, 1.5],
        },
        "tiff_stack": {
            "files": f"tiff_stack/{stem}_Z00001.tif to {stem}_Z{nz:05d}.tif",
            "thresholds": [64, 191],
        },
        "masks": [
            {"phase": phase, "file": file} for phase, file in mask_names(stem, volume).items()
        ],
        "macro": f"import_{stem}.py",
        "materials": [
            {
                "id": number,
                "phase": phase,
                "tiff_grey": GREYS[number],
                "volume_fraction": fractions[phase],
                "model_volume_fraction": None if expected is None else float(expected[phase]),
            }
            for number, phase in enumerate(PHASES)
        ],
        "pressing_axis": axis,
        "separator_side": f"{axis} = 0",
        "separator_side_assumed": not volume.separator_known,
        "current_collector_side": f"{axis} = maximum",
        "reversed_along_pressing_axis": volume.reversed,
        "graded": volume.graded,
        "resampled_from": None
        if before is None
        else {"shape": list(before[0]), "voxel_size_um": list(before[1])},
        "periodic": volume.periodic,
        "verdict": list(export.verdict_lines),
    }


def _check(export: Export) -> None:
    if export.outside:
        raise InputError(
            f"{export.outside:.1%} of the volume lies outside the measured window (value "
            f"{OUTSIDE}); crop it to the window first."
        )
    if not export.volume.cubic:
        edges = " x ".join(f"{edge:g}" for edge in export.volume.voxel_size_um)
        raise InputError(
            f"the voxels are {edges} um, but GeoDict needs cubic ones; resample the volume to one "
            "voxel size (--resample)."
        )
    stem = re.escape(export.stem)
    _check_folder(export.folder / "tiff_stack", rf"{stem}_Z[0-9]{{5,}}\.tif")
    _check_folder(export.folder / "masks", rf"{stem}_(AM|SE)_.*_8bit\.raw")


def _check_folder(folder: Path, ours: str) -> None:
    """Replacing a sub-folder must not take somebody else's files with it."""
    if not folder.is_dir():
        return
    other = sorted(entry.name for entry in folder.iterdir() if not re.fullmatch(ours, entry.name))
    if other:
        raise InputError(
            f"{folder} holds other files, such as {other[0]}; remove them or choose another folder."
        )


def _write_voxels(folder: Path, export: Export, facts: Mapping[str, Any]) -> Steps[None]:
    """RAW, masks and TIFF stack in one pass over the planes."""
    import tifffile

    volume, greys = export.volume, np.array(GREYS, np.uint8)
    per_centimetre = 1e4 / facts["voxel_length_um"]
    stack = folder / "tiff_stack"
    stack.mkdir()
    masks = {mask["phase"]: mask["file"] for mask in facts["masks"]}
    planes = raw_and_masks(folder, volume, facts["raw"]["file"], masks)
    with closing(planes):
        for number, plane in enumerate(planes, start=1):
            tifffile.imwrite(
                stack / f"{export.stem}_Z{number:05d}.tif",
                greys[plane],
                photometric="minisblack",
                resolution=(per_centimetre, per_centimetre),
                resolutionunit="CENTIMETER",
                metadata=None,
            )
            yield Progress(number, volume.shape[0], "Writing RAW, masks and TIFF stack")


def mask_names(stem: str, volume: ExportVolume) -> dict[Phase, str]:
    """Files of the masks by their phase."""
    return {phase: f"masks/{raw_name(f'{stem}_{short}', volume)}" for phase, short in MASKS.items()}


def raw_and_masks(
    folder: Path, volume: ExportVolume, raw: str, masks: Mapping[Phase, str]
) -> Generator[NDArray[np.uint8], None, None]:
    """Write RAW and masks in one pass over the planes; yields each plane once it is written."""
    (folder / "masks").mkdir()
    with ExitStack() as files:
        whole = files.enter_context((folder / raw).open("wb"))
        parts = [
            (code(phase), files.enter_context((folder / name).open("wb")))
            for phase, name in masks.items()
        ]
        for plane in volume.planes():
            whole.write(plane.data)
            for label, part in parts:
                part.write((plane == label).data)
            yield plane


def named_masks(masks: Mapping[Phase, str]) -> dict[str, tuple[str, str]]:
    """What a macro is told of the masks: their files and what their phases are called."""
    return {phase: (file, LONG_NAMES[phase]) for phase, file in masks.items()}
