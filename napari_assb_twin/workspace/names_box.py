"""The names of the phases on screen."""

from __future__ import annotations

from functools import partial

from magicgui.widgets import LineEdit
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, SHORT_NAMES, Phase
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form
from napari_assb_twin.workspace.phase_names import LONGEST, PhaseNames


class NamesBox(QWidget):
    """One line per phase: a void, a Ni or YSZ phase may be called so."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.fields = {phase: _field(phase) for phase in PHASES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._form = Form(*self.fields.values())
        layout.addWidget(self._form)
        for phase, field in self.fields.items():
            field.native.editingFinished.connect(partial(self._on_edited, phase))
        controller.names_changed.connect(self.show_names)
        self.show_names(controller.names)

    def show_names(self, names: PhaseNames) -> None:
        """Write the names as they are."""
        for phase, field in self.fields.items():
            field.value = names[phase]

    def _on_edited(self, phase: Phase) -> None:
        try:
            self._controller.rename(phase, self.fields[phase].value)
        except InputError as error:
            self._controller.refuse(error)
        self.show_names(self._controller.names)


def _field(phase: Phase) -> LineEdit:
    long = LONG_NAMES[phase]
    field = LineEdit(
        label=long[0].upper() + long[1:],
        tooltip=f"Name of the {long} in this window; files keep {phase}. "
        f"Empty: {SHORT_NAMES[phase]}.",
    )
    field.native.setMaxLength(LONGEST)
    field.native.setAccessibleName(f"Name of the {long} on screen")
    return field
