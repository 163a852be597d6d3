"""Fields of magicgui in labelled rows; they tell a change by hand from one by the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from magicgui.widgets import ComboBox, Container, FloatSpinBox, SpinBox
from magicgui.widgets.bases import ValueWidget, Widget
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from napari_assb_twin.option_words import words_of

Choices = Iterable[tuple[str, Any]]
"""Titles and what they stand for."""


class Form(QWidget):
    """Fields under each other, each behind its label; all labels are equally wide."""

    def __init__(self, *fields: Widget | Beside) -> None:
        super().__init__()
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for field in fields:
            self.add(field)

    def add(self, field: Widget | Beside) -> None:
        """A field below everything that is there."""
        grid = self.layout()
        row = grid.rowCount() if grid.count() else 0
        label = QLabel(field.label)
        label.setToolTip(field.tooltip)
        grid.addWidget(label, row, 0)
        grid.addWidget(field.native, row, 1)
        self._labels[field.label] = label

    def set_label(self, row: int, text: str) -> None:
        """Call the field of a row otherwise."""
        self.layout().itemAtPosition(row, 0).widget().setText(text)

    def show_row(self, field: Widget | Beside, visible: bool) -> None:
        """Show or hide a field with its label."""
        self._labels[field.label].setVisible(visible)
        field.native.setVisible(visible)


def line(label: str, *fields: Widget) -> Container:
    """Fields beside each other under one label."""
    container = Container(widgets=fields, layout="horizontal", labels=False, label=label)
    container.margins = (0, 0, 0, 0)
    container.native.layout().setSpacing(4)
    return container


@dataclass(frozen=True)
class Beside:
    """Widgets of Qt beside each other, as a field of a `Form`."""

    label: str
    tooltip: str
    native: QWidget


def beside(label: str, tooltip: str, *widgets: QWidget) -> Beside:
    """Widgets beside each other under one label."""
    together = QWidget()
    row = QHBoxLayout(together)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    return Beside(label, tooltip, together)


def choice(label: str, choices: Choices = (), tooltip: str = "", *, spoken: str = "") -> ComboBox:
    """One of several; it may become narrow.  ``spoken`` is its name where no label stands."""
    field = ComboBox(label=label, choices=tuple(choices), tooltip=tooltip)
    native = field.native
    native.setAccessibleName(spoken or label)
    native.setMinimumContentsLength(6)
    native.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    native.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return field


def whole(label: str, low: int, high: int, tooltip: str, *, spoken: str = "") -> SpinBox:
    """A whole number, told when it is typed to its end."""
    field = SpinBox(label=label, min=low, max=high, step=1, value=low, tooltip=tooltip)
    return _typed(field, spoken or label)


def length(label: str, tooltip: str, *, spoken: str = "") -> FloatSpinBox:
    """A length in micrometres; 0 stands for one that is not known."""
    field = FloatSpinBox(label=label, min=0.0, max=1e4, step=0.01, value=0.0, tooltip=tooltip)
    field.native.setDecimals(6)
    field.native.setSpecialValueText("µm?")
    field.native.setSuffix(" µm")
    return _typed(field, spoken or label)


def number(
    label: str, low: float, high: float, suffix: str, tooltip: str, *, spoken: str = ""
) -> FloatSpinBox:
    """A number with its unit, told when it is typed to its end."""
    field = FloatSpinBox(label=label, min=low, max=high, step=0.01, value=low, tooltip=tooltip)
    field.native.setDecimals(4)
    field.native.setSuffix(suffix)
    return _typed(field, spoken or label)


def fields_of(options: Any) -> dict[str, ValueWidget]:
    """A field with its default for each field of a class of options that has words, by name."""
    made = {}
    for name, told in words_of(options).items():
        if told.choices:
            made[name] = choice(told.title, told.choices, told.tooltip)
        else:
            made[name] = whole(told.title, told.least, told.most, told.tooltip)
        made[name].value = getattr(options(), name)
    return made


def show(field: ValueWidget, value: object) -> None:
    """Show a value; nobody hears of it."""
    with field.changed.blocked():
        field.value = value


def show_within(field: Any, value: float) -> None:
    """Show a number, or the end of the field that is nearest to it; nobody hears of it."""
    show(field, min(max(value, field.min), field.max))


def offer(field: ComboBox, choices: Choices, value: object) -> None:
    """Other choices, in their order, and one of them shown; nobody hears of it."""
    with field.changed.blocked():
        field.choices = ()
        field.choices = tuple(choices)
        if value in field.choices:
            field.value = value


def _typed(field: Any, spoken: str) -> Any:
    native = field.native
    native.setAccessibleName(spoken)
    native.setKeyboardTracking(False)
    native.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    native.setMinimumWidth(50)
    return field
