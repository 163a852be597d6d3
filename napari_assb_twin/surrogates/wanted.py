"""What is wanted of a cathode: values of properties with tolerances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.table import Results

TOLERANCE = 0.05
"""Of the wanted value, where no tolerance is given."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One wanted value.

    Attributes
    ----------
    name
        Key of the property.
    value, tolerance
        The value, and how far off it is still good, in the unit of the property.
    """

    name: str
    value: float
    tolerance: float


def wanted_from(texts: Sequence[str], results: Results) -> tuple[Wanted, ...]:
    """Wanted values from texts such as ``"active_area_per_um=0.3"`` or ``"...=0.3±0.02"``.

    ``+-`` is read as ``±``.

    Raises
    ------
    InputError
        If a text is no such thing, names no property of the results, or two name the same.
    """
    found = []
    for text in texts:
        name, equals, rest = text.replace("+-", "±").partition("=")
        if not equals:
            raise InputError(
                f"{text!r} is no wanted value; write it as KEY=VALUE or KEY=VALUE+-TOLERANCE."
            )
        value, _, tolerance = rest.partition("±")
        found.append(wanted(results.key(name.strip()), value, tolerance))
    return distinct(found)


def wanted(key: str, value: str, tolerance: str = "") -> Wanted:
    """A wanted value of a property as it was typed; without a tolerance it is `TOLERANCE` of it.

    Raises
    ------
    InputError
        If one is no number, or the tolerance is not above 0.
    """
    number = _number(value, f"The wanted value of {key}")
    width = TOLERANCE * abs(number)
    if tolerance.strip():
        width = _number(tolerance, f"The tolerance of {key}")
    if width <= 0:
        raise InputError(f"{key} has no tolerance; give one above 0, such as 0.01.")
    return Wanted(name=key, value=number, tolerance=width)


def distinct(found: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """Wanted values, if there are any and no property is wanted twice; else `InputError`."""
    if not found:
        raise InputError("Nothing is wanted; name a property and its value.")
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name} is wanted twice; keep one.")
    return tuple(found)


def _number(text: str, what: str) -> float:
    told = f"is {text.strip()!r}, which is no number" if text.strip() else "is missing"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{what} {told}; give a number such as 0.35.")
    return number


def beyond(wanted: Sequence[Wanted], results: Results) -> tuple[str, ...]:
    """A sentence for each wanted value that no realisation of the study came near."""
    told = []
    for one in wanted:
        low, high = results.span(one.name)
        if not low - one.tolerance <= one.value <= high + one.tolerance:
            told.append(
                f"{one.name} = {one.value:g} lies outside what the study saw ({low:.4g} to "
                f"{high:.4g}): the proposals come as near as its ranges allow."
            )
    return tuple(told)
