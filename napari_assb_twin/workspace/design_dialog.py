"""Designing backwards: wanted properties, and twins that have them, from the results of a sweep."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QSizePolicy, QWidget

from napari_assb_twin.descriptors.only import only
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.surrogates.design_options import DesignOptions
from napari_assb_twin.surrogates.designs import Designs, design, save_designs
from napari_assb_twin.surrogates.findings import Learning
from napari_assb_twin.surrogates.table import Results
from napari_assb_twin.surrogates.wanted import Wanted
from napari_assb_twin.workspace.buttons import dialog_button
from napari_assb_twin.workspace.designs_table import DesignsTable
from napari_assb_twin.workspace.forms import Form, fields_of
from napari_assb_twin.workspace.job_dialog import JobDialog
from napari_assb_twin.workspace.picture_column import text_label
from napari_assb_twin.workspace.torch_import import import_torch
from napari_assb_twin.workspace.wanted_rows import WantedRows

INTRODUCTION = (
    "Parameters within the ranges of the sweep at which the surrogates predict what is wanted. "
    "Fresh realisations of each, in the box of the sweep, verify it."
)


WIDTH = 620
SHARE = 0.9
"""Of the screen that the dialog takes at most by itself."""


class DesignDialog(JobDialog):
    """What is wanted, a job, and its proposals; the window behind stays alive.

    Parameters
    ----------
    results, plan
        The rows of a sweep, and what they are of.
    parent
        The widget that it stands over.

    Attributes
    ----------
    plan
        Whose twins are proposed: the same as long as it lives.

    Signals
    -------
    twin_chosen(Twin, str)
        The twin of a proposal, and what it is called.
    """

    twin_chosen = Signal(object, str)

    def __init__(self, results: Results, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__("Design backwards", parent)
        self._results, self.plan = results, plan
        self.designs: Designs | None = None
        self.wanted = WantedRows(results)
        self.fields = fields_of(DesignOptions)
        self.form = Form(*self.fields.values())
        self.table = DesignsTable()
        self.bar.setAccessibleName("Progress of the design")
        self.start = dialog_button("Propose", "Learn, look for parameters, and verify them.")
        self.stop = dialog_button("Stop", "End it after the present step.")
        self.use = dialog_button(
            "Use this twin", "Put the chosen proposal into the sliders; one step of undo."
        )
        self.save = dialog_button("Save…", "All proposals with their twins, as the command does.")
        self._lay_out()
        self._connect()
        self._on_running(False)

    @property
    def options(self) -> DesignOptions:
        """What the form says; `InputError` if it makes no sense."""
        return DesignOptions(**{name: field.value for name, field in self.fields.items()})

    def follow(self, results: Results) -> None:
        """Learn from these rows of the same plan next time."""
        self._results = results
        self.wanted.follow(results)

    def begin(self) -> None:
        """Start with what is typed."""
        try:
            wanted, options = self.wanted.wanted(), self.options
        except InputError as error:
            self.message.setText(str(error))
            return
        self.job.start(partial(_designed, self._results, self.plan, wanted, options))

    def write(self, name: str) -> None:
        """Write the proposals to a file."""
        if self.designs is None:
            return
        try:
            self.message.setText(f"Saved {save_designs(self.designs, name)}")
        except InputError as error:
            self.message.setText(str(error))

    def _lay_out(self) -> None:
        self.lay_out(
            *(text_label(INTRODUCTION), self.wanted, self.form, self.table),
            buttons=(self.start, self.stop, self.use, self.save),
        )
        self.table.setVisible(False)
        self.form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # or all else would move with each run
        self.bar.setSizePolicy(kept)
        self.resize(WIDTH, self.sizeHint().height())

    def _connect(self) -> None:
        self.start.clicked.connect(lambda checked=False: self.begin())
        self.stop.clicked.connect(lambda checked=False: self._on_stop())
        self.use.clicked.connect(lambda checked=False: self._on_use())
        self.save.clicked.connect(lambda checked=False: self._on_save())
        self.wanted.more.clicked.connect(lambda checked=False: self._grow())
        self.table.chosen_changed.connect(self._on_chosen)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self.message.setText)
        self.job.running_changed.connect(self._on_running)

    def _on_progress(self, progress: Learning) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        self.message.setText(f"{progress.message}…")

    def _on_finished(self, found: Designs) -> None:
        self.designs = found
        self.message.setText("\n".join(found.notes))
        self.table.show_designs(found, self._results)
        self.table.setVisible(True)
        self._grow()
        self._on_running(False)

    def _grow(self) -> None:
        """Fields may not be squeezed, and as many proposals as the screen holds are seen."""
        self.wanted.layout().activate()
        self.layout().activate()
        room = self.screen().availableSize() * SHARE
        self.resize(self.sizeHint().boundedTo(room).expandedTo(self.size()))

    def _on_running(self, running: bool) -> None:
        self.bar.setVisible(running)
        self.bar.setRange(0, 0)
        for widget in (self.start, self.wanted, self.form):
            widget.setEnabled(not running)
        self.stop.setEnabled(running)
        self.save.setEnabled(not running and self.designs is not None)
        self._on_chosen()

    def _on_chosen(self) -> None:
        self.use.setEnabled(self.table.chosen is not None)

    def _on_stop(self) -> None:
        self.job.stop()
        self.message.setText("Stopping after the present step…")

    def _on_use(self) -> None:
        number = self.table.chosen
        if self.designs is not None and number is not None:
            self.twin_chosen.emit(self.designs.twins[number], f"proposal {number + 1}")
            self.message.setText(f"Proposal {number + 1} is in the sliders; undo leads back.")

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the proposals", "designs.json", "Designs (*.json)"
        )
        if name:
            self.write(name if Path(name).suffix else f"{name}.json")


def _designed(
    results: Results, plan: Plan, wanted: Sequence[Wanted], options: DesignOptions
) -> Generator[Learning, None, Designs]:
    """The designs; torch is imported off the GUI thread."""
    if options.realisations and "transport" in only([w.name for w in wanted], plan.choice).groups:
        yield Learning(0, 1, "Loading PyTorch (once a session)")
        import_torch()
    return (yield from design(results, plan, wanted, options))
