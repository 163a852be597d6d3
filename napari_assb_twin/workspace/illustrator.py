"""Pictures for the tooltips of parameters, drawn off the GUI thread when one hovers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from qtpy.QtCore import QObject, QPoint
from qtpy.QtWidgets import QToolTip, QWidget

from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.sketch import Sketch, Sketcher
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.scales import Scale
from napari_assb_twin.workspace.tips import illustrated


@dataclass(frozen=True, eq=False)
class Hover:
    """Where one hovers: over which widget of which parameter, and what its tooltip says."""

    path: str
    said: Sequence[str]
    scale: Scale
    where: QPoint
    over: QWidget


class Illustrator(QObject):
    """Puts sections with the parameter lower, as it is, and higher under the words of a tooltip."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self.scheme = next(iter(SCHEMES))
        self._controller = controller
        self._sketcher = Sketcher()
        self._hover: Hover | None = None
        self._worker = LatestWins("assb-twin-pictures")
        self._worker.finished.connect(self._on_drawn)

    def __call__(self, hover: Hover) -> str | None:
        """The tooltip if its sections were drawn before; else None, and they follow.

        They wait for the first volume of a session, which compiles the kernels.
        """
        twin, locked = self._controller.twin, self._controller.padlocks & set(PHASES)
        known = self._sketcher.kept(twin, hover.path, locked=locked)
        if known is not None:
            return illustrated(hover.said, known, hover.scale, self.scheme)
        if self._controller.realisation is not None:
            self._hover = hover
            self._worker.submit(partial(self._sketcher, twin, hover.path, locked=locked))
        return None

    def close(self) -> None:
        """Stop the thread; harmless when called twice."""
        self._worker.close()

    def _on_drawn(self, sketches: tuple[Sketch, ...]) -> None:
        hover, self._hover = self._hover, None
        if hover is not None and QToolTip.isVisible() and QToolTip.text() == hover.over.toolTip():
            tip = illustrated(hover.said, sketches, hover.scale, self.scheme)
            QToolTip.showText(hover.where, tip, hover.over)
