"""What a run has measured so far: a line for each row, on the disk before the next is begun.

The first line says which plan the rows are of, so that those of another are not mixed in.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.json_lines import append_line, read_lines
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.plan_file import load_plan, plan_to_document, save_plan
from napari_assb_twin.scenarios.row import Row

PLAN = "plan.json"
ROWS = "rows.jsonl"
FORMAT = "assb-twin-rows"
VERSION = 1


class Record:
    """The rows of a plan in a results folder.

    Parameters
    ----------
    folder
        Of the results; made when the first row is added.
    plan
        What is run.

    Raises
    ------
    InputError
        If the folder holds the results of another plan, something else, or rows that cannot be
        read.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self._file = folder / ROWS
        self._plan = plan
        self._identity = identity(plan)
        self._check_folder()
        self.rows: dict[Key, Row] = _read(self._file, self._identity)

    def begin(self) -> None:
        """Make the folder with the plan in it, if it is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._file.is_file():
            save_plan(self._plan, self.folder / PLAN)
            append_line(self._file, self._identity)

    def add(self, row: Row) -> None:
        """Record a row; on the disk when this returns."""
        append_line(self._file, row.document())
        self.rows[row.key] = row

    def _check_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"{self.folder} is a file; give the name of a folder for the results.")
        if self._file.is_file() or not self.folder.exists():
            return
        others = sorted(e.name for e in self.folder.iterdir() if e.name not in (PLAN, ROWS))
        if others:
            raise InputError(
                f"{self.folder} holds other files, such as {others[0]}; choose an empty folder."
            )


def recorded(folder: Path) -> tuple[Plan, dict[Key, Row]]:
    """The plan and the rows of a results folder.

    Raises
    ------
    InputError
        If it is none.
    """
    if not (folder / PLAN).is_file() or not (folder / ROWS).is_file():
        raise InputError(f"{folder} holds no results of a sweep; give the folder of its results.")
    plan = load_plan(folder / PLAN)
    return plan, _read(folder / ROWS, identity(plan))


def identity(plan: Plan) -> dict[str, Any]:
    """What the rows follow from: the plan, and the points that its design led to."""
    text = json.dumps([plan_to_document(plan), plan.design_points], sort_keys=True)
    return {
        "format": FORMAT,
        "version": VERSION,
        "plan": hashlib.sha256(text.encode()).hexdigest(),
    }


def _read(file: Path, expected: dict[str, Any]) -> dict[Key, Row]:
    if not file.is_file():
        return {}
    unreadable = InputError(f"{file} cannot be read; choose another folder for the results.")
    try:
        lines = read_lines(file)
    except (OSError, ValueError):  # neither JSON nor UTF-8
        raise unreadable from None
    if lines and lines[0] != expected:
        raise InputError(
            f"{file.parent} holds the results of another plan; choose another folder, or give "
            f"{file.parent / PLAN} to go on with that one."
        )
    try:
        rows = [Row.of(line) for line in lines[1:]]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise unreadable from None
    return {row.key: row for row in rows}
