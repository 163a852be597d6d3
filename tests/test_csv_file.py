"""A table as CSV: numbers read back as they were, and nothing is left of one that fails."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from napari_assb_twin.csv_file import write_csv
from napari_assb_twin.errors import InputError


def test_numbers_read_back_as_the_same_doubles(tmp_path: Path) -> None:
    values = [0.1 + 0.2, 1e-300, -1 / 3, 2.0**60 + 1]
    path = write_csv(tmp_path / "t.csv", ("name", "value"), ((f"µ{v}", v) for v in values))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == values
    assert [row["name"] for row in rows] == [f"µ{v}" for v in values]


def test_none_stays_empty_and_commas_stay_in_their_cell(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", ("a", "b"), [(None, "x,y")])
    assert path.read_bytes() == b'a,b\n,"x,y"\n'


def test_a_row_that_cannot_be_made_leaves_what_was_there(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[int]]:
        yield (1,)
        raise InputError("no second row")

    path = write_csv(tmp_path / "t.csv", ("a",), [(0,)])
    with pytest.raises(InputError, match="no second row"):
        write_csv(path, ("a",), rows())
    assert path.read_text(encoding="utf-8") == "a\n0\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        write_csv(tmp_path / "no" / "t.csv", ("a",), [])
