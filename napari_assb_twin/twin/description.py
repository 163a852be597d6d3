"""Numbers that describe and check themselves: what every parameter of a twin is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from napari_assb_twin.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What a reader must know of one number: enough for a slider, an option and a table row.

    ``lowest`` and ``highest`` bound the slider; what a file accepts is wider and is checked by
    the dataclass that owns the number.  ``documentation`` says what the number is, ``effect``
    what it does to the structure.
    """

    symbol: str
    label: str
    unit: str
    lowest: float
    highest: float
    step: float
    logarithmic: bool
    documentation: str
    effect: str = ""


def parameter(default: Any, **description: Any) -> Any:
    return field(default=default, metadata={"parameter": Parameter(**description)})


def described(kind: type) -> dict[str, Parameter]:
    """The described numbers of a dataclass, by attribute name."""
    return {f.name: f.metadata["parameter"] for f in fields(kind) if "parameter" in f.metadata}


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise InputError(sentence)


def finite(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def plain(owner: object, kind: type, *names: str) -> None:
    """Turn numpy scalars into Python's own numbers, so that files and comparisons see one kind."""
    for name in names:
        value = getattr(owner, name)
        if value is not None:
            object.__setattr__(owner, name, kind(value))


def choose(value: object, choices: tuple[str, ...], key: str) -> None:
    require(value in choices, f"{key} is {value!r}; it must be one of {', '.join(choices)}.")
