"""Fitting the twin to the measured data."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

from qtpy.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.candidate_result import candidate_result
from napari_assb_twin.calibration.field_selection import FieldCandidate
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.doubt import moved_boundaries
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.session.state import Choice
from napari_assb_twin.twin.parameters import FIELD_NAMES, PARAMETERS, Twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.fit_options import FitOptions
from napari_assb_twin.workspace.fit_results import FitResults
from napari_assb_twin.workspace.fit_rows import parameter_name
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.report_dialog import GoodnessButton
from napari_assb_twin.workspace.scales import scale_of


class CalibratePanel(QWidget):
    """Least squares on the exact two-point coverage curves, with standard errors and a verdict."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self._fitted_to: Data | None = None
        self._kept: tuple[str, ...] = ()
        self._fitted: CalibrationResult | None = None
        self.job = Job()
        self.options = FitOptions(controller.names)
        self.locks, self.message = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.results = FitResults()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._on_running(False)
        self._on_proposal(False)
        self.bar.setVisible(False)
        self._tell("")

    def start(self) -> None:
        """Begin a fit with the options as they stand."""
        data, twin, fixed = self._controller.data, self._controller.twin, self._fixed()
        if data is None:
            self._controller.refuse("There are no data to fit to; open sections in Data first.")
            return
        if self.options.is_high_parametric:
            refusal = self._not_kept_by_weights(fixed)
        else:
            refusal = self._not_known(fixed, twin)
        if refusal:
            self._controller.refuse(refusal)
            return
        self._fitted_to, self._kept = data, tuple(fixed)
        options = self.options.arguments(twin)
        options["fix"] = {path: twin.value(path) for path in fixed}
        self.job.start(partial(_fitted, data.measured, self.options.doubt.value, options))

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
        self.goodness.scheme = name

    def _make_buttons(self) -> None:
        self.fit = _button(
            "Fit twin to sections",
            "Least squares on the curves of the data; the twin is then proposed.",
        )
        self.pause = _button("Pause", "Hold the fit after its present step.")
        self.pause.setCheckable(True)
        self.stop = _button("Stop", "End the fit; the twin stays as it was.")
        self.accept = _button("Accept", "Keep the fitted twin; one step of undo.")
        self.revert = _button("Revert", "Go back to the twin before.")
        self.goodness = GoodnessButton(self._controller)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        layout.addWidget(self.options)
        layout.addWidget(self.locks)
        layout.addLayout(_beside((self.fit, 2), (self.pause, 1), (self.stop, 1)))
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addLayout(_beside((self.accept, 1), (self.revert, 1), (self.goodness, 2)))
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

    def _fixed(self) -> list[str]:
        return [path for path in PARAMETERS if path in self._controller.padlocks]

    def _not_known(self, fixed: list[str], twin: Twin) -> str:
        absent = [self._name_of(path) for path in fixed if not twin.has(path)]
        if not absent:
            return ""
        return (
            f"{', '.join(absent)} cannot be kept: the field is high-parametric and has no such "
            "number; open the padlock."
        )

    def _not_kept_by_weights(self, fixed: list[str]) -> str:
        held = [self._name_of(path) for path in fixed if "." in path]
        if not held:
            return ""
        return (
            f"{', '.join(held)} cannot be kept: a high-parametric fit keeps volume fractions only; "
            "open the padlock, or fit the low-parametric model."
        )

    def _on_state(self, state: object = None) -> None:
        self.locks.setText(self._state_in_words())
        self.fit.setEnabled(self._controller.data is not None and not self.job.running)

    def _state_in_words(self) -> str:
        twin, fixed = self._controller.twin, self._fixed()
        if self._controller.data is None:
            return "Open sections or a tomogram in Data first."
        if self.options.is_high_parametric:
            refusal = self._not_kept_by_weights(fixed)
            if refusal:
                return refusal
        locked = [
            f"{self._name_of(path)} = {scale_of(path).text(scale_of(path).shown(twin.value(path)))}"
            for path in fixed
            if twin.has(path)
        ]
        text = f"Kept by padlocks: {', '.join(locked)}." if locked else ""
        text = text or "No parameter is padlocked: all are fitted."
        high = [name for name in FIELD_NAMES if not twin.has(f"{name}.length_um")]
        if high and not self.options.is_high_parametric:
            text += f" The fit replaces the weights of field {' and '.join(high)} by four numbers."
        return text

    def _on_names(self, names: PhaseNames) -> None:
        self.options.set_names(names)
        self.results.set_names(names)
        self._on_state()

    def _on_running(self, running: bool) -> None:
        self.pause.setEnabled(running)
        self.stop.setEnabled(running)
        self.pause.setChecked(False)
        self.bar.setVisible(running)
        self._on_state()

    def _on_pause(self, paused: bool) -> None:
        self.job.pause(paused)
        self.pause.setText("Continue" if paused else "Pause")

    def _on_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        misfit = "" if progress.misfit is None else f" (rms misfit {progress.misfit:.2g})"
        self._tell(f"{progress.message}{misfit}")

    def _on_finished(self, result: CalibrationResult) -> None:
        fit = result.fit
        self._tell(
            f"Misfit of the curves: rms {fit.rms:.2g}, max {fit.max:.2g}; {fit.seconds:.1f} s. "
            f"Cut first: {self._controller.names.long(result.twin.first_phase)}."
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
        self._tell(f"Misfit of the curves: rms {candidate.rms:.2g}.")
        self._show(result)
        self._controller.propose(result.twin)

    def _on_revert(self) -> None:
        """Back to the twin before; the tables are those of the fit again."""
        self._controller.revert()
        if self._fitted is not None:
            self._show(self._fitted)

    def _show(self, result: CalibrationResult) -> None:
        measured = None if self._fitted_to is None else self._fitted_to.measured
        names = self._controller.names
        self.results.show_result(result, names, fixed=self._kept, measured=measured)

    def _on_refused(self, sentence: str) -> None:
        self._tell("")
        self._controller.refuse(InputError(sentence))

    def _on_stopped(self) -> None:
        self._tell("Stopped; the twin is as it was.")

    def _tell(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _on_proposal(self, waiting: bool) -> None:
        for button in (self.accept, self.revert):
            button.setVisible(waiting)

    def _name_of(self, path: str) -> str:
        return parameter_name(path, self._controller.names, self._controller.twin)


def _fitted(
    measured: Measured, doubt_px: float, options: Mapping[str, Any]
) -> Generator[Progress, None, CalibrationResult]:
    """A calibration, after the boundaries were moved where they are in doubt."""
    if doubt_px > 0:
        yield Progress(0, 1, "Moving the boundaries of the phases")
        options = {**options, "alternatives": moved_boundaries(measured, doubt_px)}
    result = yield from calibration(measured, **options)
    return result


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


def _beside(*buttons: tuple[QPushButton, int]) -> QHBoxLayout:
    line = QHBoxLayout()
    for button, stretch in buttons:
        line.addWidget(button, stretch)
    return line
