"""All volumes of a sweep for GeoDict: one sub-folder each, an index and one looping macro.

The files are those of the bundle of one volume (see `napari_assb_twin.export.geodict`), but for
its TIFF stack.  None of it was run in GeoDict.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.atomic import put_in_place, unwritable, whole_file
from napari_assb_twin.blocks.estimate import in_units
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.geodict import mask_names, named_masks, raw_and_masks
from napari_assb_twin.export.geodict_macro import looping_macro
from napari_assb_twin.export.options import ExportOptions, ThroughAxis
from napari_assb_twin.export.raw import raw_name, write_sidecars
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import ExportVolume, prepare
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.scenarios.results import table, write_table
from napari_assb_twin.scenarios.row import Row, realised

STEM = "volume"
INDEX, MACRO, README = "index.csv", "import_all.py", "README_geodict.txt"
_BYTES_PER_VOXEL = 3
_NAME = re.compile(r"scenario(\d{4,})_realisation(\d{2,})")


@dataclass(frozen=True)
class Progress:
    """Volumes that are written, of all."""

    step: int
    total: int
    message: str


def volume_name(key: Key) -> str:
    """What files of a row are called, here and by the macro's results."""
    return f"scenario{key[0]:04d}_realisation{key[1]:02d}"


def key_in(name: str) -> Key | None:
    """Scenario and realisation that a name of a file says."""
    found = _NAME.search(name)
    return None if found is None else (int(found[1]), int(found[2]))


def export_volumes(
    results: Path, *, through_axis: ThroughAxis = "z"
) -> Generator[Progress, None, Path]:
    """Write the volumes of all rows that did not fail; those that are there already are kept.

    They go to ``geodict_z`` or ``geodict_x`` in the results folder, by the axis along which the
    electrode was pressed in the files.

    Returns
    -------
    The folder.

    Raises
    ------
    InputError
        If the folder holds no results, no row that did not fail, there is no room, or files cannot
        be written.
    """
    plan, rows = recorded(results)
    good = [rows[key] for key in sorted(rows) if rows[key].error is None]
    if not good:
        raise InputError(f"{results} holds no realisation that did not fail; there is no volume.")
    side = None if plan.twin.gradient else plan.choice.separator  # a graded volume knows its own
    options = ExportOptions(through_axis=through_axis, separator_side=side)
    folder = results / f"geodict_{through_axis}"
    missing = [row for row in good if not (folder / volume_name(row.key)).is_dir()]
    z, y, x = plan.twin.grid.shape
    _require_room(results, len(missing) * _BYTES_PER_VOXEL * z * y * x)
    try:
        folder.mkdir(exist_ok=True)
        volume = None
        for row in missing:
            done = len(good) - len(missing) + missing.index(row)
            yield Progress(done, len(good), f"Writing {volume_name(row.key)}")
            volume = _volume(plan, row, options)
            _write(folder / volume_name(row.key), volume)
        _write_index(folder, good, volume or _volume(plan, good[0], options))
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def _volume(plan: Plan, row: Row, options: ExportOptions) -> ExportVolume:
    return prepare(Source.of(realised(plan, row.parameters, row.seed), ()), options)


def _write(target: Path, volume: ExportVolume) -> None:
    """One volume, whole or not at all."""
    aside = target.with_name(f".part-{secrets.token_hex(4)}")
    raw = raw_name(STEM, volume)
    try:
        aside.mkdir()
        for _ in raw_and_masks(aside, volume, raw, mask_names(STEM, volume)):
            pass
        write_sidecars(aside, volume, raw)
        put_in_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_index(folder: Path, rows: list[Row], volume: ExportVolume) -> None:
    """Index, macro and README; every volume is laid out as the one that is given."""
    nz, ny, nx = volume.shape
    raw, masks = raw_name(STEM, volume), mask_names(STEM, volume)
    edge_um = volume.voxel_size_um[0]
    frame = table(rows)
    columns: list[str] = [name for name in frame if name.startswith("parameter.")]
    index = frame[["scenario", "realisation", "seed", *columns]].copy()
    names = [volume_name(row.key) for row in rows]
    index.insert(3, "raw", [f"{name}/{raw}" for name in names])
    for at, (phase, file) in enumerate(masks.items(), start=4):
        index.insert(at, f"mask.{phase}", [f"{name}/{file}" for name in names])
    told: dict[str, Any] = {"NX": nx, "NY": ny, "NZ": nz, "voxel_length_um": edge_um}
    for name, value in told.items():
        index[name] = value
    write_table(index, folder / INDEX)
    macro = looping_macro(
        names, raw=raw, masks=named_masks(masks), shape=volume.shape, edge_um=edge_um
    )
    axis = volume.pressing_axis.upper()
    for name, text in ((MACRO, macro), (README, _readme(len(rows), volume, raw, axis))):
        with whole_file(folder / name) as aside:
            aside.write_text(text, encoding="utf-8")


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"the volumes need about {in_units(needed)}, but {in_units(free)} are free in "
            f"{folder}; free some space."
        )


def _readme(volumes: int, volume: ExportVolume, raw: str, axis: str) -> str:
    nz, ny, nx = volume.shape
    edge = volume.voxel_size_um[0]
    return f"""\
{volumes} volumes of a sweep for GeoDict, written by napari-assb-twin
====================================================================

NONE OF THIS WAS RUN IN GEODICT. Compare the volume fractions that GeoDict shows with those in
results.csv for the first volume before you compute on all of them.

Every sub-folder holds one realisation, named by its scenario and realisation:
  {raw}
      NX {nx}, NY {ny}, NZ {nz}, one byte a voxel, header 0, x fastest; 0 pore, 1 active material,
      2 solid electrolyte; voxel length {edge:g} um = {edge * 1e-6:.6g} m
  masks/
      the same with 1 for one phase and 0 for everything else
  .mhd and .dat
      the RAW described for ITK and for Dragonfly

The electrode was pressed along {axis}; the separator lies at {axis} = 0.

{INDEX}   file, seed and parameters of every volume
{MACRO}   imports one volume after the other and runs recorded commands on each:
  1. Record what is to be computed on one volume (Macro > Start Macro Recording).
  2. Paste the recorded commands into COMMANDS in {MACRO}, and choose PHASE.
  3. Run the macro. It names the results by scenario and realisation.

Tables (CSV) made of the results come back beside the descriptors with
  assb-twin collect RESULTS *.csv -o all.csv
where scenario and realisation are columns, or stand in the name of the file or of a result.
"""
