"""The steps of a run, counted."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.steps import retold
from napari_assb_twin.twin.parameters import Twin

R = TypeVar("R")


class Steps:
    """Makes `Progress` objects in a row; ``total`` grows by the steps of parts that join."""

    def __init__(self, total: int) -> None:
        self._step, self._total = -1, total

    def next(self, message: str, twin: Twin | None = None, misfit: float | None = None) -> Progress:
        """The next step."""
        self._step += 1
        return Progress(self._step, self._total, message, twin, misfit)

    def within(self, part: Generator[Progress, None, R]) -> Generator[Progress, None, R]:
        """Pass the steps of a part on, counted with the others."""
        before = self._total

        def counted(progress: Progress) -> Progress:
            self._total = before + progress.total
            return self.next(progress.message, progress.twin, progress.misfit)

        return retold(part, counted)
