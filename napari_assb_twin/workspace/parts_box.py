"""Which part of the volume is shown as a layer of its own."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.descriptors.marks import MarkChoice
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, choice, line, offer
from napari_assb_twin.workspace.measurements import Measurements
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.property_layers import PropertyLayers
from napari_assb_twin.workspace.shortcuts import hint

KINDS = (
    ("percolating part", "percolating"),
    ("shortest paths", "paths"),
    ("disconnected clusters", "disconnected"),
    ("utilised CAM", "utilised"),
)
LINES = 5
"""Of the note, which says what a layer shows."""

ALONG = ("percolating", "paths")
"""Kinds that have an axis."""


class PartsBox(QWidget):
    """Shows parts as layers of the viewer, and takes them away again."""

    def __init__(
        self, controller: Controller, measurements: Measurements, layers: PropertyLayers
    ) -> None:
        super().__init__()
        self._controller, self._measurements, self.layers = controller, measurements, layers
        self.source = "drawn"
        self.separator = None
        self.kind = choice("Part", KINDS, "What is shown as a layer of its own.")
        self.phase = choice("Phase of the part", (), "Of which phase.")
        self.axis = choice(
            "Axis of the part", [(f"along {axis}", axis) for axis in AXES], "Along which axis."
        )
        self.show_button = QPushButton("Show")
        self.show_button.setToolTip(
            "Add it as a layer; the volume is seen through meanwhile. Voxels are connected over "
            "faces, paths step to 26 neighbours."
        )
        self.remove = QPushButton("Take away")
        self.remove.setToolTip(f"Take the newest of these layers away{hint('undo')}.")
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note.setMinimumHeight(LINES * self.note.fontMetrics().lineSpacing())
        self._form = Form(self.kind, line("Of", self.phase, self.axis))
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_button)
        buttons.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._form)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        for field in (self.kind, self.phase, self.axis):
            field.native.setMinimumHeight(field.native.sizeHint().height())
        self.set_names(controller.names)
        self.kind.changed.connect(self._on_state)
        self.show_button.clicked.connect(lambda checked=False: self.start())
        self.remove.clicked.connect(lambda checked=False: layers.take_away())
        layers.changed.connect(self._on_state)
        layers.told.connect(self.note.setText)
        layers.job.running_changed.connect(self._on_state)
        layers.job.refused.connect(controller.refuse)
        self._on_state()

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called."""
        offer(
            self.phase,
            [(names[phase], phase) for phase in PHASES],
            self.phase.value or "solid_electrolyte",
        )

    def start(self) -> None:
        """Show the part that is chosen."""
        try:
            subject = self._measurements.subject(self.source)
        except InputError as error:
            self._controller.refuse(error)
            return
        wanted = MarkChoice(
            kind=self.kind.value,
            phase=self.phase.value,
            axis=self.axis.value,
            separator=self.separator or subject.separator or "first",
        )
        self.layers.show(subject, wanted, self._title())

    def _title(self) -> str:
        kind, name = self.kind.value, self._controller.names[self.phase.value]
        words = next(words for words, one in KINDS if one == kind)
        if kind == "utilised":
            return words
        return f"{words}: {name}{f', {self.axis.value}' if kind in ALONG else ''}"

    def _on_state(self, state: object = None) -> None:
        self.phase.native.setEnabled(self.kind.value != "utilised")
        self.axis.native.setEnabled(self.kind.value in ALONG)
        self.show_button.setEnabled(not self.layers.job.running)
        self.remove.setEnabled(bool(self.layers.layers))
        if not self.layers.layers:
            self.note.setText("")
