"""The rows of a sweep as one table: a data frame, Parquet and CSV, with a README beside."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from napari_assb_twin.atomic import whole_file, whole_folder
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import CSV, PARQUET, README
from napari_assb_twin.scenarios.made_with import Versions, in_words
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.scenarios.row import Row

if TYPE_CHECKING:
    import pandas

FIRST = ("scenario", "realisation", "seed", "error", "seconds")
"""Columns before the parameters and the descriptors."""


def table(rows: Iterable[Row]) -> pandas.DataFrame:
    """One line for each realisation, by scenario and realisation.

    Columns are those of `FIRST`, ``parameter.<path>`` for each varied number, and the descriptors
    by their keys; what is not known is missing (NaN), the error of what did not fail, too.
    """
    import pandas

    ordered = sorted(rows, key=lambda row: row.key)
    parameters = list(dict.fromkeys(name for row in ordered for name in row.parameters))
    keys = list(dict.fromkeys(key for row in ordered for key in row.values))
    columns: dict[str, pandas.Series] = {
        name: pandas.Series([getattr(row, name) for row in ordered], dtype=kind)
        for name, kind in zip(FIRST, ("int64", "int64", "int64", "str", "float64"), strict=True)
    }
    for name in parameters:
        values = [row.parameters[name] for row in ordered]
        columns[f"parameter.{name}"] = pandas.Series(values, dtype="float64")
    for key in keys:
        columns[key] = pandas.Series([row.values.get(key) for row in ordered], dtype="float64")
    return pandas.DataFrame(columns)


def write_results(
    folder: Path, plan: Plan, rows: Iterable[Row], versions: Sequence[Versions]
) -> None:
    """Write the tables and the README into the results folder, all or none.

    Parameters
    ----------
    versions
        Of what the rows were measured with, in the order of the runs.

    Raises
    ------
    InputError
        If they cannot be written.
    """
    frame = table(rows)
    with whole_folder(folder) as aside:
        frame.to_parquet(aside / PARQUET, index=False)
        _to_csv(frame, aside / CSV)
        (aside / README).write_text(_readme(plan, frame, versions), encoding="utf-8")


def write_table(frame: pandas.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table as CSV or Parquet, by the ending of its name.

    Raises
    ------
    InputError
        If the ending is neither, or the file cannot be written.
    """
    path = Path(path)
    check_table_name(path)
    with whole_file(path) as aside:
        if path.suffix == ".csv":
            _to_csv(frame, aside)
        else:
            frame.to_parquet(aside, index=False)
    return path


def check_table_name(path: Path) -> None:
    """Refuse a name that ends in neither .csv nor .parquet."""
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{path.name} is no name of a table; let it end in .csv or .parquet.")


def _to_csv(frame: pandas.DataFrame, path: Path) -> None:
    """UTF-8; numbers so that reading them gives the same number."""
    frame.to_csv(path, index=False, lineterminator="\n")


def _readme(plan: Plan, frame: pandas.DataFrame, versions: Sequence[Versions]) -> str:
    failed = int(frame["error"].notna().sum())
    varied = "\n".join(
        f"  parameter.{one.parameter}: {one.low:g} to {one.high:g} "
        f"{plan.twin.description(one.parameter).unit}".rstrip()
        + (" (evenly in the logarithm)" if one.scale == "log" else "")
        for one in plan.varied
    )
    units = "".join(
        f"{words.effective} is in {bulk.unit}, from {words.help} of {bulk}.\n"
        for words, bulk in plan.choice.bulk
    )
    measured_with = ",\nother rows with ".join(map(in_words, versions))
    z, y, x = plan.twin.grid.shape
    return f"""\
Results of a sweep, written by napari-assb-twin
===============================================

{plan.scenarios} scenarios ({plan.design}), {plan.realisations} realisations of each;
{failed} of {len(frame)} failed, their row says why under "error".
Every realisation has {z} x {y} x {x} voxels (z, y, x) of {plan.twin.grid.voxel_size_um:g} um.
Measured with {measured_with}
(on a cluster: the versions of the machine that wrote this).

results.parquet, results.csv   one row for each realisation, the same numbers in both
plan.json                      what was varied and measured; the twin is in it
rows.jsonl                     the rows as they were measured, from which a sweep goes on

Varied:
{varied}

The other columns are descriptors, named as by "assb-twin describe", where their definitions are.
An empty cell is a number that does not exist, such as the tortuosity of a phase without a path.
{units}
The volume of a row:
  assb-twin regenerate RESULTS --scenario S --realisation R -o volume.tif
"""
