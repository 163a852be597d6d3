"""Measured sections and volumes: opening, naming, summary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data, Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.workspace.asked_files import AskedFiles
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.data_form import DataForm
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.forms import Form, choice, offer, whole
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.mask_row import MaskLayer
from napari_assb_twin.workspace.names_box import NamesBox
from napari_assb_twin.workspace.napari_layers import image_of
from napari_assb_twin.workspace.opening import AT_ONCE, Opening, Steps, reading, taken
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.region_layers import RegionLayers, Spans
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.tab_order import chain
from napari_assb_twin.workspace.validate_dialog import ValidateButton

FILTER = (
    "Images (*.tif *.tiff *.png *.npy *.nrrd *.nhdr *.mha *.mhd *.raw *.bin *.vol);;All files (*)"
)
EMPTY = (
    "Open a section or tomogram of your cathode. Pore, active material and solid electrolyte are "
    "then told apart by their labels, or by two thresholds of its grey values. A single "
    "cross-section that contains the pressing direction is enough for a fit."
)


class DataPanel(QWidget):
    """What was measured; the curves and the fit take it from the controller.

    Signals
    -------
    asking(bool)
        Whether opened images are asked about.
    """

    asking = Signal(bool)

    def __init__(self, controller: Controller, display: Display) -> None:
        super().__init__()
        self._controller, self._display = controller, display
        self.sections = QPushButton("Open sections…")
        self.sections.setToolTip("One or more images of the same plane and pixel size.")
        self.tomogram = QPushButton("Open tomogram…")
        self.tomogram.setToolTip("One file with three axes.")
        self.folder = QPushButton("Open folder…")
        self.folder.setToolTip("A folder of numbered slices (TIFF or PNG), or a Zarr folder.")
        self.in_part = QCheckBox("Ask which part is read")
        self.in_part.setToolTip(
            "Choose slices, rows and columns before a file is read. What does not fit into memory "
            "is asked about anyway."
        )
        self.layer = choice(
            "Layer of the viewer", (), "A labels or image layer that is open in the viewer."
        )
        self.use_layer = QPushButton("Use layer")
        self.use_layer.setToolTip("Take this layer as measured data.")
        self.remove = QPushButton("Remove data")
        self.remove.setToolTip("Forget the measured data; the twin stays.")
        self.validate = ValidateButton(controller)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.shown = whole("Section drawn", 1, 1, "Which of the sections stands beside the twin.")
        self.count = QLabel()
        self._shown_form = Form(self.shown)
        self._shown_form.layout().addWidget(self.count, 0, 2)
        self.names = NamesBox(controller)
        self._names_section = Section("Names on screen", self.names, unfolded=False)
        self.form: DataForm | None = None
        self.previewer = LatestWins("preview")
        self.opening = Opening()
        self.region = RegionLayers(display, self._on_region)
        self.files = AskedFiles(self.opening, self)
        self.files.opened.connect(self._ask)
        buttons = QHBoxLayout()
        for button in (self.sections, self.tomogram, self.folder):
            buttons.addWidget(button)
        layer_line = QHBoxLayout()
        layer_line.addWidget(self.layer.native, 1)
        layer_line.addWidget(self.use_layer)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(6, 9, 6, 9)  # three buttons fit beside each other
        self._layout.addLayout(buttons)
        self._layout.addWidget(self.in_part)
        self._layout.addLayout(layer_line)
        self._layout.addWidget(self.opening)
        self._form_place = QVBoxLayout()
        self._layout.addLayout(self._form_place)
        self._layout.addWidget(self.summary)
        self._layout.addWidget(self._shown_form)
        data_line = QHBoxLayout()
        data_line.addWidget(self.remove, 1)
        data_line.addWidget(self.validate, 1)
        self._layout.addLayout(data_line)
        self._layout.addWidget(self._names_section)
        self._layout.addStretch(1)
        self.sections.clicked.connect(self._on_sections)
        self.tomogram.clicked.connect(self._on_tomogram)
        self.folder.clicked.connect(self._on_folder)
        self.opening.refused.connect(controller.refuse)
        self.opening.job.running_changed.connect(self._on_running)
        self.use_layer.clicked.connect(self._on_layer)
        self.remove.clicked.connect(lambda checked=False: controller.set_data(None))
        self.shown.changed.connect(self._on_shown)
        controller.data_changed.connect(self.show_data)
        controller.names_changed.connect(self._on_names)
        self.show_data(controller.data)
        self.list_layers()
        self._order()

    def open_files(self, paths: Sequence[str | Path]) -> None:
        """Read images and ask what they are; a bad file changes nothing."""
        self.files.open(paths, in_part=self.in_part.isChecked())

    def close_dialogs(self) -> None:
        """Drop what is asked before files are read, the region drawn, and a validation."""
        self.validate.close_dialog()
        if self.form is not None:
            self.form.part.draw.setChecked(False)
        self.files.close()

    def close_form(self) -> None:
        """Forget images that were opened but not taken."""
        if self.form is not None:
            self.previewer.cancel()
            self.region.hide()
            self._form_place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self._describe(self._controller.data)
            self.asking.emit(False)

    @property
    def folds(self) -> dict[str, QToolButton]:
        """The headings that fold, by a name that stays."""
        return {"names": self._names_section.fold}

    def list_layers(self) -> None:
        """List the layers that may be used."""
        layers = self._display.label_layers()
        offer(self.layer, [(layer.name, layer) for layer in layers], self.layer.value)
        for widget in (self.layer.native, self.use_layer):
            widget.setVisible(bool(layers))

    def show_data(self, data: Data | None) -> None:
        """Describe the data that are in use."""
        for button in (self.remove, self.validate):
            button.setVisible(data is not None)
        self._offer_sections(0 if data is None or not data.takes_more else len(data.images))
        self._describe(data)

    def _offer_sections(self, count: int) -> None:
        """Ask which section is drawn where there are several."""
        self._shown_form.setVisible(count > 1)
        with self.shown.changed.blocked():
            self.shown.max = max(1, count)
            self.shown.value = 1
        self.count.setText(f"of {count}")

    def _order(self) -> None:
        """Tab goes downwards, through the form where there is one."""
        form = [] if self.form is None else [self.form]
        above = (self.sections, self.tomogram, self.folder, self.in_part)
        layer = (self.layer.native, self.use_layer)
        below = (self._shown_form, self.remove, self.validate, self._names_section)
        chain(*above, *layer, self.opening, *form, *below)

    def _describe(self, data: Data | None) -> None:
        self.summary.setVisible(data is not None or self.form is None)
        if data is None:
            self.summary.setText(EMPTY)
            return
        shares, names = data.volume_fractions, self._controller.names
        lines = [f"In use: {', '.join(data.sources)}", *data.summary()]
        lines += [f"{names.long(phase)}: {share:.1%}" for phase, share in shares.items()]
        self.summary.setText("\n".join(lines))

    def _on_sections(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Open sections", "", FILTER)
        if names:
            self.open_files(names)

    def _on_tomogram(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open tomogram", "", FILTER)
        if name:
            self.open_files([name])

    def _on_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Open a folder of slices or a Zarr")
        if name:
            self.open_files([name])

    def _on_layer(self) -> None:
        layer = self.layer.value
        try:
            image = image_of(layer)
        except InputError as error:
            self._controller.refuse(error)
            return
        small = isinstance(layer.data, np.ndarray) and layer.data.nbytes <= AT_ONCE
        self.opening.run(partial(taken, image, layer.name), self._ask, at_once=small)

    def _on_shown(self, number: int) -> None:
        self._display.show_section(number - 1)

    def _on_names(self, names: PhaseNames) -> None:
        self._describe(self._controller.data)
        if self.form is not None:
            self.form.set_names(names)

    def _ask(self, draft: Draft) -> None:
        self.close_form()
        data, names = self._controller.data, self._controller.names
        can_add = data is not None and data.takes_more
        colours = SCHEMES[self._display.scheme].phases
        try:
            self.form = DataForm(
                draft, names, colours, self.previewer, can_add=can_add, layers=self._masks()
            )
        except InputError as error:
            self._controller.refuse(error)
            return
        self.form.answered.connect(self._on_answered)
        self.form.refused.connect(self._controller.refuse)
        self.form.cancelled.connect(self.close_form)
        self.form.mask.asked.connect(self._on_mask)
        self.form.part.drawing.connect(self._on_drawing)
        self.form.part.changed.connect(self._on_part)
        self._form_place.addWidget(self.form)
        self._order()
        self._describe(data)
        self.asking.emit(True)

    def _on_answered(self, take: Callable[[], Data], added: bool) -> None:
        """Take the data: large ones off the GUI thread."""
        self.opening.run(partial(_taking, take), partial(self._use, added), at_once=self.form.small)

    def _use(self, added: bool, data: Data) -> None:
        before = self._controller.data
        try:
            self._controller.set_data(before.joined(data) if added and before else data)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self.close_form()

    def _masks(self) -> list[MaskLayer]:
        """The layers that may be masks."""
        plain = [one for one in self._display.label_layers() if not getattr(one, "rgb", False)]
        return [(f"layer {layer.name}", image_of(layer)) for layer in plain]

    def _on_mask(self, path: str) -> None:
        """Read a large mask off the GUI thread; the form waits for it."""
        steps = partial(reading, path, self.form.region)
        self.opening.run(steps, partial(self._use_mask, self.form), at_once=False)

    def _use_mask(self, form: DataForm, image: Image) -> None:
        if self.form is form:
            form.mask.take(lambda: image)

    def _on_drawing(self, drawing: bool) -> None:
        form = self.form
        if not drawing:
            self.region.hide()
            return
        sizes = [size or 1.0 for size in form.pixel_um]
        self.region.show(form.image, sizes, form.part.drawn)

    def _on_region(self, spans: Spans) -> None:
        self.form.part.set_region(spans)

    def _on_part(self) -> None:
        self.region.place(self.form.part.drawn)

    def _on_running(self, running: bool) -> None:
        if self.form is not None:
            self.form.setEnabled(not running)


def _taking(take: Callable[[], Data]) -> Steps:
    yield "Taking the data…"
    return take()
