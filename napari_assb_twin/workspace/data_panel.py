"""Measured sections and volumes: opening, naming, summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.twin.phases import LONG_NAMES
from napari_assb_twin.workspace.choice import Choice
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.images.draft import Data, Draft
from napari_assb_twin.workspace.data_form import DataForm
from napari_assb_twin.workspace.display import Display

FILTER = "Images (*.tif *.tiff *.png *.npy);;All files (*)"
EMPTY = (
    "Open a segmented section or tomogram of your cathode. Pore, active material and solid "
    "electrolyte are then told apart by their labels. A single cross-section that contains the "
    "pressing direction is enough for a fit."
)


class DataPanel(QWidget):
    """What was measured; the curves and the fit take it from the controller."""

    def __init__(self, controller: Controller, display: Display) -> None:
        super().__init__()
        self._controller, self._display = controller, display
        self.sections = QPushButton("Open sections…")
        self.sections.setToolTip("One or more images of the same plane and pixel size.")
        self.tomogram = QPushButton("Open tomogram…")
        self.tomogram.setToolTip("One file with three axes.")
        self.layer = Choice((), name="Layer of the viewer")
        self.layer.setToolTip("A labels or image layer that is open in the viewer.")
        self.use_layer = QPushButton("Use layer")
        self.remove = QPushButton("Remove data")
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.form: DataForm | None = None
        buttons = QHBoxLayout()
        buttons.addWidget(self.sections)
        buttons.addWidget(self.tomogram)
        layer_line = QHBoxLayout()
        layer_line.addWidget(self.layer, 1)
        layer_line.addWidget(self.use_layer)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(buttons)
        self._layout.addLayout(layer_line)
        self._form_place = QVBoxLayout()
        self._layout.addLayout(self._form_place)
        self._layout.addWidget(self.summary)
        self._layout.addWidget(self.remove)
        self._layout.addStretch(1)
        self.sections.clicked.connect(self._on_sections)
        self.tomogram.clicked.connect(self._on_tomogram)
        self.use_layer.clicked.connect(self._on_layer)
        self.remove.clicked.connect(lambda checked=False: controller.set_data(None))
        controller.data_changed.connect(self.show_data)
        self.show_data(controller.data)
        self.list_layers()

    def open_files(self, paths: Sequence[str | Path]) -> None:
        """Read images and ask what they are; a bad file changes nothing."""
        try:
            self._ask(Draft(tuple(read_image(path) for path in paths)))
        except InputError as error:
            self._controller.refuse(error)

    def list_layers(self) -> None:
        """List the layers that may be used."""
        layers = self._display.label_layers()
        self.layer.set_choices([(layer, layer.name) for layer in layers])
        for widget in (self.layer, self.use_layer):
            widget.setVisible(bool(layers))

    def show_data(self, data: Data | None) -> None:
        """Describe the data that are in use."""
        self.remove.setVisible(data is not None)
        if data is None:
            self.summary.setText(EMPTY)
            return
        shares = data.volume_fractions
        lines = [f"In use: {', '.join(data.sources)}", *data.summary()]
        lines += [f"{LONG_NAMES[phase]}: {share:.1%}" for phase, share in shares.items()]
        self.summary.setText("\n".join(lines))

    def _on_sections(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Open sections", "", FILTER)
        if names:
            self.open_files(names)

    def _on_tomogram(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open tomogram", "", FILTER)
        if name:
            self.open_files([name])

    def _on_layer(self) -> None:
        layer = self.layer.value()
        try:
            self._ask(Draft((self._display.image_of(layer),)))
        except InputError as error:
            self._controller.refuse(error)

    def _ask(self, draft: Draft) -> None:
        self._close_form()
        data = self._controller.data
        self.form = DataForm(draft, can_add=data is not None and data.takes_more)
        self.form.answered.connect(self._on_answered)
        self.form.refused.connect(self._controller.refuse)
        self.form.cancelled.connect(self._close_form)
        self._form_place.addWidget(self.form)

    def _on_answered(self, data: Data, added: bool) -> None:
        before = self._controller.data
        try:
            self._controller.set_data(before.joined(data) if added else data)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._close_form()

    def _close_form(self) -> None:
        if self.form is not None:
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
