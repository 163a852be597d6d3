"""Colours and sizes of the figures, for paper and for the window."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from napari_assb_twin.twin.phases import Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER: dict[Phase, str] = {
    "pore": "#000000",
    "active_material": "#d62728",
    "solid_electrolyte": "#9a9a9a",
}
"""Colours of the phases in sections, as in the window at first."""

MARKS: dict[Phase, str] = {"pore": "o", "active_material": "s", "solid_electrolyte": "^"}
"""Phases are told apart without colour, too."""

SMALL = 7.5
"""Points of small print."""

WIDTH = 7.1
"""Inches between the margins of a page of A4."""


@dataclass(frozen=True)
class Look:
    """How figures are drawn.

    Attributes
    ----------
    ink, paper, faint
        Colours of text and model, of the background, of frames and grids.
    data
        Colour of what was measured.
    phases
        Colours of the phases in sections.
    dpi
        Pixels per inch of pictures.
    """

    ink: str = "#222222"
    paper: str = "#ffffff"
    faint: str = "#b8b8b8"
    data: str = "#0072b2"
    phases: Mapping[Phase, str] = field(default_factory=lambda: PAPER)
    dpi: float = 200.0

    def line(self, phase: Phase) -> str:
        """The colour of marks of a phase; black ones take the colour of the text."""
        colour = self.phases[phase]
        return self.ink if colour == "#000000" else colour

    def figure(self, width: float, height: float) -> Figure:
        """An empty figure, in inches, that knows no screen."""
        from matplotlib.figure import Figure

        return Figure(
            figsize=(width, height), dpi=self.dpi, facecolor=self.paper, layout="constrained"
        )

    def paint(self, axes: Axes, *, grid: bool = True) -> None:
        """Put axes into these colours."""
        axes.set_facecolor(self.paper)
        axes.tick_params(colors=self.ink, labelsize=SMALL, length=3)
        for spine in axes.spines.values():
            spine.set_color(self.faint)
            spine.set_linewidth(0.8)
        for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
            text.set_color(self.ink)
            text.set_fontsize(SMALL + 0.5)
        if grid:
            axes.grid(visible=True, color=self.faint, alpha=0.35, linewidth=0.5)
        axes.set_axisbelow(True)

    def legend(self, figure: Figure, handles: Sequence[Any]) -> None:
        """One line of what marks and colours mean, under the figure."""
        figure.legend(
            handles=list(handles),
            loc="outside lower center",
            ncols=len(handles),
            fontsize=SMALL + 0.5,
            frameon=False,
            labelcolor=self.ink,
        )


def as_bytes(figure: Figure, kind: Literal["png", "svg"]) -> bytes:
    """A figure as a picture file; the same figure gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": "assb-twin", "svg.fonttype": "path"}):
        figure.savefig(buffer, format=kind, facecolor=figure.get_facecolor(), metadata=metadata)
    return buffer.getvalue()
