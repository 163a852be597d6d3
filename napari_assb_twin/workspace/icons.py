"""Small icons drawn in the colour of the text, so that they suit any theme."""

from __future__ import annotations

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

SIDE = 32


def padlock(colour: str, *, locked: bool) -> QIcon:
    """A closed or an open padlock."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(colour)
    ink.setAlphaF(1.0 if locked else 0.45)
    painter.setPen(QPen(ink, 3))
    shift = 0 if locked else 8
    painter.drawArc(QRectF(9 + shift, 4, 14, 18), 0, 180 * 16)
    if locked:
        painter.drawLine(9, 13, 9, 16)
        painter.drawLine(23, 13, 23, 16)
    painter.drawLine(9 + shift, 13, 9 + shift, 16)
    body = QRectF(5, 15, 22, 14)
    if locked:
        painter.setBrush(ink)
    painter.drawRoundedRect(body, 3, 3)
    painter.end()
    return QIcon(pixmap)


def doubt(colour: str) -> QIcon:
    """A question mark in a circle."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 2.5))
    painter.drawEllipse(QRectF(3, 3, SIDE - 6, SIDE - 6))
    font = painter.font()
    font.setPixelSize(20)
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(QRectF(0, 0, SIDE, SIDE), Qt.AlignmentFlag.AlignCenter, "?")
    painter.end()
    return QIcon(pixmap)


def swatch(colour: str, border: str) -> QIcon:
    """A square of one colour."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(QColor(border), 2))
    painter.setBrush(QColor(colour))
    painter.drawRect(4, 4, SIDE - 8, SIDE - 8)
    painter.end()
    return QIcon(pixmap)


def bar(share: float, width: int, colour: str) -> QPixmap:
    """A bar as long as a share, at least a line, on a lane of the whole width."""
    pixmap = QPixmap(width, 8)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.fillRect(QRectF(0, 0, max(1.0, share * width), 8), QColor(colour))
    painter.end()
    return pixmap


def camera(colour: str) -> QIcon:
    """A camera."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(colour)
    painter.setPen(QPen(ink, 2.5))
    painter.drawRoundedRect(QRectF(3, 9, 26, 18), 3, 3)
    painter.drawEllipse(QRectF(11, 13, 10, 10))
    painter.fillRect(QRectF(10, 5, 9, 4), ink)
    painter.end()
    return QIcon(pixmap)


def mark(glyph: str, colour: str) -> QIcon:
    """A letter-like mark of one colour, as curves have them."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 1))
    font = painter.font()
    font.setPixelSize(24)
    painter.setFont(font)
    painter.drawText(QRectF(0, 0, SIDE, SIDE), Qt.AlignmentFlag.AlignCenter, glyph)
    painter.end()
    return QIcon(pixmap)
