"""Measurements beside each other: a row for each value, a column for each volume."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.descriptors.definitions import DEFINITIONS, definition, unit_of
from napari_assb_twin.descriptors.describe import Choice, Description, Values

_ORDER = {one.name: number for number, one in enumerate(DEFINITIONS)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Measurement:
    """What was measured of one volume, and of which.

    Attributes
    ----------
    name
        Of the volume, short.
    about
        What the volume is: parameters and seed of the twin, or the file.
    description
        Values and distributions.
    exact
        Exact means of the model under the same keys, where there are any.
    choice
        How it was measured.
    """

    name: str
    about: str
    description: Description
    exact: Values
    choice: Choice


@dataclass(frozen=True)
class Number:
    """A measured value and the exact mean; None where there is none."""

    value: float | None
    exact: float | None


@dataclass(frozen=True)
class Row:
    """One kind of number of all measurements; a cell is None where it was not measured."""

    key: str
    unit: str
    cells: tuple[Number | None, ...]


def rows(measurements: Sequence[Measurement]) -> tuple[Row, ...]:
    """All that was measured of any volume, in the order of the definitions.

    The same value in two units (of two bulk values) has two rows.
    """
    seen: dict[tuple[str, str], None] = {}
    for one in measurements:
        for key in one.description.values:
            seen[key, unit_of(key, one.choice.bulk)] = None
    ordered = sorted(seen, key=lambda row: _ORDER[row[0].split(".")[0]])
    return tuple(
        Row(key, unit, tuple(_cell(one, key, unit) for one in measurements))
        for key, unit in ordered
    )


def title(key: str, names: Mapping[str, str]) -> str:
    """A key in the words of the screen, as ``"Percolating SE, z"``."""
    name, *parts = key.split(".")
    joined = " with " if name == "contact_share" else "–"
    words = [joined.join(names.get(one, one) for one in part.split(",")) for part in parts]
    return ", ".join([" ".join([definition(key).label, *words[:1]]), *words[1:]])


def write_beside(file: TextIO, measurements: Sequence[Measurement], separator: str = ",") -> None:
    """Write the rows with six digits; a second line says what each volume is."""
    table = csv.writer(file, delimiter=separator, lineterminator="\n")
    heads = [[one.name, f"{one.name}, exact mean"] for one in measurements]
    table.writerow(["descriptor", "unit", *(head for pair in heads for head in pair)])
    table.writerow(["(volume)", "", *(cell for one in measurements for cell in (one.about, ""))])
    for row in rows(measurements):
        cells = [cell or Number(None, None) for cell in row.cells]
        numbers = [number for cell in cells for number in (cell.value, cell.exact)]
        table.writerow([row.key, row.unit, *("" if n is None else f"{n:.6g}" for n in numbers)])


def write_beside_csv(path: str | os.PathLike[str], measurements: Sequence[Measurement]) -> Path:
    """Write measurements beside each other as CSV (UTF-8); returns the path.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with whole_file(path) as aside, aside.open("w", encoding="utf-8-sig", newline="") as file:
        write_beside(file, measurements)
    return Path(path)


def _cell(one: Measurement, key: str, unit: str) -> Number | None:
    values = one.description.values
    if key not in values or unit_of(key, one.choice.bulk) != unit:
        return None
    return Number(values[key], one.exact.get(key))
