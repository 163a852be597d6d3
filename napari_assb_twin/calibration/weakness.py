"""Parameters of a fitted twin that its data cannot fix."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from napari_assb_twin.calibration.free_parameters import SMOOTHNESS
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, FIELD_NAMES, PARAMETERS, Twin

LARGEST_SHARE = 0.5
"""A standard error above this share of the value is too large."""

AT_BOUND = "The fit ended at a bound of its search: the data do not determine this number."
NO_DEPTH = (
    "The data are plan views only, and they say nothing about the pressing direction: this number "
    "was assumed, not measured."
)


def weakly_determined(twin: Twin) -> dict[str, str]:
    """Paths of the parameters that the data of a fit cannot fix, each with a sentence.

    From what the calibration recorded in the twin (``uncertainty`` and ``provenance``); a twin
    that was not fitted, or was changed by hand since, has none.  A parameter is named if

    - the fit ended at a bound of its search; or
    - it is an anisotropy and all data are plan views; or
    - its standard error exceeds half of its value (of the field correlation, it may); or
    - it is a smoothness and two standard errors above it lies the end of the search, where the
      curves are those of infinity; or
    - it is an oscillation that was found to be off, and one of two standard errors has a period
      below 2 pi correlation lengths, short enough to be seen.

    Padlocked numbers have no error and are not named.
    """
    marks: dict[str, str] = {}
    for path, error in (twin.uncertainty or {}).items():
        if path in PARAMETERS and math.isfinite(error) and error > 0:
            sentence = _of_error(twin, path, error)
            if sentence:
                marks[path] = sentence
    record = twin.provenance or {}
    marks.update((path, AT_BOUND) for path in _texts(record.get("at_bounds")) if path in PARAMETERS)
    if _plan_views_only(record.get("data")):
        marks.update((f"{name}.anisotropy", NO_DEPTH) for name in FIELD_NAMES)
    return marks


def _of_error(twin: Twin, path: str, error: float) -> str | None:
    value = twin.value(path)
    if value is None or path == FIELD_CORRELATION:  # 0 is as good a value as any other
        return None
    if path.endswith("oscillation_per_um") and value == 0:
        field = twin.field("X" if path.startswith("X") else "Y")
        length, _ = characteristic_lengths_um(field.correlation)
        if 2 * error * length <= 1:
            return None
        spacing = math.pi / error
        return (
            f"No domain spacing was found, but one of {spacing:.2g} µm lies within two standard "
            "errors: the data hardly determine it."
        )
    if path.endswith("smoothness") and value + 2 * error >= SMOOTHNESS[1]:
        return (
            f"Within two standard errors ({error:.2g} each) every smoothness from "
            f"{max(value - 2 * error, SMOOTHNESS[0]):.2g} to infinity fits: the data hardly "
            "determine it."
        )
    if error > LARGEST_SHARE * value:
        return (
            f"Its standard error is {error / value:.0%} of its value: other numbers fit about as "
            "well, the data hardly determine it."
        )
    return None


def _texts(value: Any) -> Collection[str]:
    """The texts of a list that a file may hold."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _plan_views_only(data: Any) -> bool:
    """Whether the record names plan views and nothing else."""
    if not isinstance(data, list | tuple) or not data:
        return False
    return all(isinstance(one, Mapping) and one.get("plane") == "xy" for one in data)
