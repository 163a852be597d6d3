"""The volume that follows the sliders: a preview at once, the full one when they rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from qtpy.QtCore import QObject, QTimer, Signal

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.realisation import PlaneRealisation, Realisation
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.workspace.latest import LatestWins

PREVIEW_EVERY_MS = 60
FULL_AFTER_MS = 250
QUICK_SECONDS = 0.030
"""A full volume, or a plane at full resolution, that took less needs no preview."""

EXACT_PLANE_VOXELS = 160**3
"""Volumes up to this size are taken to have quick planes until one was timed."""

HALF_FROM, QUARTER_FROM = 96, 320
"""Longest edges, in voxels, from which the preview takes every second or fourth voxel."""


Plane = tuple[int, int]
"""A plane of the volume: the axis across it, and its place along it in voxels."""


@dataclass(frozen=True)
class _Request:
    """What is to be drawn; a preview is one plane where ``cut`` says which, else coarse."""

    twin: Twin
    device: str
    preview: bool
    coarsen: int
    cut: Plane | None = None


def coarsening(
    shape: tuple[int, int, int], *, half_from: int = HALF_FROM, quarter_from: int = QUARTER_FROM
) -> int:
    """Of how many voxels along each axis a preview takes one."""
    longest = max(shape)
    return 4 if longest >= quarter_from else 2 if longest >= half_from else 1


@dataclass(frozen=True)
class _Answer:
    request: _Request
    result: Realisation | PlaneRealisation | None
    refusal: str
    seconds: float


class _Renderer:
    """Lives on the worker thread; keeps the synthesizer of one device."""

    def __init__(self) -> None:
        self._device: str | None = None
        self._synthesizer: Synthesizer | None = None

    def __call__(self, request: _Request) -> _Answer:
        start = time.perf_counter()
        result, refusal = None, ""
        try:
            if self._synthesizer is None or request.device != self._device:
                self._synthesizer, self._device = Synthesizer(request.device), request.device
            if request.cut is None:
                result = self._synthesizer(request.twin, coarsen=request.coarsen)
            else:
                result = self._synthesizer.plane(
                    request.twin, *request.cut, coarsen=request.coarsen
                )
        except InputError as error:
            refusal = str(error)
        except MemoryError:
            shape = " x ".join(map(str, request.twin.grid.shape))
            refusal = (
                f"A volume of {shape} voxels does not fit into the memory; choose a smaller one."
            )
        return _Answer(request, result, refusal, time.perf_counter() - start)


class LiveVolume(QObject):
    """Realises the newest twin off the GUI thread.

    Answers come in the order of the requests; a full volume of a twin that is no longer the
    current one is dropped.

    Signals
    -------
    preview(Realisation), plane(PlaneRealisation)
        Something to draw while the sliders move.
    full(Realisation, float)
        The volume, and the seconds that it took in all.
    refused(Twin, str, bool)
        The twin cannot be realised, why, and whether the sliders rest.
    busy_changed(bool)
    """

    preview = Signal(object)
    plane = Signal(object)
    full = Signal(object, float)
    refused = Signal(object, str, bool)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.device = "auto"
        self.visible_plane: Callable[[], Plane | None] = _no_plane
        self.previews = True
        self.half_from, self.quarter_from = HALF_FROM, QUARTER_FROM
        self._twin: Twin | None = None
        self._asked: _Request | None = None
        self._plane_seconds: dict[tuple[int, int, int], float] = {}
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
        """Draw a twin: a preview now and the full volume later while moving, else the full one.

        Without ``previews`` nothing is drawn while it moves.
        """
        self._twin = twin
        if not moving:
            self._throttle.stop()
            self._ask_full()
            return
        if not self.previews:
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
        shape = twin.grid.shape
        return coarsening(shape, half_from=self.half_from, quarter_from=self.quarter_from)

    def _coarsen_plane(self, twin: Twin) -> int:
        """The plane itself where it is quick enough, else without its shortest waves."""
        shape = twin.grid.shape
        guess = 0.0 if math.prod(shape) <= EXACT_PLANE_VOXELS else 1.0
        if self._plane_seconds.get(shape, guess) < QUICK_SECONDS:
            return 1
        return max(2, self._coarsen(twin))

    def _ask_preview(self) -> None:
        twin = self._twin
        if twin is None:
            return
        cut = self.visible_plane()
        coarsen = self._coarsen(twin) if cut is None else self._coarsen_plane(twin)
        self._ask(_Request(twin, self.device, True, coarsen, cut))

    def _ask_full(self) -> None:
        self._rest.stop()
        if self._twin is not None:
            self._ask(_Request(self._twin, self.device, False, 1))

    def _ask(self, request: _Request) -> None:
        if self._asked == request:
            return
        self._asked = request
        self._worker.submit(partial(self._renderer, request))
        self.busy_changed.emit(True)

    def _on_answer(self, answer: _Answer) -> None:
        twin, result = answer.request.twin, answer.result
        current = twin == self._twin
        rests = not self._rest.isActive()
        if result is None:
            if current:
                self.refused.emit(twin, answer.refusal, rests)
        elif isinstance(result, PlaneRealisation):
            if "filter" in result.seconds and answer.request.coarsen == 1:
                self._plane_seconds = {twin.grid.shape: answer.seconds}
            if not rests:
                self.plane.emit(result)
        elif answer.request.preview:
            self.preview.emit(result)
        else:
            if "filter" in result.seconds:
                self._full_seconds = {twin.grid.shape: answer.seconds}
            if current:
                self.full.emit(result, answer.seconds)
        if current and not self._worker.busy:
            self.busy_changed.emit(False)


def _no_plane() -> None:
    return None


def _timer(owner: QObject, milliseconds: int, slot: object) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
