"""The numbers of the twin that a sweep may vary, each with its range."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QCheckBox, QGridLayout, QLabel, QSizePolicy, QWidget

from napari_assb_twin.scenarios.plan import Varied
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.workspace.differences_table import LABELS
from napari_assb_twin.workspace.forms import number, show, show_within
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import LARGEST, scale_of
from napari_assb_twin.workspace.sweep import title_of, usual_range

FIELD_WIDTH = 68


class VariedRow(QObject):
    """One parameter: whether it is varied, from where to where, and evenly in what.

    Numbers stand as on the sliders: the domain spacing instead of the oscillation.

    Signals
    -------
    changed()
        By hand.
    """

    changed = Signal()

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self._scale = scale_of(path)
        self._own = False
        ends = self._scale.lowest, min(self._scale.highest, LARGEST / 10)
        self.tick = QCheckBox()
        self.tick.setToolTip(PARAMETERS[path].documentation)
        # a long name must not widen the dock
        self.tick.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.low = number("", *ends, "", "Lower end of the range.", spoken=f"{path} from")
        self.high = number("", *ends, "", "Upper end of the range.", spoken=f"{path} to")
        self.log = QCheckBox()
        self.log.setToolTip("Points lie evenly in the logarithm.")
        self.log.setAccessibleName(f"{path} evenly in the logarithm")
        self.log.setChecked(PARAMETERS[path].logarithmic)
        self.tick.toggled.connect(self._on_tick)
        self.log.clicked.connect(self._on_own)
        for field in (self.low, self.high):
            field.changed.connect(self._on_own)
        self._on_tick(False)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """In the order of the columns."""
        return self.tick, self.low.native, self.high.native, self.log

    def follow(self, twin: Twin, names: PhaseNames) -> None:
        """Name and usual range for a twin; a range that was typed stays."""
        known = twin.answers(self.path)
        for widget in self.widgets:
            widget.setVisible(known)
        if not known:
            self.tick.setChecked(False)
            return
        self.tick.setText(_short_title(twin, self.path, names))
        self.tick.setAccessibleName(f"Vary: {title_of(twin, self.path, names)}")
        if not self._own:
            low, high = usual_range(twin, self.path)
            show(self.low, low)
            show(self.high, high)

    def varied(self, steps: int | None) -> Varied:
        """The range as it is typed.

        Raises
        ------
        InputError
            If it is none.
        """
        ends = [self._scale.value(field.value) for field in (self.low, self.high)]
        low, high = reversed(ends) if self._scale.reciprocal else ends
        scale = "log" if self.log.isChecked() else "linear"
        return Varied(parameter=self.path, low=low, high=high, scale=scale, steps=steps)

    def show(self, varied: Varied | None) -> None:
        """Show a range; None: it is not varied."""
        self.tick.setChecked(varied is not None)
        if varied is not None:
            ends = sorted(self._scale.shown(value) for value in (varied.low, varied.high))
            for field, value in zip((self.low, self.high), ends, strict=True):
                show_within(field, value)
            self.log.setChecked(varied.scale == "log")
            self._own = True

    def _on_tick(self, ticked: bool) -> None:
        for widget in self.widgets[1:]:
            widget.setEnabled(ticked)
        self.changed.emit()

    def _on_own(self, value: object = None) -> None:
        self._own = True
        self.changed.emit()


def _short_title(twin: Twin, path: str, names: PhaseNames) -> str:
    """Name and unit in a narrow dock; the field stands first, where it is seen."""
    field, dot, _ = path.rpartition(".")
    if not dot:
        return title_of(twin, path, names)
    told = twin.description(path)
    unit = f", {told.unit}" if told.unit else ""
    label = told.label.lower()
    return f"{field}: {LABELS.get(label, label)} {told.symbol}{unit}"


class VariedRows(QWidget):
    """All parameters, one under the other.

    Signals
    -------
    changed()
        By hand.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = {path: VariedRow(path) for path in PARAMETERS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.setHorizontalSpacing(4)
        grid.setColumnStretch(0, 1)
        for column, text in enumerate(("Vary", "from", "to", "log")):
            grid.addWidget(QLabel(text), 0, column, Qt.AlignmentFlag.AlignLeft)
        for line, row in enumerate(self.rows.values(), start=1):
            for column, widget in enumerate(row.widgets):
                grid.addWidget(widget, line, column)
            for field in (row.low, row.high):
                field.native.setFixedWidth(FIELD_WIDTH)
            row.changed.connect(self.changed)

    @property
    def first(self) -> QWidget:
        """The tick at the top."""
        return next(iter(self.rows.values())).tick

    def follow(self, twin: Twin, names: PhaseNames) -> None:
        """Names and usual ranges for a twin."""
        for row in self.rows.values():
            row.follow(twin, names)

    def varied(self, steps: int | None) -> tuple[Varied, ...]:
        """The ranges of what is ticked; ``steps`` of each in a grid."""
        return tuple(row.varied(steps) for row in self.rows.values() if row.tick.isChecked())

    def show_varied(self, varied: Iterable[Varied]) -> None:
        """Show the ranges of a plan."""
        known = {one.parameter: one for one in varied}
        for path, row in self.rows.items():
            row.show(known.get(path))
