"""A panel that scrolls where it is too high, and is never too wide."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolling(QScrollArea):
    """An area that is at least as wide as its panel and a scroll bar, whatever becomes of it."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setWidget(panel)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the panel, which Qt watches through here."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        beside = max(bar.sizeHint().width(), self.width() - self.viewport().width())
        self.setMinimumWidth(self.widget().minimumSizeHint().width() + beside)
