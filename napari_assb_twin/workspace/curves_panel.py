"""Measured, exact and realised curves over each other, with their choices."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.curves_csv import write_curves_csv
from napari_assb_twin.session.state import CurveChoice
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.workspace.comparison import Comparison
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.curves_figure import AUTO, CROSS, CurvesFigure
from napari_assb_twin.workspace.figure_file import write_figure
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.phase_names import PhaseNames

DIRECTIONS = (("in-plane", "in-plane"), ("through-plane", "through-plane"))
OF_MEANS = "Graded: exact curves are means over the depth."
PAIRS = (("C_ii", AUTO), ("C_ij", CROSS))


class CurvesPanel(QWidget):
    """Two-point coverage probabilities C_ij(h)."""

    def __init__(self, controller: Controller, comparison: Comparison) -> None:
        super().__init__()
        self._controller, self._comparison = controller, comparison
        self.figure = CurvesFigure()
        self.direction = choice(
            "Direction of the curves",
            DIRECTIONS,
            "In-plane: perpendicular to z. Through-plane: along z.",
        )
        self.pairs = choice(
            "Pairs of phases", PAIRS, "C_ij(h): the ends of a lag h lie in phases i and j."
        )
        self.normalised = QCheckBox("− φᵢφⱼ")
        self.normalised.setToolTip("Normalised: C_ij − φ_i φ_j, which tends to 0 at long lags.")
        self.realisation = QCheckBox("realised")
        self.realisation.setToolTip(
            "This realisation: curves estimated from the volume that is drawn."
        )
        self.realisation.setChecked(True)
        self.save = QToolButton()
        self.save.setText("Save…")
        self.save.setToolTip(
            "Save this figure as PDF, SVG or PNG, or the numbers of all six pairs as CSV."
        )
        choices = QHBoxLayout()
        choices.setSpacing(4)
        choices.addWidget(self.direction.native, 1)
        choices.addWidget(self.pairs.native, 1)
        choices.addWidget(self.normalised)
        choices.addWidget(self.realisation)
        choices.addWidget(self.save)
        self.note = QLabel()
        self.note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(2)
        layout.addLayout(choices)
        layout.addWidget(self.figure.legend)
        layout.addWidget(self.figure, 1)
        layout.addWidget(self.note)
        self.direction.changed.connect(self._on_direction)
        self.pairs.changed.connect(self._on_choice)
        self.normalised.toggled.connect(self._on_choice)
        self.realisation.toggled.connect(comparison.set_with_realisation)
        self.save.clicked.connect(self._on_save)
        comparison.changed.connect(self.show_curves)
        controller.names_changed.connect(self._on_names)
        self.show_curves()

    def show_curves(self) -> None:
        """Draw what there is."""
        self.figure.show_curves(self._comparison)
        self._note()

    def set_look(self, theme: dict[str, str], scheme: str) -> None:
        """Colours of the theme and of the phases."""
        self.figure.set_look(theme, scheme)
        self.show_curves()

    @property
    def chosen(self) -> CurveChoice:
        """Which curves are drawn."""
        return CurveChoice(
            direction=self.direction.value,
            pairs="auto" if self.pairs.value == AUTO else "cross",
            normalised=self.normalised.isChecked(),
            realisation=self.realisation.isChecked(),
        )

    def choose(self, chosen: CurveChoice) -> None:
        """Draw these curves."""
        self.direction.value = chosen.direction
        self.pairs.value = AUTO if chosen.pairs == "auto" else CROSS
        self.normalised.setChecked(chosen.normalised)
        self.realisation.setChecked(chosen.realisation)

    def _note(self) -> None:
        comparison = self._comparison
        misfit = comparison.misfit
        graded = self._controller.twin.gradient is not None
        if misfit is not None:
            text = f"Measured − model, all six pairs: rms {misfit[0]:.2g}, max {misfit[1]:.2g}."
        elif self._controller.data is None:
            text = OF_MEANS if graded else "No measured data yet: open some in Data."
        elif comparison.direction == "through-plane":
            text = "Measured: plan views hold no through-plane lags."
        else:
            text = "Measuring…"
        if graded and text != OF_MEANS:
            text = f"{text} {OF_MEANS}"
        self.note.setText(text)

    def _on_direction(self, direction: Direction) -> None:
        self._comparison.set_direction(direction)

    def _on_names(self, names: PhaseNames) -> None:
        self.figure.set_names(names)
        self.show_curves()

    def _on_choice(self, choice: object = None) -> None:
        self.figure.set_choice(pairs=self.pairs.value, normalised=self.normalised.isChecked())
        self.show_curves()

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save curves", "coverage.pdf", "Figures and tables (*.pdf *.svg *.png *.csv)"
        )
        if name:
            self.save_as(name)

    def save_as(self, name: str) -> None:
        """Write the figure, or the curves as a table; the ending chooses the format."""
        path = Path(name)
        try:
            if path.suffix.lower() == ".csv":
                write_curves_csv(path, self._comparison.curves)
            else:
                write_figure(path, self.figure.write)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {path}")
