"""The box that is filled, and the seed."""

from __future__ import annotations

from dataclasses import replace

from magicgui.widgets import CheckBox
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from napari_assb_twin.twin.parameters import Grid, Twin
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, choice, length, line, show, whole

LARGEST_EDGE = 2048
LARGEST_SEED = 2**31 - 1
SMALLEST_VOXEL_UM = 1e-6
WINDOWS = (("periodic", "periodic"), ("open", "open"))


class GridBox(QWidget):
    """Voxels along z, y and x, voxel size, and what lies at the faces."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.edges = [
            whole("", 1, LARGEST_EDGE, f"Voxels along {axis}.", spoken=f"Voxels along {axis}")
            for axis in "zyx"
        ]
        self.cube = CheckBox(
            text="cube", label="", value=True, tooltip="One edge for all three directions."
        )
        self.voxel = length("Voxel size", "Edge of a cubic voxel in micrometres.")
        self.voxel.native.setMinimum(SMALLEST_VOXEL_UM)
        self.window = choice(
            "Faces",
            WINDOWS,
            "Periodic: opposite faces fit together. Open: cut out of a larger structure.",
        )
        self.size = QLabel()
        voxels = line("Voxels", *self.edges)
        voxels.tooltip = "Along z, y and x."
        self._form = Form(voxels, self.cube, self.voxel, self.window)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        layout.addWidget(self._form)
        layout.addWidget(self.size)
        for edge in self.edges:
            edge.changed.connect(self._on_edge)
        self.cube.changed.connect(self._on_cube)
        self.voxel.changed.connect(self._on_voxel)
        self.window.changed.connect(self._on_window)

    def show_twin(self, twin: Twin) -> None:
        """Show the grid of a twin."""
        grid = twin.grid
        if len(set(grid.shape)) > 1:
            show(self.cube, False)
        for field, edge in zip(self.edges, grid.shape, strict=True):
            show(field, edge)
        self._show_edges()
        show(self.voxel, grid.voxel_size_um)
        show(self.window, grid.window)
        lengths = " × ".join(f"{edge:.4g}" for edge in grid.size_um)
        self.size.setText(f"Box (z × y × x): {lengths} µm")

    def _show_edges(self) -> None:
        for field in self.edges[1:]:
            field.visible = not self.cube.value

    def _on_cube(self, cube: bool) -> None:
        self._show_edges()
        if cube:
            self._on_edge(self.edges[0].value)

    def _on_edge(self, edge: int) -> None:
        shape = (edge,) * 3 if self.cube.value else tuple(field.value for field in self.edges)
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
        self.seed = whole(
            "Seed",
            0,
            LARGEST_SEED,
            "The same seed gives the same structure; other numbers, other ones.",
        )
        self.roll = QPushButton("New seed")
        self.roll.setToolTip("Another realisation of the same model, by chance.")
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAutoRaise(True)
        self.lock.setToolTip("Locked: presets and twin files do not change the seed.")
        self.lock.setAccessibleName("Lock of the seed")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel("Seed"))
        row.addWidget(self.seed.native, 1)
        row.addWidget(self.roll)
        row.addWidget(self.lock)
        self.seed.changed.connect(self._on_seed)
        self.roll.clicked.connect(self._on_roll)
        self.lock.toggled.connect(self._on_lock)

    def show_twin(self, twin: Twin) -> None:
        """Show the seed of a twin."""
        show(self.seed, twin.seed)

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
