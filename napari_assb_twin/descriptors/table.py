"""Descriptors as a table, one value a row, with what each is."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.descriptors.definitions import definition, unit_of

COLUMNS = ("descriptor", "value", "exact_mean", "unit", "definition", "source")


def write_descriptors_csv(
    path: str | os.PathLike[str],
    values: Mapping[str, float | None],
    exact: Mapping[str, float | None],
    bulk: Bulk | None = None,
) -> Path:
    """Write descriptors as CSV (UTF-8); returns the path.

    Parameters
    ----------
    path
        File to write or replace; its folder must exist.
    values, exact
        Measured values and the exact means of the model by key; what is None stays empty.
    bulk
        Bulk values that effective ones were computed with: they say the units.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with whole_file(path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for key, value in values.items():
            what = definition(key)
            unit = unit_of(key, bulk or Bulk())
            table.writerow([key, value, exact.get(key), unit, what.told, what.source])
    return Path(path)
