"""A generator of progress as a job in the window: start, pause, stop, result."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from napari.qt.threading import GeneratorWorker, GeneratorWorkerSignals, create_worker
from qtpy.QtCore import QObject, QThreadPool, Signal

from napari_assb_twin.errors import NO_MEMORY, InputError

PATIENCE_MS = 60_000
"""How long the program's end waits for steps that are under way."""

_workers: WeakSet[GeneratorWorker] = WeakSet()


@atexit.register
def _let_them_end() -> None:
    """Stop what still runs, and wait for it: its thread must not outlive the objects of Qt."""
    running = list(_workers)
    for worker in running:
        worker.resume()
        worker.quit()
    if running:
        QThreadPool.globalInstance().waitForDone(PATIENCE_MS)


@dataclass(frozen=True)
class _Refusal:
    sentence: str


class _Signals(GeneratorWorkerSignals):
    closed = Signal()


class _Closing(GeneratorWorker):
    """Closes a generator that was stopped, and then says so: what it opened is gone.

    superqt's ``aborted`` comes before, while there are still files to clear away.
    """

    closing = False

    def __init__(self, func: Callable[[], Generator[Any, None, Any]]) -> None:
        super().__init__(func, SignalsClass=_Signals)

    def work(self) -> Any:
        """Run the generator until it ends or is stopped.

        superqt is silent on one that ends in the step in which it was stopped, and on its
        RuntimeErrors, among which are those of torch.
        """
        try:
            result = super().work()
            if self._gen.gi_frame is None:  # it has ended
                self.quit()
                told = self.errored if isinstance(result, RuntimeError) else self.returned
                told.emit(result)
                return None
            return result
        finally:
            self.closing = stopped = self._gen.gi_frame is not None
            self._gen.close()
            if stopped:
                self.closed.emit()

    def hold(self, held: bool) -> None:
        """Hold at the next step or go on; asked quickly after each other, the last one counts."""
        self._pause_requested = held and not self._paused
        self._resume_requested = self._paused and not held


class Job(QObject):
    """Runs one generator at a time off the GUI thread.

    Signals
    -------
    progressed(object)
        What the generator yields.
    finished(object)
        What it returns.
    refused(str)
        The sentence of the `InputError` it raised, or that the memory does not suffice.
    stopped()
        It was stopped before its end.
    running_changed(bool)
    """

    progressed = Signal(object)
    finished = Signal(object)
    refused = Signal(str)
    stopped = Signal()
    running_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._worker = None

    @property
    def running(self) -> bool:
        """Whether a generator is under way, paused ones included."""
        return self._worker is not None

    def start(self, generator: Callable[[], Generator[Any, None, Any]]) -> None:
        """Run what ``generator()`` yields to its end; ignored while another one runs."""
        if self.running:
            return

        def guarded() -> Generator[Any, None, Any]:
            try:
                return (yield from generator())
            except (InputError, MemoryError) as error:
                sentence = str(error) if isinstance(error, InputError) else NO_MEMORY
                if worker.closing:  # nobody waits for a result
                    self.refused.emit(sentence)
                return _Refusal(sentence)

        worker = create_worker(guarded, _start_thread=False, _worker_class=_Closing)
        worker.yielded.connect(self._on_yielded)
        worker.returned.connect(self._on_returned)
        worker.errored.connect(self._on_end)
        worker.closed.connect(self._on_closed)
        self._worker = worker
        _workers.add(worker)
        self.running_changed.emit(True)
        worker.start()

    def pause(self, paused: bool) -> None:
        """Hold the generator at its next step, or let it go on."""
        if self._worker is not None:
            self._worker.hold(paused)

    def stop(self) -> None:
        """End the generator at its next step."""
        if self._worker is not None:
            self._worker.resume()
            self._worker.quit()

    def close(self) -> None:
        """Stop, and hear no more of it."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.yielded.disconnect(self._on_yielded)
            worker.returned.disconnect(self._on_returned)
            worker.errored.disconnect(self._on_end)
            worker.closed.disconnect(self._on_closed)
            worker.resume()
            worker.quit()
            self.running_changed.emit(False)

    def _on_yielded(self, progress: object) -> None:
        self.progressed.emit(progress)

    def _on_returned(self, result: object) -> None:
        self._on_end()
        if isinstance(result, _Refusal):
            self.refused.emit(result.sentence)
        else:
            self.finished.emit(result)

    def _on_closed(self) -> None:
        self._on_end()
        self.stopped.emit()

    def _on_end(self, error: object = None) -> None:
        if self._worker is not None:
            self._worker = None
            self.running_changed.emit(False)
