"""One thread on which only the newest request matters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from qtpy.QtCore import QObject, Qt, Signal

from napari_assb_twin.errors import InputError

Task = Callable[[], Any]


class LatestWins(QObject):
    """Runs tasks off the GUI thread; at most one runs and one waits, a newer one replaces it.

    Signals
    -------
    finished(object)
        What a task returned; never after `cancel` for tasks submitted before it.
    failed(str)
        The sentence of an `InputError` that a task raised.
    """

    finished = Signal(object)
    failed = Signal(str)
    _arrived = Signal(int, object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._executor: ThreadPoolExecutor | None = None
        self._epoch = 0
        self._running = False
        self._waiting: Task | None = None
        # a task may be done before anybody waits for it; its answer must not overtake the last one
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a task runs or waits."""
        return self._running

    def submit(self, task: Task) -> None:
        """Run a task as soon as the running one is done, unless a newer one comes first."""
        if self._running:
            self._waiting = task
        else:
            self._start(task)

    def cancel(self) -> None:
        """Forget what waits, and the answer of what runs."""
        self._epoch += 1
        self._waiting = None

    def close(self) -> None:
        """Stop the thread once the running task is done; `submit` starts it again."""
        self.cancel()
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None

    def _start(self, task: Task) -> None:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix=self._name)
        self._running = True
        self._executor.submit(task).add_done_callback(partial(self._deliver, self._epoch))

    def _deliver(self, epoch: int, future: Future[Any]) -> None:
        """Called on the thread; the signal crosses over to the GUI thread."""
        self._arrived.emit(epoch, future)

    def _on_arrived(self, epoch: int, future: Future[Any]) -> None:
        self._running = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._start(waiting)
        if epoch != self._epoch:
            return
        try:
            result = future.result()
        except InputError as error:
            self.failed.emit(str(error))
        else:
            self.finished.emit(result)
