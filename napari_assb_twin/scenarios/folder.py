"""What a sweep keeps in the folder of its results."""

from __future__ import annotations

from pathlib import Path

PLAN = "plan.json"
ROWS = "rows.jsonl"
PARQUET, CSV, README = "results.parquet", "results.csv", "README.txt"
LOCK = ".lock"
"""An empty file; it stays there, but its lock ends with the process that holds it (where the disk
knows such locks)."""

OWN = (PLAN, ROWS, PARQUET, CSV, README, LOCK)
"""Files that nobody else writes there."""


def holds_results(folder: Path) -> bool:
    """Whether a sweep has written there."""
    return (folder / ROWS).is_file()


def is_of_results(file: Path) -> bool:
    """Whether a file of this name is a sweep's own, there or not, in the folder of its results."""
    return file.name.lower() in {name.lower() for name in OWN} and holds_results(file.parent)
