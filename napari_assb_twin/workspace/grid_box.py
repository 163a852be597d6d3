"""The box that is filled, and the seed."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtCore import QSignalBlocker
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from napari_assb_twin.twin.parameters import Grid, Twin
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.choice import Choice
from napari_assb_twin.workspace.controller import Controller

LARGEST_EDGE = 2048
LARGEST_SEED = 2**31 - 1


class GridBox(QWidget):
    """Voxels along z, y and x, voxel size, and what lies at the faces."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.edges = [_spin(1, LARGEST_EDGE, f"Voxels along {axis}") for axis in "zyx"]
        for axis, spin in zip("zyx", self.edges, strict=True):
            spin.setPrefix(f"{axis} ")
        self.cube = QCheckBox("cube")
        self.cube.setChecked(True)
        self.cube.setToolTip("One edge for all three directions.")
        self.voxel = QDoubleSpinBox()
        self.voxel.setDecimals(5)
        self.voxel.setRange(1e-5, 1e3)
        self.voxel.setSingleStep(0.01)
        self.voxel.setSuffix(" µm")
        self.voxel.setKeyboardTracking(False)
        self.voxel.setAccessibleName("Voxel size")
        self.voxel.setToolTip("Edge of a cubic voxel in micrometres.")
        self.window = Choice(
            (("periodic", "periodic faces"), ("open", "open faces")), name="Window"
        )
        self.window.setToolTip(
            "Periodic: opposite faces fit together. Open: cut out of a larger structure."
        )
        self.size = QLabel()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.addWidget(QLabel("Voxels"), 0, 0)
        line = QHBoxLayout()
        for spin in self.edges:
            spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            spin.setMinimumWidth(50)
            line.addWidget(spin, 1)
        grid.addLayout(line, 0, 1)
        grid.addWidget(QLabel("Voxel size"), 1, 0)
        line = QHBoxLayout()
        line.addWidget(self.voxel, 1)
        line.addWidget(self.window, 1)
        grid.addLayout(line, 1, 1)
        grid.addWidget(self.cube, 2, 0)
        grid.addWidget(self.size, 2, 1)
        grid.setColumnStretch(1, 1)
        for spin in self.edges:
            spin.valueChanged.connect(self._on_edge)
        self.cube.toggled.connect(self._on_cube)
        self.voxel.valueChanged.connect(self._on_voxel)
        self.window.chosen.connect(self._on_window)

    def show_twin(self, twin: Twin) -> None:
        """Show the grid of a twin."""
        grid = twin.grid
        if len(set(grid.shape)) > 1:
            self._check_cube(False)
        for spin, edge in zip(self.edges, grid.shape, strict=True):
            with QSignalBlocker(spin):
                spin.setValue(edge)
        self._show_edges()
        with QSignalBlocker(self.voxel):
            self.voxel.setValue(grid.voxel_size_um)
        self.window.set_value(grid.window)
        lengths = " × ".join(f"{length:.4g}" for length in grid.size_um)
        self.size.setText(f"Box (z × y × x): {lengths} µm")

    def _show_edges(self) -> None:
        cube = self.cube.isChecked()
        for spin in self.edges[1:]:
            spin.setVisible(not cube)
        self.edges[0].setPrefix("edge " if cube else "z ")

    def _check_cube(self, cube: bool) -> None:
        with QSignalBlocker(self.cube):
            self.cube.setChecked(cube)

    def _on_cube(self, cube: bool) -> None:
        self._show_edges()
        if cube:
            self._on_edge(self.edges[0].value())

    def _on_edge(self, edge: int) -> None:
        cube = self.cube.isChecked()
        shape = (edge,) * 3 if cube else tuple(spin.value() for spin in self.edges)
        self._set(replace(self._controller.twin.grid, shape=shape))

    def _on_voxel(self, size: float) -> None:
        self._set(replace(self._controller.twin.grid, voxel_size_um=size))

    def _on_window(self, window: str) -> None:
        self._set(replace(self._controller.twin.grid, window=window))

    def _set(self, grid: Grid) -> None:
        with attempt(self._controller):
            self._controller.set_grid(grid)


class SeedRow(QWidget):
    """The seed, a new one by chance, and its lock."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.seed = _spin(0, LARGEST_SEED, "Seed")
        self.seed.setToolTip("The same seed gives the same structure; other numbers, other ones.")
        self.roll = QPushButton("New seed")
        self.roll.setToolTip("Another realisation of the same model, by chance.")
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAutoRaise(True)
        self.lock.setToolTip("Locked: presets and twin files do not change the seed.")
        self.lock.setAccessibleName("Lock of the seed")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(QLabel("Seed"))
        line.addWidget(self.seed, 1)
        line.addWidget(self.roll)
        line.addWidget(self.lock)
        self.seed.valueChanged.connect(self._on_seed)
        self.roll.clicked.connect(self._on_roll)
        self.lock.toggled.connect(self._on_lock)

    def show_twin(self, twin: Twin) -> None:
        """Show the seed of a twin."""
        with QSignalBlocker(self.seed):
            self.seed.setValue(twin.seed)

    def set_text_colour(self, colour: str) -> None:
        """Draw the lock in the colour of the theme's text."""
        self._colour = colour
        self.lock.setIcon(icons.padlock(colour, locked=self.lock.isChecked()))

    def _on_seed(self, seed: int) -> None:
        with attempt(self._controller):
            self._controller.set_seed(seed)

    def _on_roll(self) -> None:
        self._controller.reroll()

    def _on_lock(self, locked: bool) -> None:
        self._controller.seed_locked = locked
        self.set_text_colour(self._colour)


def _spin(low: int, high: int, name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setKeyboardTracking(False)
    spin.setAccessibleName(name)
    return spin
