"""A dialog of pictures that a job draws off the GUI thread."""

from __future__ import annotations

from qtpy.QtWidgets import QWidget

from napari_assb_twin.report.look import WIDTH
from napari_assb_twin.workspace.job_dialog import JobDialog
from napari_assb_twin.workspace.picture_column import DPI, MARGIN, Drawn, PictureColumn


class PictureDialog(JobDialog):
    """A column that takes the pictures as its job draws them.

    Parameters
    ----------
    title
        Of the window.
    area
        Where the pictures go.
    parent
        The widget that it stands over.
    height
        In pixels; it is as wide as the pictures.
    """

    def __init__(
        self, title: str, area: PictureColumn, parent: QWidget | None, *, height: int
    ) -> None:
        super().__init__(title, parent)
        self.area = area
        self.resize(round(WIDTH * DPI) + MARGIN, height)
        self.job.progressed.connect(self._on_progress)

    def _on_progress(self, shown: object) -> None:
        if isinstance(shown, Drawn):
            self.area.add(shown)
