"""Properties of the shown volume: what to measure, the last measurements, plots and layers."""

from __future__ import annotations

import io
from pathlib import Path

from qtpy.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.descriptors.beside import write_beside, write_beside_csv
from napari_assb_twin.descriptors.describe import Measured
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.workspace.buttons import tool_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.distributions_box import DistributionsBox
from napari_assb_twin.workspace.forms import Form, choice, show
from napari_assb_twin.workspace.measurements import Measurements
from napari_assb_twin.workspace.parts_box import PartsBox
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.properties_form import PropertiesForm
from napari_assb_twin.workspace.properties_table import PropertiesTable
from napari_assb_twin.workspace.property_layers import PropertyLayers
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.tab_order import chain

KEY = "In brackets: exact mean of the model. …: another volume is shown now. !: not converged."
SOURCES = (("the twin, as drawn", "drawn"), ("the measured volume", "measured"))
STOPPED = "Cancelled; nothing of it was kept."


class PropertiesPanel(QWidget):
    """Measures the volume that is drawn, or the measured one, in the background.

    The workspace opens the scenarios by its button ``scenarios``: their other one lies behind.
    """

    def __init__(self, controller: Controller, display: Display) -> None:
        super().__init__()
        self._controller = controller
        self.measurements = Measurements(controller)
        self.job = self.measurements.job
        self.layers = PropertyLayers(controller, display, self.measurements)
        self.source = choice("Volume", SOURCES, "What is measured.")
        self.form = PropertiesForm(controller.names)
        self.table = PropertiesTable()
        self.plots = DistributionsBox(controller, self.measurements)
        self.parts = PartsBox(controller, self.measurements, self.layers)
        self.measure = QPushButton("Measure")
        self.measure.setToolTip("Measure in the background; the window goes on meanwhile.")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the measuring")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("End at the next part; nothing of it is kept.")
        self.message, self.key = QLabel(), QLabel(KEY)
        for label in (self.message, self.key):
            label.setWordWrap(True)
        self.copy = tool_button(
            "Copy",
            "Copy the table, tab-separated, for a spreadsheet.",
            spoken="Copy the properties",
        )
        self.save = tool_button(
            "Save…",
            "Save the table as CSV, with the parameters of each volume.",
            spoken="Save the properties",
        )
        self.scenarios = tool_button(
            "Scenarios…",
            "Vary numbers of the twin and measure these properties of each.",
            spoken="Scenarios",
        )
        self.forget = tool_button(
            "Clear", "Keep none of these measurements.", spoken="Clear the properties"
        )
        self._lay_out()
        self._connect()
        self._on_running(False)
        self._on_data()
        self._on_choice()
        self._tell("")
        self.show_all()

    def start(self) -> None:
        """Measure what is chosen."""
        try:
            subject = self.measurements.subject(self.source.value)
            chosen = self.form.chosen(subject.separator, self._controller.device)
            self.measurements.start(self.source.value, chosen)
        except InputError as error:
            self._controller.refuse(error)
            return
        self._tell("")

    def set_theme(self, theme: dict[str, str]) -> None:
        """Colours of the theme."""
        self.table.set_theme(theme)
        self.plots.set_theme(theme)
        self.show_all()

    def show_all(self, changed: object = None) -> None:
        """Write the measurements that are kept."""
        kept = self.measurements.kept
        self.table.show_measurements(kept, self.measurements.fresh, self._controller.names)
        for widget in (self.table_part, self.plots_part):
            widget.setVisible(bool(kept))

    def to_clipboard(self, checked: bool = False) -> None:
        """Copy the table, tab-separated."""
        text = io.StringIO()
        write_beside(text, self.measurements.kept, "\t")
        QApplication.clipboard().setText(text.getvalue())
        self._controller.status.emit("The properties were copied.")

    def write_csv(self, name: str) -> None:
        """Write the table to a file."""
        try:
            write_beside_csv(name, self.measurements.kept)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {name}")

    def close_all(self) -> None:
        """Stop, and take the layers away."""
        self.measurements.close()
        self.layers.close()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.measure, 2)
        buttons.addWidget(self.bar, 3)
        buttons.addWidget(self.cancel, 1)
        heading = QWidget()
        aside = QHBoxLayout(heading)
        aside.setContentsMargins(0, 0, 0, 0)
        for button in (self.copy, self.save, self.forget):
            aside.addWidget(button)
        table = QWidget()
        column = QVBoxLayout(table)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.table)
        column.addWidget(self.key)
        self.source_form = Form(self.source)
        self.form_part = Section("What is measured", self.form, self.scenarios)
        self.table_part = Section("Measured", table, heading)
        self.plots_part = Section("Distributions", self.plots, unfolded=False)
        self.parts_part = Section("Parts of the volume", self.parts, unfolded=False)
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        layout.addWidget(self.source_form)
        layout.addWidget(self.form_part)
        layout.addLayout(buttons)
        layout.addWidget(self.message)
        for part in (self.table_part, self.plots_part, self.parts_part):
            layout.addWidget(part)
        layout.addStretch(1)
        parts = (self.table_part, self.plots_part, self.parts_part)
        chain(self.source_form, self.form_part, self.measure, self.cancel, *parts)

    def _connect(self) -> None:
        controller, job = self._controller, self.job
        self.measure.clicked.connect(lambda checked=False: self.start())
        self.cancel.clicked.connect(lambda checked=False: job.stop())
        self.copy.clicked.connect(self.to_clipboard)
        self.save.clicked.connect(self._on_save)
        self.forget.clicked.connect(lambda checked=False: self.measurements.forget())
        self.source.changed.connect(self._on_choice)
        self.form.changed.connect(self._on_choice)
        self.measurements.changed.connect(self.show_all)
        controller.names_changed.connect(self._on_names)
        controller.data_changed.connect(self._on_data)
        job.progressed.connect(self._on_progress)
        job.finished.connect(lambda description: self._tell(""))
        job.refused.connect(self._on_refused)
        job.stopped.connect(lambda: self._tell(STOPPED))
        job.running_changed.connect(self._on_running)

    def _on_names(self, names: PhaseNames) -> None:
        self.form.set_names(names)
        self.plots.set_names(names)
        self.parts.set_names(names)
        self.show_all()

    def _on_data(self, data: object = None) -> None:
        data = self._controller.data
        there = data is not None and isinstance(data.measured, Volume)
        if not there:
            show(self.source, "drawn")
        self.source_form.setVisible(there)
        self._on_choice()

    def _on_choice(self, chosen: object = None) -> None:
        self.parts.source = self.source.value
        self.parts.separator = self.form.separator.value

    def _on_running(self, running: bool) -> None:
        self.measure.setEnabled(not running)
        self.form.setEnabled(not running)
        for widget in (self.bar, self.cancel):
            widget.setVisible(running)
        self.bar.setValue(0)

    def _on_progress(self, progress: Measured | None) -> None:
        if progress is not None:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.step)
            self._tell(f"{progress.message}…")

    def _on_refused(self, sentence: str) -> None:
        self._tell("Nothing was measured.")
        self._controller.refuse(InputError(sentence))

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save properties", "properties.csv", "Tables (*.csv)"
        )
        if name:
            self.write_csv(name if Path(name).suffix else f"{name}.csv")
