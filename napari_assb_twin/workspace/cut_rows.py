"""Rows that move planes: the clipping plane of a volume, and three orthogonal sections."""

from __future__ import annotations

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from napari_assb_twin.twin.parameters import Grid
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.views import AXES, Cut

STEPS = 200
ROW_AXES = (("z", 0), ("y", 1), ("x", 2))


class CutRow(QWidget):
    """Axis, position and side of the clipping plane.

    Signals
    -------
    moved(Cut)
    """

    moved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._grid: Grid | None = None
        cut = Cut()
        self.axis = choice(
            "Across",
            ROW_AXES,
            "The plane of the cut is perpendicular to this axis.",
            spoken="Axis across the cut",
        )
        self.axis.native.setFixedWidth(58)
        self.axis.value = cut.axis
        self.position = _slider("Position of the cut", "Moves the cut through the volume.")
        self.position.setRange(0, STEPS)
        self.position.setValue(round(cut.position * STEPS))
        self.place = _place()
        self.side = QPushButton("other side")
        self.side.setCheckable(True)
        self.side.setToolTip("Take away the part behind the cut instead of the one before it.")
        line = _line(self)
        line.addWidget(QLabel("Cut across"))
        line.addWidget(self.axis.native)
        line.addWidget(self.position, 1)
        line.addWidget(self.place)
        line.addWidget(self.side)
        self.axis.changed.connect(self._on_moved)
        self.position.valueChanged.connect(self._on_moved)
        self.side.toggled.connect(self._on_moved)

    @property
    def cut(self) -> Cut:
        """The plane that is set."""
        return Cut(self.axis.value, self.position.value() / STEPS, self.side.isChecked())

    def choose(self, cut: Cut) -> None:
        """Set the plane."""
        self.axis.value = cut.axis
        self.position.setValue(round(cut.position * STEPS))
        self.side.setChecked(cut.flipped)

    def show_grid(self, grid: Grid | None) -> None:
        """Tell the position in micrometres of this box."""
        self._grid = grid
        if grid is not None:
            place = self.cut.position * grid.size_um[self.cut.axis]
            self.place.setText(f"{place:.3g} µm")

    def _on_moved(self, value: object) -> None:
        self.show_grid(self._grid)
        self.moved.emit(self.cut)


class SectionsRow(QWidget):
    """A slider for each of three orthogonal sections.

    Signals
    -------
    moved(int, int)
        Axis (z, y, x) and voxel of the box through which its section goes now.
    """

    moved = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        line = _line(self)
        self.sliders: list[QSlider] = []
        self.places: list[QLabel] = []
        for axis, name in enumerate(AXES):
            slider = _slider(
                f"Section across {name}", f"Moves the section that is perpendicular to {name}."
            )
            slider.valueChanged.connect(lambda index, axis=axis: self.moved.emit(axis, index))
            place = _place()
            line.addWidget(QLabel(name))
            line.addWidget(slider, 1)
            line.addWidget(place)
            self.sliders.append(slider)
            self.places.append(place)

    def show_slices(self, grid: Grid, slices: tuple[int, int, int]) -> None:
        """Show where the sections are; emits nothing."""
        for axis, index in enumerate(slices):
            slider = self.sliders[axis]
            with QSignalBlocker(slider):
                slider.setRange(0, grid.shape[axis] - 1)
                slider.setPageStep(max(1, grid.shape[axis] // 10))
                slider.setValue(index)
            self.places[axis].setText(f"{index * grid.voxel_size_um:.3g} µm")


def _line(widget: QWidget) -> QHBoxLayout:
    line = QHBoxLayout(widget)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(4)
    return line


def _slider(spoken: str, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setMinimumWidth(40)
    slider.setAccessibleName(spoken)
    slider.setToolTip(tip)
    return slider


def _place() -> QLabel:
    """A length, as wide as the widest, so that sliders keep their size."""
    label = QLabel()
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("88.8 µm"))
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
