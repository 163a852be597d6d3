"""Fitting the twin to the measured data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from napari_assb_twin.calibration.candidate_result import candidate_result
from napari_assb_twin.calibration.field_selection import FieldCandidate
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.session.state import Choice
from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.workspace.asked_fit import AskedFit, DoneFit
from napari_assb_twin.workspace.buttons import push_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.fit_options import CORRELATED, FitOptions
from napari_assb_twin.workspace.fit_results import FitResults
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.kept_numbers import kept_in_words, kept_paths, why_not_kept
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.report_dialog import GoodnessButton
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.stopwatch import Stopwatch
from napari_assb_twin.workspace.training_view import TrainingView

ACCEPT = "Accept", "Keep the fitted twin; one step of undo."
ACCEPT_SO_FAR = (
    "Accept what it has so far",
    "Keep the twin of the numbers averaged until the stop; one step of undo.",
)


OTHER_DATA = " Fitted to the data that were open when it began."
STOPPED = "Stopped; the twin is as it was."


class CalibratePanel(QWidget):
    """Least squares on the exact coverage curves or a training, with errors and a verdict."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._asked: AskedFit | None = None
        self._done: DoneFit | None = None
        self._so_far: TrainingProgress | None = None
        self._trained_s = 0.0
        self._watch = Stopwatch()
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
        job = self.options.job(data, twin, fixed)
        self._asked = AskedFit(job=job, data=data, fixed=tuple(fixed))
        self._so_far = None
        self._watch.start()
        self.training.begin(fixed)
        self.training_part.setVisible(False)
        self.job.start(self._asked.run)

    def abandon(self) -> None:
        """Stop, and keep nothing of what was under way or done."""
        self.job.close()
        self._forget()

    def shut(self) -> None:
        """Close the dialog, and keep nothing of what was under way."""
        self.goodness.close_dialog()
        if self.job.running:
            self.job.close()
            self.training_part.setVisible(False)
            self._tell(STOPPED)

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
        self.fit = push_button(
            "Fit twin to sections",
            "By the method above; the twin is then proposed.",
        )
        self.pause = push_button("Pause", "Hold the fit after its present step.")
        self.pause.setCheckable(True)
        self.stop = push_button(
            "Stop", "End the fit; of a training, what it has so far can be accepted."
        )
        self.accept = push_button(*ACCEPT)
        self.revert = push_button("Revert", "Go back to the twin before.")
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
        controller.data_changed.connect(self._on_data)
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

    def _on_data(self, data: Data | None) -> None:
        """What was found in other data is gone; a fit that is under way goes on."""
        if self._asked is not None and self._asked.data is not data:
            self._forget()
        self._on_state()

    def _forget(self) -> None:
        self._done = None
        self.results.setVisible(False)
        if not self.job.running:
            self._asked = None
            self.training_part.setVisible(False)
            self._tell("")

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
        self.options.training.checkpoint.show_state()
        self._on_state()

    def _on_pause(self, paused: bool) -> None:
        self.job.pause(paused)
        self._watch.hold(paused)
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
        self._so_far, self._trained_s = progress, self._watch.seconds
        self.training.show_progress(progress)
        self.bar.setFormat(self.training.told)
        self._tell("")

    def _on_finished(self, done: DoneFit) -> None:
        self._done = done
        self._set_accept(ACCEPT if done.finished else ACCEPT_SO_FAR)
        others = "" if done.data is self._controller.data else OTHER_DATA
        self._tell(f"{done.told(self._controller.names)}{others}")
        self._show(done, done.result)
        self._controller.propose(done.result.twin)

    def _on_wanted(self, candidate: FieldCandidate) -> None:
        """Propose the twin of another kind of field, which has neither errors nor a verdict."""
        if self._done is None:
            return
        result = candidate_result(self._done.result, candidate)
        self._set_accept(ACCEPT)
        self._tell(f"Misfit of the curves: rms {candidate.rms:.2g}.")
        self._show(self._done, result)
        self._controller.propose(result.twin)

    def _on_revert(self) -> None:
        """Back to the twin before; the tables are those of the fit again."""
        self._controller.revert()
        if self._done is not None:
            self._show(self._done, self._done.result)

    def _on_correlation_wanted(self) -> None:
        self.options.fields.value = CORRELATED
        self.options.fields.native.setFocus()

    def _show(self, done: DoneFit, result: CalibrationResult) -> None:
        """The result of a fit, or that of another kind of field in it."""
        names, measured = self._controller.names, done.data.measured
        self.results.show_result(result, names, fixed=done.fixed, measured=measured)

    def _on_refused(self, sentence: str) -> None:
        self._tell(sentence)
        self._controller.refuse(InputError(sentence))

    def _on_stopped(self) -> None:
        """What a training has so far is proposed; else nothing has changed."""
        so_far, self._so_far = self._so_far, None
        if so_far is None or not so_far.steps_taken or self._asked is None:
            self._tell(STOPPED)
        else:
            self.job.start(partial(self._asked.so_far, so_far, self._trained_s))

    def _set_accept(self, told: tuple[str, str]) -> None:
        text, tip = told
        self.accept.setText(text)
        self.accept.setToolTip(tip)

    def _show_form(self, form: bool) -> None:
        """The form, or in its place the training that runs."""
        for part in (self.options, self.locks, self.goodness):
            part.setVisible(form)
        self.results.setVisible(form and self._done is not None)
        if not form:
            self.training_part.setVisible(True)
        self.training_part.unfold(not form)

    def _tell(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _on_proposal(self, waiting: bool) -> None:
        for button in (self.accept, self.revert):
            button.setVisible(waiting)


def _beside(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    line = QHBoxLayout()
    for widget, stretch in widgets:
        line.addWidget(widget, stretch)
    return line
