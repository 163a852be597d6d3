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
    """All lines but a last one that was cut short, which is removed; `ValueError` if wrong."""
    text = path.read_text(encoding="utf-8")
    ended = text[: text.rfind("\n") + 1]
    if ended != text:
        path.write_text(ended, encoding="utf-8")
    return [json.loads(line) for line in ended.splitlines()]
