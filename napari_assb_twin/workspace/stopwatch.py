"""Seconds of work, pauses left out."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from `start` on, and stands while it is held."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Count from 0."""
        self._counted, self._since = 0.0, time.monotonic()
        self._held = False

    def hold(self, held: bool) -> None:
        """Stand still, or go on."""
        if held != self._held:
            self._counted = self.seconds
            self._since = time.monotonic()
            self._held = held

    @property
    def seconds(self) -> float:
        """Counted so far."""
        return self._counted + (0.0 if self._held else time.monotonic() - self._since)
