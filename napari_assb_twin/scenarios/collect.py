"""Result tables of another program, joined to the rows of a sweep.

Which row a line is of is said by columns ``scenario`` and ``realisation``, by a cell that holds a
name such as ``scenario0003_realisation01``, or by such a name of the file, which then has one line.
Seeds and varied numbers that a table repeats must be those of the sweep.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.geodict import key_in
from napari_assb_twin.scenarios.plan import Key
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.scenarios.results import table
from napari_assb_twin.scenarios.row import Row

if TYPE_CHECKING:
    import pandas

LARGEST_BYTES = 1 << 28
_DELIMITERS = ";\t,"
_PLACE = ("scenario", "realisation")
_PARAMETER = "parameter."
_ROUNDED = 1e-5
"""Relative; six digits of a parameter are enough to know it by."""

Cells = dict[str, str]
"""A line by its columns."""


def collect(results: Path, tables: Sequence[Path]) -> pandas.DataFrame:
    """The table of a sweep with columns of other tables beside.

    Parameters
    ----------
    results
        Folder of a sweep.
    tables
        CSV with commas, semicolons or tabs; where the delimiter is no comma, numbers may have a
        decimal comma.

    Returns
    -------
    The rows of the sweep; what no table says of a row is missing.

    Raises
    ------
    InputError
        If a table cannot be read, a line is of no row of the sweep or of another one, or a value is
        said twice and differently.
    """
    import pandas

    _, rows = recorded(results)
    frame = table(rows.values())
    found: dict[str, dict[Key, str]] = {}
    for path in tables:
        for key, cells in _keyed(path):
            if key not in rows:
                raise InputError(
                    f"{path.name} has a line of scenario {key[0]}, realisation {key[1]}, which "
                    f"{results} has not; is it of another sweep?"
                )
            _check_place(path, rows[key], cells)
            for name, text in cells.items():
                if _of_place(name):
                    continue
                if name in frame:
                    raise InputError(
                        f"the column {name} of {path.name} is one of the sweep, too; rename it."
                    )
                column = found.setdefault(name, {})
                if not text:
                    continue
                known = column.setdefault(key, text)
                if known != text:
                    raise InputError(
                        f"{name} of scenario {key[0]}, realisation {key[1]} is {known} and, in "
                        f"{path.name}, {text}; keep one."
                    )
    places = list(zip(frame["scenario"], frame["realisation"], strict=True))
    columns = {name: _column([by_key.get(p, "") for p in places]) for name, by_key in found.items()}
    return pandas.concat([frame, pandas.DataFrame(columns, index=frame.index)], axis=1)


def _of_place(name: str) -> bool:
    """Whether a column says where a row lies, rather than what was found there."""
    return name == "seed" or name.startswith(_PARAMETER)


def _check_place(path: Path, row: Row, cells: Cells) -> None:
    """Refuse a line whose seed or parameters are not those of the row."""
    known = {"seed": row.seed} | {_PARAMETER + k: value for k, value in row.parameters.items()}
    for name, text in cells.items():
        if not text or not _of_place(name):
            continue
        value = known.get(name)
        if value is None or not _number(text) or not _same(name, float(text), value):
            here = "not of this sweep" if value is None else f"{value:.10g} in this sweep"
            raise InputError(
                f"{path.name} has {name} {text} in scenario {row.scenario}, realisation "
                f"{row.realisation}, which is {here}; is it of another one?"
            )


def _same(name: str, found: float, known: float) -> bool:
    """Equal, but for what a program may round away of a parameter."""
    return math.isclose(found, known, rel_tol=0.0 if name == "seed" else _ROUNDED)


def _keyed(path: Path) -> list[tuple[Key, Cells]]:
    """The lines of a table with the row that each is of."""
    lines = _lines(path)
    names = {name.lower(): name for name in lines[0]}
    if all(place in names for place in _PLACE):
        scenario, realisation = (names[place] for place in _PLACE)
        return [
            ((_whole(path, one.pop(scenario)), _whole(path, one.pop(realisation))), one)
            for one in lines
        ]
    for name in lines[0]:
        keys = [key_in(one[name]) for one in lines]
        if all(keys):
            for one in lines:
                del one[name]
            return [(key, one) for key, one in zip(keys, lines, strict=True) if key]
    key = key_in(path.name)
    if key is None:
        raise InputError(
            f"{path.name} does not say of which scenario it is; give it columns scenario and "
            "realisation, or a name such as scenario0003_realisation01.csv."
        )
    if len(lines) != 1:
        raise InputError(
            f"{path.name} has {len(lines)} lines for one realisation; keep the one of its result."
        )
    return [(key, lines[0])]


def _lines(path: Path) -> list[Cells]:
    """The lines of a CSV file by their columns; at least one."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InputError(f"{path.name} is too large for a table of results.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no UTF-8 text; save the table as CSV (UTF-8).") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    head = text.partition("\n")[0]
    delimiter = next((one for one in _DELIMITERS if one in head), ",")
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise InputError(f"{path.name} is no CSV table: {error}.") from None
    if len(rows) < 2:
        raise InputError(f"{path.name} has no line below its column names.")
    names = [name.strip() for name in rows[0]]
    if len(set(names)) != len(names) or not all(names):
        raise InputError(f"{path.name} has columns without a name of their own; name each.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise InputError(
                f"line {number} of {path.name} has {len(row)} cells, its head {len(names)}."
            )
    comma = delimiter != ","
    return [
        {
            name: _dotted(cell) if comma else cell.strip()
            for name, cell in zip(names, row, strict=True)
        }
        for row in rows[1:]
    ]


def _dotted(cell: str) -> str:
    """A cell with a decimal point, if it is a number with a decimal comma."""
    cell = cell.strip()
    dotted = cell.replace(",", ".")
    return dotted if cell.count(",") == 1 and "." not in cell and _number(dotted) else cell


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # which Python takes between digits


def _whole(path: Path, text: str) -> int:
    if not text.isdecimal():
        raise InputError(f"{path.name} has the scenario or realisation {text!r}; give its number.")
    return int(text)


def _column(texts: Sequence[str]) -> pandas.Series:
    """Numbers, if all that is said are some; else texts."""
    import pandas

    if all(not text or _number(text) for text in texts):
        return pandas.Series([float(text) if text else None for text in texts], dtype="float64")
    return pandas.Series([text or None for text in texts], dtype="str")
