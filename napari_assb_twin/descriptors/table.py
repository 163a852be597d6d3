"""Descriptors as a table, one value a row, with what each is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from napari_assb_twin.csv_file import write_csv
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
    rows = (
        (key, value, exact.get(key), unit_of(key, bulk or Bulk()), what.told, what.source)
        for key, value in values.items()
        for what in (definition(key),)
    )
    return write_csv(path, COLUMNS, rows)
