"""Kind and parameters of one random field."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.twin.parameters import Correlation, FieldName, RandomField, Twin
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import choice, show
from napari_assb_twin.workspace.parameter_row import ParameterRow

KINDS = (("Gaussian field", "gaussian"), ("chi-square field", "chi-square"))
TAILS = (("above the level", "upper"), ("below the level", "lower"))


class FieldBox(QWidget):
    """Field X or Y: Gaussian or chi-square, its tail, and its correlation."""

    def __init__(self, controller: Controller, name: FieldName) -> None:
        super().__init__()
        self._controller, self._name = controller, name
        self.kind = choice(
            f"Kind of field {name}",
            KINDS,
            "A chi-square field is the sum of k squared Gaussian fields.",
        )
        self.degrees = QSpinBox()
        self.degrees.setRange(1, 99)
        self.degrees.setPrefix("k = ")
        self.degrees.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.degrees.setFixedWidth(60)
        self.degrees.setKeyboardTracking(False)
        self.degrees.setAccessibleName(f"Degrees of freedom of field {name}")
        self.degrees.setToolTip("Degrees of freedom k of the chi-square field.")
        self.tail = choice(
            f"Tail of field {name}",
            TAILS,
            "Where the phase lies: at high or at low values of the field. Below the level of a "
            "chi-square field with k = 1 the phase forms thin sheets.",
        )
        kind_line = QHBoxLayout()
        kind_line.addWidget(self.kind.native, 2)
        kind_line.addWidget(self.degrees)
        kind_line.addWidget(self.tail.native, 2)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(2)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addLayout(kind_line)
        layout.addLayout(grid)
        self.rows = {
            f"{name}.{attribute}": ParameterRow(f"{name}.{attribute}", grid, row)
            for row, attribute in enumerate(
                ("length_um", "smoothness", "oscillation_per_um", "anisotropy")
            )
        }
        self.note = QLabel()
        self.note.setWordWrap(True)
        layout.addWidget(self.note)
        self.kind.changed.connect(self._on_kind)
        self.degrees.valueChanged.connect(self._on_degrees)
        self.tail.changed.connect(self._on_tail)

    def show_twin(self, twin: Twin) -> None:
        """Show the field of a twin; its numbers are shown by the rows."""
        field = twin.field(self._name)
        chi_square = field.kind == "chi-square"
        show(self.kind, field.kind)
        with QSignalBlocker(self.degrees):
            self.degrees.setValue(max(1, field.degrees_of_freedom))
        self.degrees.setVisible(chi_square)
        show(self.tail, field.tail)
        self.note.setText(_note(twin, field))
        self.note.setVisible(bool(self.note.text()))

    def _on_kind(self, kind: str) -> None:
        degrees = self.degrees.value() if kind == "chi-square" else 0
        with attempt(self._controller):
            self._controller.set_field(self._name, degrees_of_freedom=degrees)

    def _on_degrees(self, degrees: int) -> None:
        with attempt(self._controller):
            self._controller.set_field(self._name, degrees_of_freedom=degrees)

    def _on_tail(self, tail: str) -> None:
        with attempt(self._controller):
            self._controller.set_field(self._name, tail=tail)


def _note(twin: Twin, field: RandomField) -> str:
    """Why sliders of a field cannot be moved; empty if all can."""
    if not isinstance(field.correlation, Correlation):
        return (
            f"High-parametric: {field.correlation.number_of_weights} weights, as in the preset or "
            "file, instead of these numbers."
        )
    return "Isotropic: the anisotropy is 1." if twin.symmetry == "isotropic" else ""
