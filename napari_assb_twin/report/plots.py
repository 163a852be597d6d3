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
    from matplotlib.figure import Figure

Names = Mapping[Phase, str]

LINE = 0.21
"""Inches of a row."""

NOTABLE, LARGE = 2.0, 3.0
"""Standard errors from which on a difference is notable, and large."""

FARTHEST = 10.0
"""Larger z are drawn here, as an arrow."""

MOST_NUMBERED = 14
"""Of more parameters the correlations are coloured but not written."""


def where(statistic: Statistic) -> str:
    """What a statistic is and where it was taken, without its phase."""
    parts = [statistic.name or "unnamed"]
    if statistic.length_um is not None:
        parts[0] += f" {statistic.length_um:.3g} µm"
    parts += [part for part in (statistic.plane, statistic.direction) if part]
    return ", ".join(parts)


def statistics_figure(statistics: Sequence[Statistic], names: Names, look: Look) -> Figure:
    """z of every statistic: measured minus simulated in standard errors, one mark a phase."""
    from matplotlib.lines import Line2D

    rows = list(dict.fromkeys(where(one) for one in statistics))
    figure = look.figure(WIDTH, 1.0 + LINE * len(rows))
    axes = figure.add_subplot()
    look.paint(axes)
    axes.axvspan(-NOTABLE, NOTABLE, color=look.faint, alpha=0.35, linewidth=0)
    axes.axvline(0.0, color=look.ink, linewidth=0.8)
    farthest = 4.0
    for one in statistics:
        if one.phase is None or one.z is None:
            continue
        height = rows.index(where(one)) + 0.22 * (PHASES.index(one.phase) - 1)
        beyond = abs(one.z) > FARTHEST
        mark = MARKS[one.phase] if not beyond else (">" if one.z > 0 else "<")
        place = math.copysign(min(abs(one.z), FARTHEST), one.z)
        farthest = max(farthest, abs(place) + 0.5)
        axes.plot([place], [height], mark, color=look.line(one.phase), markersize=4.5)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-farthest, farthest)
    axes.set_xlabel("z: measured − simulated, in standard errors (band: ± 2)")
    look.paint(axes)
    handles = [
        Line2D([], [], marker=MARKS[p], color=look.line(p), linestyle="", label=names[p])
        for p in PHASES
    ]
    look.legend(figure, handles)
    return figure


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
    side = min(WIDTH, 1.6 + 0.42 * size)
    figure = look.figure(side, 0.85 * side)
    axes = figure.add_subplot()
    image = axes.imshow(correlations.values, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
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
