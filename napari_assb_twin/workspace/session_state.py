"""The whole window as a session, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_assb_twin.errors import InputError
from napari_assb_twin.session.state import Layout, Session, View
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.viewpoint import look_from, viewpoint_of
from napari_assb_twin.workspace.window_layout import (
    dock_width,
    set_dock_width,
    set_window_size,
    window_size,
)

if TYPE_CHECKING:
    from qtpy.QtWidgets import QToolButton

    from napari_assb_twin.twin.realisation import Realisation
    from napari_assb_twin.workspace.widget import TwinWorkspace


class SessionState:
    """Asks the parts of a workspace what they show, and tells them.

    The camera is set when the twin of the session is drawn: a new box resets the view.
    """

    def __init__(self, workspace: TwinWorkspace) -> None:
        self._workspace = workspace
        self._awaited: Session | None = None
        workspace.controller.realised.connect(self._on_realised)

    def capture(self) -> Session:
        """The session as it is now."""
        workspace, controller = self._workspace, self._workspace.controller
        return Session(
            twin=controller.twin,
            data=controller.data,
            names={phase: controller.names[phase] for phase in PHASES},
            padlocks=controller.padlocks,
            seed_locked=controller.seed_locked,
            fit=workspace.calibrate.chosen,
            view=self._view(),
            layout=self._layout(),
            curves=workspace.curves.chosen,
        )

    def apply(self, session: Session, name: str) -> None:
        """Show a session; ``name`` is that of its file, for undo.

        Raises
        ------
        InputError
            If a part of it is unknown here; then nothing has changed.
        """
        workspace, controller = self._workspace, self._workspace.controller
        names = PhaseNames(**session.names)
        if session.view.scheme not in SCHEMES:
            raise InputError(
                f"{name} has the colours {session.view.scheme!r}; known are {', '.join(SCHEMES)}."
            )
        workspace.calibrate.choose(session.fit)
        workspace.calibrate.abandon()
        workspace.export.job.stop()
        workspace.data.close_form()
        workspace.morphology.seed.lock.setChecked(False)
        controller.set_names(names)
        controller.set_data(session.data)
        controller.adopt(session.twin, f"opening {name}")
        workspace.morphology.seed.lock.setChecked(session.seed_locked)
        for path in controller.padlocks | session.padlocks:
            controller.set_padlock(path, path in session.padlocks)
        workspace.curves.choose(session.curves)
        self._set_layout(session.layout)
        self._set_look(session.view)
        self._awaited = session
        if controller.realisation is not None and not controller.busy:
            self._on_realised(controller.realisation, full=True)

    # view

    def _view(self) -> View:
        bar = self._workspace.view_bar
        shown = viewpoint_of(self._workspace.viewer)
        return View(
            name=next((name for name, one in bar.views.items() if one.isChecked()), "3D"),
            scheme=bar.scheme.value,
            seen=tuple(phase for phase in PHASES if bar.phases[phase].isChecked()),
            dimensions=shown.dimensions,
            order=shown.order,
            point_um=shown.point_um,
            cut=bar.chosen_cut,
            camera=shown.camera,
        )

    def _set_look(self, view: View) -> None:
        bar = self._workspace.view_bar
        bar.scheme.value = view.scheme
        bar.choose_cut(view.cut)
        if view.name in bar.views:
            bar.views[view.name].click()
        for phase in PHASES:
            bar.phases[phase].setChecked(phase in view.seen)

    def _on_realised(self, realisation: Realisation, full: bool) -> None:
        session = self._awaited
        if session is None or not full:
            return
        if realisation.twin == self._workspace.controller.twin:
            self._awaited = None
            if realisation.twin == session.twin:
                look_from(self._workspace.viewer, session.view)

    # layout

    def _layout(self) -> Layout:
        workspace = self._workspace
        upper, lower = workspace.splitter.sizes()
        return Layout(
            window_px=window_size(workspace),
            dock_px=dock_width(workspace),
            parts_px=(upper, lower) if lower else None,  # hidden: as it was before
            tab=workspace.tabs.tabText(workspace.tabs.currentIndex()),
            folded=tuple(name for name, fold in self._folds().items() if not fold.isChecked()),
        )

    def _set_layout(self, layout: Layout) -> None:
        workspace = self._workspace
        if layout.window_px is not None:
            set_window_size(workspace, layout.window_px)
        if layout.dock_px is not None:
            set_dock_width(workspace, layout.dock_px)
        if layout.parts_px is not None:
            workspace.splitter.setSizes(list(layout.parts_px))
        titles = [workspace.tabs.tabText(index) for index in range(workspace.tabs.count())]
        if layout.tab in titles:
            workspace.tabs.setCurrentIndex(titles.index(layout.tab))
        if layout.folded is not None:
            for name, fold in self._folds().items():
                fold.setChecked(name not in layout.folded)

    def _folds(self) -> dict[str, QToolButton]:
        return self._workspace.morphology.folds | self._workspace.data.folds
