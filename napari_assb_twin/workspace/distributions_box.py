"""Which distribution is drawn, of which phase, and its plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from napari_assb_twin.descriptors.beside import Measurement
from napari_assb_twin.descriptors.distributions import WORDS, write_distributions_csv
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.distributions_figure import DistributionsFigure
from napari_assb_twin.workspace.figure_file import write_figure
from napari_assb_twin.workspace.forms import choice, offer
from napari_assb_twin.workspace.measurements import Measurements
from napari_assb_twin.workspace.phase_names import PhaseNames

NONE = "Nothing of it was measured: tick {} and measure again."
GROUP = {
    "chord_length": "Chords",
    "lineal_path": "Chords",
    "phase_size": "Phase sizes",
    "intruded_size": "Phase sizes",
    "geodesic_tortuosity": "Geodesic paths",
}
"""What is to be ticked for it."""


class DistributionsBox(QWidget):
    """The distributions of the kept measurements over each other."""

    def __init__(self, controller: Controller, measurements: Measurements) -> None:
        super().__init__()
        self._controller, self._measurements = controller, measurements
        self.kind = choice(
            "Distribution",
            [(words.title, kind) for kind, words in WORDS.items()],
            "Which distribution is drawn.",
        )
        self.phase = choice("Phase of the distribution", (), "Of which phase.")
        self.save = QToolButton()
        self.save.setText("Save…")
        self.save.setAccessibleName("Save the distributions")
        self.save.setToolTip(
            "Save this figure as PDF, SVG or PNG, or all distributions of the newest measurement "
            "as CSV."
        )
        self.figure = DistributionsFigure()
        self.note = QLabel()
        self.note.setWordWrap(True)
        heading = QHBoxLayout()
        heading.setSpacing(4)
        heading.addWidget(self.kind.native, 2)
        heading.addWidget(self.phase.native, 1)
        heading.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(heading)
        layout.addWidget(self.figure.legend)
        layout.addWidget(self.figure)
        layout.addWidget(self.note)
        self.set_names(controller.names)
        self.kind.changed.connect(self.show_all)
        self.phase.changed.connect(self.show_all)
        self.save.clicked.connect(self._on_save)
        measurements.changed.connect(self.show_all)

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called."""
        offer(
            self.phase,
            [(names[phase], phase) for phase in PHASES],
            self.phase.value or "solid_electrolyte",
        )

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self.figure.set_theme(theme)
        self.show_all()

    def show_all(self, changed: object = None) -> None:
        """Draw what there is."""
        kind, phase = self.kind.value, self.phase.value
        kept: Sequence[Measurement] = self._measurements.kept
        self.figure.show_measurements(kept, kind, phase)
        words = WORDS[kind]
        self.note.setText(words.text if self.figure.lines else NONE.format(GROUP[kind]))

    def save_as(self, name: str) -> None:
        """Write the figure, or the numbers; the ending chooses the format."""
        path, kept = Path(name), self._measurements.kept
        try:
            if path.suffix.lower() != ".csv":
                write_figure(path, self.figure.write)
            elif not kept:
                raise InputError("There is no measurement yet; measure first.")
            else:
                write_distributions_csv(path, kept[0].description.distributions)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {path}")

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Save distributions",
            "distributions.pdf",
            "Figures and tables (*.pdf *.svg *.png *.csv)",
        )
        if name:
            self.save_as(name)
