"""Buttons with a tooltip."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtWidgets import QPushButton, QToolButton


def push_button(
    text: str, tip: str, slot: Callable[[], object] | None = None, *, spoken: str = ""
) -> QPushButton:
    """A button that calls ``slot``; ``spoken`` is its name where the text does not say it."""
    button = QPushButton(text)
    button.setToolTip(tip)
    if spoken:
        button.setAccessibleName(spoken)
    if slot is not None:
        button.clicked.connect(lambda checked=False: slot())
    return button


def dialog_button(text: str, tip: str, slot: Callable[[], object] | None = None) -> QPushButton:
    """A button of a dialog that Enter does not press from elsewhere."""
    button = push_button(text, tip, slot)
    button.setAutoDefault(False)
    return button


def tool_button(text: str, tip: str, *, spoken: str) -> QToolButton:
    """A small button; ``spoken`` is its name."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(spoken)
    return button
