"""Files for other programs; the form is made by magicgui."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

from magicgui.widgets import FileEdit, LineEdit
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.verdict_lines import verdict_lines
from napari_assb_twin.errors import InputError
from napari_assb_twin.export.geodict import export_geodict
from napari_assb_twin.export.tiff import export_tiff
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.twin.twin_file import SUFFIX, save_twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, choice
from napari_assb_twin.workspace.jobs import Job

GEODICT, TIFF, TWIN = "GeoDict: RAW, TIFF stack", "TIFF volume", "Twin file"
AXES = (("z (as it is)", "z"), ("x (for BatteryDict)", "x"))


class ExportPanel(QWidget):
    """Writes the full volume that is drawn, or the twin."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.job = Job()
        self.what = choice("Write", [(kind, kind) for kind in (GEODICT, TIFF, TWIN)], "Format.")
        self.axis = choice(
            "Pressed along",
            AXES,
            "GeoDict axis along which the electrode was pressed (through-plane).",
        )
        self.folder = FileEdit(label="Folder", mode="d", value=Path.cwd())
        self.folder.choose_btn.text = "…"
        for part in (self.folder.line_edit, self.folder.choose_btn):
            part.tooltip = "Where the files go; a folder for GeoDict is made."
        self.folder.choose_btn.native.setAccessibleName("Choose the folder")
        self.folder.line_edit.native.setAccessibleName("Folder")
        self.name = LineEdit(
            label="Name", value="cathode", tooltip="Name of the files, without ending."
        )
        self.name.native.setAccessibleName("Name of the files")
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.write = QPushButton("Export")
        self.write.setToolTip("Write the full volume that is drawn, or the twin.")
        self.message = QLabel()
        self.message.setWordWrap(True)
        layout = QVBoxLayout(self)
        self._form = Form(self.what, self.axis, self.folder, self.name)
        layout.addWidget(self._form)
        layout.addWidget(self.facts)
        layout.addWidget(self.write)
        layout.addWidget(self.message)
        layout.addStretch(1)
        self.what.changed.connect(self._on_state)
        self.write.clicked.connect(lambda checked=False: self.start())
        controller.twin_changed.connect(self._on_state)
        controller.realised.connect(self._on_state)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_refused)
        self.job.running_changed.connect(self._on_running)
        self._on_state()

    def start(self) -> None:
        """Write what is chosen."""
        realisation, twin = self._controller.realisation, self._controller.twin
        what, folder, name = self.what.value, Path(self.folder.value), self.name.value.strip()
        if what != TWIN and (realisation is None or realisation.twin != twin):
            self._controller.refuse("The volume is still being made; export again when it rests.")
            return
        if not name or "/" in name or "\\" in name:
            self._controller.refuse(f"{name!r} is no file name; give one without a folder.")
            return
        told = verdict_lines(twin)
        if what == TWIN:
            write = partial(_write_twin, twin, folder / f"{name}{SUFFIX}")
        elif what == TIFF:
            write = partial(_write_tiff, realisation, folder, name, told)
        else:
            write = partial(_write_geodict, realisation, folder, name, self.axis.value, told)
        self.message.setText("Writing…")
        self.job.start(partial(_one_step, write))

    def _on_state(self, *state: object) -> None:
        self._form.show_row(self.axis, self.what.value == GEODICT)
        grid = self._controller.twin.grid
        shape = " × ".join(map(str, grid.shape))
        faces = "periodic" if grid.window == "periodic" else "open (not periodic)"
        if self.what.value == TWIN:
            self.facts.setText("The parameters of the twin as JSON.")
        else:
            self.facts.setText(
                f"{shape} voxels (z × y × x), voxel size {grid.voxel_size_um:g} µm, faces {faces}."
            )

    def _on_running(self, running: bool) -> None:
        self.write.setEnabled(not running)

    def _on_finished(self, path: Path) -> None:
        self.message.setText(f"Written: {path}")

    def _on_refused(self, sentence: str) -> None:
        self.message.setText("Nothing was written.")
        self._controller.refuse(InputError(sentence))


def _one_step(write) -> Generator[None, None, Path]:
    yield
    return write()


def _write_twin(twin, path: Path) -> Path:
    return save_twin(twin, path)


def _write_tiff(realisation: Realisation, folder: Path, stem: str, told: tuple[str, ...]) -> Path:
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}; make it first or choose another one.")
    export_tiff(
        realisation.labels,
        folder,
        voxel_size_um=realisation.voxel_size_um,
        stem=stem,
        verdict_lines=told,
    )
    return folder / f"{stem}.tif"


def _write_geodict(
    realisation: Realisation, folder: Path, stem: str, axis: str, told: tuple[str, ...]
) -> Path:
    twin = realisation.twin
    return export_geodict(
        realisation.labels,
        folder,
        voxel_size_um=realisation.voxel_size_um,
        through_axis=axis,
        stem=stem,
        periodic=twin.grid.window == "periodic",
        expected_fractions=dict(twin.volume_fractions.items()),
        verdict_lines=told,
    )
