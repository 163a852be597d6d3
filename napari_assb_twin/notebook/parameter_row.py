"""One parameter: name and unit, slider, number."""

from __future__ import annotations

import math

from magicgui.widgets import LineEdit
from psygnal import Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.notebook.fields import line, show, slider
from napari_assb_twin.twin.parameters import Grid, Parameter, Twin
from napari_assb_twin.workspace.scales import STEPS, Scale, scale_of


class ParameterRow:
    """A slider and a number made from the description of a parameter.

    The slider stands on the whole positions of the parameter's `Scale`, which may be logarithmic
    and may end at a word (∞ or off); the number beside it is written as that scale writes it.

    Attributes
    ----------
    moved
        Signal: path and value, the slider was dragged.
    typed
        Signal: path and text, a number was typed.
    """

    moved = Signal(str, object)
    typed = Signal(str, str)

    def __init__(self, path: str) -> None:
        self.path = path
        self.scale: Scale = scale_of(path)
        self._box: Grid | None = None
        label, tip, entry_tip = _words(self.scale)
        self.slider = slider(label, STEPS, tip, "400px")
        self.entry = LineEdit(tooltip=entry_tip)
        self.entry.native.continuous_update = False  # told when it is typed to its end
        self.entry.native.layout.width = "66px"
        self.line = line(self.slider, self.entry)
        self.slider.changed.connect(self._on_slider)
        self.entry.changed.connect(self._on_entry)

    def show_twin(self, twin: Twin) -> None:
        """Show the number of a twin; emits nothing.  A slider that stands for it already stays.

        Where the twin has no such number there is a dash, and nothing to move.
        """
        self._describe(twin.description(self.path))
        self.set_enabled(twin.answers(self.path))
        if not twin.answers(self.path):
            show(self.entry, "–")
            return
        if twin.grid != self._box:
            self._box = twin.grid
            self.scale = scale_of(self.path, twin.grid, self.scale.parameter)
        value = twin.value(self.path)
        self.scale = self.scale.including(value)
        if self.scale.value_at(self.slider.value) != value:
            show(self.slider, self.scale.position(value))
        show(self.entry, self.scale.text(self.scale.shown(value)))

    def set_enabled(self, enabled: bool) -> None:
        """Whether the number may be changed here."""
        self.slider.enabled = self.entry.enabled = enabled

    def _describe(self, parameter: Parameter) -> None:
        """Let the row stand for another number under the same path."""
        if parameter != self.scale.parameter:
            self.scale = scale_of(self.path, self._box, parameter)
            label, self.slider.tooltip, self.entry.tooltip = _words(self.scale)
            self.slider.native.description = label

    def _on_slider(self, position: int) -> None:
        self.moved.emit(self.path, self.scale.value_at(position))

    def _on_entry(self, text: str) -> None:
        self.typed.emit(self.path, text)


def _words(scale: Scale) -> tuple[str, str, str]:
    """What stands before the slider, and the tooltips of slider and number."""
    parameter = scale.parameter
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    top = f" Top end: {scale.top}." if scale.top else ""
    symbol = "" if " " in parameter.symbol else f" {parameter.symbol}"
    tip = f"{parameter.label} {parameter.symbol}{unit}: {parameter.documentation}{top}"
    label = f"{parameter.label}{symbol}{unit}"
    return label, tip, f"{parameter.label}{unit}, as a number. {tip}"


def typed_value(scale: Scale, text: str) -> float | None:
    """The value of a typed number, or of the word of the scale's top end.

    Raises
    ------
    InputError
        If it is neither, or lies outside what the twin file takes.
    """
    word = text.strip().lower()
    top = scale.top
    number = math.inf if top and word in (top, "inf", "infinity") else _number(word)
    if number is None or not scale.lowest <= number <= scale.highest:
        other = f", or {top}" if top else ""
        highest = "" if math.isinf(scale.highest) else f" and at most {scale.highest:g}"
        raise InputError(
            f"{scale.parameter.label} cannot be {text.strip()!r}; type a number of at least "
            f"{scale.lowest:g}{highest}{other}."
        )
    value: float | None = scale.value(number)
    return value


def _number(word: str) -> float | None:
    try:
        number = float(word.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
