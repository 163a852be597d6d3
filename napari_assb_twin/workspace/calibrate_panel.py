"""Fitting the twin to the measured data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from magicgui.widgets import CheckBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.calibration.weakness import AT_BOUND
from napari_assb_twin.errors import InputError
from napari_assb_twin.session.state import Choice
from napari_assb_twin.twin.parameters import FIELD_NAMES, PARAMETERS
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Choices, Form, choice, line, offer, whole
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import scale_of

SYMMETRIES = (
    ("as the data allow", None),
    ("cylindrical about z", "cylindrical"),
    ("isotropic", "isotropic"),
)
FIELDS = (("both Gaussian", "gaussian"), ("kinds as in Morphology", "kept"))
KEPT = "Padlocked: kept as it was."
ROW = 22
HEADINGS = ("Parameter", "Value", "± error", "Unit")


class CalibratePanel(QWidget):
    """Least squares on the exact two-point coverage curves, with standard errors."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.job = Job()
        layout = QVBoxLayout(self)
        self._options = self._options_form()
        layout.addWidget(self._options)
        self.locks = QLabel()
        self.locks.setWordWrap(True)
        layout.addWidget(self.locks)
        self.fit = QPushButton("Fit twin to sections")
        self.fit.setToolTip("Least squares on the curves of the data; the twin is then proposed.")
        self.pause = QPushButton("Pause")
        self.pause.setToolTip("Hold the fit after its present step.")
        self.pause.setCheckable(True)
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("End the fit; the twin stays as it was.")
        buttons = QHBoxLayout()
        buttons.addWidget(self.fit, 2)
        buttons.addWidget(self.pause, 1)
        buttons.addWidget(self.stop, 1)
        layout.addLayout(buttons)
        self.bar = QProgressBar()
        self.message = QLabel()
        self.message.setWordWrap(True)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        self.accept = QPushButton("Accept")
        self.accept.setToolTip("Keep the fitted twin; one step of undo.")
        self.revert = QPushButton("Revert")
        self.revert.setToolTip("Go back to the twin before the fit.")
        decision = QHBoxLayout()
        decision.addWidget(self.accept)
        decision.addWidget(self.revert)
        layout.addLayout(decision)
        self.table = _table()
        layout.addWidget(self.table)
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
        controller.names_changed.connect(self._on_names)
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
        absent = [self._name_of(path) for path in self._fixed() if not twin.has(path)]
        if absent:
            self._controller.refuse(
                f"{', '.join(absent)} cannot be kept: the field is high-parametric and has no such "
                "number; open the padlock."
            )
            return
        fields = {"X": twin.X, "Y": twin.Y} if self.fields.value == "kept" else None
        self.job.start(
            partial(
                calibration,
                data.measured,
                symmetry=self.symmetry.value,
                first_phase=self.first.value,
                fields=fields,
                fix={path: twin.value(path) for path in self._fixed()},
                bootstrap=self.samples.value if self.errors.value else 0,
            )
        )

    @property
    def chosen(self) -> dict[str, Choice]:
        """The options of the fit by name."""
        return {name: field.value for name, field in self._fields().items()}

    def choose(self, chosen: Mapping[str, Choice]) -> None:
        """Set options by name.

        Raises
        ------
        InputError
            If there is no such option, or it cannot have this value; then none is set.
        """
        before, fields = self.chosen, self._fields()
        try:
            for name, value in chosen.items():
                fields[name].value = value
        except (KeyError, ValueError, TypeError):
            for name, value in before.items():
                fields[name].value = value
            raise InputError(f"The fit has no option {name} = {value!r} here.") from None

    def _fields(self) -> dict[str, ValueWidget]:
        return {
            "symmetry": self.symmetry,
            "first_phase": self.first,
            "fields": self.fields,
            "errors": self.errors,
            "samples": self.samples,
        }

    def _options_form(self) -> Form:
        self.symmetry = choice(
            "Symmetry",
            SYMMETRIES,
            "Plan views alone allow the isotropic twin only.",
            spoken="Symmetry of the fit",
        )
        self.first = choice(
            "Cut first",
            _first(self._controller.names),
            "The phase that field X cuts. The data decide by comparing the fits of all three.",
            spoken="Phase cut first in the fit",
        )
        self.fields = choice(
            "Fields",
            FIELDS,
            "Kinds of the random fields X and Y: Gaussian or chi-square.",
            spoken="Kinds of the fields in the fit",
        )
        self.errors = CheckBox(
            text="from simulations:",
            value=True,
            tooltip="Parametric bootstrap: sections like yours are simulated from the fit and "
            "fitted again.",
        )
        self.samples = whole(
            "",
            2,
            500,
            "How many simulated data sets the standard errors come from; each takes about as long "
            "as the fit.",
            spoken="Number of simulated data sets",
        )
        self.samples.value = 20
        self.errors.changed.connect(self._on_errors)
        errors = line("Errors", self.errors, self.samples)
        return Form(self.symmetry, self.first, self.fields, errors)

    def _fixed(self) -> list[str]:
        return [path for path in PARAMETERS if path in self._controller.padlocks]

    def _on_state(self, state: object = None) -> None:
        twin = self._controller.twin
        locked = [
            f"{self._name_of(path)} = {scale_of(path).text(scale_of(path).shown(twin.value(path)))}"
            for path in self._fixed()
            if twin.has(path)
        ]
        text = "Kept by padlocks: " + ", ".join(locked) + "." if locked else ""
        if self._controller.data is None:
            text = "Open sections or a tomogram in Data first."
        text = text or "No parameter is padlocked: all are fitted."
        high = [name for name in FIELD_NAMES if not twin.has(f"{name}.length_um")]
        if high:
            text += f" The fit replaces the weights of field {' and '.join(high)} by four numbers."
        self.locks.setText(text)
        self.fit.setEnabled(self._controller.data is not None and not self.job.running)

    def _on_errors(self, wanted: bool) -> None:
        self.samples.enabled = wanted

    def _on_names(self, names: PhaseNames) -> None:
        offer(self.first, _first(names), self.first.value)
        for row, path in enumerate(PARAMETERS):
            if self.table.item(row, 0) is not None:
                self.table.item(row, 0).setText(self._name_of(path))
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
        self.message.setText(f"{progress.message}{misfit}")

    def _on_finished(self, result: CalibrationResult) -> None:
        fit = result.fit
        self.message.setText(
            f"Misfit of the curves: rms {fit.rms:.2g}, max {fit.max:.2g}; {fit.seconds:.1f} s. "
            f"Cut first: {self._controller.names.long(result.twin.first_phase)}."
        )
        self._fill(result)
        data = self._controller.data
        if data is not None:
            result = with_provenance(result, data.measured, data.sources, data.reading)
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
        fixed, at_bounds = self._controller.padlocks, result.fit.at_bounds
        self.table.setRowCount(len(PARAMETERS))
        for row, (path, parameter) in enumerate(PARAMETERS.items()):
            scale, value = scale_of(path), result.twin.value(path)
            error = result.uncertainty.get(path)
            tip = ""
            if path in fixed:
                spread, tip = "kept", KEPT
            elif path in at_bounds:
                spread, tip = "at bound", AT_BOUND
            elif error is None:
                spread = "–"
            else:
                spread = f"{scale.spread(value, error):.2g}"
            cells = (self._name_of(path), scale.text(scale.shown(value)), spread, parameter.unit)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(tip or parameter.documentation)
                if column in (1, 2):
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + ROW * len(PARAMETERS) + 2 * self.table.frameWidth())
        self.table.setVisible(True)

    def _name_of(self, path: str) -> str:
        """A parameter's name in a list: field and symbol, or the fraction's phase."""
        field, _, attribute = path.rpartition(".")
        if not field:
            return f"φ {self._controller.names[attribute]}"
        return f"{PARAMETERS[path].label} {field}"


def _first(names: PhaseNames) -> Choices:
    return (("the data decide", None), *names.choices())


def _table() -> QTableWidget:
    table = QTableWidget(0, len(HEADINGS))
    table.setHorizontalHeaderLabels(HEADINGS)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setAccessibleName("Fitted parameters")
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
