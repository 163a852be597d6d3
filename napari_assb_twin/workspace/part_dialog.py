"""Which part of files is read, asked before anything of them is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from magicgui.widgets import Label, SpinBox
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images import room
from napari_assb_twin.images.crop import WHOLE, Crop
from napari_assb_twin.images.unopened import Unopened
from napari_assb_twin.workspace.forms import Form, line, show, whole
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.part_rows import AXES, ends_of
from napari_assb_twin.workspace.region_picture import RegionPicture, Shares
from napari_assb_twin.workspace.thumbnail import SIDE

PICTURE = 190, 380
"""Height and width in pixels of the screen."""


class PartDialog(QDialog):
    """Asks for slices, rows and columns; it can be answered only with what fits into memory.

    ``worker`` reads the plane that is shown, off the GUI thread.
    """

    def __init__(self, files: Unopened, worker: LatestWins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files, self._worker = files, worker
        self._seen: int | None = None
        self.region: Crop | None = None
        self.setWindowTitle("Which part is read")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.about, self.check = QLabel(_about(files)), QLabel()
        for label in (self.about, self.check):
            label.setWordWrap(True)
        self.check.setAccessibleName("Whether the part fits into memory")
        self.check.setMinimumHeight(2 * self.check.fontMetrics().lineSpacing())
        self.picture = RegionPicture(*PICTURE)
        names = AXES[len(files.shape)]
        self.ends = [ends_of(*pair) for pair in zip(names, files.shape, strict=True)]
        self.steps = [_every(*pair) for pair in zip(names, files.shape, strict=True)]
        rows = [
            line(f"{name.capitalize()} from", first, Label(value="to"), end, Label(value="every"),
                 step)
            for name, (first, end), step in zip(names, self.ends, self.steps, strict=True)
        ]  # fmt: skip
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.about, self.picture, Form(*rows), self.check, self.buttons):
            layout.addWidget(widget)
        for (first, end), (low, high) in zip(self.ends, files.proposed(), strict=True):
            show(first, low)
            show(end, high)
        for field in (*(one for ends in self.ends for one in ends), *self.steps):
            field.native.setKeyboardTracking(True)
            field.changed.connect(self._on_change)
        self.picture.setVisible(files.files[0].quick_to_see)
        self.picture.drawn.connect(self._on_drawn)
        worker.finished.connect(self.picture.show_plane)
        worker.failed.connect(self.picture.setText)
        self.finished.connect(lambda code: worker.cancel())
        self._on_change()

    def _on_change(self, value: object = None) -> None:
        """Compare what the part needs with the memory there is."""
        spans = [(first.value, end.value) for first, end in self.ends]
        try:
            self.region = self._files.region(spans, [step.value for step in self.steps])
        except InputError as error:
            self.region = None
            self.check.setText(str(error))
        else:
            self._show(spans)
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(
            self.region is not None and room.fits(self._files.needed(self.region))
        )

    def _show(self, spans: Sequence[tuple[int, int]]) -> None:
        """Say what the part needs, and mark it in the picture of its middle slice."""
        needed = self._files.needed(self.region)
        size = " × ".join(map(str, self._files.voxels(self.region)))
        short = "" if room.fits(needed) else " That is too much; choose less."
        free = room.in_words(room.free_bytes())
        self.check.setText(
            f"{size} voxels: {room.in_words(needed)} of the {free} that are free.{short}"
        )
        rows, columns = (
            (first / size, end / size)
            for (first, end), size in zip(spans[-2:], self._files.shape[-2:], strict=True)
        )
        self.picture.show_region((rows, columns))
        middle = sum(spans[0]) // 2 if len(spans) == 3 else 0
        if middle != self._seen and self._files.files[0].quick_to_see:
            self._seen = middle
            self._worker.submit(partial(self._files.files[0].thin_plane, middle, SIDE))

    def _on_drawn(self, shares: Shares) -> None:
        """Read the rows and columns of a rectangle."""
        for (first, end), ends, size in zip(
            self.ends[-2:], shares, self._files.shape[-2:], strict=True
        ):
            low = min(round(ends[0] * size), size - 1)
            show(first, low)
            show(end, max(round(ends[1] * size), low + 1))
        self._on_change()


def _every(name: str, size: int) -> SpinBox:
    """One in every so many voxels along an axis."""
    tip = f"One in every so many {name} is read; the voxels count as so many times larger."
    return whole("every", 1, size, tip, spoken=f"One in every so many {name}")


def _about(files: Unopened) -> str:
    """What the files are, and why it is asked."""
    first, *others = files.files
    name = first.source if not others else f"{first.source} and {len(others)} more"
    size = " × ".join(map(str, files.shape))
    needed, free = files.needed(WHOLE), room.free_bytes()
    lines = [
        f"{name}: {size} voxels ({np.dtype(first.dtype).name}). With the phases, "
        f"{room.in_words(needed)} of memory are needed, and {room.in_words(free)} are free. "
        "Choose what is read of it."
    ]
    if not first.quick_to_see:
        lines.append("It is packed as a whole: everything before the part is unpacked, too.")
    if files.text_from is not None:
        lines.append(f"From row {files.text_from} on there is an information bar.")
    return " ".join(lines)
