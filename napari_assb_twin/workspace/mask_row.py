"""What lies outside the measured window: nothing, or where a mask is 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image
from napari_assb_twin.workspace.forms import Form, choice, offer
from napari_assb_twin.workspace.opening import AT_ONCE, size_of

MaskLayer = tuple[str, Callable[[], Image]]
"""Name of a layer, and what loads it."""

NONE, FILE = "none", "file"


class MaskRow(QWidget):
    """A choice of open layers, or of a file.

    Signals
    -------
    changed()
        `image` is another one.
    refused(str)
    asked(str)
        A large file shall be read off the GUI thread, and given to `take`.
    """

    changed = Signal()
    asked = Signal(str)
    refused = Signal(str)

    def __init__(self, draft: Draft, layers: Sequence[MaskLayer]) -> None:
        super().__init__()
        self._draft, self._layers = draft, dict(layers)
        self.image: Image | None = None
        self.choice = choice(
            "Mask",
            (),
            "An image that is 0 where nothing was measured: a file of the size of the whole "
            "image, or a layer of the size of what was read.",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Form(self.choice))
        self._offer(NONE)
        self.choice.changed.connect(self._on_choice)

    def read(self, path: str) -> None:
        """Take a file as the mask, or ask for a large one; a bad one changes nothing."""
        if size_of(path) <= AT_ONCE:
            region = Selection(self._draft.region)
            self.take(lambda: read_image(path, selection=region))
        else:
            self._show_taken()
            self.asked.emit(path)

    def _offer(self, value: str) -> None:
        """List what there is; a mask that came from a file stands under its name."""
        names = [*self._layers]
        if self.image is not None and self.image.source not in names:
            names.append(self.image.source)
        listed = [("none: all was measured", NONE), *((name, name) for name in names)]
        offer(self.choice, [*listed, ("a file…", FILE)], value)

    def _on_choice(self, value: str) -> None:
        if value == FILE:
            path, _ = QFileDialog.getOpenFileName(self, "Open a mask")
            if path:
                self.read(path)
            else:
                self._show_taken()
        elif value in self._layers:
            self.take(self._layers[value])
        elif value == NONE:
            self.image = None
            self.changed.emit()

    def take(self, load: Callable[[], Image]) -> None:
        """Use what is loaded as the mask; a bad one changes nothing."""
        try:
            image = load()
            Draft(self._draft.images, image)  # of their size
        except InputError as error:
            self._show_taken()
            self.refused.emit(str(error))
            return
        self.image = image
        self._show_taken()
        self.changed.emit()

    def _show_taken(self) -> None:
        self._offer(NONE if self.image is None else self.image.source)
