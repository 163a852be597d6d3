"""Losses and misfit of a training against its steps; lines alone are redrawn while it runs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from napari_assb_twin.workspace.axes_look import (
    DARK,
    fit_limits,
    fit_logarithmic_limits,
    paint_axes,
)
from napari_assb_twin.workspace.curves_legend import CurvesLegend
from napari_assb_twin.workspace.moving_canvas import MovingCanvas
from napari_assb_twin.workspace.training_course import TrainingCourse

HEIGHT = 190
LN2 = math.log(2.0)
COLOURS = {"twin": "#56b4e9", "discriminator": "#e69f00"}
"""Of the two players; coverage and misfit have that of the text."""

MARKERS = {"twin": "o", "discriminator": "s"}
TITLES = {
    "coverage": "coverage",
    "twin": "twin",
    "discriminator": "discriminator",
    "even": "ln 2",
}


class LossesFigure(MovingCanvas):
    """Coverage loss on a logarithmic axis at the left, those of the players at the right."""

    margins = (66, 46, 6, 34)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Losses and misfit of the training against its steps")
        self.setToolTip(
            "Above: the loss of the coverage of the simulated sections (left), and those of twin "
            "and discriminator (right), which hover about ln 2, dotted, in runs that succeed and "
            "in runs that drift: they are no sign of convergence.\nBelow: misfit of the exact "
            "curves of the averaged twin, every ten steps; dotted: where the run began."
        )
        self.legend = CurvesLegend()
        self.legend.setAccessibleName("Legend of the losses")
        self._theme = DARK
        self.axes, self.misfit_axes = self.figure.subplots(
            2, 1, sharex=True, height_ratios=(2, 1), gridspec_kw={"hspace": 0.14}
        )
        self.axes.set_yscale("log")
        self.player_axes = self.axes.twinx()
        self.lines: dict[str, Line2D] = {
            "even": _line(self.player_axes, ":", 1.2),
            "coverage": _line(self.axes, "-", 1.4),
            "twin": _line(self.player_axes, "-", 1.1),
            "discriminator": _line(self.player_axes, "-", 1.1),
            "start": _line(self.misfit_axes, ":", 1.2),
            "misfit": _line(self.misfit_axes, "-", 1.4),
        }
        self.lines["misfit"].set_marker(".")
        for name, marker in MARKERS.items():
            self.lines[name].set_marker(marker)
            self.lines[name].set_markersize(3)
        self.moving = [*self.lines.values()]
        self._has = (True, True)
        self._paint()

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """Colours of the theme."""
        self._theme = dict(theme)
        self._paint()
        self.draw_idle()

    def show_course(self, course: TrainingCourse) -> None:
        """Put what was told so far into the lines."""
        end = max(course.total, 1)
        for name in ("coverage", "twin", "discriminator"):
            self.lines[name].set_data(course.steps, course.losses[name])
        for number, name in enumerate(MARKERS):
            every = max(1, len(course.steps) // 8)
            self.lines[name].set_markevery((number * every // 2, every))
        self.lines["even"].set_data([0, end], [LN2, LN2])
        self.lines["start"].set_data([0, end], [course.start_misfit] * 2)
        self.lines["misfit"].set_data(course.misfit_steps, course.misfits)
        has = course.has("coverage"), course.has("twin")
        if course.steps and has != self._has:
            self._has = has
            self._paint()
        self.move(axes_changed=self._fit_axes(course, end))

    def _fit_axes(self, course: TrainingCourse, end: int) -> bool:
        changed = not np.isclose(self.axes.get_xlim()[1], end)
        self.axes.set_xlim(0, end)
        if course.has("coverage"):
            low, high = course.span("coverage")
            changed |= fit_logarithmic_limits(self.axes, low, high)
        if course.has("twin"):
            high = max(course.span("twin")[1], course.span("discriminator")[1], LN2)
            changed |= fit_limits(self.player_axes, 0.0, high)
        misfits = [*course.misfits, course.start_misfit]
        changed |= fit_limits(self.misfit_axes, 0.0, max(misfits))
        return changed

    def _paint(self) -> None:
        """Everything that does not move."""
        theme, text = self._theme, self._theme["text"]
        coverage, players = self._has
        self.figure.set_facecolor(theme["background"])
        for axes in (self.axes, self.misfit_axes, self.player_axes):
            paint_axes(axes, theme, numbers=3)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        self.axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=6))
        self.axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
        self.axes.yaxis.set_minor_locator(NullLocator())
        self.axes.tick_params(labelbottom=False, left=coverage, labelleft=coverage)
        self.player_axes.patch.set_visible(False)
        self.player_axes.grid(visible=not coverage, axis="y")
        self.player_axes.grid(visible=False, axis="x")
        self.player_axes.tick_params(right=players, labelright=players)
        for axes, label in (
            (self.axes, "coverage loss" if coverage else ""),
            (self.player_axes, "twin, discrim." if players else ""),
            (self.misfit_axes, "misfit"),
        ):
            axes.set_ylabel(label, color=text, fontsize=8, labelpad=2)
        self.misfit_axes.set_xlabel("step", color=text, fontsize=8, labelpad=1)
        for name, line in self.lines.items():
            line.set_color(COLOURS.get(name, text))
            line.set_visible(coverage if name == "coverage" else players or name not in TITLES)
        self.legend.show_handles(self._handles(), theme)
        self.forget_axes()

    def _handles(self) -> list[Line2D]:
        handles = []
        for name, title in TITLES.items():
            line = self.lines[name]
            if line.get_visible():
                handles.append(
                    Line2D(
                        [],
                        [],
                        color=line.get_color(),
                        linestyle=line.get_linestyle(),
                        marker=line.get_marker(),
                        markersize=3,
                        label=title,
                    )
                )
        return handles


def _line(axes, style: str, width: float) -> Line2D:
    (line,) = axes.plot([], [], style, animated=True, linewidth=width)
    return line
