"""Figures of numbers: higher-order statistics, contact shares, correlations of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from napari_assb_twin.report.look import MARKS, SMALL, WIDTH, Look
from napari_assb_twin.report.parameters import symbol
from napari_assb_twin.report.record import Correlations
from napari_assb_twin.report.rows import Contact, Statistic
from napari_assb_twin.twin.phases import PHASES, Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Names = Mapping[Phase, str]

LINE = 0.21
"""Inches of a row."""

NOTABLE, LARGE = 2.0, 3.0
"""Standard errors from which on a difference is notable, and large."""

FARTHEST = 10.0
"""Larger z are drawn here, as a large arrow."""

PANELS = 4
"""Panels of statistics in a row."""

MOST_NUMBERED = 14
"""Of more parameters the correlations are coloured but not written."""


def statistics_figure(statistics: Sequence[Statistic], names: Names, look: Look) -> Figure:
    """z of every statistic: measured minus simulated in standard errors, one panel a kind."""
    from matplotlib.lines import Line2D

    known = [one for one in statistics if one.phase is not None and one.z is not None]
    panels = sorted({_panel(one) for one in known})
    rows = math.ceil(len(panels) / PANELS)
    columns = math.ceil(len(panels) / rows)
    figure = look.figure(WIDTH, 0.5 + 2.1 * rows)
    reach = max([min(abs(one.z or 0.0), FARTHEST) for one in known] + [4.0]) + 0.6
    shared = None
    for number, panel in enumerate(panels):
        axes = shared = figure.add_subplot(rows, columns, number + 1, sharey=shared)
        axes.axhspan(-NOTABLE, NOTABLE, color=look.faint, alpha=0.35, linewidth=0)
        axes.axhline(0.0, color=look.ink, linewidth=0.8)
        own = [one for one in known if _panel(one) == panel]
        for phase in PHASES:
            _scores(axes, [one for one in own if one.phase == phase], look)
        axes.set_ylim(-reach, reach)
        axes.set_title("\n".join(part for part in panel if part))
        axes.set_xlabel("length [µm]" if any(one.length_um is not None for one in own) else "")
        if all(one.length_um is None for one in own):
            axes.set_xticks(range(len(PHASES)), [names[phase] for phase in PHASES])
            axes.set_xlim(-0.5, len(PHASES) - 0.5)
        if number % columns == 0:
            axes.set_ylabel("z (band: ± 2)")
        else:
            axes.tick_params(labelleft=False)
        look.paint(axes)
    handles = [
        Line2D([], [], marker=MARKS[p], color=look.line(p), linewidth=0.8, label=names[p])
        for p in PHASES
    ]
    look.legend(figure, handles)
    return figure


def _panel(statistic: Statistic) -> tuple[str, str]:
    place = ", ".join(part for part in (statistic.plane, statistic.direction) if part)
    return statistic.name or "unnamed", place


def _scores(axes: Axes, statistics: Sequence[Statistic], look: Look) -> None:
    """The z of one phase over the lengths, or at its place among the phases."""
    points = []
    for one in statistics:
        if one.phase is None or one.z is None:
            continue
        place = PHASES.index(one.phase) if one.length_um is None else one.length_um
        points.append((place, one.z, one.phase))
    if not points:
        return
    points.sort()
    phase = points[0][2]
    heights = [math.copysign(min(abs(z), FARTHEST), z) for _, z, _ in points]
    axes.plot([x for x, _, _ in points], heights, color=look.line(phase), linewidth=0.8)
    for (x, z, _), height in zip(points, heights, strict=True):
        mark = MARKS[phase] if abs(z) <= FARTHEST else ("^" if z > 0 else "v")
        size = 4.5 if abs(z) <= FARTHEST else 7.0
        axes.plot([x], [height], mark, color=look.line(phase), markersize=size)


def contacts_figure(contacts: Sequence[Contact], names: Names, look: Look) -> Figure:
    """Contact shares, measured beside the model's; the pinned ones are marked."""
    from matplotlib.lines import Line2D

    known = [one for one in contacts if one.phase and one.neighbour]
    figure = look.figure(WIDTH, 1.0 + 1.3 * LINE * len(known))
    axes = figure.add_subplot()
    labels = []
    for row, one in enumerate(known):
        label = f"{_name(one.phase, names)} touching {_name(one.neighbour, names)}"
        labels.append(f"{label} (pinned)" if one.pinned else label)
        if one.measured is not None and one.model is not None:
            axes.plot([one.measured, one.model], [row, row], color=look.faint, linewidth=2)
        if one.measured is not None:
            error = None if one.standard_error is None else 1.96 * one.standard_error
            axes.errorbar(
                [one.measured], [row], xerr=error, fmt="o", color=look.data, capsize=3, markersize=5
            )
        if one.model is not None:
            axes.plot([one.model], [row], "D", color=look.ink, markersize=5, fillstyle="none")
    axes.set_yticks(range(len(known)), labels)
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share of the phase's surface")
    look.paint(axes)
    handles = [
        Line2D([], [], marker="D", color=look.ink, linestyle="", fillstyle="none", label="model")
    ]
    if any(one.measured is not None for one in known):
        handles.insert(
            0, Line2D([], [], marker="o", color=look.data, linestyle="", label="measured")
        )
    look.legend(figure, handles)
    return figure


def correlations_figure(correlations: Correlations, names: Names, look: Look) -> Figure:
    """Correlations of the errors of the parameters, written into a coloured table."""
    labels = [symbol(path, names) for path in correlations.paths]
    size = len(labels)
    figure = look.figure(min(WIDTH, 1.9 + 0.4 * size), min(WIDTH, 0.9 + 0.3 * size))
    axes = figure.add_subplot()
    image = axes.imshow(correlations.values, cmap="RdBu_r", vmin=-1.0, vmax=1.0, aspect="auto")
    axes.set_xticks(range(size), labels, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), labels)
    look.paint(axes, grid=False)
    if size <= MOST_NUMBERED:
        for (row, column), value in np.ndenumerate(correlations.values):
            if np.isfinite(value):
                colour = "#ffffff" if abs(value) > 0.65 else "#222222"
                text = f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
                axes.text(
                    column, row, text, ha="center", va="center", color=colour, fontsize=SMALL - 1
                )
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    look.paint(bar.ax, grid=False)
    bar.set_label("correlation", color=look.ink, fontsize=SMALL)
    return figure


def _name(phase: Phase | None, names: Names) -> str:
    return "" if phase is None else names[phase]
