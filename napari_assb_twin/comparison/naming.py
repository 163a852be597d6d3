"""Short names for several twins, all different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from napari_assb_twin.twin.twin_file import SUFFIX


def names_of_files(paths: Sequence[Path]) -> list[str]:
    """The names of files without their ending; with a number where two are the same."""
    names: list[str] = []
    for path in paths:
        names.append(unused(stem(path), names))
    return names


def stem(path: Path) -> str:
    """The name of a twin file without folder and ending."""
    return path.name.removesuffix(SUFFIX).removesuffix(".json")


def unused(name: str, taken: Iterable[str]) -> str:
    """The name itself, or with the first number from 2 that makes it a new one."""
    taken, number, candidate = set(taken), 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name} ({number})"
    return candidate
