"""What a training has told so far, as columns to draw; it knows no widget."""

from __future__ import annotations

import time
from collections import deque
from statistics import median

import numpy as np

from napari_assb_twin.training.progress import TrainingProgress

LOSSES = ("coverage", "twin", "discriminator")
REMEMBERED = 25
"""Steps whose median duration says how long the rest takes, pauses left out."""


class TrainingCourse:
    """Losses of each step, and misfits where they were evaluated.

    Attributes
    ----------
    steps, losses
        Numbers of the steps, and the losses by name; nan where the method has none.
    misfit_steps, misfits
        After how many steps the misfit was evaluated, and its values.
    start_misfit
        Where the run began.
    total
        Steps of the whole run.
    """

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.losses: dict[str, list[float]] = {name: [] for name in LOSSES}
        self.misfit_steps: list[int] = []
        self.misfits: list[float] = []
        self.start_misfit = np.nan
        self.total = 0
        self._durations: deque[float] = deque(maxlen=REMEMBERED)
        self._last = time.monotonic()

    def add(self, progress: TrainingProgress) -> bool:
        """Note a step; False if it is known already."""
        taken = progress.steps_taken
        self.total, self.start_misfit = progress.total, progress.start_misfit
        first = not self.misfits
        if first and progress.misfit is not None:
            self.misfit_steps.append(taken)
            self.misfits.append(progress.misfit)
        if taken == progress.step or (self.steps and taken <= self.steps[-1]):
            return first
        now = time.monotonic()
        self._durations.append(now - self._last)
        self._last = now
        self.steps.append(taken)
        for name in LOSSES:
            self.losses[name].append(getattr(progress.losses, name))
        if progress.misfit is not None and progress.misfit != self.misfits[-1]:
            self.misfit_steps.append(taken)
            self.misfits.append(progress.misfit)
        return True

    def has(self, name: str) -> bool:
        """Whether the method has such a loss."""
        return bool(self.losses[name]) and not np.isnan(self.losses[name][-1])

    def span(self, name: str) -> tuple[float, float]:
        """Smallest and largest of a loss."""
        return min(self.losses[name]), max(self.losses[name])

    @property
    def seconds_left(self) -> float | None:
        """How long the rest is likely to take; None before it can be told."""
        if len(self._durations) < 3:
            return None
        return median(self._durations) * (self.total - self.steps[-1])
