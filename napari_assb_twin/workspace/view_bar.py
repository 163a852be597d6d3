"""How the volume is looked at: view, cut, phases, colours."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.cut_rows import CutRow, SectionsRow
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.legend import Legend
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.shortcuts import hint
from napari_assb_twin.workspace.views import VIEWS, Cut, View, ViewState

TIPS: dict[View, str] = {
    "3D": "The volume in three dimensions.",
    "sections": "Three orthogonal sections at once; sliders below move them.",
    "xy": "Plan view: perpendicular to the pressing direction z.",
    "xz": "Cross-section xz: contains the pressing direction.",
    "yz": "Cross-section yz: contains the pressing direction.",
    "beside": "Measured beside simulated, in the same colours and to the same scale.",
}
NO_DATA = " Open sections or a tomogram in Data first."
CUT = "A cut through the volume that can be moved: what lies before it is taken away."
NO_CUT = " Only in 3D."
PADDING = 14


class ViewBar(QWidget):
    """Lines above the panels: views; legend and colours; what moves the planes of a view.

    Parameters
    ----------
    camera
        The button for pictures and movies.

    Signals
    -------
    viewed(str), seen(frozenset), coloured(str)
        The view, the phases drawn, the colour scheme that were chosen.
    cut(Cut or None), sliced(int, int)
        The clipping plane; axis (z, y, x) and voxel of a section.
    """

    viewed = Signal(str)
    seen = Signal(object)
    coloured = Signal(str)
    cut = Signal(object)
    sliced = Signal(int, int)

    def __init__(self, camera: QWidget) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self.views: dict[View, QPushButton] = {}
        first = QHBoxLayout()
        first.setSpacing(3)
        for name in VIEWS:
            button = _button(name, f"View {name}", TIPS[name] + hint(f"view {name}"))
            button.setChecked(name == "3D")
            button.clicked.connect(lambda checked=False, name=name: self.viewed.emit(name))
            self._group.addButton(button)
            first.addWidget(button)
            self.views[name] = button
        first.addStretch(1)
        self.clip = _button("cut", "Cut through the volume", CUT)
        self.clip.toggled.connect(self._on_cut)
        self.legend = Legend()
        self.phases = self.legend.phases
        self.legend.seen.connect(self.seen)
        self.scheme = choice(
            "Colours",
            [(scheme.title, name) for name, scheme in SCHEMES.items()],
            "Colours of the phases: black, red, grey as in the paper of Furat et al., or those of "
            "Okabe and Ito, which colour-blind readers can tell apart.",
        )
        self.scheme.native.setMinimumContentsLength(3)
        self.scheme.native.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.scheme.changed.connect(self._on_scheme)
        for widget in (self.clip, self.scheme.native, camera):
            first.addWidget(widget)
        self.cut_row, self.sections_row = CutRow(), SectionsRow()
        self.cut_row.moved.connect(self.cut)
        self.sections_row.moved.connect(self.sliced)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(4, 2, 4, 2)
        lines.setSpacing(3)
        lines.addLayout(first)
        for widget in (self.legend, self.cut_row):
            lines.addWidget(widget)
        lines.addWidget(self.sections_row)
        self.legend.set_scheme(self.scheme.value)
        self.show_state(ViewState("3D", False, frozenset(p for p in self.seen_phases), False))

    @property
    def chosen_cut(self) -> tuple[int, float, bool] | None:
        """Axis, position and side of the clipping plane, or None without one."""
        cut = self.cut_row.cut
        return (cut.axis, cut.position, cut.flipped) if self.clip.isChecked() else None

    def choose_cut(self, cut: tuple[int, float, bool] | None) -> None:
        """Cut there, or not at all."""
        if cut is not None:
            self.cut_row.choose(Cut(*cut))
        self.clip.setChecked(cut is not None)

    @property
    def seen_phases(self) -> frozenset[Phase]:
        """The phases whose buttons are down."""
        return frozenset(p for p, button in self.phases.items() if button.isChecked())

    def show_state(self, state: ViewState) -> None:
        """Show which view there is and where its planes are; emits nothing."""
        self.views[state.view].setChecked(True)
        self.views["beside"].setEnabled(state.has_data)
        tip = TIPS["beside"] + hint("view beside")
        self.views["beside"].setToolTip(tip + ("" if state.has_data else NO_DATA))
        self.legend.show_seen(state.seen, of_sections=state.shows_sections)
        self.clip.setEnabled(not state.shows_sections)
        self.clip.setToolTip(CUT + (NO_CUT if state.shows_sections else ""))
        self.cut_row.setVisible(self.clip.isChecked() and not state.shows_sections)
        self.cut_row.show_grid(state.grid)
        self.sections_row.setVisible(state.view == "sections" and not state.flat)
        if state.grid is not None:
            self.sections_row.show_slices(state.grid, state.slices)

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases so."""
        self.legend.set_names(names)

    def set_shares(self, shares: Mapping[Phase, float], *, graded: bool) -> None:
        """Volume fractions of the realisation that is drawn, and whether they change along z."""
        self.legend.set_shares(shares, graded=graded)

    def set_measured(self, shares: Mapping[Phase, float] | None) -> None:
        """Volume fractions of the measured data, None without data."""
        self.legend.set_measured(shares)

    def _on_cut(self, wanted: bool) -> None:
        self.cut_row.setVisible(wanted)
        self.cut.emit(self.cut_row.cut if wanted else None)

    def _on_scheme(self, name: str) -> None:
        self.legend.set_scheme(name)
        self.coloured.emit(name)


def _button(text: str, spoken: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setFixedWidth(button.fontMetrics().horizontalAdvance(text) + PADDING)
    button.setToolTip(tip)
    button.setAccessibleName(spoken)
    button.setCheckable(True)
    return button
