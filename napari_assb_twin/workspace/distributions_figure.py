"""Distributions of the measured volumes over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from napari_assb_twin.descriptors.beside import Measurement
from napari_assb_twin.descriptors.distributions import WORDS, Kind
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.workspace.axes_look import DARK, paint_axes
from napari_assb_twin.workspace.curves_legend import CurvesLegend, add_legend
from napari_assb_twin.workspace.sample_looks import MARKERS, colour_of
from napari_assb_twin.workspace.stepwise_canvas import StepwiseCanvas

HEIGHT = 190
LINES: Mapping[str | None, str] = {None: "-", "z": "-", "y": "--", "x": ":"}
MARKS = 8


class DistributionsFigure(StepwiseCanvas):
    """One kind of distribution of one phase; colour and mark say of which volume."""

    def __init__(self) -> None:
        super().__init__(Figure())
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Distributions of the measured volumes")
        self.setToolTip(
            "Colour and mark: which volume. Line: along z (full), y (dashes), x (dots)."
        )
        self.legend = CurvesLegend()
        self.legend.setAccessibleName("Legend of the distributions")
        self.axes = self.figure.subplots()
        self.lines: list[Line2D] = []
        self._handles: list[Line2D] = []
        self._kind: Kind = "chord_length"
        self._theme = DARK

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme; drawn with the next measurements."""
        self._theme = dict(theme)

    def show_measurements(
        self, measurements: Sequence[Measurement], kind: Kind, phase: Phase
    ) -> None:
        """Draw what there is of one kind and phase."""
        for line in self.lines:
            line.remove()
        self.lines, self._handles = [], []
        for look, one in enumerate(measurements):
            colour = colour_of(look, self._theme)
            drawn = [
                curve
                for curve in one.description.distributions
                if curve.kind == kind and curve.phase == phase
            ]
            for curve in drawn:
                (line,) = self.axes.plot(
                    curve.x, curve.y, LINES[curve.axis], color=colour, linewidth=1.3
                )
                line.set_marker(MARKERS[look])
                line.set_markersize(4)
                line.set_markevery(max(1, len(curve.x) // MARKS))
                self.lines.append(line)
            if drawn:
                self._handles.append(
                    Line2D([], [], color=colour, marker=MARKERS[look], markersize=4, label=one.name)
                )
        self._kind = kind
        self._paint()
        self.axes.relim()
        self.axes.autoscale_view()
        self.legend.show_handles(self._handles, self._theme)
        self.draw_idle()

    def write(self, path: str | Path, kind: str) -> None:
        """Write the figure with its legend, as ``kind`` (``"pdf"``)."""
        above = add_legend(self.figure, self._handles, self._theme)
        try:
            self.figure.savefig(path, format=kind, dpi=200)
        finally:
            above.remove()

    def _paint(self) -> None:
        words, text = WORDS[self._kind], self._theme["text"]
        self.figure.set_facecolor(self._theme["background"])
        paint_axes(self.axes, self._theme, numbers=4)
        unit = f" [{words.unit}]" if words.unit else ""
        self.axes.set_xlabel(f"{words.x}{unit}", color=text, fontsize=8, labelpad=2)
        self.axes.set_ylabel(words.y, color=text, fontsize=8, labelpad=2)
