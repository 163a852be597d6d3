"""Files of one JSON object: their text, what is made of it, and what a wrong one is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.json_object import parse

T = TypeVar("T")


def text_of(path: str | PathLike[str], what: str, *, largest_bytes: int | None = None) -> str:
    """The text of a file; ``what`` is, for example, ``"twin file"``.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, is larger than ``largest_bytes`` or no UTF-8.
    """
    path = Path(path)
    try:
        if largest_bytes is not None and path.stat().st_size > largest_bytes:
            raise InputError(f"{path.name} is too large for a {what}.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; check the name of the {what}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is not text; a {what} is UTF-8 JSON.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def from_text(text: str, name: str, made_of: Callable[[object], T]) -> T:
    """What ``made_of`` makes of the JSON in a text; ``name`` is what messages call it.

    Raises
    ------
    InputError
        If it is no JSON, or ``made_of`` refuses what it holds.
    """
    document = parse(text, name)
    try:
        return made_of(document)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def to_text(document: Mapping[str, Any], *, indent: int = 2) -> str:
    """A JSON object as the text of a file."""
    return json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
