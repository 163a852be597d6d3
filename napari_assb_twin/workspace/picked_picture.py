"""A picture that says where it was clicked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QLabel

from napari_assb_twin.workspace.thumbnail import scaled


class PickedPicture(QLabel):
    """A picture scaled into a box of ``height`` x ``width`` pixels.

    Signals
    -------
    picked(float, float)
        Where it was clicked: the share of its height from the top, and of its width from the left.
    """

    picked = Signal(float, float)

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self._box = height, width
        self.setFixedSize(width, height)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_picture(self, picture: NDArray[np.uint8]) -> None:
        """Show red, green and blue, shape (rows, columns, 3)."""
        self.setPixmap(scaled(picture, *self._box))

    def mousePressEvent(self, event) -> None:  # noqa: N802
        """Tell the place, if it lies in the picture."""
        shown = self.pixmap()
        if shown is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position() if hasattr(event, "position") else event.localPos()
        row = (place.y() - (self.height() - shown.height()) / 2) / shown.height()
        column = (place.x() - (self.width() - shown.width()) / 2) / shown.width()
        if 0 <= row < 1 and 0 <= column < 1:
            self.picked.emit(row, column)
