"""Curves as a tidy table, one value a row, for spreadsheets and data frames."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from napari_assb_twin.csv_file import write_csv
from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.phases import PAIRS

COLUMNS = ("lag_um", "direction", "pair", "kind", "value", "standard_error")


def write_curves_csv(path: str | os.PathLike[str], curves: Mapping[str, Curves | None]) -> Path:
    """Write two-point coverage curves as CSV (UTF-8); returns the path.

    Parameters
    ----------
    path
        File to write or replace; its folder must exist.
    curves
        By kind, for example ``"measured"``, ``"model"``, ``"realisation"``; None is left out.
        All six pairs of each are written, named as by ``assb-twin coverage --json``.  The numbers
        read back as the same doubles; ``standard_error`` is empty where a curve is exact.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    return write_csv(
        path,
        COLUMNS,
        (row for kind, one in curves.items() if one is not None for row in _rows(kind, one)),
    )


def _rows(kind: str, curves: Curves) -> Iterator[tuple[object, ...]]:
    for pair in PAIRS:
        values, errors = curves[pair].tolist(), curves.error(pair)
        spread = [""] * len(values) if errors is None else errors.tolist()
        for lag, value, error in zip(curves.lags_um.tolist(), values, spread, strict=True):
            yield lag, curves.direction, ",".join(pair), kind, value, error
