"""Fitting the twin to the measured data."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.least_squares import calibration
from napari_assb_twin.calibration.progress import CalibrationResult, Progress
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, SHORT_NAMES
from napari_assb_twin.workspace.choice import Choice
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.scales import scale_of

SYMMETRIES = (
    (None, "as the data allow"),
    ("cylindrical", "cylindrical about z"),
    ("isotropic", "isotropic"),
)
FIRST = ((None, "the data decide"), *((phase, LONG_NAMES[phase]) for phase in PHASES))
FIELDS = (("gaussian", "both Gaussian"), ("kept", "kinds as in Morphology"))
HEADINGS = ("Parameter", "Value", "± error", "Unit")


class CalibratePanel(QWidget):
    """Least squares on the exact two-point coverage curves, with standard errors."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.job = Job()
        layout = QVBoxLayout(self)
        layout.addLayout(self._options())
        self.locks = QLabel()
        self.locks.setWordWrap(True)
        layout.addWidget(self.locks)
        self.fit = QPushButton("Fit twin to sections")
        self.pause = QPushButton("Pause")
        self.pause.setCheckable(True)
        self.stop = QPushButton("Stop")
        line = QHBoxLayout()
        line.addWidget(self.fit, 2)
        line.addWidget(self.pause, 1)
        line.addWidget(self.stop, 1)
        layout.addLayout(line)
        self.bar = QProgressBar()
        self.message = QLabel()
        self.message.setWordWrap(True)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        self.accept = QPushButton("Accept")
        self.accept.setToolTip("Keep the fitted twin; one step of undo.")
        self.revert = QPushButton("Revert")
        self.revert.setToolTip("Go back to the twin before the fit.")
        line = QHBoxLayout()
        line.addWidget(self.accept)
        line.addWidget(self.revert)
        layout.addLayout(line)
        self.table = _table()
        layout.addWidget(self.table, 20)
        layout.addStretch(1)
        self.fit.clicked.connect(lambda checked=False: self.start())
        self.stop.clicked.connect(lambda checked=False: self.job.stop())
        self.pause.toggled.connect(self._on_pause)
        self.accept.clicked.connect(lambda checked=False: controller.accept())
        self.revert.clicked.connect(lambda checked=False: controller.revert())
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_refused)
        self.job.stopped.connect(self._on_stopped)
        self.job.running_changed.connect(self._on_running)
        controller.data_changed.connect(self._on_state)
        controller.padlocks_changed.connect(self._on_state)
        controller.twin_changed.connect(self._on_state)
        controller.proposal_changed.connect(self._on_proposal)
        self._on_running(False)
        self._on_proposal(False)
        self.bar.setVisible(False)
        self.table.setVisible(False)

    def start(self) -> None:
        """Begin a fit with the options as they stand."""
        data, twin = self._controller.data, self._controller.twin
        if data is None:
            self._controller.refuse("There are no data to fit to; open sections in Data first.")
            return
        fields = {"X": twin.X, "Y": twin.Y} if self.fields.value() == "kept" else None
        self.job.start(
            partial(
                calibration,
                data.measured,
                symmetry=self.symmetry.value(),
                first_phase=self.first.value(),
                fields=fields,
                fix={path: twin.value(path) for path in self._fixed()},
                bootstrap=self.samples.value() if self.errors.isChecked() else 0,
            )
        )

    def _options(self) -> QGridLayout:
        self.symmetry = Choice(SYMMETRIES, name="Symmetry of the fit")
        self.symmetry.setToolTip("Plan views alone allow the isotropic twin only.")
        self.first = Choice(FIRST, name="Phase cut first in the fit")
        self.fields = Choice(FIELDS, name="Kinds of the fields in the fit")
        self.errors = QCheckBox("Standard errors from")
        self.errors.setChecked(True)
        self.errors.setToolTip(
            "Parametric bootstrap: sections like yours are simulated from the fit and fitted again."
        )
        self.samples = QSpinBox()
        self.samples.setRange(2, 500)
        self.samples.setValue(20)
        self.samples.setSuffix(" simulated data sets")
        self.samples.setAccessibleName("Number of simulated data sets")
        self.errors.toggled.connect(self.samples.setEnabled)
        form = QGridLayout()
        form.setColumnStretch(1, 1)
        pairs = (
            ("Symmetry", self.symmetry), ("Cut first", self.first), ("Fields", self.fields),
        )  # fmt: skip
        for row, (name, widget) in enumerate(pairs):
            form.addWidget(QLabel(name), row, 0)
            form.addWidget(widget, row, 1)
        form.addWidget(self.errors, 3, 0)
        form.addWidget(self.samples, 3, 1)
        return form

    def _fixed(self) -> list[str]:
        return [path for path in PARAMETERS if path in self._controller.padlocks]

    def _on_state(self, state: object = None) -> None:
        twin = self._controller.twin
        locked = [
            f"{name_of(path)} = {scale_of(path).text(scale_of(path).shown(twin.value(path)))}"
            for path in self._fixed()
        ]
        text = "Kept by padlocks: " + ", ".join(locked) + "." if locked else ""
        if self._controller.data is None:
            text = "Open sections or a tomogram in Data first."
        self.locks.setText(text or "No parameter is padlocked: all are fitted.")
        self.fit.setEnabled(self._controller.data is not None and not self.job.running)

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
        self.message.setText(f"{progress.message}{misfit}")

    def _on_finished(self, result: CalibrationResult) -> None:
        fit = result.fit
        self.message.setText(
            f"Misfit of the curves: rms {fit.rms:.2g}, max {fit.max:.2g}; {fit.seconds:.1f} s. "
            f"Cut first: {LONG_NAMES[result.twin.first_phase]}."
        )
        self._fill(result)
        data = self._controller.data
        if data is not None:
            result = with_provenance(result, data.measured, data.sources)
        self._controller.propose(result.twin)

    def _on_refused(self, sentence: str) -> None:
        self.message.setText("")
        self._controller.refuse(InputError(sentence))

    def _on_stopped(self) -> None:
        self.message.setText("Stopped; the twin is as it was.")

    def _on_proposal(self, waiting: bool) -> None:
        for button in (self.accept, self.revert):
            button.setVisible(waiting)

    def _fill(self, result: CalibrationResult) -> None:
        fixed = self._controller.padlocks
        self.table.setRowCount(len(PARAMETERS))
        for row, (path, parameter) in enumerate(PARAMETERS.items()):
            scale, value = scale_of(path), result.twin.value(path)
            shown = scale.shown(value)
            error = result.uncertainty.get(path)
            spread = "kept" if path in fixed else "–"
            if error is not None and path not in fixed:
                spread = _spread_text(scale.spread(value, error), shown)
            cells = (name_of(path), scale.text(shown), spread, parameter.unit)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column in (1, 2):
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        self.table.setVisible(True)


def name_of(path: str) -> str:
    """A parameter's name in a list: field and symbol, or the fraction's phase."""
    field, _, attribute = path.rpartition(".")
    if not field:
        return f"φ {SHORT_NAMES[attribute]}"
    return f"{PARAMETERS[path].label} {field}"


def _spread_text(error: float, shown: float) -> str:
    """A standard error; every simulated fit at the same number means that it ends at a bound."""
    return "at bound" if error < 1e-9 * abs(shown) else f"{error:.2g}"


def _table() -> QTableWidget:
    table = QTableWidget(0, len(HEADINGS))
    table.setHorizontalHeaderLabels(HEADINGS)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(22)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setMinimumHeight(180)
    table.setAccessibleName("Fitted parameters")
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
