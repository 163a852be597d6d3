"""A file of JSON, one line for each thing that is done, from which a killed run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Add a line, making the file if there is none; it is on the disk when this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[Any]:
    """All lines but a last one that was cut short or is being written; `ValueError` if wrong.

    The file stays as it is: somebody else may be writing it.
    """
    return [json.loads(line) for line in _ended(path).splitlines()]


def cut_unfinished(path: Path) -> None:
    """Remove a last line that was cut short, before more are added."""
    ended = _ended(path).encode()
    if len(ended) != path.stat().st_size:
        os.truncate(path, len(ended))


def _ended(path: Path) -> str:
    """The text up to the end of the last line that is whole."""
    held = path.read_bytes()
    return held[: held.rfind(b"\n") + 1].decode()
