"""The volume that follows the sliders: a preview at once, the full one when they rest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from qtpy.QtCore import QObject, QTimer, Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.synthesis import Realisation, Synthesizer
from napari_assb_twin.workspace.latest import LatestWins

PREVIEW_EVERY_MS = 60
FULL_AFTER_MS = 250
QUICK_SECONDS = 0.030
"""A full volume that took less needs no preview."""

HALF_FROM, QUARTER_FROM = 96, 320
"""Longest edges, in voxels, from which the preview takes every second or fourth voxel."""


def coarsening(shape: tuple[int, int, int]) -> int:
    """Of how many voxels along each axis a preview takes one."""
    longest = max(shape)
    return 4 if longest >= QUARTER_FROM else 2 if longest >= HALF_FROM else 1


@dataclass(frozen=True)
class _Answer:
    twin: Twin
    preview: bool
    realisation: Realisation | None
    refusal: str
    seconds: float


class _Renderer:
    """Lives on the worker thread; keeps the synthesizer of one device."""

    def __init__(self) -> None:
        self._device: str | None = None
        self._synthesizer: Synthesizer | None = None

    def __call__(self, twin: Twin, coarsen: int, preview: bool, device: str) -> _Answer:
        start = time.perf_counter()
        try:
            if self._synthesizer is None or device != self._device:
                self._synthesizer, self._device = Synthesizer(device), device
            realisation, refusal = self._synthesizer(twin, coarsen=coarsen), ""
        except InputError as error:
            realisation, refusal = None, str(error)
        except MemoryError:
            shape = " x ".join(map(str, twin.grid.shape))
            realisation = None
            refusal = (
                f"A volume of {shape} voxels does not fit into the memory; choose a smaller one."
            )
        return _Answer(twin, preview, realisation, refusal, time.perf_counter() - start)


class LiveVolume(QObject):
    """Realises the newest twin off the GUI thread.

    Answers come in the order of the requests; a full volume of a twin that is no longer the
    current one is dropped.

    Signals
    -------
    preview(Realisation), full(Realisation, float)
        Something to draw; with the seconds that the full volume took in all.
    refused(Twin, str, bool)
        The twin cannot be realised, why, and whether the sliders rest.
    busy_changed(bool)
    """

    preview = Signal(object)
    full = Signal(object, float)
    refused = Signal(object, str, bool)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.device = "auto"
        self._twin: Twin | None = None
        self._asked: tuple[Twin, bool, str] | None = None
        self._full_seconds: dict[tuple[int, int, int], float] = {}
        self._renderer = _Renderer()
        self._worker = LatestWins("assb-twin-volume")
        self._worker.finished.connect(self._on_answer)
        self._throttle = _timer(self, PREVIEW_EVERY_MS, self._ask_preview)
        self._rest = _timer(self, FULL_AFTER_MS, self._ask_full)

    @property
    def busy(self) -> bool:
        """Whether something is being made or is about to be."""
        return self._worker.busy or self._rest.isActive()

    def follow(self, twin: Twin, *, moving: bool) -> None:
        """Draw a twin: a preview now and the full volume later while moving, else the full one."""
        self._twin = twin
        if not moving:
            self._throttle.stop()
            self._ask_full()
            return
        self._rest.start()
        if not self._throttle.isActive():
            self._ask_preview()
            self._throttle.start()

    def refresh(self) -> None:
        """Draw the current twin again, for example on another device."""
        self._asked = None
        if self._twin is not None:
            self._ask_full()

    def close(self) -> None:
        """Stop timers and thread; answers that are under way are dropped."""
        self._throttle.stop()
        self._rest.stop()
        self._worker.close()
        self._asked = None
        self._renderer = _Renderer()

    def _coarsen(self, twin: Twin) -> int:
        if self._full_seconds.get(twin.grid.shape, 1.0) < QUICK_SECONDS:
            return 1
        return coarsening(twin.grid.shape)

    def _ask_preview(self) -> None:
        if self._twin is not None:
            self._ask(self._coarsen(self._twin), preview=True)

    def _ask_full(self) -> None:
        self._rest.stop()
        if self._twin is not None:
            self._ask(1, preview=False)

    def _ask(self, coarsen: int, *, preview: bool) -> None:
        request = (self._twin, preview, self.device)
        if self._asked == request:
            return
        self._asked = request
        self._worker.submit(partial(self._renderer, self._twin, coarsen, preview, self.device))
        self.busy_changed.emit(True)

    def _on_answer(self, answer: _Answer) -> None:
        current = answer.twin == self._twin
        rests = not self._rest.isActive()
        if answer.refusal:
            if current:
                self.refused.emit(answer.twin, answer.refusal, rests)
        elif answer.preview:
            self.preview.emit(answer.realisation)
        else:
            if "filter" in answer.realisation.seconds:
                self._full_seconds = {answer.twin.grid.shape: answer.seconds}
            if current:
                self.full.emit(answer.realisation, answer.seconds)
        if current and not self._worker.busy:
            self.busy_changed.emit(False)


def _timer(owner: QObject, milliseconds: int, slot: object) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
