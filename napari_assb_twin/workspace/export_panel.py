"""Files for other programs: formats, their options, and the work under way."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

from magicgui.widgets import FileEdit, LineEdit
from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.verdict_lines import verdict_lines
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.formats import FORMATS, Format
from napari_assb_twin.export.progress import Progress
from napari_assb_twin.export.run import Exported, export
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import prepare
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.twin_file import SUFFIX, save_twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.export_rows import ExportRows
from napari_assb_twin.workspace.forms import Form, choice, line, show
from napari_assb_twin.workspace.jobs import Job

TWIN = "twin"
"""The format that is no volume: the parameters."""

DRAWN, MEASURED = "drawn", "measured"
SOURCES = (("the twin, as drawn", DRAWN), ("the measured volume", MEASURED))
FACES = {
    True: "faces periodic",
    False: "faces open (not periodic)",
    None: "not known whether faces are periodic",
}
SEPARATOR = {
    "first": "separator at the first slice",
    "last": "separator at the last slice, where the file begins",
    None: "not known where the separator is",
}
STILL_MADE = "The volume is still being made; export again when it rests."


class ExportPanel(QWidget):
    """Writes the full volume that is drawn, a measured volume, or the twin."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.job = Job()
        self._make_fields()
        self.about, self.facts, self.message = QLabel(), QLabel(), QLabel()
        for label in (self.about, self.facts, self.message):
            label.setWordWrap(True)
        self.write = QPushButton("Export")
        self.write.setToolTip("Write the files; they appear when they are whole.")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the export")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("End without a file; nothing is left behind.")
        self._lay_out()
        for field in (self.what, self.source):
            field.changed.connect(self._on_state)
            field.changed.connect(lambda value: self._tell(""))
        self.rows.changed.connect(self._on_state)
        self.write.clicked.connect(lambda checked=False: self.start())
        self.cancel.clicked.connect(lambda checked=False: self.job.stop())
        controller.twin_changed.connect(self._on_state)
        controller.realised.connect(self._on_state)
        controller.data_changed.connect(self._on_state)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_refused)
        self.job.stopped.connect(self._on_stopped)
        self.job.running_changed.connect(self._on_running)
        self._on_running(False)
        self._on_state()
        self._tell("")

    def start(self) -> None:
        """Write what is chosen."""
        folder, name = Path(self.folder.value), self.name.value.strip()
        try:
            if not name or "/" in name or "\\" in name:
                raise InputError(f"{name!r} is no file name; give one without a folder.")
            if self.what.value == TWIN:
                path = folder / f"{name}{SUFFIX}"
                steps = partial(_save, self._controller.twin, path)
            else:
                options, source = self.rows.options, self._source(resting=True)
                steps = partial(
                    export, source, folder, to=self.what.value, options=options, stem=name
                )
        except InputError as error:
            self._controller.refuse(error)
            return
        self._tell("")
        self.job.start(steps)

    def _make_fields(self) -> None:
        formats = [(one.title, one.name) for one in FORMATS.values()]
        self.what = choice("Write", [*formats, ("Twin file", TWIN)], "Format of the files.")
        self.source = choice("Volume", SOURCES, "What is written.")
        self.rows = ExportRows()
        self.folder = FileEdit(label="Folder", mode="d", value=Path.cwd())
        self.folder.choose_btn.text = "…"
        for part in (self.folder.line_edit, self.folder.choose_btn):
            part.tooltip = "Where the files go; made if it is not there."
        self.folder.choose_btn.native.setAccessibleName("Choose the folder")
        self.folder.line_edit.native.setAccessibleName("Folder")
        self.name = LineEdit(
            label="Name", value="cathode", tooltip="Name of the files, without ending."
        )
        self.name.native.setAccessibleName("Name of the files")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        place = line("Folder, name", self.folder, self.name)
        place.native.layout().setStretch(0, 2)
        place.native.layout().setStretch(1, 1)
        self._form = Form(self.what, self.source, *self.rows, place)
        buttons = QHBoxLayout()
        buttons.addWidget(self.write, 2)
        buttons.addWidget(self.bar, 3)
        buttons.addWidget(self.cancel, 1)
        layout.addWidget(self._form)
        layout.addWidget(self.facts)
        layout.addLayout(buttons)
        layout.addWidget(self.message)
        layout.addWidget(self.about)
        layout.addStretch(1)

    @property
    def _measured(self) -> Volume | None:
        data = self._controller.data
        return data.measured if data is not None and isinstance(data.measured, Volume) else None

    def _source(self, *, resting: bool) -> Source | None:
        """What is written; None while there is nothing, if it need not be at ``resting``."""
        measured, data = self._measured, self._controller.data
        if self.source.value == MEASURED and measured is not None:
            note = data.note
            return Source(
                labels=measured.labels,
                voxel_size_um=measured.voxel_size_um,
                separator_side=data.separator_side,
                graded=note is not None and note.graded,
            )
        realisation, twin = self._controller.realisation, self._controller.twin
        if resting and (realisation is None or realisation.twin != twin):
            raise InputError(STILL_MADE)
        return None if realisation is None else Source.of(realisation, verdict_lines(twin))

    def _on_state(self, *state: object) -> None:
        twin_file = self.what.value == TWIN
        if self._measured is None:
            show(self.source, DRAWN)
        self._form.show_row(self.source, self._measured is not None and not twin_file)
        if twin_file:
            self.rows.show(self._form, ())
            self.about.setText("The parameters of the twin as JSON.")
            self.facts.setVisible(False)
            return
        kind = FORMATS[self.what.value]
        self.rows.show(self._form, kind.options)
        self.about.setText(f"{kind.files[:1].upper()}{kind.files[1:]}. A README stands beside.")
        source = self._source(resting=False)
        self.facts.setText("" if source is None else self._facts_of(source, kind))
        self.facts.setVisible(source is not None)

    def _facts_of(self, source: Source, kind: Format) -> str:
        try:
            options = self.rows.options
            volume = prepare(source, options)
        except InputError as error:
            return str(error)
        shape, edges = " × ".join(map(str, volume.shape)), volume.voxel_size_um
        size = f"{edges[0]:g}" if volume.cubic else " × ".join(f"{edge:g}" for edge in edges)
        return (
            f"{shape} voxels (z × y × x) of {size} µm, {FACES[volume.periodic]}, "
            f"{SEPARATOR[options.separator_side or source.separator_side]}; "
            f"about {_megabytes(kind.estimated_bytes(volume))}."
        )

    def _on_running(self, running: bool) -> None:
        self.write.setEnabled(not running)
        self._form.setEnabled(not running)
        for widget in (self.bar, self.cancel):
            widget.setVisible(running)
        self.bar.setValue(0)

    def _on_progress(self, progress: Progress | None) -> None:
        if progress is not None:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.step)
            self._tell(f"{progress.message}…")

    def _on_finished(self, done: Exported | Path) -> None:
        if isinstance(done, Path):
            self._tell(f"Written: {done}")
            return
        told = [f"Written: {done.folder} ({_megabytes(done.bytes)}).", *done.reservations]
        self._tell("\n".join(told), "\n".join(done.entries))

    def _on_refused(self, sentence: str) -> None:
        self._tell("Nothing was written.")
        self._controller.refuse(InputError(sentence))

    def _tell(self, text: str, tooltip: str = "") -> None:
        self.message.setText(text)
        self.message.setToolTip(tooltip)
        self.message.setVisible(bool(text))

    def _on_stopped(self) -> None:
        self._tell("Cancelled; nothing was written.")


def _save(twin: Twin, path: Path) -> Generator[None, None, Path]:
    yield
    return save_twin(twin, path)


def _megabytes(count: float) -> str:
    return f"{count / 1e6:.3g} MB" if count < 1e9 else f"{count / 1e9:.3g} GB"
