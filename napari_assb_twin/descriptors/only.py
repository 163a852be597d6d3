"""Measuring no more than some values ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from napari_assb_twin.descriptors.bulk import WORDS
from napari_assb_twin.descriptors.definitions import DEFINITIONS, definition
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.twin.phases import PHASES


def only(keys: Sequence[str], choice: Choice) -> Choice:
    """The choice that measures these values, in the way of another one.

    Parameters
    ----------
    keys
        Keys of values (see `Definition`).
    choice
        Separator, sides, device and bulk values.

    Raises
    ------
    InputError
        If a key names no descriptor.
    """
    known = {one.name for one in DEFINITIONS}
    for key in keys:
        if key.split(".")[0] not in known:
            names = ", ".join(one.name for one in DEFINITIONS)
            raise InputError(f"There is no descriptor {key!r}; its name must be one of {names}.")
    parts = {part for key in keys for part in key.split(".")[1:]}
    named = {key.split(".")[0] for key in keys}
    effective = {told.phase for told in WORDS.values() if told.effective in named}
    unused = {field: None for field, told in WORDS.items() if told.effective not in named}
    return replace(
        choice,
        groups=tuple(dict.fromkeys(definition(key).group for key in keys)),
        axes=tuple(axis for axis in AXES if axis in parts),
        phases=tuple(
            phase
            for phase in PHASES
            if phase in effective or any(phase in part.split(",") for part in parts)
        ),
        bulk=replace(choice.bulk, **unused),
    )
