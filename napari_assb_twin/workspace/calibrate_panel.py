"""Fitting the twin to the measured data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.candidate_result import candidate_result
from napari_assb_twin.calibration.field_selection import FieldCandidate
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.session.state import Choice
from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.fit_job import FitJob
from napari_assb_twin.workspace.fit_options import CORRELATED, FitOptions
from napari_assb_twin.workspace.fit_results import FitResults
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.kept_numbers import kept_in_words, kept_paths, why_not_kept
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.report_dialog import GoodnessButton
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.training_view import TrainingView

ACCEPT = "Accept", "Keep the fitted twin; one step of undo."
ACCEPT_SO_FAR = (
    "Accept what it has so far",
    "Keep the twin of the numbers averaged until the stop; one step of undo.",
)


class CalibratePanel(QWidget):
    """Least squares on the exact coverage curves or a training, with errors and a verdict."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._fitted_to: Data | None = None
        self._kept: tuple[str, ...] = ()
        self._fitted: CalibrationResult | None = None
        self._asked: FitJob | None = None
        self._began = 0.0
        self._so_far: TrainingProgress | None = None
        self.job = Job()
        self.options = FitOptions(controller.names)
        self.locks, self.message = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.training = TrainingView()
        self.training_part = Section("Training", self.training, self.training.misfit)
        self.results = FitResults()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._on_running(False)
        self._on_proposal(False)
        self.bar.setVisible(False)
        self.training_part.setVisible(False)
        self._tell("")

    def start(self) -> None:
        """Begin a fit with the options as they stand."""
        data, twin, fixed = self._controller.data, self._controller.twin, self._kept_now()
        if data is None:
            self._controller.refuse("There are no data to fit to; open sections in Data first.")
            return
        refusal = why_not_kept(
            twin, fixed, self._controller.names, high_parametric=self.options.is_high_parametric
        )
        if refusal:
            self._controller.refuse(refusal)
            return
        self._fitted_to, self._kept = data, tuple(fixed)
        self._so_far, self._began = None, time.monotonic()
        self._asked = self.options.job(data, twin, fixed)
        self.training.begin(self._kept)
        self.training_part.setVisible(False)
        self.job.start(self._asked.run)

    def abandon(self) -> None:
        """Stop, and keep nothing of what was under way."""
        self._asked = None
        self.job.stop()

    @property
    def chosen(self) -> dict[str, Choice]:
        """The options of the fit by name."""
        return self.options.chosen

    def choose(self, chosen: Mapping[str, Choice]) -> None:
        """Set options by name; see `FitOptions.choose`."""
        self.options.choose(chosen)

    def set_scheme(self, name: str) -> None:
        """Colours of the phases in pictures."""
        self.results.kinds.set_scheme(name)
        self.training.set_scheme(name)
        self.goodness.scheme = name

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self.training.set_theme(theme)

    def _make_buttons(self) -> None:
        self.fit = _button(
            "Fit twin to sections",
            "By the method above; the twin is then proposed.",
        )
        self.pause = _button("Pause", "Hold the fit after its present step.")
        self.pause.setCheckable(True)
        self.stop = _button(
            "Stop", "End the fit; of a training, what it has so far can be accepted."
        )
        self.accept = _button(*ACCEPT)
        self.revert = _button("Revert", "Go back to the twin before.")
        self.goodness = GoodnessButton(self._controller)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        layout.addWidget(self.options)
        layout.addWidget(self.locks)
        layout.addLayout(_beside((self.fit, 2), (self.bar, 3), (self.pause, 1), (self.stop, 1)))
        layout.addWidget(self.message)
        layout.addLayout(_beside((self.accept, 1), (self.revert, 1), (self.goodness, 2)))
        layout.addWidget(self.training_part)
        layout.addWidget(self.results)
        layout.addStretch(1)
        for label in (self.locks, self.message):
            label.setWordWrap(True)

    def _connect(self) -> None:
        controller = self._controller
        self.fit.clicked.connect(lambda checked=False: self.start())
        self.stop.clicked.connect(lambda checked=False: self.job.stop())
        self.pause.toggled.connect(self._on_pause)
        self.accept.clicked.connect(lambda checked=False: controller.accept())
        self.revert.clicked.connect(lambda checked=False: self._on_revert())
        self.options.changed.connect(self._on_state)
        self.results.kinds.wanted.connect(self._on_wanted)
        self.results.correlation_wanted.connect(self._on_correlation_wanted)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_refused)
        self.job.stopped.connect(self._on_stopped)
        self.job.running_changed.connect(self._on_running)
        controller.data_changed.connect(self._on_state)
        controller.padlocks_changed.connect(self._on_state)
        controller.twin_changed.connect(self._on_state)
        controller.proposal_changed.connect(self._on_proposal)
        controller.names_changed.connect(self._on_names)
        controller.device_changed.connect(self._on_state)

    def _kept_now(self) -> list[str]:
        return kept_paths(self._controller.padlocks)

    def _on_state(self, state: object = None) -> None:
        controller = self._controller
        told = "Open sections or a tomogram in Data first."
        if controller.data is not None:
            told = kept_in_words(
                controller.twin,
                self._kept_now(),
                controller.names,
                high_parametric=self.options.is_high_parametric,
            )
        self.locks.setText(told)
        self.options.training.set_device(controller.device)
        self.fit.setEnabled(controller.data is not None and not self.job.running)

    def _on_names(self, names: PhaseNames) -> None:
        self.options.set_names(names)
        self.results.set_names(names)
        self.training.set_names(names)
        self._on_state()

    def _on_running(self, running: bool) -> None:
        self.pause.setEnabled(running)
        self.stop.setEnabled(running)
        self.pause.setChecked(False)
        self.fit.setVisible(not running)
        self.bar.setVisible(running)
        self._show_form(True)
        self._on_state()

    def _on_pause(self, paused: bool) -> None:
        self.job.pause(paused)
        self.pause.setText("Continue" if paused else "Pause")

    def _on_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        self.bar.setFormat("%p %")
        if isinstance(progress, TrainingProgress):
            self._on_training(progress)
            return
        misfit = "" if progress.misfit is None else f" (rms misfit {progress.misfit:.2g})"
        self._tell(f"{progress.message}{misfit}")

    def _on_training(self, progress: TrainingProgress) -> None:
        if self._so_far is None:
            self._show_form(False)
        self._so_far = progress
        self.training.show_progress(progress)
        self.bar.setFormat(self.training.told)
        self._tell("")

    def _on_finished(self, result: CalibrationResult) -> None:
        fit, training = result.fit, result.findings.get("training", {})
        stopped = not training.get("finished", True)
        self._set_accept(ACCEPT_SO_FAR if stopped else ACCEPT)
        after = f"Stopped after {training['steps_taken']} steps. " if stopped else ""
        first = self._controller.names.long(result.twin.first_phase)
        self._tell(
            f"{after}Misfit of the curves: rms {fit.rms:.2g}, max {fit.max:.2g}; "
            f"{fit.seconds:.1f} s. Cut first: {first}."
        )
        data = self._fitted_to
        if data is not None:
            result = with_provenance(result, data.measured, data.sources, data.reading)
        self._fitted = result
        self._show(result)
        self._controller.propose(result.twin)

    def _on_wanted(self, candidate: FieldCandidate) -> None:
        """Propose the twin of another kind of field, which has neither errors nor a verdict."""
        if self._fitted is None:
            return
        result = candidate_result(self._fitted, candidate)
        self._set_accept(ACCEPT)
        self._tell(f"Misfit of the curves: rms {candidate.rms:.2g}.")
        self._show(result)
        self._controller.propose(result.twin)

    def _on_revert(self) -> None:
        """Back to the twin before; the tables are those of the fit again."""
        self._controller.revert()
        if self._fitted is not None:
            self._show(self._fitted)

    def _on_correlation_wanted(self) -> None:
        self.options.fields.value = CORRELATED
        self.options.fields.native.setFocus()

    def _show(self, result: CalibrationResult) -> None:
        measured = None if self._fitted_to is None else self._fitted_to.measured
        names = self._controller.names
        self.results.show_result(result, names, fixed=self._kept, measured=measured)

    def _on_refused(self, sentence: str) -> None:
        self._tell(sentence)
        self._controller.refuse(InputError(sentence))

    def _on_stopped(self) -> None:
        """What a training has so far is proposed; else nothing has changed."""
        so_far, self._so_far = self._so_far, None
        if so_far is None or not so_far.steps_taken or self._asked is None:
            self._tell("Stopped; the twin is as it was.")
        else:
            self.job.start(partial(self._asked.so_far, so_far, self._began))

    def _set_accept(self, told: tuple[str, str]) -> None:
        text, tip = told
        self.accept.setText(text)
        self.accept.setToolTip(tip)

    def _show_form(self, form: bool) -> None:
        """The form, or in its place the training that runs."""
        for part in (self.options, self.locks, self.goodness):
            part.setVisible(form)
        self.results.setVisible(form and self._fitted is not None)
        if not form:
            self.training_part.setVisible(True)
        self.training_part.unfold(not form)

    def _tell(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _on_proposal(self, waiting: bool) -> None:
        for button in (self.accept, self.revert):
            button.setVisible(waiting)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


def _beside(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    line = QHBoxLayout()
    for widget, stretch in widgets:
        line.addWidget(widget, stretch)
    return line
