"""Standard errors as a calibrated twin carries them; a file may hold anything, so all is checked.

Errors of parameters stand in ``uncertainty``.  Numbers that are derived from several of them are
correlated sums: theirs are not made from those of the parameters but read from
``provenance["derived"]``, where the bootstrap of the calibration has left them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from napari_assb_twin.comparison.quantities import CONTACT, TRIPLE, Quantity
from napari_assb_twin.twin.description import finite, whole
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES

Number = float | None


def standard_error(quantity: Quantity, twin: Twin) -> tuple[Number, str]:
    """The standard error of a number of a twin; or None, and why there is none."""
    if twin.uncertainty is None:
        return None, "it was not calibrated, or without a bootstrap"
    if quantity.path:
        if quantity.path in _texts(_record(twin).get("at_bounds")):
            return None, "its fit ended at a bound"
        error = _positive(twin.uncertainty.get(quantity.path))
        return error, "" if error is not None else "it was fixed, or its error was not kept"
    kept = _derived(quantity, twin)
    for entry in kept:
        error = _positive(entry.get("standard_error"))
        if error is not None:
            return error, ""
    if any("standard_error" in entry and entry["standard_error"] is None for entry in kept):
        return None, "it follows from fixed numbers, or some simulated data set had none"
    return None, "its calibration kept no error of this number; calibrate it again"


def segmentation_spread(quantity: Quantity, twin: Twin) -> Number:
    """How far a number moves with the doubt about the segmentation, if that was tried."""
    if not quantity.path:
        found = (_positive(one.get("segmentation_spread")) for one in _derived(quantity, twin))
        return next((spread for spread in found if spread is not None), None)
    doubt = _object(_object(_record(twin).get("segmentation")).get("doubt"))
    return _positive(_object(doubt.get("spread")).get(quantity.path))


def replicates(twin: Twin) -> int | None:
    """How many simulated data sets the errors come from; None if that is not known."""
    number: Any = _record(twin).get("bootstrap")
    return int(number) if whole(number) and number >= 2 else None


def _derived(quantity: Quantity, twin: Twin) -> list[Mapping[str, Any]]:
    """What the record of a calibration says of a number that follows from the parameters."""
    return [
        entry
        for entry in _entries(_record(twin).get("derived"))
        if entry.get("name") == quantity.name and _same(quantity, _texts(entry.get("phases")))
    ]


def _same(quantity: Quantity, phases: tuple[str, ...]) -> bool:
    """Whether an entry of the record is this number, or the rest of it to 1."""
    if quantity.name == TRIPLE:
        return True
    if quantity.name == CONTACT:
        return phases[:1] == quantity.phases[:1] and len(phases) == 2 and phases[1] in PHASES
    return sorted(phases) == sorted(quantity.phases)


def _record(twin: Twin) -> Mapping[str, Any]:
    return _object(twin.provenance)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else ()
    return tuple(one for one in items if isinstance(one, str))


def _positive(value: Any) -> Number:
    """A number above 0: an error of 0 is one that was not estimated."""
    return float(value) if finite(value) and value > 0 else None
