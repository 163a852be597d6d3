"""One parameter: name, slider, number, unit, padlock, and a mark where the data cannot fix it."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import (
    QAbstractSlider,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QToolTip,
)

from napari_assb_twin.twin.gradient_ends import END_PARAMETERS
from napari_assb_twin.twin.parameters import Grid, Parameter
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.illustrator import Hover
from napari_assb_twin.workspace.number_entry import NumberEntry
from napari_assb_twin.workspace.scales import STEPS, scale_of
from napari_assb_twin.workspace.tips import rich, sentences, worded

Action = QAbstractSlider.SliderAction
STRIDES = {
    Action.SliderSingleStepAdd: 1,
    Action.SliderSingleStepSub: -1,
    Action.SliderPageStepAdd: 10,
    Action.SliderPageStepSub: -10,
}
"""Steps of an arrow key, and of the page keys or a click beside the handle."""

NAME_WIDTH, UNIT_WIDTH = 154, 24
"""Least widths in pixels, so that sliders stand under each other."""


class ParameterRow(QObject):
    """The widgets of one parameter in a row of a grid, made from its description.

    Signals
    -------
    moved(str, object, bool)
        Path, value, and whether more of the same gesture may follow: a drag, or keys.
    begun()
        A gesture begins: the slider is pressed, or reached by the Tab key.
    released()
        The slider was let go.
    reset(str)
        The name or the slider was double-clicked.
    locked(str, bool)
        The padlock was pressed.
    """

    moved = Signal(str, object, bool)
    begun = Signal()
    released = Signal()
    reset = Signal(str)
    locked = Signal(str, bool)

    def __init__(self, path: str, grid: QGridLayout, row: int) -> None:
        super().__init__(grid.parentWidget())
        self.path = path
        self.illustrate: Callable[[Hover], str | None] | None = None
        self._colour = ""
        self._scale = scale_of(path)
        self._box: Grid | None = None
        self._value: float | None = None
        self._present = True
        self._home: float | None = None
        self._doubt = ""
        parameter = self._scale.parameter
        self.label = QLabel()
        self.mark = QToolButton()
        self.mark.setAutoRaise(True)
        self.mark.setVisible(False)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setMinimumWidth(40)
        self.entry = NumberEntry(self._scale)
        self.entry.setFixedWidth(72)
        self.unit = QLabel(parameter.unit)
        self.padlock = QToolButton()
        self.padlock.setCheckable(True)
        self.padlock.setAutoRaise(True)
        self.padlock.setToolTip(
            "Padlock: keeps this number in the sliders and in the fit to sections."
        )
        self.set_name(parameter.label)
        name = QHBoxLayout()
        name.setSpacing(0)
        name.addWidget(self.label)
        name.addWidget(self.mark)
        name.addStretch(1)
        grid.addLayout(name, row, 0)
        for column, widget in enumerate((self.slider, self.entry, self.unit, self.padlock), 1):
            grid.addWidget(widget, row, column)
        for widget in (self.label, self.slider, self.entry):
            widget.installEventFilter(self)
        self._write_tip()
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.actionTriggered.connect(self._on_action)
        self.slider.sliderReleased.connect(self.released)
        self.entry.valueChanged.connect(self._on_entry)
        self.padlock.toggled.connect(self._on_padlock)
        self.mark.clicked.connect(self._on_mark)

    def set_name(self, name: str) -> None:
        """Call the parameter so, before its symbol and to screen readers."""
        field = self.path.rpartition(".")[0]
        spoken = f"{name} of field {field}" if field else name
        if self.path in PHASES or self.path in END_PARAMETERS:
            spoken = f"Volume fraction: {name}"
        self.label.setText(f"{name}  {_symbol(self._scale.parameter.symbol)}".rstrip())
        self.slider.setAccessibleName(f"{spoken}, slider")
        self.entry.setAccessibleName(spoken)
        self.padlock.setAccessibleName(f"Padlock of {spoken}")
        self.mark.setAccessibleName(f"Weakly determined: {spoken}")

    def describe(self, parameter: Parameter) -> None:
        """Let the row stand for another number under the same path."""
        if parameter != self._scale.parameter:
            self._scale = scale_of(self.path, self._box, parameter)
            self.set_name(parameter.label)
            self._write_tip()

    def set_value(self, value: float | None, *, present: bool = True) -> None:
        """Show a value, or a dash for a number that the twin has not; emits nothing.

        The slider grows where it is too short.
        """
        self._value, self._present = value, present
        if not self.slider.isSliderDown():
            if present:
                self._scale = self._scale.including(value)
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._scale.position(value) if present else 0)
        self.entry.set_shown(self._scale.shown(value), present=present)

    def set_box(self, grid: Grid) -> None:
        """Let the slider make sense in another box; the value stays."""
        if grid != self._box:
            self._box = grid
            self._scale = scale_of(self.path, grid, self._scale.parameter)
            self.set_value(self._value, present=self._present)
            self._write_tip()

    def set_home(self, value: float | None) -> None:
        """Say what a double click resets to."""
        if value != self._home:
            self._home = value
            self._write_tip()

    def set_locked(self, locked: bool) -> None:
        """Show the padlock closed or open; emits nothing."""
        with QSignalBlocker(self.padlock):
            self.padlock.setChecked(locked)

    def set_enabled(self, enabled: bool) -> None:
        """Whether the number may be changed here."""
        self.slider.setEnabled(enabled)
        self.entry.setEnabled(enabled)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        for widget in (self.label, self.slider, self.entry, self.unit, self.padlock):
            widget.setVisible(visible)
        self.mark.setVisible(visible and bool(self._doubt))

    def set_mark(self, sentence: str) -> None:
        """Mark the number as one that the data cannot fix, and say why; empty for no mark."""
        if sentence != self._doubt:
            self._doubt = sentence
            self.mark.setToolTip(rich(sentence))
            self.mark.setAccessibleDescription(sentence)
            self._write_tip()
            self.mark.setVisible(bool(sentence) and not self.label.isHidden())

    def set_text_colour(self, colour: str) -> None:
        """Draw padlock and mark in the colour of the theme's text."""
        if colour != self._colour:
            self.mark.setIcon(icons.doubt(colour))
        icon = icons.padlock(colour, locked=self.padlock.isChecked())
        self._colour = colour
        self.padlock.setIcon(icon)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Double click, the beginning of a gesture, and the tooltip with pictures."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip:
            return self._show_pictures(event.globalPos(), watched)
        if watched is self.entry:
            return False
        if kind == QEvent.Type.MouseButtonDblClick and self.slider.isEnabled():
            self.reset.emit(self.path)
            return True
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn):
            self.begun.emit()
        return False

    def _show_pictures(self, where: QPoint, over: QObject) -> bool:
        if self.illustrate is None:
            return False
        tip = self.illustrate(Hover(self.path, self._sentences(), self._scale, where, over))
        if tip is not None:
            QToolTip.showText(where, tip, over)
        return tip is not None

    def _sentences(self) -> list[str]:
        return sentences(self.path, self._scale, self._box, self._home)

    def _write_tip(self) -> None:
        said = self._sentences()
        for widget in (self.label, self.slider, self.entry):
            widget.setToolTip(worded(said))
            widget.setAccessibleDescription(" ".join(filter(None, [self._doubt, *said])))

    def _on_slider(self, position: int) -> None:
        value = self._scale.value_at(position)
        self.moved.emit(self.path, value, self.slider.isSliderDown())

    def _on_action(self, action: int) -> None:
        """Keys, the wheel, and clicks beside the handle; a drag is told by its value."""
        kind, slider = Action(action), self.slider
        if slider.isSliderDown():
            return
        if kind in STRIDES:
            value = self._scale.stepped(self._value, STRIDES[kind])
        else:
            value = self._scale.value_at(slider.sliderPosition())
        slider.setSliderPosition(slider.value())  # it moves when the value is shown
        if value != self._value:
            self.moved.emit(self.path, value, True)

    def _on_entry(self, shown: float) -> None:
        self.moved.emit(self.path, self._scale.value(self.entry.shown()), False)

    def _on_padlock(self, locked: bool) -> None:
        self.locked.emit(self.path, locked)

    def _on_mark(self) -> None:
        """The sentence at once, for those who come by keyboard."""
        where = self.mark.mapToGlobal(self.mark.rect().bottomLeft())
        QToolTip.showText(where, self.mark.toolTip(), self.mark)


def row_grid() -> QGridLayout:
    """A grid for rows, whose columns are as wide in every grid."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, NAME_WIDTH)
    grid.setColumnMinimumWidth(3, UNIT_WIDTH)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(1)
    return grid


def _symbol(symbol: str) -> str:
    """A symbol beside a name; formulas and words are left to the tooltip."""
    return "" if " " in symbol or "/" in symbol else symbol
