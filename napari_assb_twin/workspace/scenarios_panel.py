"""Scenarios in the window: a plan, its run in the background, and the rows as they come."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

from magicgui.widgets import FileEdit, LineEdit
from qtpy.QtCore import QTimer, Signal
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.folder import PARQUET, ROWS
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.scenarios.record import recorded
from napari_assb_twin.scenarios.row import Row
from napari_assb_twin.scenarios.run import Progress, Sweep, SweepOptions, SweepResult
from napari_assb_twin.steps import retold
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, whole
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.plan_form import PlanForm
from napari_assb_twin.workspace.results_dialog import ResultsButton
from napari_assb_twin.workspace.rows_table import RowsTable
from napari_assb_twin.workspace.scrolling import Scrolling
from napari_assb_twin.workspace.wheel_guard import WheelGuard

CLUSTER = "Address of a dask scheduler whose workers measure instead of this machine."
REFRESH_MS = 500
"""Rows that come faster are shown together."""


class ScenariosPanel(QWidget):
    """Varies numbers of the twin, measures what becomes of the volume, and lists it.

    The folder decides: where it holds results, their plan is shown and gone on with; in another
    one a new sweep begins.

    Parameters
    ----------
    controller
        Whose twin is varied.
    job, learning
        Run the sweep, and the learning from its results.

    Signals
    -------
    results_changed()
        There are more rows, or those of another folder.
    hidden()
        Its dock was closed, or lies behind another one.
    """

    results_changed = Signal()
    hidden = Signal()

    def __init__(self, controller: Controller, job: Job, learning: Job) -> None:
        super().__init__()
        self._controller, self.job, self._learning = controller, job, learning
        self._plan: Plan | None = None
        self._rows: dict[tuple[int, int], Row] = {}
        self._make()
        self._lay_out()
        self._connect()
        self._on_running(job.running)
        self._on_twin()
        self._refresh()

    @property
    def busy(self) -> bool:
        """Whether a sweep is under way."""
        return self.job.running

    @property
    def first(self) -> QWidget:
        """The parameter at the top."""
        return self.form.varied.first

    @property
    def plan(self) -> Plan | None:
        """What the rows are of; None without rows."""
        return self._plan

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows so far."""
        return tuple(self._rows.values())

    def set_theme(self, theme: dict[str, str]) -> None:
        """The palette is that of napari."""

    def start(self) -> None:
        """Begin the sweep, or go on with the one in the folder."""
        folder = Path(self.folder.value)
        try:
            plan = self._plan or self.form.plan(self._controller.twin)
            scheduler = self.scheduler.value.strip() or None
            sweep = Sweep(
                plan, folder, SweepOptions(workers=self.workers.value, scheduler=scheduler)
            )
        except InputError as error:
            self._controller.refuse(error)
            return
        self._plan = plan
        self._rows = {row.key: row for row in sweep.rows}
        self._tell("Looking at what it needs…")
        self._refresh()
        self.job.start(partial(_told_and_run, sweep))

    def show_volume(self, scenario: int, realisation: int) -> None:
        """Make the twin of a row the one of the window, with its seed: the very volume."""
        row = self._rows.get((scenario, realisation))
        if row is None:  # of a table that was shown before
            return
        try:
            if self._controller.seed_locked:
                raise InputError("The seed is locked, but a row has its own; unlock it first.")
            twin = self._plan.variant(row.parameters, row.seed)
            self.adopt(twin, f"scenario {scenario}, realisation {realisation}")
        except InputError as error:
            self._controller.refuse(error)

    def adopt(self, twin: Twin, text: str) -> None:
        """Make a twin that came of the results the one of the window; one step of undo."""
        self._controller.adopt(twin, text)

    def hideEvent(self, event) -> None:  # noqa: N802
        """Nobody looks."""
        super().hideEvent(event)
        self.hidden.emit()

    def _make(self) -> None:
        self.form = PlanForm(self._controller.names)
        self.folder = FileEdit(label="Folder", mode="d", value=Path.cwd() / "scenarios")
        self.folder.choose_btn.text = "…"
        self.folder.choose_btn.native.setAccessibleName("Choose the folder of the results")
        self.folder.line_edit.native.setAccessibleName("Folder of the results")
        for part in (self.folder.line_edit, self.folder.choose_btn):
            part.tooltip = "Where the results go; a folder with results is gone on with."
        most = os.cpu_count() or 1
        self.workers = whole("Processes", 1, most, "That measure at the same time.")
        self.workers.value = max(1, most // 2)
        self.scheduler = LineEdit(label="Cluster", tooltip=CLUSTER)
        self.scheduler.native.setPlaceholderText("none; or tcp://host:8786")
        self.scheduler.native.setAccessibleName("Address of a dask scheduler")
        self.run, self.pause, self.cancel = QPushButton(), QPushButton("Pause"), QPushButton("Stop")
        self.run.setToolTip("Make and measure the realisations in the background.")
        self.pause.setCheckable(True)
        self.pause.setToolTip("Hold after the realisations that are under way.")
        self.cancel.setToolTip("End it; what is measured stays in the folder and is gone on with.")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the sweep")
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.table = RowsTable()
        self.figures = ResultsButton(self, self._learning)
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.setInterval(REFRESH_MS)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for widget, stretch in ((self.run, 2), (self.bar, 3), (self.pause, 1), (self.cancel, 1)):
            buttons.addWidget(widget, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 8, 2, 2)
        layout.setSpacing(4)
        layout.addWidget(Scrolling(self.form), 3)
        layout.addWidget(Form(self.folder, self.workers, self.scheduler))
        layout.addLayout(buttons)
        layout.addWidget(self.message)
        layout.addWidget(self.table, 2)
        layout.addWidget(self.figures)
        self._wheel = WheelGuard(self)
        self._wheel.guard(self)

    def _connect(self) -> None:
        controller, job = self._controller, self.job
        controller.twin_changed.connect(self._on_twin)
        controller.names_changed.connect(self._on_twin)
        self.folder.changed.connect(self._on_folder)
        self.form.changed.connect(self._on_count)
        self.run.clicked.connect(lambda checked=False: self.start())
        self.pause.toggled.connect(self._on_pause)
        self.cancel.clicked.connect(lambda checked=False: job.stop())
        self.table.chosen.connect(self.show_volume)
        self._refreshing.timeout.connect(self._refresh)
        job.progressed.connect(self._on_progress)
        job.finished.connect(self._on_finished)
        job.refused.connect(self._on_refused)
        job.stopped.connect(self._on_stopped)
        job.running_changed.connect(self._on_running)

    def _on_twin(self, *changed: object) -> None:
        if self._plan is None:
            self.form.follow(self._controller.twin, self._controller.names)
        self._on_count()

    def _on_folder(self, folder: object = None) -> None:
        """Results that are there are shown, with their plan."""
        before, self._plan, self._rows = self._plan, None, {}
        self._tell("")
        path = Path(self.folder.value)
        if (path / ROWS).is_file():
            try:
                self._plan, self._rows = recorded(path)
            except InputError as error:
                self._controller.refuse(error)
        if self._plan is not None:
            self.form.show_plan(self._plan, self._controller.names)
            self._tell(f"{len(self._rows)} of {self._plan.total} realisations are measured there.")
        elif before is not None:
            self.form.follow(self._controller.twin, self._controller.names)
        self.form.setEnabled(self._plan is None)
        self._refresh()
        self._on_count()

    def _on_count(self) -> None:
        """How much the plan is, on the button."""
        if self._plan is not None:
            left = self._plan.total - len(self._rows)
            written = (Path(self.folder.value) / PARQUET).is_file()
            end = "All measured" if written else "Write the tables"
            self.run.setText(f"Go on with {left}" if left else end)
            self.run.setEnabled((left > 0 or not written) and not self.job.running)
            return
        try:
            plan = self.form.plan(self._controller.twin)
        except InputError as error:
            self.run.setText("Run")
            self.run.setEnabled(False)
            self.run.setToolTip(str(error))
            return
        self.run.setText(f"Run {plan.total}")
        self.run.setEnabled(not self.job.running)
        self.run.setToolTip(
            f"{plan.scenarios} scenarios, {plan.realisations} realisations of each."
        )

    def _on_running(self, running: bool) -> None:
        for widget in (self.bar, self.pause, self.cancel):
            widget.setVisible(running)
        self.run.setVisible(not running)
        for widget in (self.folder.native, self.workers.native, self.scheduler.native):
            widget.setEnabled(not running)
        self.form.setEnabled(not running and self._plan is None)
        self.pause.setChecked(False)
        self.bar.setValue(0)
        self._on_count()

    def _on_pause(self, paused: bool) -> None:
        self.job.pause(paused)
        self.pause.setText("Go on" if paused else "Pause")

    def _on_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        if progress.row is not None:
            self._rows[progress.row.key] = progress.row
        self._tell(progress.message)
        if not self._refreshing.isActive():
            self._refreshing.start()

    def _on_finished(self, result: SweepResult) -> None:
        failed = f" {result.failed} failed; their rows say why." if result.failed else ""
        self._tell(f"{result.rows} rows in results.parquet and results.csv.{failed}")
        self._refresh()

    def _on_refused(self, sentence: str) -> None:
        self._controller.refuse(InputError(sentence))
        if not (Path(self.folder.value) / ROWS).is_file():  # refused before it began
            self._plan, self._rows = None, {}
            self._tell("")
            self.form.setEnabled(True)
            self._on_count()
        self._refresh()

    def _on_stopped(self) -> None:
        self._tell(f"Stopped; {len(self._rows)} rows are measured and stay.")
        self._refresh()

    def _refresh(self) -> None:
        """Show all rows so far, and tell of them."""
        self._refreshing.stop()
        self.figures.allow(bool(self._rows))
        self.table.setVisible(bool(self._rows))
        self.table.show_rows(self.rows)
        if not self._rows:
            self.figures.close_dialog()
            return
        self.results_changed.emit()

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))


def _told_and_run(sweep: Sweep) -> Generator[Progress, None, SweepResult]:
    """A sweep; before the rows come, what there is to say of it, which takes a while to find."""
    told = " ".join([f"{sweep.estimate.in_words()}.", *sweep.reservations])

    def tell(progress: Progress) -> Progress:
        message = told if progress.row is None else f"{progress.message}."
        return replace(progress, message=message)

    return (yield from retold(sweep.run(), tell))
