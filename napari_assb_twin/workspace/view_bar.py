"""How the volume is looked at: view, phases, colours."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from napari_assb_twin.twin.phases import LONG_NAMES, PHASES
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.display import ORDERS, SEEN
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.phase_names import PhaseNames

TIPS = {
    "3D": "The volume in three dimensions.",
    "xy": "Plan view: perpendicular to the pressing direction z.",
    "xz": "Cross-section xz: contains the pressing direction.",
    "yz": "Cross-section yz: contains the pressing direction.",
}


class ViewBar(QWidget):
    """One line above the panels.

    Signals
    -------
    viewed(str), seen(frozenset), coloured(str)
        The view, the phases drawn as solids, the colour scheme that were chosen.
    """

    viewed = Signal(str)
    seen = Signal(object)
    coloured = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 2, 4, 2)
        line.setSpacing(3)
        self._group = QButtonGroup(self)
        self.views: dict[str, QPushButton] = {}
        for name in ORDERS:
            button = _view_button(name)
            button.setChecked(name == "3D")
            button.clicked.connect(lambda checked=False, name=name: self.viewed.emit(name))
            self._group.addButton(button)
            line.addWidget(button)
            self.views[name] = button
        line.addSpacing(6)
        self.phases: dict[str, QPushButton] = {}
        for phase in PHASES:
            button = QPushButton()
            button.setToolTip(f"Draw the {LONG_NAMES[phase]} as a solid in 3D, or see through it.")
            button.setCheckable(True)
            button.setChecked(phase in SEEN)
            button.toggled.connect(self._on_phase)
            line.addWidget(button)
            self.phases[phase] = button
        self.scheme = choice(
            "Colours",
            [(scheme.title, name) for name, scheme in SCHEMES.items()],
            "Colours of the phases: black, red, grey as in the paper of Furat et al., or those of "
            "Okabe and Ito, which colour-blind readers can tell apart.",
        )
        self.scheme.native.setMinimumContentsLength(3)
        line.addWidget(self.scheme.native, 1)
        self.scheme.changed.connect(self._on_scheme)
        self.set_names(PhaseNames())
        self._paint()

    def set_names(self, names: PhaseNames) -> None:
        """Write the names of the phases on their buttons."""
        for phase, button in self.phases.items():
            button.setText(names[phase])
            button.setAccessibleName(f"Phase {names[phase]} as a solid")

    def _paint(self) -> None:
        scheme = SCHEMES[self.scheme.value]
        for phase, button in self.phases.items():
            button.setIcon(icons.swatch(scheme.phases[phase], "#808080"))

    def _on_phase(self, seen: bool) -> None:
        self.seen.emit(frozenset(p for p, button in self.phases.items() if button.isChecked()))

    def _on_scheme(self, name: str) -> None:
        self._paint()
        self.coloured.emit(name)


def _view_button(name: str) -> QPushButton:
    button = QPushButton(name)
    button.setFixedWidth(31)
    button.setToolTip(TIPS[name])
    button.setAccessibleName(f"View {name}")
    button.setCheckable(True)
    return button
