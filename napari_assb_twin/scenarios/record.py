"""What a run has measured so far: a line for each row, on the disk before the next is begun.

The first line says which plan the rows are of, so that those of another are not mixed in.  Before
rows stands a line that says with which versions they are measured, where that is new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.json_lines import append_line, cut_unfinished, read_lines
from napari_assb_twin.scenarios.folder import LOCK, PLAN, ROWS
from napari_assb_twin.scenarios.lock import held
from napari_assb_twin.scenarios.made_with import Versions, versions_for, versions_of
from napari_assb_twin.scenarios.plan import Key, Plan
from napari_assb_twin.scenarios.plan_file import load_plan, plan_to_document, save_plan
from napari_assb_twin.scenarios.row import Row

FORMAT = "assb-twin-rows"
VERSION = 1
MADE_WITH = "made_with"


class Record:
    """The rows of a plan in a results folder.

    Parameters
    ----------
    folder
        Of the results; made by `begun`.
    plan
        What is run.

    Attributes
    ----------
    rows
        By their place in the plan.
    versions
        Of what they were measured with, each once.

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
        self.rows: dict[Key, Row] = {}
        self.versions: tuple[Versions, ...] = ()
        self._now, self._stated = versions_for(plan), Versions()
        self._read()

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Make the folder with the plan in it, if it is not there; rows may be added meanwhile.

        Rows that were added since this was made are read: from here on nobody else adds any.

        Raises
        ------
        FolderHeldError
            If another sweep is writing to the folder.
        """
        folder = self.folder.resolve()
        created = [each for each in (folder, *folder.parents) if not each.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with held(self.folder):
                self._begin()
                yield
        finally:
            if created and not self._is_begun:  # the disk was full, say
                for name in (PLAN, ROWS, LOCK):
                    (folder / name).unlink(missing_ok=True)
                for each in created:
                    with suppress(OSError):
                        each.rmdir()

    def _begin(self) -> None:
        self._read()
        if self._is_begun:
            cut_unfinished(self._file)
            return
        save_plan(self._plan, self.folder / PLAN)
        self._file.unlink(missing_ok=True)
        append_line(self._file, _head(self.folder) | {"points": _digest_of_points(self._plan)})

    def add(self, row: Row) -> None:
        """Record a row; on the disk when this returns."""
        if self._now != self._stated:
            append_line(self._file, {MADE_WITH: self._now})
            self._stated = self._now
        append_line(self._file, row.document())
        self.rows[row.key] = row
        self.versions = _with(self.versions, self._stated)

    def _read(self) -> None:
        self._check_folder()
        if self._is_begun:
            self._check_plan()
            self.rows, self.versions, self._stated = _rows(self.folder)

    @property
    def _is_begun(self) -> bool:
        """Whether there is more than a first line that was cut short."""
        return self._file.is_file() and b"\n" in self._file.read_bytes()

    def _check_folder(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"{self.folder} is a file; give the name of a folder for the results.")
        if self._file.is_file() or not self.folder.exists():
            return
        own = (PLAN, LOCK)
        names = sorted(entry.name for entry in self.folder.iterdir() if entry.name not in own)
        others = [name for name in names if not name.startswith(".part-")]
        if others:
            raise InputError(
                f"{self.folder} holds other files, such as {others[0]}; choose an empty folder."
            )

    def _check_plan(self) -> None:
        """The plan must be that of the folder, and its design lead to the same points as then."""
        there = plan_to_document(load_plan(self.folder / PLAN)) == plan_to_document(self._plan)
        if not there or _first(self._file).get("points") != _digest_of_points(self._plan):
            raise InputError(
                f"{self.folder} holds the results of another plan; choose another folder, or give "
                f"{self.folder / PLAN} to go on with that one."
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
    return load_plan(folder / PLAN), _rows(folder)[0]


def _rows(folder: Path) -> tuple[dict[Key, Row], tuple[Versions, ...], Versions]:
    """The rows of the plan that is beside them, all versions, and those stated last."""
    file = folder / ROWS
    head = _first(file)
    if any(head.get(key) != value for key, value in _head(folder).items()):
        raise InputError(
            f"{folder / PLAN} was changed after the sweep began; put it back, or begin a new sweep "
            "in another folder."
        )
    rows: list[Row] = []
    versions: tuple[Versions, ...] = ()
    stated = Versions()
    try:
        for line in _lines(file)[1:]:
            if MADE_WITH in line:
                stated = versions_of(line[MADE_WITH])
            else:
                rows.append(Row.of(line))
                versions = _with(versions, stated)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _unreadable(file) from None
    return {row.key: row for row in rows}, versions, stated


def _with(versions: tuple[Versions, ...], one: Versions) -> tuple[Versions, ...]:
    return versions if one in versions else (*versions, one)


def _first(file: Path) -> dict[str, Any]:
    """The first line; empty if it is none."""
    lines = _lines(file)
    return lines[0] if lines and isinstance(lines[0], dict) else {}


def _lines(file: Path) -> list[Any]:
    try:
        return read_lines(file)
    except (OSError, ValueError):  # neither JSON nor UTF-8
        raise _unreadable(file) from None


def _unreadable(file: Path) -> InputError:
    return InputError(
        f"{file} cannot be read; restore it, or run the sweep again in another folder."
    )


def _head(folder: Path) -> dict[str, Any]:
    """The first line but for the points: of which plan file the rows are."""
    digest = hashlib.sha256((folder / PLAN).read_bytes()).hexdigest()
    return {"format": FORMAT, "version": VERSION, "plan": digest}


def _digest_of_points(plan: Plan) -> str:
    """Another version of scipy may lay a design out otherwise."""
    return hashlib.sha256(json.dumps(plan.design_points).encode()).hexdigest()
