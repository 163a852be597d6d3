"""A dialog with a job: what is under way is told in it, and ends when it closes."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.workspace.buttons import dialog_button
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.picture_column import text_label

STOPPED = "Stopped."
CLOSES = "Close this dialog; what is under way ends."


class JobDialog(QDialog):
    """Widgets under each other; below them progress, a line for messages, and buttons.

    Parameters
    ----------
    title
        Of the window.
    parent
        The widget that it stands over.
    """

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.job, self.message, self.bar = Job(), text_label(), QProgressBar()
        self.bar.setVisible(False)
        self.job.stopped.connect(self._on_stopped)

    def lay_out(
        self, *widgets: QWidget, buttons: Sequence[QPushButton], closes: str = CLOSES
    ) -> None:
        """Put everything in place; the last widget takes what room is left.

        ``closes`` is what the button *Close*, which stands beside the others, says of itself.
        """
        close = dialog_button("Close", closes, self.reject)
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        for widget in widgets:
            layout.addWidget(widget, 1 if widget is widgets[-1] else 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addLayout(row)

    def done(self, result: int) -> None:
        """End what is under way, and close; opened again, it says so."""
        if self.job.running:
            self.job.close()
            self._on_stopped()
        super().done(result)

    def _on_stopped(self) -> None:
        self.message.setText(STOPPED)
