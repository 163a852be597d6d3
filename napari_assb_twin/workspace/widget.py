"""The workspace as one dock: tabs above, curves below, a status line at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt, QTimer
from qtpy.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.session.session_file import SUFFIX as SESSION_SUFFIX
from napari_assb_twin.session.state import Session
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.threads import set_workers
from napari_assb_twin.workspace.adapter import notify_error
from napari_assb_twin.workspace.calibrate_panel import CalibratePanel
from napari_assb_twin.workspace.camera_button import CameraButton
from napari_assb_twin.workspace.compare_panel import ComparePanel
from napari_assb_twin.workspace.comparison import Comparison
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.curves_panel import CurvesPanel
from napari_assb_twin.workspace.data_panel import DataPanel
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.export_panel import ExportPanel
from napari_assb_twin.workspace.files import Files
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel
from napari_assb_twin.workspace.preferences import Preferences, PreferenceWatch
from napari_assb_twin.workspace.properties_panel import PropertiesPanel
from napari_assb_twin.workspace.readouts_panel import ReadoutsPanel
from napari_assb_twin.workspace.scenarios_dock import ScenariosDock
from napari_assb_twin.workspace.scrolling import Scrolling
from napari_assb_twin.workspace.session_state import SessionState
from napari_assb_twin.workspace.shortcuts import install
from napari_assb_twin.workspace.side_dock import SideDock
from napari_assb_twin.workspace.status_bar import StatusBar
from napari_assb_twin.workspace.structure import Structure
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
        self.setAcceptDrops(True)
        self._closed = self._asking = False
        self.viewer = viewer
        self.display = Display(viewer)
        self.controller = Controller(twin or self.display.drawn_twin)
        self.comparison = Comparison(self.controller)
        self.structure = Structure(self.controller)
        self.camera = CameraButton(self.controller, self.display)
        self.view_bar = ViewBar(self.camera)
        self.data = DataPanel(self.controller, self.display)
        self.morphology = MorphologyPanel(self.controller)
        self.calibrate = CalibratePanel(self.controller)
        self.properties = PropertiesPanel(self.controller, self.display)
        self.export = ExportPanel(self.controller)
        self.curves = CurvesPanel(self.controller, self.comparison)
        self.readouts = ReadoutsPanel(self.controller, self.structure)
        self.status = StatusBar(self.controller)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Panels of the workspace")
        for name, panel in (
            ("Data", self.data),
            ("Morphology", self.morphology),
            ("Calibrate", self.calibrate),
            ("Export", self.export),
            ("Properties", self.properties),
        ):
            self.tabs.addTab(Scrolling(panel), name)
        self.tabs.setCurrentIndex(1)
        self.compare = SideDock(
            viewer, self, "Compare samples", partial(ComparePanel, self.controller)
        )
        self.compare_button = QToolButton()
        self.compare_button.setText("Compare…")
        self.compare_button.setAutoRaise(True)
        self.compare_button.setToolTip(
            "Compare samples: several twins at once, their curves, differences and a morph"
        )
        self.scenarios = ScenariosDock(viewer, self, self.controller)
        self.scenarios_button = QToolButton()
        self.scenarios_button.setText("Scenarios…")
        self.scenarios_button.setAutoRaise(True)
        self.scenarios_button.setToolTip(
            "Vary numbers of the twin and measure what the morphology does, in a table"
        )
        self.lower_tabs = QTabWidget()
        self.lower_tabs.setDocumentMode(True)
        self.lower_tabs.tabBar().setAccessibleName("Curves and readouts")
        self.lower_tabs.addTab(self.curves, "Two-point coverage")
        self.lower_tabs.addTab(self.readouts, "Readouts")
        self.lower_tabs.setCornerWidget(_side_by_side(self.compare_button, self.scenarios_button))
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(self.lower_tabs)
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
        self.preferences = PreferenceWatch()
        self._preferred = Preferences()
        self._connect()
        self._connect_files()
        self._install_keys()
        self._on_theme()
        self._on_preferences(self.preferences.current)
        self.controller.open()

    @property
    def busy(self) -> bool:
        """Whether a volume, curves or a job is being made, or drawn."""
        jobs = (
            *(self.calibrate.job, self.export.job, self.files.job, self.camera.recorder),
            *(self.data.opening.job, self.properties.job, self.properties.layers.job),
            *(self.scenarios.job, self.scenarios.learning),
        )
        workers = (self.controller, self.comparison, self.structure, self.compare)
        others = (*workers, self.data.previewer, self.data.files.worker)
        working = any(job.running for job in jobs) or any(other.busy for other in others)
        figures = (self.curves.figure, self.calibrate.training.figure, self.properties.plots.figure)
        return working or any(figure.drawing for figure in figures)

    def open_files(self, paths: Sequence[str | Path]) -> None:
        """Twin files replace the twin, sessions everything, images go to the Data panel."""
        sessions = [path for path in paths if str(path).endswith(SESSION_SUFFIX)]
        twins = [path for path in paths if str(path).endswith(".json")]
        images = [path for path in paths if path not in (*twins, *sessions)]
        for path in sessions[-1:]:
            self.files.open_session(path)
        for path in twins:
            try:
                self.controller.open_twin(path)
            except InputError as error:
                self.controller.refuse(error)
        if images:
            self.data.open_files(images)
            self.tabs.setCurrentIndex(0)

    def show_session(self, session: Session, name: str) -> None:
        """Go on where a session was saved; ``name`` is that of its file."""
        try:
            self.session_state.apply(session, name)
        except InputError as error:
            self.controller.refuse(error)

    def shutdown(self) -> None:
        """Stop all work; harmless when called twice, and `reopen` goes on."""
        if not self._closed:
            self._closed = True
            self.morphology.close_dialogs()
            self.data.close_dialogs()
            self.calibrate.shut()
            self.properties.close_all()
            self.camera.close_dialog()
            self.compare.shut()
            self.scenarios.shut()
            self.display.tidy()
            self._release()

    def reopen(self) -> None:
        """Go on after `shutdown`, for example when the widget is docked again."""
        if self._closed:
            self._closed = False
            self._release.armed = True
            self.display.open()
            self.preferences.open()
            self._on_theme()
            self._on_preferences(self.preferences.current)
            self.controller.open()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for a row of the morphology."""
        return QSize(WIDTH, 700)

    def dragEnterEvent(self, event) -> None:  # noqa: N802
        """Files and folders may be dropped."""
        if _files_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # noqa: N802
        """Open what was dropped."""
        event.acceptProposedAction()
        self.open_files(_files_of(event))

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
        controller.plane_realised.connect(display.show_plane)
        controller.look_at(lambda: display.plane)
        controller.data_changed.connect(self._on_data)
        controller.refused.connect(notify_error)
        controller.names_changed.connect(self.view_bar.set_names)
        self.view_bar.viewed.connect(display.view)
        self.view_bar.seen.connect(display.set_seen)
        self.view_bar.coloured.connect(self._on_scheme)
        self.view_bar.cut.connect(display.set_cut)
        self.view_bar.sliced.connect(display.set_slice)
        self.tabs.currentChanged.connect(self._on_tab)
        self.data.asking.connect(self._on_asking)
        self.compare_button.clicked.connect(lambda checked=False: self.compare.open())
        for button in (self.scenarios_button, self.properties.scenarios):
            button.clicked.connect(lambda checked=False: self.scenarios.open())
        display.on_theme(self._on_theme)
        display.on_view(self._on_view)
        self.preferences.changed.connect(self._on_preferences)

    def _connect_files(self) -> None:
        self.session_state = SessionState(self)
        capture = self.session_state.capture
        self.files = Files(self, self.controller, self.morphology.presets, capture)
        self.files.attach(self.morphology.open_button, self.morphology.save_button)
        self.files.picked.connect(self._on_picked)
        self.files.opened.connect(self.show_session)
        jobs = (
            *(self.calibrate.job, self.export.job, self.files.job, self.camera.recorder),
            *(self.data.opening.job, self.properties.job, self.properties.layers.job),
            *(self.scenarios.job, self.scenarios.learning),
        )
        panel = self.morphology
        kinds = self.calibrate.results.kinds.worker
        images = (self.data.previewer, self.data.files.worker)
        workers = (self.comparison, self.structure, panel.pictures, panel.reducer, kinds)
        self._release = _Release(
            self.controller, *workers, *images, *jobs, self.display, self.preferences
        )
        self.destroyed.connect(self._release)

    def _install_keys(self) -> None:
        controller, files, bar = self.controller, self.files, self.view_bar
        slots = {
            "undo": self._on_undo,
            "redo": controller.redo,
            "open": files.open,
            "save twin": files.save_twin,
            "save session": files.save_session,
            "new seed": controller.reroll,
        }
        buttons = {
            "open": self.morphology.open_button,
            "new seed": self.morphology.seed.roll,
            "compare": self.compare_button,
        }
        clicks = {name: button.click for name, button in buttons.items()}
        clicks |= {f"view {name}": button.click for name, button in bar.views.items()}
        clicks |= {f"show {phase}": bar.phases[phase].click for phase in PHASES}
        actions = {"save twin": files.twin_action, "save session": files.session_action}
        install(self, clicks | slots, buttons | actions)

    def _on_undo(self) -> None:
        """Take the last step back, or the layer that was added after it."""
        if not self.properties.layers.undo():
            self.controller.undo()

    def _on_picked(self, name: str) -> None:
        self.open_files([name])

    def _on_preferences(self, preferred: Preferences) -> None:
        """What has changed since the last time; choices made in the window stay otherwise."""
        before, self._preferred = self._preferred, preferred
        set_workers(preferred.threads)
        self.controller.set_previews(
            preferred.previews,
            half_from=preferred.half_from,
            quarter_from=preferred.quarter_from,
        )
        if preferred.device != before.device:
            self.status.device.value = preferred.device
        if preferred.colours != before.colours:
            self.view_bar.scheme.value = preferred.colours

    def _on_realised(self, realisation, full: bool) -> None:
        self.display.show(realisation)
        graded = realisation.twin.gradient is not None
        self.view_bar.set_shares(realisation.volume_fractions, graded=graded)

    def _on_view(self) -> None:
        self.view_bar.show_state(self.display.state)

    def _on_data(self, data: Data | None) -> None:
        self.view_bar.set_measured(None if data is None else data.volume_fractions)
        self.display.show_measured(None if data is None else data.measured)

    def _on_scheme(self, name: str) -> None:
        self.display.set_scheme(name)
        self.curves.set_look(self.display.theme, name)
        self.morphology.set_scheme(name)
        self.calibrate.set_scheme(name)
        self.data.validate.scheme = name

    def _on_theme(self) -> None:
        theme = self.display.theme
        self.morphology.set_theme(theme)
        self.calibrate.set_theme(theme)
        self.properties.set_theme(theme)
        self.camera.set_theme(theme)
        self.compare.set_theme(theme)
        self.scenarios.set_theme(theme)
        self.curves.set_look(theme, self.view_bar.scheme.value)
        self.readouts.set_theme(theme)

    def _on_tab(self, index: int) -> None:
        self.data.list_layers()
        self._give_room()

    def _on_asking(self, asking: bool) -> None:
        self._asking = asking
        self._give_room()

    def _give_room(self) -> None:
        """Questions about images, and measured properties, have the room of the curves."""
        measuring = self.tabs.currentWidget().widget() is self.properties
        self.lower_tabs.setVisible(not self._asking and not measuring)

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


def _files_of(event) -> list[str]:
    """The files and folders of this machine that are dragged."""
    names = [url.toLocalFile() for url in event.mimeData().urls()]
    return [name for name in names if name]


def _side_by_side(*buttons: QToolButton) -> QWidget:
    both = QWidget()
    layout = QHBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for button in buttons:
        layout.addWidget(button)
    return both
