"""What properties and parameters are called in figures and tables."""

from __future__ import annotations

from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.descriptors.definitions import DEFINITIONS, unit_of
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.twin.phases import SHORT_NAMES


def property_label(key: str, bulk: Bulk | None = None) -> str:
    """As ``"Relative conductivity SE z"``; keys that are no descriptor's stay as they are.

    With the ``bulk`` values of the study, effective ones have their unit.
    """
    name, *parts = key.split(".")
    known = next((one for one in DEFINITIONS if one.name == name), None)
    if known is None:
        return key
    short: dict[str, str] = dict(SHORT_NAMES.items())
    words = ["–".join(short.get(one, one) for one in part.split(",")) for part in parts]
    unit = known.unit if bulk is None else unit_of(key, bulk)
    return " ".join([known.label, *words]) + (f" [{unit}]" if unit else "")


def parameter_label(path: str) -> str:
    """The path with its unit."""
    unit = PARAMETERS[path].unit if path in PARAMETERS else ""
    return f"{path} [{unit}]" if unit else path
