"""A matplotlib canvas that draws its axes in parts, in several turns of the event loop.

Axes with their numbers take tens of milliseconds to draw, longer than a moving slider may be held
up.  What is being drawn appears when all of it is there.
"""

from __future__ import annotations

import time
from collections import deque

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from qtpy.compat import isalive
from qtpy.QtCore import QTimer

TURN_SECONDS = 0.005
"""After so long the event loop has its turn, once the part that was begun is drawn."""


class StepwiseCanvas(FigureCanvasQTAgg):
    """Draws what its figure and its axes are made of, `TURN_SECONDS` at a time.

    Attributes
    ----------
    margins
        Pixels for numbers and labels at the left, right, top and bottom of the axes; the same in
        every size.
    """

    margins = (56, 8, 8, 38)

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self._parts: deque[Artist] = deque()
        self._aside: RendererAgg | None = None
        self._again = False
        self._size: tuple[float, float] | None = None
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._draw_part)

    @property
    def drawing(self) -> bool:
        """Whether axes are being drawn; what is asked for meanwhile comes after them."""
        return bool(self._parts)

    def draw(self) -> None:
        """Begin to draw everything; `finish` is called when it is done.

        The first time, and after a change of size, all of it is drawn at once.  Matplotlib may ask
        when the window has gone already.
        """
        if not isalive(self):
            return
        width, height = self.figure.bbox.size
        if width < 1 or height < 1:
            return
        if self._size != (width, height):
            self._size = (width, height)
            self._stop()
            super().draw()
            self.finish()
            return
        if self.drawing:
            self._again = True
            return
        self._aside = RendererAgg(width, height, self.figure.dpi)
        self._parts.append(self.figure.patch)
        for axes in self.figure.axes:
            still = [one for one in axes.get_children() if not one.get_animated()]
            still.remove(axes.patch)
            self._parts += [axes.patch, *sorted(still, key=lambda one: one.get_zorder())]
        self._turn.start()

    def finish(self) -> None:
        """What stands still is drawn: draw what moves upon it."""

    def resizeEvent(self, event) -> None:  # noqa: N802
        """Keep the margins."""
        super().resizeEvent(event)
        left, right, top, bottom = self.margins
        width, height = self.width(), self.height()
        if left + right < width and top + bottom < height:
            self.figure.subplots_adjust(
                left=left / width,
                right=1 - right / width,
                top=1 - top / height,
                bottom=bottom / height,
            )

    def _draw_part(self) -> None:
        end = time.perf_counter() + TURN_SECONDS
        while self._parts and time.perf_counter() < end:
            self._parts[0].draw(self._aside)
            self._parts.popleft()
        if self._parts:
            return
        again, drawn = self._again, self._aside.copy_from_bbox(self.figure.bbox)
        self._stop()
        self.get_renderer().restore_region(drawn)
        self.finish()
        self.update()
        if again:
            self.draw()

    def _stop(self) -> None:
        self._turn.stop()
        self._parts.clear()
        self._aside, self._again = None, False
