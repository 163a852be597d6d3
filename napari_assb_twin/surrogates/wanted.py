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

    ``+-`` is read as ``±``; without it the tolerance is `TOLERANCE` of the value.

    Raises
    ------
    InputError
        If a text is no such thing, names no property of the results, or two name the same.
    """
    found: dict[str, Wanted] = {}
    for text in texts:
        name, equals, rest = text.replace("+-", "±").partition("=")
        value, _, tolerance = rest.partition("±")
        how = f"{text!r} is no wanted value; write it as KEY=VALUE or KEY=VALUE+-TOLERANCE."
        if not equals:
            raise InputError(how)
        key = results.key(name.strip())
        try:
            number = float(value)
            width = float(tolerance) if tolerance else TOLERANCE * abs(number)
        except ValueError:
            raise InputError(how) from None
        if not math.isfinite(number) or not math.isfinite(width):
            raise InputError(how)
        if width <= 0:
            raise InputError(
                f"{key} has no tolerance; give one above 0, as in {key}={number:g}+-0.01."
            )
        if key in found:
            raise InputError(f"{key} is wanted twice; keep one.")
        found[key] = Wanted(name=key, value=number, tolerance=width)
    if not found:
        raise InputError("Nothing is wanted; name a property and its value.")
    return tuple(found.values())


def beyond(wanted: Sequence[Wanted], results: Results) -> tuple[str, ...]:
    """A sentence for each wanted value that no realisation of the study came near."""
    told = []
    for one in wanted:
        values = results.rows[one.name].dropna()
        low, high = float(values.min()), float(values.max())
        if not low - one.tolerance <= one.value <= high + one.tolerance:
            told.append(
                f"{one.name} = {one.value:g} lies outside what the study saw ({low:.4g} to "
                f"{high:.4g}): the proposals come as near as its ranges allow."
            )
    return tuple(told)
