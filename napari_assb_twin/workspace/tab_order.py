"""The Tab key goes through a panel as one reads it."""

from __future__ import annotations

from itertools import pairwise

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QWidget


def chain(*widgets: QWidget) -> None:
    """Let Tab visit widgets, and all inside each of them as they were made, in this order."""
    stops = [stop for widget in widgets for stop in _stops(widget)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


def _stops(widget: QWidget) -> list[QWidget]:
    inside = [widget, *widget.findChildren(QWidget)]
    return [
        one
        for one in inside
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
        and one.window() is widget.window()  # not the lists that combo boxes open
    ]
