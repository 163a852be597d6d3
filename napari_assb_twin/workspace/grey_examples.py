"""Examples painted in the viewer, and the forest that learns from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.glance import Glance
from napari_assb_twin.images.scribbles import Scribbles
from napari_assb_twin.images.trained_segmentation import (
    ForestOptions,
    ForestStep,
    TrainedSegmentation,
    train,
)
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.phase_names import PhaseNames

BORDER = "#808080"
HINT = (
    "Paint a few strokes of each phase, in several places and where phases meet; then train. "
    "Napari's own tools of the layer “examples” serve as well: labels 1, 2, 3."
)


class GreyExamples(QWidget):
    """Brushes of the phases, training, and how well it went.

    Signals
    -------
    painting(bool)
        Whether examples are to be painted now.
    brushed(str)
        The phase that is painted.
    train_asked()
    trained(TrainedSegmentation)
    refused(str)
    """

    painting = Signal(bool)
    brushed = Signal(str)
    train_asked = Signal()
    trained = Signal(object)
    refused = Signal(str)

    def __init__(
        self, draft: Draft, glance: Glance, names: PhaseNames, colours: Mapping[Phase, str]
    ) -> None:
        super().__init__()
        self._draft, self._glance, self._colours = draft, glance, colours
        self._arrays: dict[int, NDArray[np.uint8]] = {}
        self.job = Job()
        self.paint = QPushButton("Paint examples")
        self.paint.setCheckable(True)
        self.paint.setToolTip("Show the section in the viewer, with a layer to paint in.")
        self.train = QPushButton("Train")
        self.train.setToolTip(
            "Let a random forest learn from the examples, and name every pixel of all images."
        )
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Stop the training; nothing is kept of it.")
        self.brushes = {phase: QPushButton() for phase in PHASES}
        group = QButtonGroup(self)
        brushes = QHBoxLayout()
        for phase, brush in self.brushes.items():
            brush.setCheckable(True)
            brush.setIcon(icons.swatch(colours[phase], BORDER))
            brush.clicked.connect(lambda checked=False, chosen=phase: self.brushed.emit(chosen))
            group.addButton(brush)
            brushes.addWidget(brush)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the training")
        self.told = QLabel(HINT)
        self.told.setWordWrap(True)
        buttons = QHBoxLayout()
        for button in (self.paint, self.train, self.stop):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for line in (buttons, brushes):
            layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addWidget(self.told)
        self.paint.toggled.connect(self._on_paint)
        self.train.clicked.connect(lambda checked=False: self.train_asked.emit())
        self.stop.clicked.connect(lambda checked=False: self.job.stop())
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self.refused)
        self.job.running_changed.connect(self._on_running)
        self.set_names(names)
        self._on_running(False)
        self._on_paint(False)

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases otherwise."""
        for number, (phase, brush) in enumerate(self.brushes.items(), 1):
            brush.setText(names[phase])
            brush.setAccessibleName(f"Paint {names.long(phase)}")
            brush.setToolTip(f"Paint pixels that are {names.long(phase)} (label {number}).")

    @property
    def brush(self) -> Phase:
        """The phase that is painted."""
        return next((p for p, brush in self.brushes.items() if brush.isChecked()), PHASES[0])

    def marks(self, number: int) -> NDArray[np.uint8]:
        """What is painted in a section: the array of its image, or a slice of it."""
        image, slice_ = self._glance.place(number)
        if image not in self._arrays:
            self._arrays[image] = np.zeros(self._draft.images[image].array.shape, np.uint8)
        array = self._arrays[image]
        return array if slice_ is None else array[slice_]

    def start(self, options: ForestOptions) -> None:
        """Train with what is painted.

        Raises
        ------
        InputError
            If that is too little.
        """
        if not self._arrays:
            raise InputError("Nothing is painted yet; press “Paint examples” first.")
        images = [image.array for image in self._draft.images]
        painted = [self._arrays.get(n) for n in range(1 + max(self._arrays))]
        arrays = [
            np.zeros(images[n].shape, np.uint8) if one is None else one.copy()
            for n, one in enumerate(painted)
        ]
        scribbles = Scribbles.of(arrays, images, self._draft.sources)
        source = self._draft.grey_values.source
        self.job.start(lambda: train(images, scribbles, options, source=source))

    def _on_paint(self, painted: bool) -> None:
        for brush in self.brushes.values():
            brush.setEnabled(painted)
        if painted and not any(brush.isChecked() for brush in self.brushes.values()):
            self.brushes[PHASES[0]].setChecked(True)
        self.painting.emit(painted)

    def _on_progress(self, step: ForestStep) -> None:
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.step)
        self.told.setText(f"{step.message}…")

    def _on_finished(self, trained: TrainedSegmentation) -> None:
        counts = sum(trained.scribbles.counts.values())
        self.told.setText(
            f"Trained on {counts} painted pixels. Trees that had not seen a pixel named "
            f"{trained.accuracy:.1%} of them rightly; neighbours are alike, so look at the picture "
            "as well."
        )
        self.trained.emit(trained)

    def _on_running(self, running: bool) -> None:
        self.train.setEnabled(not running)
        self.stop.setEnabled(running)
        self.bar.setVisible(running)
        if running:
            self.bar.setRange(0, 0)
        elif self.told.text().endswith("…"):
            self.told.setText(HINT)
