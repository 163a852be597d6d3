"""Validating against 3D: sections of one half of the open volume, beside its other half."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from qtpy.QtWidgets import QFileDialog, QWidget

from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.descriptors.definitions import GROUPS
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.report.look import Look
from napari_assb_twin.twin.device import choose_backend
from napari_assb_twin.validation.options import ValidationOptions
from napari_assb_twin.validation.page import save_folder
from napari_assb_twin.validation.pictures import pictures
from napari_assb_twin.validation.run import TWINS, Validation, validation
from napari_assb_twin.validation.verdict import verdict
from napari_assb_twin.workspace.buttons import dialog_button
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.dialog_opener import DialogOpener
from napari_assb_twin.workspace.forms import Form, choice, fields_of
from napari_assb_twin.workspace.picture_column import PictureColumn, drawn, look_of, text_label
from napari_assb_twin.workspace.picture_dialog import PictureDialog
from napari_assb_twin.workspace.torch_import import import_torch
from napari_assb_twin.workspace.window_layout import main_window

QUICK = tuple(group for group in GROUPS if group not in ("geodesic", "sizes", "transport"))
INTRODUCTION = (
    "Twins are calibrated on sections of one half of the volume. Their realisations are compared "
    "with the other half, each number against the data's own sampling error."
)
READY = "How well twins from sections of one half of the volume predict its other half."
NO_VOLUME = "Open a tomogram first: its one half is compared with the other."


class ValidateDialog(PictureDialog):
    """Options, a job, and its verdicts, pictures and folder.

    Parameters
    ----------
    data
        A volume.
    parent
        The widget that it stands over.
    scheme
        Colours of the phases.
    device
        Where transport is computed.
    """

    def __init__(
        self,
        data: Data,
        parent: QWidget | None = None,
        *,
        scheme: str = "paper",
        device: str = "auto",
    ) -> None:
        fields = fields_of(ValidationOptions)
        measure = choice(
            "Measure",
            (("everything", GROUPS), ("without paths, sizes and transport", QUICK)),
            "Geodesic paths, phase sizes and transport take most of the time.",
        )
        form, verdicts = Form(*fields.values(), measure), text_label()
        area = PictureColumn(
            "Pictures of the validation", (text_label(INTRODUCTION), form, verdicts)
        )
        super().__init__("Validate against 3D", area, parent, height=640)
        self.fields, self.measure, self.form, self.verdicts = fields, measure, form, verdicts
        self._data, self._phases, self._device = data, SCHEMES[scheme].phases, device
        self.validation: Validation | None = None
        self.verdicts.setAccessibleName("What the validation says")
        self.start = dialog_button("Validate", "Calibrate, realise, measure and compare.")
        self.stop = dialog_button("Stop", "End it after the present step.")
        self.save = dialog_button("Save…", "Page, table, figures and twins into a folder.")
        self.lay_out(self.area, buttons=(self.start, self.stop, self.save))
        self.start.clicked.connect(lambda checked=False: self.begin())
        self.stop.clicked.connect(lambda checked=False: self.job.stop())
        self.save.clicked.connect(lambda checked=False: self._on_save())
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self.message.setText)
        self.job.running_changed.connect(self._on_running)
        self._on_running(False)

    @property
    def options(self) -> ValidationOptions:
        """What the form says."""
        chosen: dict[str, Any] = {name: field.value for name, field in self.fields.items()}
        side = self._data.separator_side or "first"
        return ValidationOptions(groups=self.measure.value, separator=side, **chosen)

    def begin(self) -> None:
        """Start with the options of the form."""
        look = look_of(self.message, self._phases)
        self.job.start(partial(_validated, self._data, self.options, look, self._device))

    def save_in(self, folder: str) -> None:
        """Write the results, drawn off the GUI thread."""
        if self.validation is not None:
            self.job.start(partial(_saved, Path(folder), self.validation))

    def _on_progress(self, shown: object) -> None:
        super()._on_progress(shown)
        if isinstance(shown, Validation):
            self._show(shown)
        elif isinstance(shown, Progress):
            self.bar.setRange(0, shown.total)
            self.bar.setValue(shown.step)
            self.message.setText(shown.message)

    def _show(self, found: Validation) -> None:
        self.validation = found
        self.form.setVisible(False)
        lines = []
        for name in TWINS:
            said = verdict(found.rows, name)
            sign = "✓" if said.within else "✗"
            lines.append(f"{sign}  {name.capitalize()} twin: {said.word}. {said.sentence}")
        self.verdicts.setText("\n\n".join(lines))

    def _on_finished(self, result: object) -> None:
        self.message.setText(f"Saved in {result}" if isinstance(result, Path) else "")

    def _on_running(self, running: bool) -> None:
        self.bar.setVisible(running)
        self.start.setVisible(self.validation is None)
        self.start.setEnabled(not running)
        self.form.setEnabled(not running)
        self.stop.setEnabled(running)
        self.save.setEnabled(not running and self.validation is not None)

    def _on_save(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Save the validation in a folder")
        if name:
            self.save_in(name)


class ValidateButton(DialogOpener):
    """Opens `ValidateDialog` where the measured data are a volume."""

    def __init__(self, controller: Controller) -> None:
        super().__init__("Validate…", self._dialog)
        self._controller = controller
        self.scheme = next(iter(SCHEMES))
        controller.data_changed.connect(self._on_data)
        self._on_data(controller.data)

    def _dialog(self) -> ValidateDialog:
        data = self._controller.data
        if data is None or not isinstance(data.measured, Volume):
            raise InputError(NO_VOLUME)
        return ValidateDialog(
            data, main_window(self), scheme=self.scheme, device=self._controller.device
        )

    def _on_data(self, data: Data | None) -> None:
        ready = data is not None and isinstance(data.measured, Volume)
        self.setEnabled(ready)
        self.setToolTip(READY if ready else NO_VOLUME)


def _validated(
    data: Data, options: ValidationOptions, look: Look, device: str
) -> Generator[object, None, Validation]:
    """The validation, and each picture of it; torch is imported off the GUI thread."""
    if not isinstance(data.measured, Volume):
        raise InputError(NO_VOLUME)
    name = "cpu"
    if "transport" in options.groups:
        yield Progress(0, 1, "Loading PyTorch (once a session)")
        import_torch()
        name = choose_backend(device).name
    found = yield from validation(
        data.measured, options, sources=data.sources, reading=data.reading, device=name
    )
    yield found
    yield from drawn(pictures(found), look)
    return found


def _saved(folder: Path, found: Validation) -> Generator[object, None, Path]:
    yield Progress(0, 1, "Writing…")
    return save_folder(folder, found)
