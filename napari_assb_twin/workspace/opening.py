"""Reading images off the GUI thread, with a line that says so and a button that ends it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import WHOLE, Crop
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import RawLayout, files_of, look_at, read_image
from napari_assb_twin.images.room import fits
from napari_assb_twin.images.unopened import Unopened, needed_together
from napari_assb_twin.images.unread import Unread
from napari_assb_twin.steps import finished
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.raw_dialog import needs_layout

AT_ONCE = 1 << 21
"""Bytes of files that are read without a job: it takes less than a blink."""

Steps = Generator[str, None, Any]
Then = Callable[[Any], None]


def opened(
    paths: Sequence[str | Path], raw: RawLayout | None = None, *, in_part: bool = False
) -> Steps:
    """Read images and count their values; yields what is being done, returns the draft.

    Where they do not fit into memory together, or ``in_part`` is wanted, nothing is loaded, and
    they are returned `Unopened`.

    Raises
    ------
    InputError
        If a file cannot be read, or their pixel sizes differ.
    """
    files = []
    for path, place in _counted_off(paths):
        yield f"Looking at {Path(path).name}{place}…"
        files.append(look_at(path, raw=raw if needs_layout(path) else None))
    if in_part or not fits(needed_together(files)):
        return Unopened.of(files)
    return (yield from loaded(files))


def loaded(files: Sequence[Unread], region: Crop = WHOLE) -> Steps:
    """Load a region of files that were looked at, and count their values; as `opened`.

    Raises
    ------
    InputError
        If a file cannot be read, or their pixel sizes differ.
    """
    images = []
    for file, place in _counted_off(files):
        yield f"Reading {file.source}{place}…"
        images.append(file.image(Selection(region)))
    yield "Counting values…"
    return _counted(Draft(tuple(images)))


def reading(path: str | Path, region: Crop) -> Steps:
    """Read a region of one image and nothing else; as `opened`.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    yield f"Reading {Path(path).name}…"
    return read_image(path, selection=Selection(region))


def taken(image: Callable[[], Image], name: str) -> Steps:
    """Load what is open elsewhere and count its values; as `opened`.

    Raises
    ------
    InputError
        If it is no section or volume.
    """
    yield f"Loading {name}…"
    return _counted(Draft((image(),)))


def _counted_off(files: Sequence[Any]) -> list[tuple[Any, str]]:
    """Each with its place among several."""
    if len(files) == 1:
        return [(files[0], "")]
    return [(file, f" ({number} of {len(files)})") for number, file in enumerate(files, start=1)]


def _counted(draft: Draft) -> Draft:
    """The draft with its values counted: what they are not, the form says."""
    for count in ("labels", "grey_values"):
        with suppress(InputError):
            getattr(draft, count)
            break
    return draft


class Opening(QWidget):
    """The line that stands in the panel while something is read; one thing at a time.

    Signals
    -------
    refused(str)
    """

    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.job = Job()
        self._wanted: object = None
        self._then: Then | None = None
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Read nothing.")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.message, 1)
        line.addWidget(self.cancel)
        self.hide()
        self.cancel.clicked.connect(lambda checked=False: self.forget())
        self.job.progressed.connect(self.message.setText)
        self.job.running_changed.connect(self.setVisible)
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self.refused)

    def read(
        self,
        paths: Sequence[str | Path],
        then: Then,
        raw: RawLayout | None = None,
        *,
        in_part: bool = False,
    ) -> None:
        """Read images and hand over what `opened` returns: small ones at once, others later."""
        steps = partial(opened, paths, raw, in_part=in_part)
        self.run(steps, then, at_once=size_of(*paths) <= AT_ONCE)

    def run(self, steps: Callable[[], Steps], then: Then, *, at_once: bool) -> None:
        """Do something and hand over what it gives; what was under way is forgotten."""
        self.forget()
        if not at_once:
            self._then, self._wanted = then, object()
            self.job.start(partial(self._wanted_of, self._wanted, steps))
            return
        try:
            result = finished(steps())
        except InputError as error:
            self.refused.emit(str(error))
        else:
            then(result)

    def forget(self) -> None:
        """Hear no more of what is under way, not even why it failed."""
        self._wanted = None
        self.job.close()

    def _wanted_of(self, wanted: object, steps: Callable[[], Steps]) -> Steps:
        """The steps; they run on a thread, and may end long after they were forgotten."""
        try:
            return (yield from steps())
        except InputError:
            if self._wanted is wanted:
                raise
            return None

    def _on_finished(self, result: object) -> None:
        if self._then is not None:
            self._then(result)


def size_of(*paths: str | Path) -> float:
    """Bytes of files and of those that they refer to, without end where one is a folder.

    What is not there, or damaged, has none: reading tells of it at once.
    """
    size = 0.0
    for path in map(Path, paths):
        if path.is_dir():
            return math.inf
        with suppress(InputError, OSError):
            size += sum(file.stat().st_size for file in files_of(path))
    return size
