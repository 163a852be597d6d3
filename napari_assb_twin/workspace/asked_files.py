"""Files on their way into the Data panel: what must be asked before they are read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.reading import RawLayout
from napari_assb_twin.images.unopened import Unopened
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.opening import AT_ONCE, Opening, loaded, size_of
from napari_assb_twin.workspace.part_dialog import PartDialog
from napari_assb_twin.workspace.raw_dialog import RawDialog, needs_layout


class AskedFiles(QObject):
    """Asks how bare voxels lie, and which part is read of what does not fit into memory.

    Signals
    -------
    opened(Draft)
        What was read; not where a question was answered by *Cancel*.
    """

    opened = Signal(object)

    def __init__(self, opening: Opening, parent: QWidget) -> None:
        super().__init__(parent)
        self._opening, self._parent = opening, parent
        self._in_part = False
        self.worker = LatestWins("planes")
        self.raw: RawDialog | None = None
        self.part: PartDialog | None = None

    def open(self, paths: Sequence[str | Path], *, in_part: bool) -> None:
        """Read images; ``in_part`` asks which part even where all of them fits."""
        self._opening.forget()
        self.close()
        self._in_part = in_part
        bare = [path for path in paths if needs_layout(path)]
        if not bare:
            self._read(paths, None)
            return
        self.raw = RawDialog(bare, self._parent)
        self.raw.accepted.connect(partial(self._on_layout, paths))
        self.raw.open()

    def close(self) -> None:
        """Ask nothing more."""
        for dialog in (self.raw, self.part):
            if dialog is not None:
                dialog.hide()
                dialog.deleteLater()
        self.worker.cancel()
        self.raw = self.part = None

    def _on_layout(self, paths: Sequence[str | Path]) -> None:
        layout = self.raw.layout_of_files
        self.close()
        self._read(paths, layout)

    def _read(self, paths: Sequence[str | Path], layout: RawLayout | None) -> None:
        self._opening.read(paths, self._on_read, layout, in_part=self._in_part)

    def _on_read(self, found: Draft | Unopened) -> None:
        if isinstance(found, Draft):
            self.opened.emit(found)
            return
        self.close()
        self.part = PartDialog(found, self.worker, self._parent)
        self.part.accepted.connect(partial(self._on_part, found))
        self.part.rejected.connect(self.close)
        self.part.open()

    def _on_part(self, found: Unopened) -> None:
        region = self.part.region
        self.close()
        small = size_of(*(file.path for file in found.files)) <= AT_ONCE
        self._opening.run(partial(loaded, found.files, region), self.opened.emit, at_once=small)
