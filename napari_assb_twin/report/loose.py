"""Reading values that a file may hold or not: what is of another type counts as missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LONGEST = 2000
"""Letters of a text that are kept."""


def number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def whole(value: Any) -> int | None:
    """A whole number, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(value: Any) -> str | None:
    """A text that is not empty, or None."""
    return value[:LONGEST] if isinstance(value, str) and value else None


def flag(value: Any) -> bool:
    """Whether the value is true and nothing else."""
    return value is True


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(one for one in listed(value) if isinstance(one, str) and one)


def listed(value: Any) -> tuple[Any, ...]:
    """The entries of a list; none where there is no list."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def mapping(value: Any) -> Mapping[str, Any]:
    """An object; an empty one where there is none."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> tuple[Mapping[str, Any], ...]:
    """The objects of a list."""
    return tuple(one for one in listed(value) if isinstance(one, Mapping))


def series(value: Any, length: int | None = None) -> Floats | None:
    """The numbers of a list, nan for those that are missing; None if it is not of this length."""
    if not isinstance(value, list | tuple) or not value or length not in (None, len(value)):
        return None
    return np.array([math.nan if (one := number(v)) is None else one for v in value])


def matrix(value: Any, size: int) -> Floats | None:
    """A square table of numbers, or None."""
    rows = [series(row, size) for row in listed(value)]
    whole_rows = [row for row in rows if row is not None]
    return np.stack(whole_rows) if len(whole_rows) == len(rows) == size > 0 else None


def read_as(read: Callable[[Any], Any]) -> Any:
    """A field of a dataclass that `entry` fills with ``read(value)``."""
    return field(metadata={"read": read})


def entry(kind: type[Any], value: Any) -> Any:
    """An object of ``kind`` whose fields are read from the keys of the same name."""
    content = mapping(value)
    return kind(**{f.name: f.metadata["read"](content.get(f.name)) for f in fields(kind)})


def entries(kind: type[Any], value: Any) -> tuple[Any, ...]:
    """The objects of a list as ``kind``."""
    return tuple(entry(kind, one) for one in mappings(value))
