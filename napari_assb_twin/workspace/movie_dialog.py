"""What a movie shows and how it is written: turntable, and sweep of a parameter."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from magicgui.widgets import FileEdit, FloatSpinBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.movie import FASTEST, MOST_FRAMES, can_write_mp4
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.forms import Form, choice, whole
from napari_assb_twin.workspace.live import coarsening
from napari_assb_twin.workspace.recorder import Film, Recorder
from napari_assb_twin.workspace.scales import scale_of
from napari_assb_twin.workspace.sweep import realisations, stations, title_of, usual_range

WIDTHS = (("640 pixels wide", 640), ("960 pixels wide", 960), ("as on the screen", 0))
KINDS = (("preview, fast", True), ("full volume", False))
NO_MP4 = "GIF. For MP4: pip install 'napari-assb-twin[movie]'"


class MovieDialog(QDialog):
    """A turntable movie; `SweepDialog` adds to it."""

    title = "Turntable movie"
    name = "turntable.gif"
    frames_at_first, rate_at_first = 72, 15
    about = "The camera goes once around the volume, from the view that is shown."

    def __init__(
        self, controller: Controller, display: Display, recorder: Recorder, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller, self._display, self._recorder = controller, display, recorder
        self._camera = display.camera
        self.setWindowTitle(self.title)
        self.frames = whole("Frames", 2, MOST_FRAMES, "How many pictures the movie has.")
        self.frames.value = self.frames_at_first
        self.rate = whole("Frames per second", 1, FASTEST, "How fast they follow each other.")
        self.rate.value = self.rate_at_first
        self.width = choice(
            "Size", WIDTHS, "The canvas is scaled down to this width; smaller files."
        )
        kinds = "*.gif *.mp4" if can_write_mp4() else "*.gif"
        self.file = FileEdit(
            label="File", mode="w", filter=f"Movies ({kinds})", value=Path.cwd() / self.name
        )
        self.file.choose_btn.text = "…"
        self.file.line_edit.native.setAccessibleName("File of the movie")
        self.file.choose_btn.native.setAccessibleName("Choose the file")
        for part in (self.file.line_edit, self.file.choose_btn):
            part.tooltip = "Ends in .gif or .mp4." if can_write_mp4() else NO_MP4
        about = QLabel(self.about)
        about.setWordWrap(True)
        self.length = QLabel()
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the movie")
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.start = QPushButton("Record")
        self.start.setToolTip("Draw all frames and write the movie.")
        self.start.setDefault(True)
        self.cancel = QPushButton("Close")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        self.form = Form(*self.fields(), self.frames, self.rate, self.width, self.file)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.form)
        for widget in (self.length, self.bar, self.message):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setMinimumWidth(460)
        self.start.clicked.connect(lambda checked=False: self.record())
        self.cancel.clicked.connect(lambda checked=False: self.reject())
        for field in (self.frames, self.rate):
            field.changed.connect(self._on_length)
        recorder.progressed.connect(self._on_progress)
        recorder.running_changed.connect(self._on_running)
        recorder.finished.connect(self._on_finished)
        recorder.refused.connect(self.message.setText)
        recorder.stopped.connect(self._on_stopped)
        self._on_length()
        self._on_running(False)

    def fields(self) -> tuple[ValueWidget, ...]:
        """Fields above those that every movie has."""
        return ()

    def record(self) -> None:
        """Begin; what cannot be done is said in the dialog."""
        self.message.setText("")
        try:
            self._recorder.record(self.film())
        except InputError as error:
            self.message.setText(str(error))

    def film(self) -> Film:
        """What the fields say."""
        start = self._camera.view
        views = self._camera.turntable(self.frames.value)

        def pose(view) -> None:
            self._camera.view = view

        return self._film(partial(iter, views), pose, lambda: pose(start))

    def reject(self) -> None:
        """Stop a movie that is being made, else close."""
        if self._recorder.running:
            self._recorder.stop()
        else:
            super().reject()

    def _film(self, subjects, pose, tidy) -> Film:
        return Film(
            path=Path(self.file.value),
            subjects=subjects,
            count=self.frames.value,
            pose=pose,
            tidy=tidy,
            frames_per_second=self.rate.value,
            width=self.width.value or None,
        )

    def _on_length(self, value: object = None) -> None:
        self.length.setText(f"{self.frames.value / self.rate.value:.1f} s long.")

    def _on_progress(self, number: int, count: int) -> None:
        self.bar.setRange(0, count)
        self.bar.setValue(number)
        self.message.setText("Writing…" if number == count else f"Frame {number} of {count}")

    def _on_running(self, running: bool) -> None:
        self.bar.setVisible(running)
        self.bar.setValue(0)
        self.form.setEnabled(not running)
        self.start.setEnabled(not running)
        self.cancel.setText("Stop" if running else "Close")
        self.cancel.setToolTip("End without a file." if running else "Close this dialog.")

    def _on_finished(self, path: Path) -> None:
        self.message.setText(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB)")

    def _on_stopped(self) -> None:
        self.message.setText("Stopped; nothing was written.")


class SweepDialog(MovieDialog):
    """One parameter goes from one number to another, everything else stays."""

    title = "Parameter sweep movie"
    name = "sweep.gif"
    frames_at_first, rate_at_first = 30, 10
    about = (
        "One parameter changes from frame to frame; the seed and the view stay. The twin itself "
        "is not changed."
    )

    def fields(self) -> tuple[ValueWidget, ...]:
        """Parameter, its ends, and how the volumes are made."""
        names, twin = self._controller.names, self._controller.twin
        titles = [(title_of(twin, path, names), path) for path in PARAMETERS if twin.answers(path)]
        self.parameter = choice("Parameter", titles, "What changes.")
        self.parameter.value = "X.length_um"
        self.first = _number("From", "The number of the first frame.")
        self.last = _number("To", "The number of the last frame.")
        self.coarse = choice(
            "Volumes", KINDS, "The preview takes every second or fourth voxel, as a moving slider."
        )
        self.parameter.changed.connect(self._on_parameter)
        self._on_parameter()
        return self.parameter, self.first, self.last, self.coarse

    def film(self) -> Film:
        """What the fields say; the twin that is drawn comes back at the end."""
        controller, display = self._controller, self._display
        before = controller.realisation
        if controller.busy or before is None or before.twin != controller.twin:
            raise InputError("The volume is still being made; record again when it rests.")
        row = stations(
            controller.twin,
            self.parameter.value,
            self.first.value,
            self.last.value,
            self.frames.value,
            names=controller.names,
            locked=controller.padlocks,
        )
        coarsen = coarsening(controller.twin.grid.shape) if self.coarse.value else 1

        def pose(subject) -> None:
            realisation, caption = subject
            display.show(realisation)
            self._camera.set_caption(caption)

        def tidy() -> None:
            self._camera.set_caption("")
            display.show(controller.realisation or before)

        made = partial(realisations, row, device=controller.device, coarsen=coarsen)
        return self._film(made, pose, tidy)

    def _on_parameter(self, path: object = None) -> None:
        path = self.parameter.value
        scale, unit = scale_of(path), PARAMETERS[path].unit
        ends = usual_range(self._controller.twin, path)
        for field, end in zip((self.first, self.last), ends, strict=True):
            field.min, field.max = scale.lowest, min(scale.highest, 1e6)
            field.value = float(f"{end:.3g}")
            field.native.setSuffix(f" {unit}" if unit else "")


def _number(label: str, tooltip: str) -> FloatSpinBox:
    field = FloatSpinBox(label=label, min=0.0, max=1e6, step=0.01, value=0.0, tooltip=tooltip)
    field.native.setDecimals(4)
    field.native.setAccessibleName(f"{label}, number of the parameter")
    field.native.setKeyboardTracking(False)
    return field
