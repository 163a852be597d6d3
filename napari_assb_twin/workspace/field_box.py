"""Kind and parameters of one random field."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.twin.high_parametric import IsotropicSpectrum
from napari_assb_twin.twin.parameters import Correlation, FieldName, RandomField, Twin
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import choice, show
from napari_assb_twin.workspace.parameter_row import ParameterRow, row_grid
from napari_assb_twin.workspace.section import Fold
from napari_assb_twin.workspace.spectrum_box import SpectrumBox
from napari_assb_twin.workspace.tab_order import chain

KINDS = (("Gaussian field", "gaussian"), ("chi-square field", "chi-square"))
TAILS = (("above the level", "upper"), ("below the level", "lower"))
ISOTROPIC = "Isotropic: the anisotropy is 1."
ISOTROPIC_FORM = "The spectrum is the same in all directions: the anisotropy is 1."
ASSUMED = "Isotropic, as assumed: plan views cannot tell. The anisotropy is 1."


class FieldBox(QWidget):
    """Field X or Y: its lengths; its kind, smoothness and spacing under ``advanced``.

    A high-parametric field has a ``spectrum`` instead of smoothness and spacing.
    """

    def __init__(self, controller: Controller, name: FieldName) -> None:
        super().__init__()
        self._controller, self._name = controller, name
        self._assumed = False
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
        kind_line.setContentsMargins(0, 0, 0, 0)
        kind_line.addWidget(self.kind.native, 2)
        kind_line.addWidget(self.degrees)
        kind_line.addWidget(self.tail.native, 2)
        self.note = QLabel()
        self.note.setWordWrap(True)
        hidden = QWidget()
        below = QVBoxLayout(hidden)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setSpacing(1)
        layout.setContentsMargins(0, 0, 0, 0)
        self.rows = self._rows(layout, "length_um", "anisotropy")
        layout.addWidget(self.note)
        layout.addWidget(self._spectrum_part())
        layout.addWidget(hidden)
        self._advanced = self._rows(below, "smoothness", "oscillation_per_um")
        self.rows.update(self._advanced)
        below.addLayout(kind_line)
        self.advanced = Fold(
            "advanced", hidden, spoken=f"Advanced parameters of field {name}", unfolded=False
        )
        self.kind.changed.connect(self._on_kind)
        self.degrees.valueChanged.connect(self._on_degrees)
        self.tail.changed.connect(self._on_tail)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the lengths."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, widget)
        chain(self.rows[f"{self._name}.anisotropy"].padlock, widget)

    def show_twin(self, twin: Twin) -> None:
        """Show the field of a twin; its numbers are shown by the rows."""
        field = twin.field(self._name)
        chi_square = field.kind == "chi-square"
        show(self.kind, field.kind)
        with QSignalBlocker(self.degrees):
            self.degrees.setValue(max(1, field.degrees_of_freedom))
        self.degrees.setVisible(chi_square)
        show(self.tail, field.tail)
        self._show_note(twin)
        high = not isinstance(field.correlation, Correlation)
        isotropic = twin.symmetry == "isotropic"
        for path, row in self.rows.items():
            row.set_visible(twin.answers(path) and not (isotropic and path.endswith("anisotropy")))
        self._spectral.setVisible(high)
        if high:
            count = field.correlation.number_of_weights
            self.spectrum_fold.set_title(f"spectrum, {count} weights")
        self.spectrum.show_twin(twin)

    def show_marks(self, marks: Mapping[str, str]) -> None:
        """Mark what the data cannot fix, by path, with a sentence each."""
        for path, row in self.rows.items():
            row.set_mark(marks.get(path, ""))
        self.advanced.set_marked(any(path in marks for path in self._advanced))
        self._assumed = f"{self._name}.anisotropy" in marks
        self._show_note(self._controller.twin)

    def _spectrum_part(self) -> QWidget:
        """What only a high-parametric field has."""
        self.spectrum = SpectrumBox(self._controller, self._name)
        self.spectrum_fold = Fold(
            "spectrum",
            self.spectrum,
            spoken=f"High-parametric spectrum of field {self._name}",
            unfolded=False,
        )
        heading = QHBoxLayout()
        heading.addWidget(self.spectrum_fold)
        heading.addStretch(1)
        self.reduce_button = QPushButton("Reduce to four numbers…")
        self.reduce_button.setToolTip(
            "Find the nearest length, smoothness, domain spacing and anisotropy of every "
            "high-parametric field, and say what is lost before anything changes."
        )
        heading.addWidget(self.reduce_button)
        self._spectral = QWidget()
        layout = QVBoxLayout(self._spectral)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(heading)
        layout.addWidget(self.spectrum)
        return self._spectral

    def _show_note(self, twin: Twin) -> None:
        self.note.setText(_note(twin, twin.field(self._name), assumed=self._assumed))
        self.note.setVisible(bool(self.note.text()))

    def _rows(self, layout: QVBoxLayout, *attributes: str) -> dict[str, ParameterRow]:
        grid = row_grid()
        layout.addLayout(grid)
        paths = [f"{self._name}.{attribute}" for attribute in attributes]
        return {path: ParameterRow(path, grid, row) for row, path in enumerate(paths)}

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


def _note(twin: Twin, field: RandomField, *, assumed: bool) -> str:
    """Why a field has no anisotropy to move; empty if it has one."""
    if twin.symmetry == "isotropic":
        return ASSUMED if assumed else ISOTROPIC
    return ISOTROPIC_FORM if isinstance(field.correlation, IsotropicSpectrum) else ""
