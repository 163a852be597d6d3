"""Sizes of window and dock as plain numbers: asked for and set."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QDockWidget, QMainWindow, QWidget


def main_window(widget: QWidget) -> QWidget:
    """The window that a widget belongs to; of a dock that floats, the one that it floats over."""
    window = widget.window()
    while window.parentWidget() is not None:
        window = window.parentWidget().window()
    return window


def window_size(widget: QWidget) -> tuple[int, int] | None:
    """Width and height of the main window that holds a widget; None if there is none."""
    window = widget.window()
    return (window.width(), window.height()) if isinstance(window, QMainWindow) else None


def dock_width(widget: QWidget) -> int | None:
    """Width of the dock that a widget stands in; None if it stands in none."""
    dock = _dock_of(widget)
    return None if dock is None else dock.width()


def set_window_size(widget: QWidget, size: tuple[int, int]) -> None:
    """Resize the main window to no more than the screen; one that fills it stays."""
    window = widget.window()
    if isinstance(window, QMainWindow) and not (window.isMaximized() or window.isFullScreen()):
        room = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(min(size[0], room.width()), min(size[1], room.height()))


def set_dock_width(widget: QWidget, width: int) -> None:
    """Resize the dock that a widget stands in; one that floats stays."""
    dock = _dock_of(widget)
    if dock is not None and isinstance(dock.parent(), QMainWindow) and not dock.isFloating():
        dock.parent().resizeDocks([dock], [width], Qt.Orientation.Horizontal)


def _dock_of(widget: QWidget) -> QDockWidget | None:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    return above
