"""A training while it runs: losses, misfit, moving numbers, a section beside a simulated one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.training.progress import SectionPair, TrainingProgress
from napari_assb_twin.workspace.fit_table import FitTable
from napari_assb_twin.workspace.losses_figure import LossesFigure
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.section_pictures import SectionPictures
from napari_assb_twin.workspace.training_course import TrainingCourse
from napari_assb_twin.workspace.training_rows import MISFIT, moving_rows

EVERY_MS = 350
"""At most so often anything is drawn."""

PICTURE = 88
"""Pixels per side of a picture."""

HEADINGS = {
    "Number": "",
    "Start": "Where the training began.",
    "Now": "After the last step.",
    "Averaged": "Over the second half of the steps so far: what is kept at the end, or at a stop.",
    "Unit": "",
}
NO_SIGN = "Losses near ln 2 (dotted) are no sign of convergence: look at misfit and sections."


class TrainingView(QWidget):
    """Follows the progress of one training; drawn a few times a second, and in small parts.

    ``misfit`` is a label for the heading above.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names = PhaseNames()
        self._kept: Collection[str] = ()
        self._last: TrainingProgress | None = None
        self._drawn_pair: SectionPair | None = None
        self.course = TrainingCourse()
        self.misfit, self.note = QLabel(), QLabel(NO_SIGN)
        self.misfit.setAccessibleName("Misfit of the curves while training")
        self.misfit.setToolTip(MISFIT)
        self.note.setWordWrap(True)
        self.figure = LossesFigure()
        self.pictures = SectionPictures(side=PICTURE, stacked=True)
        self.table = FitTable("Numbers that the training moves")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        drawn = QVBoxLayout()
        drawn.setSpacing(0)
        drawn.addWidget(self.figure.legend)
        drawn.addWidget(self.figure)
        beside = QHBoxLayout()
        beside.setSpacing(2)
        beside.addLayout(drawn, 1)
        beside.addWidget(self.pictures)
        layout.addLayout(beside)
        layout.addWidget(self.note)
        layout.addWidget(self.table)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._draw)

    def begin(self, kept: Collection[str]) -> None:
        """Forget the run before; ``kept`` are the parameters that do not move."""
        self.course, self._kept = TrainingCourse(), kept
        self._last = None
        self.misfit.setText("")

    def show_progress(self, progress: TrainingProgress) -> None:
        """Note a step; it is drawn soon."""
        self._last = progress
        if self.course.add(progress) and not self._timer.isActive():
            self._timer.start()

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self.figure.set_theme(theme)

    def set_scheme(self, name: str) -> None:
        """Colours of the phases."""
        self.pictures.set_scheme(name)

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called."""
        self._names = names
        if self._last is not None:
            self._show_rows(self._last)

    @property
    def told(self) -> str:
        """How far the run is, and how long the rest is likely to take."""
        progress, seconds = self._last, self.course.seconds_left
        if progress is None:
            return ""
        if not self.course.steps:
            return progress.message
        told = f"step {progress.steps_taken} of {progress.total}"
        if seconds is None:
            return told
        left = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        return f"{told}, about {left} left"

    def _draw(self) -> None:
        progress, course = self._last, self.course
        if progress is None:
            return
        self.misfit.setText(
            f"misfit {course.misfits[-1]:.2g}, at the start {course.start_misfit:.2g}"
        )
        self.figure.show_course(course)
        self.note.setVisible(course.has("twin"))
        self._show_rows(progress)
        pair = progress.pair
        self.pictures.setVisible(pair is not None)
        if pair is not None and pair is not self._drawn_pair:
            self._drawn_pair = pair
            self.pictures.show_pair(pair.measured, pair.simulated, "the twin that moves")

    def _show_rows(self, progress: TrainingProgress) -> None:
        self.table.show_rows(HEADINGS, moving_rows(progress, self._kept, self._names))
