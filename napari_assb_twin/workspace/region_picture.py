"""A small picture of a plane on which a region of rows and columns is shown, and drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt, Signal
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import QLabel

from napari_assb_twin.workspace.thumbnail import greys, scaled

SHADE = QColor(0, 0, 0, 130)
FRAME = QColor("#ffb000")
Shares = tuple[tuple[float, float], tuple[float, float]]
"""First and end of rows and of columns, as shares of the picture."""


class RegionPicture(QLabel):
    """A plane scaled into a box; what lies outside the region is darker.

    Signals
    -------
    drawn(Shares)
        A rectangle was drawn with the mouse.
    """

    drawn = Signal(object)

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self._box = height, width
        self._region: Shares = ((0.0, 1.0), (0.0, 1.0))
        self._from: QPointF | None = None
        self.setFixedHeight(height)
        self.setMinimumWidth(width)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setAccessibleName("Picture of a plane")

    def show_plane(self, plane: NDArray) -> None:
        """Show grey values or labels, shape (rows, columns)."""
        self.setPixmap(scaled(greys(plane), *self._box))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip("Draw a rectangle: the rows and columns that are read.")

    def show_region(self, region: Shares) -> None:
        """Mark other rows and columns."""
        self._region = region
        self.update()

    @property
    def _place(self) -> QRectF | None:
        """Where the picture lies in the widget; None while there is none."""
        shown = self.pixmap()
        if shown is None or shown.isNull():
            return None
        left = (self.width() - shown.width()) / 2
        top = (self.height() - shown.height()) / 2
        return QRectF(left, top, shown.width(), shown.height())

    def paintEvent(self, event) -> None:  # noqa: N802
        """The picture, darker outside the region, and a frame around it."""
        super().paintEvent(event)
        place = self._place
        if place is None:
            return
        (top, bottom), (left, right) = self._region
        region = QRectF(
            place.left() + left * place.width(),
            place.top() + top * place.height(),
            (right - left) * place.width(),
            (bottom - top) * place.height(),
        )
        with QPainter(self) as painter:
            for outside in (
                QRectF(place.left(), place.top(), place.width(), region.top() - place.top()),
                QRectF(
                    place.left(), region.bottom(), place.width(), place.bottom() - region.bottom()
                ),
                QRectF(place.left(), region.top(), region.left() - place.left(), region.height()),
                QRectF(
                    region.right(), region.top(), place.right() - region.right(), region.height()
                ),
            ):
                painter.fillRect(outside, SHADE)
            painter.setPen(QPen(FRAME, 1.5))
            painter.drawRect(region)

    def mousePressEvent(self, event) -> None:  # noqa: N802
        """One corner."""
        if self._place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._from = _position(event)

    def mouseMoveEvent(self, event) -> None:  # noqa: N802
        """The opposite corner, until the button is released."""
        place = self._place
        if self._from is None or place is None:
            return
        drawn = QRectF(self._from, _position(event)).normalized().intersected(place)
        if drawn.width() >= 1 and drawn.height() >= 1:
            rows, columns = (
                np.clip(np.divide(ends, whole), 0, 1).tolist()
                for ends, whole in (
                    ((drawn.top() - place.top(), drawn.bottom() - place.top()), place.height()),
                    ((drawn.left() - place.left(), drawn.right() - place.left()), place.width()),
                )
            )
            self.drawn.emit((tuple(rows), tuple(columns)))

    def mouseReleaseEvent(self, event) -> None:  # noqa: N802
        """The rectangle stands."""
        self._from = None


def _position(event) -> QPointF:
    """Where the mouse is, in Qt 5 and 6."""
    return event.position() if hasattr(event, "position") else event.localPos()
