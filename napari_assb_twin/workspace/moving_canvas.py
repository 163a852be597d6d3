"""A canvas whose axes stand still while lines move upon them."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from napari_assb_twin.workspace.stepwise_canvas import StepwiseCanvas


class MovingCanvas(StepwiseCanvas):
    """Keeps its axes, once they are drawn, as the background of what moves.

    Attributes
    ----------
    moving
        What is drawn upon them, in this order; made with ``animated=True``.
    """

    def __init__(self) -> None:
        super().__init__(Figure())
        self.moving: list[Artist] = []
        self._background = None

    def forget_axes(self) -> None:
        """They have changed: `move` draws them anew; those being drawn are drawn once more."""
        self._background = None
        self._again = self._again or self.drawing

    def move(self, *, axes_changed: bool = False) -> None:
        """Draw what moves where it is now; the axes only if they changed."""
        if axes_changed:
            self.forget_axes()
        if self.drawing:
            return  # what moves comes with the axes
        if self._background is None:
            self.draw_idle()
        else:
            self.restore_region(self._background)
            self._draw_moving()
            self.blit(self.figure.bbox)

    def finish(self) -> None:
        """Keep the axes as the background of what moves, and draw it."""
        self._background = self.copy_from_bbox(self.figure.bbox)
        self._draw_moving()

    def resizeEvent(self, event) -> None:  # noqa: N802
        """The axes have another size."""
        super().resizeEvent(event)
        self.forget_axes()

    def _draw_moving(self) -> None:
        for artist in self.moving:
            artist.axes.draw_artist(artist)
