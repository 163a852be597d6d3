"""The one number of both fields: their correlation, and why there may be none."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.twin.parameters import FIELD_CORRELATION, Parameter, Twin
from napari_assb_twin.twin.phases import at_surface
from napari_assb_twin.workspace.parameter_row import ParameterRow, row_grid
from napari_assb_twin.workspace.phase_names import PhaseNames

NOT_GAUSSIAN = "Takes two Gaussian fields, both above their levels."


class PairBox(QWidget):
    """The row of the field correlation; where the twin can have none, a line says why."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        grid = row_grid()
        layout.addLayout(grid)
        self.row = ParameterRow(FIELD_CORRELATION, grid, 0)
        self.note = QLabel(NOT_GAUSSIAN)
        self.note.setWordWrap(True)
        self.note.setVisible(False)
        layout.addWidget(self.note)

    def show_twin(self, twin: Twin) -> None:
        """Say why the twin can have no field correlation; the row shows the number."""
        self.note.setVisible(not twin.can_correlate)


def description_of(twin: Twin, names: PhaseNames) -> Parameter:
    """The field correlation in the words of the screen, as ``"Voids at CAM surface"``."""
    label = at_surface(names[twin.second_phase], names[twin.first_phase])
    return replace(twin.description(FIELD_CORRELATION), label=label)
