"""The mouse wheel scrolls a panel; it turns a number only after a click on it."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget

TURNED = (QAbstractSlider, QAbstractSpinBox, QComboBox)


class WheelGuard(QObject):
    """Keeps the wheel from sliders, numbers and choices without the focus."""

    def guard(self, panel: QWidget) -> None:
        """Watch all such widgets of a panel."""
        for widget in panel.findChildren(QWidget):
            if isinstance(widget, TURNED) and not isinstance(widget, QScrollBar):
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Hand the wheel on to the panel unless the widget has the focus."""
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return False
