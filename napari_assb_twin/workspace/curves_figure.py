"""The drawing of the curves: matplotlib, redrawn by blitting while sliders move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from napari_assb_twin.twin.curves import Curves
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace.axes_look import DARK, fit_limits, paint_axes
from napari_assb_twin.workspace.colours import MARKERS, SCHEMES
from napari_assb_twin.workspace.comparison import KINDS, Comparison, centred
from napari_assb_twin.workspace.curves_legend import CurvesLegend, write_with_legend
from napari_assb_twin.workspace.moving_canvas import MovingCanvas
from napari_assb_twin.workspace.phase_names import PhaseNames

Pair = tuple[Phase, Phase]

STYLES = {"measured": "-", "model": "--", "realisation": ":"}
TITLES = {"measured": "measured", "model": "model (exact)", "realisation": "realised"}
RESIDUALS = {"measured": "measured", "realisation": "realised"}
CROSS_COLOURS = ("#cc79a7", "#56b4e9", "#d55e00")
CROSS_MARKERS = ("D", "v", "P")
AUTO: tuple[Pair, ...] = tuple((phase, phase) for phase in PHASES)
CROSS: tuple[Pair, ...] = (
    ("pore", "active_material"),
    ("pore", "solid_electrolyte"),
    ("active_material", "solid_electrolyte"),
)
MARKS = 6
BANDS = 1.96
"""Half width of the error band in standard errors: 95 %."""


class CurvesFigure(MovingCanvas):
    """Three pairs at a time: measured, exact, realised; and the residual below."""

    margins = (64, 10, 8, 44)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(180)
        self.legend = CurvesLegend()
        self.setAccessibleName("Two-point coverage curves")
        self._pairs: tuple[Pair, ...] = AUTO
        self._normalised = False
        self._scheme = "paper"
        self._names = PhaseNames()
        self._theme = DARK
        self.axes, self.residual_axes = self.figure.subplots(
            2, 1, sharex=True, height_ratios=(3, 1), gridspec_kw={"hspace": 0.2}
        )
        self.lines: dict[tuple[str, int], Line2D] = {}
        self._bands: list[PolyCollection] = []
        for number in range(3):
            band = PolyCollection([np.zeros((3, 2))], animated=True, alpha=0.25, linewidth=0)
            self._bands.append(self.axes.add_collection(band, autolim=False))
            for kind in KINDS:
                (line,) = self.axes.plot([], [], STYLES[kind], animated=True)
                line.set_linewidth(2.2 if kind == "realisation" else 1.5)
                self.lines[kind, number] = line
            (line,) = self.residual_axes.plot([], [], "-", animated=True, linewidth=1.2)
            self.lines["residual", number] = line
        self._zero = self.residual_axes.axhline(0.0, linewidth=0.8)
        self.moving = [*self._bands, *self.lines.values()]
        self._shown: tuple[bool, ...] = ()
        self._paint()

    def set_look(self, theme: Mapping[str, str], scheme: str) -> None:
        """Colours of the theme and of the phases."""
        self._theme, self._scheme = dict(theme), scheme
        self._paint()

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called in the legend."""
        self._names = names
        self._paint()

    def set_choice(self, *, pairs: Sequence[Pair], normalised: bool) -> None:
        """Which pairs, and whether phi_i phi_j is subtracted."""
        self._pairs, self._normalised = tuple(pairs), normalised
        self._paint()

    def show_curves(self, comparison: Comparison) -> None:
        """Put the curves into the lines; only lines are redrawn while the axes hold them."""
        curves = comparison.curves
        for number, pair in enumerate(self._pairs):
            for kind in KINDS:
                one = curves[kind]
                line = self.lines[kind, number]
                if one is None:
                    line.set_data([], [])
                else:
                    line.set_data(one.lags_um, self._values(one, pair))
            self._show_band(number, pair, curves["measured"])
        residual = comparison.residual
        for number, pair in enumerate(self._pairs):
            line = self.lines["residual", number]
            if residual is None:
                line.set_data([], [])
            else:
                line.set_data(residual[1].lags_um, residual[1][pair])
        self._name_residual(None if residual is None else residual[0])
        self._place_markers()
        fresh = tuple(curves[kind] is not None for kind in KINDS)
        changed = self._fit_axes(curves["model"])
        if fresh != self._shown:
            self._shown, changed = fresh, True
            self._legend()
        self.move(axes_changed=changed)

    def _place_markers(self) -> None:
        """A few marks a curve; those of one pair stand between those of the others."""
        for (kind, number), line in self.lines.items():
            if kind in ("measured", "model"):
                step = max(1, len(line.get_xdata()) // MARKS)
                line.set_markevery((step * (number + 1) // 4, step))

    def _values(self, curves: Curves, pair: Pair) -> np.ndarray:
        return centred(curves, pair) if self._normalised else curves[pair]

    def _show_band(self, number: int, pair: Pair, measured: Curves | None) -> None:
        error = None if measured is None else measured.error(pair)
        self._bands[number].set_visible(error is not None)
        if error is None:
            return
        middle, lags = self._values(measured, pair), measured.lags_um
        upper, lower = middle + BANDS * error, middle - BANDS * error
        outline = np.concatenate(
            [np.column_stack([lags, upper]), np.column_stack([lags, lower])[::-1]]
        )
        self._bands[number].set_verts([outline])

    def _fit_axes(self, model: Curves | None) -> bool:
        """Widen or narrow the axes where the lines ask for it; whether they changed."""
        end = float(model.lags_um[-1]) if model is not None else 1.0
        changed = not np.isclose(self.axes.get_xlim()[1], end)
        self.axes.set_xlim(0.0, end)
        for axes, names in ((self.axes, KINDS), (self.residual_axes, ("residual",))):
            values = [
                self.lines[name, n].get_ydata() for name in names for n in range(len(self._pairs))
            ]
            values = np.concatenate([np.asarray(one, float) for one in values] or [np.zeros(1)])
            values = values[np.isfinite(values)]
            low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
            if axes is self.residual_axes:
                high = max(abs(low), abs(high), 1e-4)
                low = -high
            elif not self._normalised:
                low = 0.0
            changed |= fit_limits(axes, low, high)
        return changed

    def _paint(self) -> None:
        """Everything that is not moved by a slider."""
        text, paper = self._theme["text"], self._theme["background"]
        self.figure.set_facecolor(paper)
        paint_axes(self.axes, self._theme, numbers=3)
        paint_axes(self.residual_axes, self._theme, numbers=2)
        self.axes.tick_params(labelbottom=False)
        self._zero.set_color(text)
        colours, markers = self._marks()
        for number in range(3):
            self._bands[number].set_facecolor(colours[number])
            for kind in (*KINDS, "residual"):
                line = self.lines[kind, number]
                line.set_color(colours[number])
                line.set_marker(markers[number])
                line.set_markersize(4)
                if kind not in ("measured", "model"):
                    line.set_markevery([])
                line.set_markerfacecolor(paper if kind == "model" else colours[number])
        auto = self._pairs == AUTO
        name = "Cᵢᵢ(h)" if auto else "Cᵢⱼ(h)"  # plain text: formulas are laid out anew each time
        if self._normalised:
            name = "Cᵢᵢ − φᵢ²" if auto else "Cᵢⱼ − φᵢφⱼ"
        self.axes.set_ylabel(name, color=text, fontsize=8, labelpad=2)
        self.residual_axes.xaxis.label.set_color(text)
        self._legend()
        self.forget_axes()

    def _marks(self) -> tuple[list[str], list[str]]:
        if self._pairs != AUTO:
            return list(CROSS_COLOURS), list(CROSS_MARKERS)
        lines = SCHEMES[self._scheme].lines
        text = self._theme["text"]
        colours = [text if lines[phase] == "text" else lines[phase] for phase in PHASES]
        return colours, [MARKERS[phase] for phase in PHASES]

    def _name_residual(self, kind: str | None) -> None:
        """Say what the lower plot shows; it is empty for moments while a slider moves."""
        if kind is None and self.residual_axes.get_xlabel():
            return
        text = "lag h [µm]"
        if kind is not None:
            text = f"{text}   (below: {RESIDUALS[kind]} − model)"
        if self.residual_axes.get_xlabel() != text:
            self.residual_axes.set_xlabel(text, fontsize=8)
            self.forget_axes()

    def _legend(self) -> None:
        self.legend.show_handles(self._handles(), self._theme)

    def _handles(self) -> list[Line2D]:
        """What the colours and the kinds of lines mean."""
        colours, markers = self._marks()
        handles = [
            Line2D([], [], color=colours[n], marker=markers[n], markersize=4, label=label)
            for n, label in enumerate(self._labels())
        ]
        kinds = [kind for kind in KINDS if len(self.lines[kind, 0].get_xdata())]
        text = self._theme["text"]
        return handles + [
            Line2D([], [], color=text, linestyle=STYLES[kind], label=TITLES[kind]) for kind in kinds
        ]

    def write(self, path: str | Path, kind: str) -> None:
        """Write the figure with its legend, as ``kind``, such as ``"pdf"``."""
        write_with_legend(self.figure, path, kind, self._handles(), self._theme)

    def _labels(self) -> list[str]:
        if self._pairs == AUTO:
            return [self._names[i] for i, _ in self._pairs]
        return [f"{self._names[i]}-{self._names[j]}" for i, j in self._pairs]
