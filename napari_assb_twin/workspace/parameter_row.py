"""One parameter: name, slider, number, unit, padlock."""

from __future__ import annotations

from qtpy.QtCore import QObject, QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QGridLayout, QLabel, QSlider, QToolButton

from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.number_entry import NumberEntry
from napari_assb_twin.workspace.scales import STEPS, scale_of


class ParameterRow(QObject):
    """The widgets of one parameter in a row of a grid, made from its description.

    Signals
    -------
    moved(str, object, bool)
        Path, value, and whether the slider is being dragged.
    released()
        The slider was let go.
    locked(str, bool)
        The padlock was pressed.
    """

    moved = Signal(str, object, bool)
    released = Signal()
    locked = Signal(str, bool)

    def __init__(self, path: str, grid: QGridLayout, row: int) -> None:
        super().__init__(grid.parentWidget())
        self.path = path
        self._scale = scale_of(path)
        parameter = self._scale.parameter
        self.label = QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 20)
        self.slider.setMinimumWidth(60)
        self.entry = NumberEntry(self._scale)
        self.entry.setFixedWidth(72)
        self.unit = QLabel(parameter.unit)
        self.padlock = QToolButton()
        self.padlock.setCheckable(True)
        self.padlock.setAutoRaise(True)
        self.padlock.setToolTip(
            "Padlock: keeps this number in the sliders and in the fit to sections."
        )
        unit = f" [{parameter.unit}]" if parameter.unit else ""
        top = f" Top end: {self._scale.top}." if self._scale.top else ""
        tip = f"{parameter.label} {parameter.symbol}{unit}: {parameter.documentation}{top}"
        for widget in (self.label, self.slider, self.entry):
            widget.setToolTip(tip)
        self.set_name(parameter.label)
        for column, widget in enumerate(
            (self.label, self.slider, self.entry, self.unit, self.padlock)
        ):
            grid.addWidget(widget, row, column)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderReleased.connect(self.released)
        self.entry.valueChanged.connect(self._on_entry)
        self.padlock.toggled.connect(self._on_padlock)

    def set_name(self, name: str) -> None:
        """Call the parameter so, before its symbol and to screen readers."""
        field = self.path.rpartition(".")[0]
        spoken = f"{name} of field {field}" if field else f"Volume fraction: {name}"
        self.label.setText(f"{name}  {_symbol(self._scale.parameter.symbol)}")
        self.slider.setAccessibleName(f"{spoken}, slider")
        self.entry.setAccessibleName(spoken)
        self.padlock.setAccessibleName(f"Padlock of {spoken}")

    def set_value(self, value: float | None, *, present: bool = True) -> None:
        """Show a value, or a dash for a number that the twin has not; emits nothing."""
        with QSignalBlocker(self.slider):
            if not self.slider.isSliderDown():
                self.slider.setValue(self._scale.position(value) if present else 0)
        self.entry.set_shown(self._scale.shown(value), present=present)

    def set_locked(self, locked: bool) -> None:
        """Show the padlock closed or open; emits nothing."""
        with QSignalBlocker(self.padlock):
            self.padlock.setChecked(locked)

    def set_enabled(self, enabled: bool) -> None:
        """Whether the number may be changed here."""
        self.slider.setEnabled(enabled)
        self.entry.setEnabled(enabled)

    def set_text_colour(self, colour: str) -> None:
        """Draw the padlock in the colour of the theme's text."""
        icon = icons.padlock(colour, locked=self.padlock.isChecked())
        self._colour = colour
        self.padlock.setIcon(icon)

    def _on_slider(self, position: int) -> None:
        value = self._scale.value_at(position)
        self.moved.emit(self.path, value, self.slider.isSliderDown())

    def _on_entry(self, shown: float) -> None:
        self.moved.emit(self.path, self._scale.value(self.entry.shown()), False)

    def _on_padlock(self, locked: bool) -> None:
        self.locked.emit(self.path, locked)


def _symbol(symbol: str) -> str:
    return "" if " " in symbol else symbol
