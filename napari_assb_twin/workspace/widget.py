"""The workspace as one dock: tabs above, curves below, a status line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt, QTimer
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import (
    QFrame,
    QScrollArea,
    QShortcut,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.adapter import notify_error
from napari_assb_twin.workspace.calibrate_panel import CalibratePanel
from napari_assb_twin.workspace.camera_button import CameraButton
from napari_assb_twin.workspace.comparison import Comparison
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.curves_panel import CurvesPanel
from napari_assb_twin.workspace.data_panel import DataPanel
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.export_panel import ExportPanel
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel
from napari_assb_twin.workspace.status_bar import StatusBar
from napari_assb_twin.workspace.view_bar import ViewBar
from napari_assb_twin.workspace.wheel_guard import WheelGuard

if TYPE_CHECKING:
    import napari

WIDTH = 422


class TwinWorkspace(QWidget):
    """ASSB Twin workspace: data, morphology, curves, calibration and export in one dock.

    Parameters
    ----------
    viewer
        The napari viewer that shows the volume.
    twin
        The twin to begin with; default the one that is drawn, or the demonstration twin.
    """

    def __init__(self, viewer: napari.viewer.Viewer, twin: Twin | None = None) -> None:
        super().__init__()
        self.setMinimumWidth(WIDTH)
        self._closed = False
        self.display = Display(viewer)
        self.controller = Controller(twin or self.display.drawn_twin)
        self.comparison = Comparison(self.controller)
        self.camera = CameraButton(self.controller, self.display)
        self.view_bar = ViewBar(self.camera)
        self.data = DataPanel(self.controller, self.display)
        self.morphology = MorphologyPanel(self.controller)
        self.calibrate = CalibratePanel(self.controller)
        self.export = ExportPanel(self.controller)
        self.curves = CurvesPanel(self.controller, self.comparison)
        self.status = StatusBar(self.controller)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Panels of the workspace")
        for name, panel in (
            ("Data", self.data),
            ("Morphology", self.morphology),
            ("Calibrate", self.calibrate),
            ("Export", self.export),
        ):
            self.tabs.addTab(_scrolling(panel), name)
        self.tabs.setCurrentIndex(1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(self.curves)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)  # napari's title overlaps
        layout.setSpacing(2)
        layout.addWidget(self.view_bar)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.status)
        self._wheel = WheelGuard(self)
        self._wheel.guard(self)
        self._connect()
        self._on_theme()
        self.controller.open()

    @property
    def busy(self) -> bool:
        """Whether a volume, curves or a job is being made."""
        jobs = (self.calibrate.job, self.export.job, self.camera.recorder)
        return any(job.running for job in jobs) or self.controller.busy or self.comparison.busy

    def open_files(self, paths: Sequence[str | Path]) -> None:
        """Twin files replace the twin, images go to the Data panel."""
        twins = [path for path in paths if str(path).endswith(".json")]
        images = [path for path in paths if path not in twins]
        for path in twins:
            try:
                self.controller.open_twin(path)
            except InputError as error:
                self.controller.refuse(error)
        if images:
            self.data.open_files(images)
            self.tabs.setCurrentIndex(0)

    def shutdown(self) -> None:
        """Stop all work; harmless when called twice, and `reopen` goes on."""
        if not self._closed:
            self._closed = True
            self.camera.close_dialog()
            self.display.tidy()
            self._release()

    def reopen(self) -> None:
        """Go on after `shutdown`, for example when the widget is docked again."""
        if self._closed:
            self._closed = False
            self._release.armed = True
            self.display.open()
            self._on_theme()
            self.controller.open()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for a row of the morphology."""
        return QSize(WIDTH, 700)

    def hideEvent(self, event) -> None:  # noqa: N802
        """The dock's x only hides and unparents: look once that is done."""
        super().hideEvent(event)
        QTimer.singleShot(0, self._on_hidden)

    def showEvent(self, event) -> None:  # noqa: N802
        """Docked again."""
        super().showEvent(event)
        self.reopen()

    def _connect(self) -> None:
        controller, display = self.controller, self.display
        controller.realised.connect(self._on_realised)
        controller.data_changed.connect(self._on_data)
        controller.refused.connect(notify_error)
        controller.names_changed.connect(self.view_bar.set_names)
        self.view_bar.viewed.connect(display.view)
        self.view_bar.seen.connect(display.set_seen)
        self.view_bar.coloured.connect(self._on_scheme)
        self.view_bar.cut.connect(display.set_cut)
        self.view_bar.sliced.connect(display.set_slice)
        self.tabs.currentChanged.connect(self._on_tab)
        display.on_theme(self._on_theme)
        display.on_view(self._on_view)
        jobs = (self.calibrate.job, self.export.job, self.camera.recorder)
        self._release = _Release(controller, self.comparison, *jobs, display)
        self.destroyed.connect(self._release)
        for keys, slot in (("Ctrl+Z", controller.undo), ("Ctrl+Shift+Z", controller.redo)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _on_realised(self, realisation, full: bool) -> None:
        self.display.show(realisation)
        self.view_bar.set_shares(realisation.volume_fractions)

    def _on_view(self) -> None:
        self.view_bar.show_state(self.display.state)

    def _on_data(self, data: Data | None) -> None:
        self.view_bar.set_measured(None if data is None else data.volume_fractions)
        self.display.show_measured(None if data is None else data.measured)

    def _on_scheme(self, name: str) -> None:
        self.display.set_scheme(name)
        self.curves.set_look(self.display.theme, name)

    def _on_theme(self) -> None:
        theme = self.display.theme
        self.morphology.set_theme(theme)
        self.camera.set_theme(theme)
        self.curves.set_look(theme, self.view_bar.scheme.value)

    def _on_tab(self, index: int) -> None:
        self.data.list_layers()

    def _on_hidden(self) -> None:
        if self.parent() is None:
            self.shutdown()


class _Release:
    """Ends timers, threads and jobs; it outlives the widget and knows no part of it.

    Once done it does nothing until it is armed again: a widget that was closed with the dock's x
    is destroyed when the interpreter ends, after Qt has deleted the timers of its owners.
    """

    def __init__(self, *owners) -> None:
        self._owners = owners
        self.armed = True

    def __call__(self, destroyed: object = None) -> None:
        if not self.armed:
            return
        self.armed = False
        for owner in self._owners:
            owner.close()


def _scrolling(panel: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setMinimumWidth(
        panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width()
    )
    return area
