"""The legend of the curves: a line above the drawing, drawn again only when it says something new.

Text is what takes long to draw; beside the axes it does not cover the curves either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.artist import Artist
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure

HEIGHT = 20

ROOM = 26
"""Pixels above the axes for the legend of a figure that is written."""


class CurvesLegend(FigureCanvasQTAgg):
    """One line of labelled lines."""

    def __init__(self) -> None:
        super().__init__(Figure())
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Legend of the curves")
        self._said: object = None

    def show_handles(self, handles: Sequence[Artist], theme: Mapping[str, str]) -> None:
        """Draw these lines with their labels in the colours of the theme."""
        said = [(h.get_label(), h.get_color(), h.get_linestyle()) for h in handles], dict(theme)
        if said == self._said:
            return
        self._said = said
        self.figure.legends.clear()
        self.figure.set_facecolor(theme["background"])
        self.setAccessibleDescription(", ".join(self.labels(handles)))
        add_legend(self.figure, handles, theme)
        self.draw_idle()

    @staticmethod
    def labels(handles: Sequence[Artist]) -> list[str]:
        """What the legend says."""
        return [str(handle.get_label()) for handle in handles]


def write_with_legend(
    figure: Figure,
    path: str | Path,
    kind: str,
    handles: Sequence[Artist],
    theme: Mapping[str, str],
) -> None:
    """Write the figure of a canvas with a legend above, as ``kind`` (``"pdf"``)."""
    legend = add_legend(figure, handles, theme)
    before = figure.subplotpars.top
    figure.subplots_adjust(top=1 - ROOM / max(figure.canvas.height(), 120))
    try:
        figure.savefig(path, format=kind, dpi=200)
    finally:
        legend.remove()
        figure.subplots_adjust(top=before)


def add_legend(figure: Figure, handles: Sequence[Artist], theme: Mapping[str, str]) -> Artist:
    """A legend along the upper edge of a figure."""
    return figure.legend(
        handles=handles,
        loc="upper center",
        ncols=len(handles),
        fontsize=7,
        labelcolor=theme["text"],
        frameon=False,
        handlelength=1.9,
        handletextpad=0.4,
        columnspacing=1.0,
        borderpad=0.2,
        borderaxespad=0.1,
    )
