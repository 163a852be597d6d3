"""The options of an export as rows of a form; words and choices are those of `ExportOptions`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QObject, Signal

from napari_assb_twin.export.options import (
    LARGEST_SMOOTHING,
    OPTIONS,
    ExportOptions,
    Words,
    words,
)
from napari_assb_twin.workspace.forms import Form, choice, length, number

AS_IT_IS = 0.0
"""Shown as words: the voxels are not resampled."""


class ExportRows(QObject):
    """One field for each option; only those that a format knows are shown and count.

    Signals
    -------
    changed()
        An option was chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields = {name: _field(name, words(name)) for name in OPTIONS}
        self._shown: tuple[str, ...] = ()
        for field in self.fields.values():
            field.changed.connect(lambda value: self.changed.emit())

    def __iter__(self) -> Iterator[ValueWidget]:
        return iter(self.fields.values())

    def show(self, form: Form, names: tuple[str, ...]) -> None:
        """Show the rows of these options, and no others."""
        self._shown = names
        for name, field in self.fields.items():
            form.show_row(field, name in names)

    @property
    def options(self) -> ExportOptions:
        """What the rows that are shown say."""
        chosen: dict[str, Any] = {name: self.fields[name].value for name in self._shown}
        if chosen.get("resample_um") == AS_IT_IS:
            del chosen["resample_um"]
        return ExportOptions(**chosen)


def _field(name: str, told: Words) -> ValueWidget:
    tooltip = f"{told.help[:1].upper()}{told.help[1:]}."
    if told.choices:
        return choice(told.title, told.choices, tooltip)
    if name == "resample_um":
        field = length(told.title, tooltip)
        field.native.setSpecialValueText("as it is")
        return field
    field = number(told.title, 0.0, LARGEST_SMOOTHING, " voxels", tooltip)
    field.value = getattr(ExportOptions(), name)
    field.native.setDecimals(2)
    return field
