"""Where the comparison stands."""

from __future__ import annotations

from typing import Any

from qtpy.QtWidgets import QWidget

from napari_assb_twin.workspace.compare_panel import ComparePanel
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.side_dock import SideDock


class CompareDock(SideDock):
    """The dock of the comparison; ``controller`` is whose twin it follows and moves."""

    name = "Compare samples"

    def __init__(self, viewer: Any, owner: QWidget, controller: Controller) -> None:
        super().__init__(viewer, owner)
        self._controller = controller

    def make(self) -> ComparePanel:
        """The panel."""
        return ComparePanel(self._controller)

    def first(self) -> QWidget:
        """The slider of the morph."""
        return self.panel.morph.slider
