"""A table as a CSV file, whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from napari_assb_twin.atomic import whole_file


def write_csv(
    path: str | os.PathLike[str], columns: Sequence[str], rows: Iterable[Iterable[object]]
) -> Path:
    """Write rows below the names of their columns (UTF-8); returns the path.

    Numbers read back as the same doubles; what is None stays empty.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    with whole_file(path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)
    return Path(path)
