"""Fields of magicgui as they stand in a notebook: the label belongs to the field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from magicgui.widgets import CheckBox, ComboBox, Container, Label, PushButton, Slider, SpinBox
from magicgui.widgets.bases import ValueWidget, Widget

LABEL_WIDTH = "182px"
WIDTH = "470px"

LARGEST = 2**53 - 1
"""The largest whole number that a browser holds exactly."""

Choices = Iterable[tuple[str, Any]]
"""Titles and what they stand for."""


def choice(label: str, choices: Choices, tooltip: str) -> ComboBox:
    """One of several; the first is chosen."""
    offered = tuple(choices)
    field = ComboBox(value=offered[0][1], choices=offered, tooltip=tooltip)
    _label(field, label, WIDTH)
    return field


def whole(label: str, tooltip: str) -> SpinBox:
    """A whole number."""
    field = SpinBox(min=0, max=LARGEST, value=0, tooltip=tooltip)
    _label(field, label, "300px")
    return field


def slider(label: str, last: int, tooltip: str, width: str) -> Slider:
    """A slider with the positions 0 to ``last``; its number is written elsewhere."""
    field = Slider(min=0, max=last, value=0, tooltip=tooltip)
    _label(field, label, width)
    field.native.readout = False  # magicgui's own option does not reach ipywidgets
    return field


def tick(label: str, tooltip: str) -> CheckBox:
    """Something that is done or not."""
    field = CheckBox(value=False, text=label, tooltip=tooltip)
    field.native.indent = False
    return field


def button(text: str, tooltip: str) -> PushButton:
    """Something to press."""
    field = PushButton(text=text, tooltip=tooltip)
    field.native.layout.width = "auto"
    return field


def heading(text: str) -> Label:
    """A line over the fields below it."""
    field = Label(value=text)
    field.native.style.font_weight = "bold"
    return field


def line(*fields: Widget) -> Container[Any]:
    """Fields beside each other."""
    return Container(widgets=fields, layout="horizontal", labels=False)


def show(field: ValueWidget[Any], value: object) -> None:
    """Show a value; nobody hears of it."""
    with field.changed.blocked():
        field.value = value


def offer(field: ComboBox, choices: Choices, value: object) -> None:
    """Other choices, and one of them shown; nobody hears of it."""
    with field.changed.blocked():
        if field.native.options != tuple(choices):
            field.choices = tuple(choices)
        field.value = value


def _label(field: Widget, label: str, width: str) -> None:
    """Put the label before the field; screen readers read it with the field."""
    field.native.description = label
    field.native.style.description_width = LABEL_WIDTH
    field.native.layout.width = width
