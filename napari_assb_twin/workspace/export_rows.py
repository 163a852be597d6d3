"""The options of an export as rows of a form; words and choices are those of `ExportOptions`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from magicgui.widgets import Container
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QObject, Signal

from napari_assb_twin.export.options import (
    LARGEST_SMOOTHING,
    OPTIONS,
    WORDS,
    ExportOptions,
)
from napari_assb_twin.option_words import Words
from napari_assb_twin.workspace.forms import Form, choice, length, line, number

AS_IT_IS = 0.0
"""Shown as words: the voxels are not resampled."""


_ROWS = (("through_axis",), ("separator_side", "resample_um"), ("mesh_smoothing", "mesh_unit"))
"""Options that stand beside each other; a format knows all of a row or none."""


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
        self.fields = {name: _field(name, WORDS[name]) for name in OPTIONS}
        self._rows = [
            line(WORDS[names[0]].title, *(self.fields[name] for name in names)) for names in _ROWS
        ]
        self._shown: tuple[str, ...] = ()
        for field in self.fields.values():
            field.changed.connect(lambda value: self.changed.emit())

    def __iter__(self) -> Iterator[Container]:
        return iter(self._rows)

    def show(self, form: Form, names: tuple[str, ...]) -> None:
        """Show the rows of these options, and no others."""
        self._shown = names
        for (first, *_), row in zip(_ROWS, self._rows, strict=True):
            form.show_row(row, first in names)

    @property
    def options(self) -> ExportOptions:
        """What the rows that are shown say."""
        chosen: dict[str, Any] = {name: self.fields[name].value for name in self._shown}
        if chosen.get("resample_um") == AS_IT_IS:
            del chosen["resample_um"]
        return ExportOptions(**chosen)


def _field(name: str, told: Words) -> ValueWidget:
    if told.choices:
        return choice(told.title, told.choices, told.tooltip, spoken=told.title)
    if name == "resample_um":
        field = length(told.title, told.tooltip)
        field.native.setSpecialValueText("voxels as they are")
        field.native.setPrefix("voxels ")
        return field
    field = number(told.title, 0.0, LARGEST_SMOOTHING, " voxels", told.tooltip)
    field.value = getattr(ExportOptions(), name)
    field.native.setDecimals(2)
    return field
