"""The figures of a sweep in a window of their own, beside the scenarios."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QVBoxLayout

from napari_assb_twin.scenarios.results import table
from napari_assb_twin.workspace.buttons import dialog_button
from napari_assb_twin.workspace.design_dialog import DesignDialog
from napari_assb_twin.workspace.dialog_opener import DialogOpener
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.results_view import ResultsView
from napari_assb_twin.workspace.window_layout import main_window

if TYPE_CHECKING:
    from napari_assb_twin.workspace.scenarios_panel import ScenariosPanel

NOTHING = "There are no results yet: run the sweep, or choose a folder that has some."
READY = "Property against parameter, pairs, sensitivities; a click shows the volume of a point."
DESIGN = "Parameters for wanted properties, from these results, verified with fresh realisations."


class ResultsDialog(QDialog):
    """Follows the rows of a panel of scenarios; the window behind stays alive."""

    def __init__(self, panel: ScenariosPanel, job: Job) -> None:
        super().__init__(main_window(panel))
        self.setWindowTitle("Results of the scenarios")
        self._panel = panel
        self.view = ResultsView(job)
        self.designing: DesignDialog | None = None
        self.design = dialog_button("Design…", DESIGN, self.open_design)
        self.design.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view)
        layout.addWidget(self.design, 0, Qt.AlignmentFlag.AlignLeft)
        self.resize(560, 660)
        panel.results_changed.connect(self.follow)
        self.view.point_chosen.connect(panel.show_volume)

    def follow(self) -> None:
        """Show the rows so far; the ranges are those of the panel's plan."""
        plan, frame = self._panel.plan, table(self._panel.rows)
        varied = () if plan is None else plan.varied
        logarithmic = [one.parameter for one in varied if one.scale == "log"]
        bulk = None if plan is None else plan.choice.bulk
        shown = self.view.show_frame(frame, logarithmic, bulk)
        ready = shown and plan is not None and bool(self.view.results.properties)
        self.design.setEnabled(ready)
        if self.designing is not None and self.designing.plan != plan:
            self._forget_design()
        elif self.designing is not None and ready:
            self.designing.follow(self.view.results)

    def open_design(self) -> DesignDialog:
        """Ask what is wanted; what was proposed before is there still."""
        if self.designing is None:
            self.designing = DesignDialog(self.view.results, self._panel.plan, self)
            self.designing.twin_chosen.connect(self._panel.adopt)
        self.designing.show()
        self.designing.raise_()
        return self.designing

    def done(self, result: int) -> None:
        """Stop learning and designing, and close."""
        if self.designing is not None:
            self._forget_design()
        self._panel.results_changed.disconnect(self.follow)
        self.view.close_job()
        super().done(result)

    def _forget_design(self) -> None:
        dialog, self.designing = self.designing, None
        dialog.reject()
        dialog.deleteLater()


class ResultsButton(DialogOpener):
    """Opens `ResultsDialog` where a panel of scenarios has rows."""

    def __init__(self, panel: ScenariosPanel, job: Job) -> None:
        super().__init__("Figures…", partial(ResultsDialog, panel, job), waits=False)
        self._panel = panel
        self.setEnabled(False)
        self.setToolTip(NOTHING)

    def allow(self, allowed: bool) -> None:
        """Whether there are rows."""
        self.setEnabled(allowed)
        self.setToolTip(READY if allowed else NOTHING)

    def open_dialog(self) -> ResultsDialog:
        """Show the rows so far."""
        dialog: ResultsDialog = super().open_dialog()
        dialog.follow()
        return dialog
