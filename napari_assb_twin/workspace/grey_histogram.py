"""How often grey values occur, with the two thresholds as lines that the mouse takes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.backend_bases import MouseEvent
from matplotlib.patches import StepPatch
from matplotlib.ticker import MaxNLocator
from qtpy.QtCore import Qt, Signal

from napari_assb_twin.images.glance import histogram
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.workspace.axes_look import DARK, paint_axes
from napari_assb_twin.workspace.moving_canvas import MovingCanvas

HEIGHT = 120
REACH = 12
"""Pixels of the screen within which the mouse takes a line."""

TAILS = 0.05
"""Per cent of the pixels at either end that may lie outside the axis; no threshold does."""


class GreyHistogram(MovingCanvas):
    """Shares of the pixels against their grey value, in the colours of the phases they become.

    Signals
    -------
    dragged(int, float)
        Which threshold (0 the lower, 1 the upper) was taken to which grey value.
    """

    dragged = Signal(int, float)
    margins = (8, 8, 4, 34)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Histogram of the grey values with both thresholds")
        self.setToolTip(
            "How many pixels have which grey value. Take a dashed line with the mouse to move a "
            "threshold; from the keyboard, type into the fields below."
        )
        self._theme = DARK
        self.axes = self.figure.add_subplot()
        self._outline = self.axes.add_patch(StepPatch([0.0], [0, 1], fill=False, linewidth=0.8))
        self._fills = [
            self.axes.add_patch(StepPatch([0.0], [0, 1], fill=True, animated=True, linewidth=0))
            for _ in range(3)
        ]
        self.lines = [
            self.axes.axvline(0, linestyle="--", linewidth=1.6, animated=True) for _ in range(2)
        ]
        self._edges, self._shares = np.array([0.0, 1.0]), np.zeros(1)
        self._colours: Sequence[str] = ("#000000",) * 3
        self._held: int | None = None
        self.moving = [*self._fills, *self.lines]
        self._paint()
        self.mpl_connect("button_press_event", self._on_press)
        self.mpl_connect("motion_notify_event", self._on_motion)
        self.mpl_connect("button_release_event", self._on_release)

    @property
    def thresholds(self) -> tuple[float, float]:
        """Where the lines stand."""
        low, high = (float(line.get_xdata()[0]) for line in self.lines)
        return low, high

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self._theme = dict(theme)
        self._paint()
        self.draw_idle()

    def show_greys(self, greys: GreyValues, thresholds: tuple[float, float]) -> None:
        """Another distribution."""
        self._edges, self._shares = histogram(greys)
        low, high = greys.percentile(TAILS), greys.percentile(100 - TAILS)
        low, high = min(low, thresholds[0]), max(high, thresholds[1])
        air = 0.02 * (high - low) or 1.0
        self.axes.set_xlim(low - air, high + air)
        self.axes.set_ylim(0, 1.08 * _top(self._shares))
        self._outline.set_data(self._shares, self._edges)
        self.forget_axes()
        self.show_thresholds(thresholds, self._colours)

    def show_thresholds(self, thresholds: tuple[float, float], colours: Sequence[str]) -> None:
        """Move the lines, and colour what they part; ``colours`` go from dark to bright."""
        self._colours = colours
        for line, at in zip(self.lines, thresholds, strict=True):
            line.set_xdata([at, at])
        low, high = sorted(thresholds)
        middles = (self._edges[:-1] + self._edges[1:]) / 2
        inside = (middles < low, (middles >= low) & (middles < high), middles >= high)
        for part, where, colour in zip(self._fills, inside, colours, strict=True):
            part.set_data(np.where(where, self._shares, 0.0), self._edges)
            part.set_facecolor(colour)
        self.move()

    def _paint(self) -> None:
        paint_axes(self.axes, self._theme, numbers=2)
        self.figure.set_facecolor(self._theme["background"])
        self.axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        self.axes.set_yticks([])
        self.axes.grid(visible=False)
        for side in ("top", "left", "right"):
            self.axes.spines[side].set_visible(False)
        text = self._theme["text"]
        self.axes.set_xlabel("grey value", color=text, fontsize=8, labelpad=1)
        self._outline.set_edgecolor(text)
        for line in self.lines:
            line.set_color(text)
        self.forget_axes()

    def _near(self, event: MouseEvent) -> int | None:
        """The line within reach of the mouse; of two that are equally near, the one beyond."""
        if event.x is None or event.xdata is None:
            return None
        places = self.axes.transData.transform([(at, 0.0) for at in self.thresholds])[:, 0]
        ratio = self.devicePixelRatioF()
        away = np.abs(places - event.x) / ratio
        nearest = int(np.argmin(away))
        if np.isclose(*away) and event.x > places[1]:
            nearest = 1
        return nearest if away[nearest] <= REACH else None

    def _on_press(self, event: MouseEvent) -> None:
        if event.button == 1:
            self._held = self._near(event)

    def _on_motion(self, event: MouseEvent) -> None:
        near = self._held if self._held is not None else self._near(event)
        shape = Qt.CursorShape.ArrowCursor if near is None else Qt.CursorShape.SplitHCursor
        self.setCursor(shape)
        if self._held is not None and event.xdata is not None:
            self.dragged.emit(self._held, float(event.xdata))

    def _on_release(self, event: MouseEvent) -> None:
        self._held = None


def _top(shares: np.ndarray) -> float:
    """The highest share, not counting the first and the last bin: clipped values heap up there."""
    inner = shares[1:-1] if len(shares) > 4 else shares
    return float(max(inner.max(), 1e-9))
