"""The phases as a legend: colour, name, share of this realisation; a button shows or hides one."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.shortcuts import hint
from napari_assb_twin.workspace.tips import rich
from napari_assb_twin.workspace.views import SOLIDS

NAME_WIDTH = 62
"""Pixels for a name; longer ones end in an ellipsis."""


class Legend(QWidget):
    """One button a phase.

    Signals
    -------
    seen(frozenset)
        The phases that are to be drawn.
    """

    seen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._names = PhaseNames()
        self._shares: Mapping[Phase, float] | None = None
        self._measured: Mapping[Phase, float] | None = None
        self._graded = False
        self._of_sections = False
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        self.phases: dict[Phase, QPushButton] = {}
        for phase in PHASES:
            button = QPushButton()
            button.setCheckable(True)
            button.setChecked(phase in SOLIDS)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.toggled.connect(self._on_toggled)
            line.addWidget(button)
            self.phases[phase] = button
        self._write()

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases so."""
        self._names = names
        self._write()

    def set_scheme(self, name: str) -> None:
        """Colour the swatches by one of `SCHEMES`."""
        for phase, button in self.phases.items():
            button.setIcon(icons.swatch(SCHEMES[name].phases[phase], "#808080"))

    def set_shares(self, shares: Mapping[Phase, float], *, graded: bool) -> None:
        """Volume fractions of the realisation that is drawn, and whether they change along z."""
        self._shares, self._graded = shares, graded
        self._write()

    def set_measured(self, shares: Mapping[Phase, float] | None) -> None:
        """Volume fractions of the measured data, None without data."""
        self._measured = shares
        self._write()

    def show_seen(self, seen: frozenset[Phase], *, of_sections: bool) -> None:
        """Show which phases are drawn; emits nothing."""
        for phase, button in self.phases.items():
            with QSignalBlocker(button):
                button.setChecked(phase in seen)
        if of_sections != self._of_sections:
            self._of_sections = of_sections
            self._write()

    def _write(self) -> None:
        for phase, button in self.phases.items():
            name, share = self._names[phase], ""
            if self._shares is not None:
                share = f" {100 * self._shares[phase]:.1f} %"
            elide = Qt.TextElideMode.ElideRight
            button.setText(button.fontMetrics().elidedText(name, elide, NAME_WIDTH) + share)
            button.setAccessibleName(f"Show {name}{share}")
            button.setToolTip(rich("\n".join(self._tip(phase))))

    def _tip(self, phase: Phase) -> list[str]:
        name = self._names.long(phase)
        if self._of_sections:
            lines = [f"Show the {name} in the sections, or hide it."]
        elif phase == "pore":
            lines = [f"Draw the {name} as a solid, too, or look into the empty {name}."]
        else:
            lines = [f"Draw the {name} as a solid, or see through it."]
        if self._shares is not None:
            mean = ", mean over the depth" if self._graded else ""
            share = f"{100 * self._shares[phase]:.2f} %"
            lines.append(f"Volume fraction of this realisation{mean}: {share}")
        if self._measured is not None:
            lines.append(f"Measured: {100 * self._measured[phase]:.2f} %")
        lines[0] += hint(f"show {phase}")
        return lines

    def _on_toggled(self, seen: bool) -> None:
        self.seen.emit(frozenset(p for p, button in self.phases.items() if button.isChecked()))
