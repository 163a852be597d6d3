"""A measured section and a simulated one, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QLabel, QWidget

from napari_assb_twin.twin.phases import OUTSIDE, PHASES
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.thumbnail import coloured, scaled


class SectionPictures(QWidget):
    """Two pictures under their titles, beside each other or ``stacked``.

    ``side`` is the longest edge of each in pixels.
    """

    def __init__(self, *, side: int, stacked: bool = False) -> None:
        super().__init__()
        self._side = side
        self._pair: tuple[NDArray[np.uint8], NDArray[np.uint8], str] | None = None
        self._phases = next(iter(SCHEMES.values())).phases
        self.measured, self.simulated = QLabel(), QLabel()
        if stacked:  # what stands beside them keeps its width when they come
            for picture in (self.measured, self.simulated):
                picture.setFixedSize(side, side)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        for column, (title, picture) in enumerate(
            (("measured", self.measured), ("simulated", self.simulated))
        ):
            for row, label in enumerate((QLabel(title), picture)):
                label.setAlignment(Qt.AlignmentFlag.AlignCenter)
                place = (row + 2 * column, 0) if stacked else (row, column)
                grid.addWidget(label, *place)

    def show_pair(
        self, measured: NDArray[np.uint8], simulated: NDArray[np.uint8], spoken: str
    ) -> None:
        """Show labels of the same shape; ``spoken`` says what the second is simulated with.

        Where a section was not measured, the background is seen.
        """
        self._pair = measured, simulated, spoken
        colours = [self._phases[phase] for phase in PHASES]
        for label, image, told in (
            (self.measured, measured, "Measured section"),
            (self.simulated, simulated, f"Section simulated with {spoken}"),
        ):
            picture = coloured(image, range(len(PHASES)), colours)
            opacity = np.where(image == OUTSIDE, 0, 255).astype(np.uint8)
            label.setPixmap(scaled(np.dstack((picture, opacity)), self._side, self._side))
            label.setAccessibleName(told)
            label.setToolTip(told)

    def set_scheme(self, name: str) -> None:
        """Colours of the phases."""
        self._phases = SCHEMES[name].phases
        if self._pair is not None:
            self.show_pair(*self._pair)
