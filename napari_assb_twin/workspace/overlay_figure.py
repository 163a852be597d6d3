"""Exact curves of several twins over each other: colour and mark say which, the line which pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D

from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.exact import Direction, coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.axes_look import DARK, fit_limits, paint_axes
from napari_assb_twin.workspace.comparison import centred
from napari_assb_twin.workspace.curves_figure import AUTO, MARKS, Pair
from napari_assb_twin.workspace.curves_legend import CurvesLegend, write_with_legend
from napari_assb_twin.workspace.lags import default_lags_um
from napari_assb_twin.workspace.moving_canvas import MovingCanvas
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.sample_looks import MARKERS, colour_of
from napari_assb_twin.workspace.samples import MOST, Sample

LINES = ("-", "--", ":")


class OverlayFigure(MovingCanvas):
    """Three pairs of phases of up to `MOST` twins; lines alone are redrawn while one moves."""

    margins = (56, 8, 6, 38)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Exact two-point coverage curves of the open twins")
        self.setToolTip(
            "Exact two-point coverage probabilities C_ij(h) of the twins that are ticked. Colour "
            "and mark: which twin. Kind of line: which pair of phases."
        )
        self.legend = CurvesLegend()
        self.legend.setAccessibleName("Legend of the overlaid curves")
        self.curves: dict[str, Curves] = {}
        self._made: dict[tuple[Twin, Direction, float], Curves] = {}
        self._samples: tuple[Sample, ...] = ()
        self._direction: Direction = "in-plane"
        self._pairs: tuple[Pair, ...] = AUTO
        self._normalised = False
        self._names = PhaseNames()
        self._theme = DARK
        self.axes = self.figure.subplots()
        self.lines: dict[tuple[int, int], Line2D] = {}
        for look in range(MOST):
            for number, style in enumerate(LINES):
                (line,) = self.axes.plot([], [], style, animated=True, linewidth=1.4, markersize=4)
                line.set_marker(MARKERS[look])
                self.lines[look, number] = line
        self.moving = [*self.lines.values()]
        self._paint()

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self._theme = dict(theme)
        self._paint()

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called in the legend."""
        self._names = names
        self._paint()

    def set_choice(self, *, direction: Direction, pairs: Sequence[Pair], normalised: bool) -> None:
        """Which curves are drawn, and whether phi_i phi_j is subtracted."""
        self._direction, self._pairs = direction, tuple(pairs)
        self._normalised = normalised
        self._paint()

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """Draw the exact curves of those that are ticked, all at the same lags."""
        self._samples = tuple(one for one in samples if one.shown)
        self._compute()
        for (look, number), line in self.lines.items():
            sample = next((one for one in self._samples if one.look == look), None)
            if sample is None:
                line.set_data([], [])
                continue
            curves, pair = self.curves[sample.name], self._pairs[number]
            values = centred(curves, pair) if self._normalised else curves[pair]
            line.set_data(curves.lags_um, values)
            step = max(1, len(values) // MARKS)
            line.set_markevery((step * (look + 1) // (MOST + 1), step))
        self.move(axes_changed=self._fit_axes())

    def write(self, path: str | Path, kind: str) -> None:
        """Write the figure with a legend of twins and pairs, as ``kind`` (``"pdf"``)."""
        text = self._theme["text"]
        twins = [
            Line2D(
                [],
                [],
                color=colour_of(one.look, self._theme),
                marker=MARKERS[one.look],
                label=one.name,
            )
            for one in self._samples
        ]
        beside = self.axes.legend(
            handles=twins, fontsize=7, labelcolor=text, frameon=False, loc="best"
        )
        try:
            write_with_legend(self.figure, path, kind, self._handles(), self._theme)
        finally:
            beside.remove()

    def _compute(self) -> None:
        """The curves of all at the lags of the one that reaches farthest; old ones are kept."""
        ends = [default_lags_um(one.twin) for one in self._samples]
        before, self._made, self.curves = self._made, {}, {}
        if not ends:
            return
        lags = max(ends, key=lambda lags: float(lags[-1]))
        for one in self._samples:
            key = (one.twin, self._direction, float(lags[-1]))
            curves = before.get(key)
            if curves is None:
                curves = coverage(one.twin, lags, direction=self._direction)
            self._made[key] = self.curves[one.name] = curves

    def _fit_axes(self) -> bool:
        values = [np.asarray(line.get_ydata(), dtype=float) for line in self.lines.values()]
        together = np.concatenate(values)
        low, high = (together.min(), together.max()) if together.size else (0.0, 1.0)
        end = max((float(one.lags_um[-1]) for one in self.curves.values()), default=1.0)
        changed = not np.isclose(self.axes.get_xlim()[1], end)
        self.axes.set_xlim(0.0, end)
        return fit_limits(self.axes, low if self._normalised else 0.0, high) or changed

    def _paint(self) -> None:
        """Everything that does not move."""
        text = self._theme["text"]
        self.figure.set_facecolor(self._theme["background"])
        paint_axes(self.axes, self._theme, numbers=4)
        for (look, _), line in self.lines.items():
            line.set_color(colour_of(look, self._theme))
        auto = self._pairs == AUTO
        name = "Cᵢᵢ(h)" if auto else "Cᵢⱼ(h)"
        if self._normalised:
            name = "Cᵢᵢ − φᵢ²" if auto else "Cᵢⱼ − φᵢφⱼ"
        self.axes.set_ylabel(name, color=text, fontsize=8, labelpad=2)
        self.axes.set_xlabel(f"lag h [µm], {self._direction}", color=text, fontsize=8, labelpad=2)
        self.legend.show_handles(self._handles(), self._theme)
        self.forget_axes()

    def _handles(self) -> list[Line2D]:
        """Which kind of line is which pair."""
        return [
            Line2D([], [], color=self._theme["text"], linestyle=style, label=self._label(pair))
            for style, pair in zip(LINES, self._pairs, strict=True)
        ]

    def _label(self, pair: Pair) -> str:
        i, j = (self._names[phase] for phase in pair)
        return i if i == j else f"{i}-{j}"
