"""Where the scenarios stand."""

from __future__ import annotations

from functools import partial
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

    def __init__(self, viewer: Any, owner: QWidget, controller: Controller) -> None:
        job, learning = Job(), Job()
        super().__init__(
            viewer, owner, "Scenarios", partial(ScenariosPanel, controller, job, learning)
        )
        self.job, self.learning = job, learning

    def shut(self) -> None:
        """Close the dock and the figures."""
        if self.panel is not None:
            self.panel.figures.close_dialog()
        super().shut()
