"""Frames that are drawn one after another in the window, written to a movie off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from qtpy.QtCore import QObject, Signal

from napari_assb_twin.movie import Frame, check_movie, movie_file
from napari_assb_twin.workspace.jobs import Job

PATIENCE_SECONDS = 0.05
"""How long the worker waits for a frame before it looks whether it was stopped."""


@dataclass(frozen=True)
class Film:
    """What is to be recorded.

    Attributes
    ----------
    subjects
        Makes an iterator of what each frame shows; it is called and run off the GUI thread.
    count
        How many there are.
    pose
        Draws a subject in the window; on the GUI thread.
    tidy
        Brings back what was drawn before, at the end of any kind.
    """

    path: Path
    subjects: Callable[[], Iterator[Any]]
    count: int
    pose: Callable[[Any], None]
    tidy: Callable[[], None]
    frames_per_second: float
    width: int | None = None


@dataclass(frozen=True)
class _Shot:
    number: int
    subject: Any


class Recorder(QObject):
    """Records one movie at a time.

    The worker asks for each frame and waits for it, so that no more than one volume is ahead of
    what is drawn.

    Signals
    -------
    progressed(int, int)
        Frames drawn so far, and of how many.
    finished(Path), refused(str), stopped()
        The file is there; or it is not, why; or it was stopped.
    running_changed(bool)
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    refused = Signal(str)
    stopped = Signal()
    running_changed = Signal(bool)

    def __init__(self, picture: Callable[[], Frame]) -> None:
        super().__init__()
        self._picture = picture
        self._film: Film | None = None
        self._frames: SimpleQueue[Frame] = SimpleQueue()
        self.job = Job()
        self.job.progressed.connect(self._on_shot)
        self.job.running_changed.connect(self._on_running)
        self.job.finished.connect(self.finished)
        self.job.refused.connect(self.refused)
        self.job.stopped.connect(self.stopped)

    @property
    def running(self) -> bool:
        """Whether a movie is being made."""
        return self.job.running

    def record(self, film: Film) -> None:
        """Begin; ignored while another one is being made.

        Raises
        ------
        InputError
            If no movie of this name can be written.
        """
        check_movie(film.path)
        if not self.running:
            self._film, self._frames = film, SimpleQueue()
            self.job.start(partial(_record, film, self._frames))

    def stop(self) -> None:
        """End without a file."""
        self.job.stop()

    def close(self) -> None:
        """Stop, and touch the viewer no more."""
        self._film = None
        self.job.close()

    def _on_shot(self, shot: _Shot | None) -> None:
        film = self._film
        if shot is not None and film is not None:
            film.pose(shot.subject)
            self._frames.put(self._picture())
            self.progressed.emit(shot.number, film.count)

    def _on_running(self, running: bool) -> None:
        if not running and self._film is not None:
            film, self._film = self._film, None
            film.tidy()
        self.running_changed.emit(running)


def _record(film: Film, frames: SimpleQueue[Frame]) -> Generator[_Shot | None, None, Path]:
    with movie_file(
        film.path, frames_per_second=film.frames_per_second, width=film.width
    ) as append:
        for number, subject in enumerate(film.subjects(), start=1):
            yield _Shot(number, subject)
            while (frame := _waited(frames)) is None:
                yield None
            append(frame)
    return film.path


def _waited(frames: SimpleQueue[Frame]) -> Frame | None:
    try:
        return frames.get(timeout=PATIENCE_SECONDS)
    except Empty:
        return None
