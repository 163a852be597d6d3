"""A button that opens a dialog, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QPushButton


class DialogOpener(QPushButton):
    """Makes its dialog when it is pressed, and forgets it when that closes.

    Parameters
    ----------
    text
        On the button.
    make
        Makes the dialog, once the one before is closed; what it raises is for the caller.
    waits
        Whether the window waits behind it.
    """

    def __init__(self, text: str, make: Callable[[], QDialog], *, waits: bool = True) -> None:
        super().__init__(text)
        self._make, self._waits = make, waits
        self.dialog: Any = None
        self.clicked.connect(lambda checked=False: self.open_dialog())

    def open_dialog(self) -> Any:
        """Show a new dialog instead of one that is open."""
        self.close_dialog()
        self.dialog = self._make()
        self.dialog.finished.connect(self._on_closed)
        self.dialog.destroyed.connect(self._on_destroyed)
        if self._waits:
            self.dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog.show()
        return self.dialog

    def close_dialog(self) -> None:
        """End what is under way and close the dialog; harmless when there is none."""
        if self.dialog is not None:
            self.dialog.reject()

    def _on_closed(self, result: int = 0) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.destroyed.disconnect(self._on_destroyed)
            dialog.deleteLater()

    def _on_destroyed(self, gone: object = None) -> None:
        """With its parent, without being closed."""
        self.dialog = None
