"""A gradient through the thickness: fractions at the separator and at the current collector."""

from __future__ import annotations

from dataclasses import replace

from magicgui.widgets import CheckBox
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.gradient_ends import (
    END_PARAMETERS,
    ENDS,
    FLAT,
    GRADED,
    at_end,
    end_value,
)
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, choice, show
from napari_assb_twin.workspace.parameter_row import ParameterRow, row_grid

SIDES = (("first slice, z = 0", "first"), ("last slice", "last"))
MEANS = (
    "Curves are means over the depth, readouts those of the mean fractions; a fit gives a twin "
    "without a gradient."
)


class GradientBox(QWidget):
    """Off, or the fractions of pore and active material at both ends; the rest follows."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.graded = CheckBox(
            text="Fractions change from separator to collector",
            label="",
            tooltip="Evenly along z. The volume fractions above are then the means.",
        )
        self.side = choice("Separator at", SIDES, "Which end of the z axis faces the separator.")
        self._ends = QWidget()
        below = QVBoxLayout(self._ends)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        grid = row_grid()
        below.addLayout(grid)
        self.rows = {path: ParameterRow(path, grid, at) for at, path in enumerate(END_PARAMETERS)}
        self.rest, self.note = QLabel(), QLabel()
        for label in (self.rest, self.note):
            label.setWordWrap(True)
            below.addWidget(label)
        below.addWidget(Form(self.side))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        layout.addWidget(self.graded.native)
        layout.addWidget(self._ends)
        for row in self.rows.values():
            policy = row.padlock.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            row.padlock.setSizePolicy(policy)
            row.padlock.setVisible(False)  # the means have padlocks
            row.moved.connect(self._on_moved)
            row.begun.connect(controller.begin_gesture)
            row.released.connect(controller.end_drag)
            row.reset.connect(self._on_reset)
        self.graded.changed.connect(self._on_graded)
        self.side.changed.connect(self._on_side)

    def show_twin(self, twin: Twin) -> None:
        """Show the gradient of a twin, or that it has none."""
        gradient, names = twin.gradient, self._controller.names
        show(self.graded, gradient is not None)
        self._ends.setVisible(gradient is not None)
        if gradient is None:
            return
        show(self.side, gradient.separator_side)
        for path, row in self.rows.items():
            row.set_value(end_value(twin, path))
        rest = [at_end(twin, end)["solid_electrolyte"] for end in ENDS]
        self.rest.setText(
            f"{_capital(names['solid_electrolyte'])}, the rest: {rest[0]:.3f} at separator, "
            f"{rest[1]:.3f} at collector"
        )
        inner = len(gradient.depth) - 2
        kept = f"The profile has {inner} more depth{'s' * (inner > 1)}, which keep their fractions."
        self.note.setText(f"{kept} {MEANS}" if inner else MEANS)

    def show_names(self) -> None:
        """Call the phases as the screen does."""
        names = self._controller.names
        rows = iter(self.rows.values())
        for phase in GRADED:
            for end in ENDS:
                next(rows).set_name(f"{_capital(names[phase])} at {end}")
        self.show_twin(self._controller.twin)

    def show_home(self, home: Twin) -> None:
        """Say what a double click resets to."""
        for path, row in self.rows.items():
            row.set_home(end_value(home, path))

    def _on_graded(self, graded: bool) -> None:
        with attempt(self._controller):
            self._controller.set_gradient(
                (self._controller.home.gradient or FLAT) if graded else None
            )

    def _on_side(self, side: SeparatorSide) -> None:
        gradient = self._controller.twin.gradient
        if gradient is not None:
            with attempt(self._controller):
                self._controller.set_gradient(replace(gradient, separator_side=side))

    def _on_moved(self, path: str, value: float | None, dragging: bool) -> None:
        with attempt(self._controller):
            self._controller.set_end(path, value, dragging=dragging)

    def _on_reset(self, path: str) -> None:
        with attempt(self._controller):
            self._controller.reset_end(path)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
