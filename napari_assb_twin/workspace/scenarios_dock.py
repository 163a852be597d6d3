"""Where the scenarios stand."""

from __future__ import annotations

from typing import Any

from qtpy.QtWidgets import QWidget

from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.scenarios_panel import ScenariosPanel
from napari_assb_twin.workspace.side_dock import SideDock


class ScenariosDock(SideDock):
    """The dock of the scenarios; ``controller`` is whose twin they start from.

    Its jobs are there before the panel and outlive it.
    """

    name = "Scenarios"

    def __init__(self, viewer: Any, owner: QWidget, controller: Controller) -> None:
        super().__init__(viewer, owner)
        self._controller = controller
        self.job = Job()
        self.learning = Job()

    def make(self) -> ScenariosPanel:
        """The panel."""
        return ScenariosPanel(self._controller, self.job, self.learning)

    def first(self) -> QWidget:
        """The parameter at the top."""
        return self.panel.form.varied.first

    def shut(self) -> None:
        """Close the dock and the figures."""
        if self.panel is not None:
            self.panel.figures.close_dialog()
        super().shut()
