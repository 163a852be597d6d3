"""A dialog of pictures that a job draws off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.report.look import WIDTH
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.picture_column import (
    DPI,
    MARGIN,
    Drawn,
    PictureColumn,
    dialog_button,
    text_label,
)


class PictureDialog(QDialog):
    """A column of pictures as its job draws them, a line for messages, and buttons.

    Parameters
    ----------
    title
        Of the window.
    area
        Where the pictures go.
    parent
        The widget that it stands over.
    """

    def __init__(self, title: str, area: PictureColumn, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.area, self.message, self.job = area, text_label(), Job()
        self.job.progressed.connect(self._on_progress)

    def lay_out(
        self,
        buttons: Sequence[QPushButton],
        *,
        height: int,
        above_message: Sequence[QWidget] = (),
        closes: str = "Close this dialog.",
    ) -> None:
        """Put everything in place; ``closes`` is what the button *Close* says of itself."""
        close = dialog_button("Close", closes)
        close.clicked.connect(lambda checked=False: self.reject())
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.area, 1)
        for widget in (*above_message, self.message):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.resize(round(WIDTH * DPI) + MARGIN, height)

    def done(self, result: int) -> None:
        """End what is under way, and close."""
        self.job.close()
        super().done(result)

    def _on_progress(self, shown: object) -> None:
        if isinstance(shown, Drawn):
            self.area.add(shown)
