"""Figures of a study; they are drawn without a screen, in the `Look` of the reports."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.report.look import SMALL, WIDTH, Look
from napari_assb_twin.surrogates.labels import parameter_label, property_label
from napari_assb_twin.surrogates.sensitivity import Sensitivity
from napari_assb_twin.surrogates.table import PREFIX, Results
from napari_assb_twin.surrogates.validation import BAND, Learned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

PANELS = 3
"""In a row."""

MOST_PAIRED = 6
"""Columns of a pair plot."""

FINE = 101
"""Points of a line."""


def property_figure(results: Results, learned: Learned, look: Look) -> Figure:
    """One property against every parameter."""
    names = results.space.names
    rows = math.ceil(len(names) / PANELS)
    columns = math.ceil(len(names) / rows)
    figure = look.figure(WIDTH, 0.4 + 2.3 * rows)
    shared = None
    for number, name in enumerate(names):
        axes = shared = figure.add_subplot(rows, columns, number + 1, sharey=shared)
        draw_property(axes, results, learned.samples.name, name, look, learned)
        if number % columns:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
    look.legend(figure, handles(look))
    return figure


def draw_property(
    axes: Axes,
    results: Results,
    key: str,
    parameter: str,
    look: Look,
    learned: Learned | None = None,
) -> None:
    """Realisations as dots; with a surrogate its line, band, and what is left of the scenarios.

    The line has the other parameters in the middle of their ranges.  The scenarios are moved along
    the surrogate to that middle, so that what is between them and the line is what the surrogate
    does not explain; their bars are the standard deviation of the realisations.
    """
    values = results.rows[PREFIX + parameter].to_numpy()
    axes.plot(values, results.rows[key], ".", color=look.faint, markersize=3, zorder=1)
    if learned is not None:
        line, mean, deviation = along(learned, parameter)
        axes.fill_between(
            line, mean - BAND * deviation, mean + BAND * deviation, color=look.ink, alpha=0.2,
            linewidth=0,
        )  # fmt: skip
        axes.plot(line, mean, color=look.ink, linewidth=1.2)
        own = learned.samples
        place = results.space.names.index(parameter)
        axes.errorbar(
            own.points[:, place], at_middle(learned, parameter), yerr=np.nan_to_num(own.deviation),
            fmt="o", color=look.data, markersize=3, linewidth=0.7, zorder=3,
        )  # fmt: skip
    if results.space.logarithmic[results.space.names.index(parameter)]:
        _logarithmic(axes)
    axes.set_xlabel(parameter_label(parameter))
    axes.set_ylabel(results.label(key))
    look.paint(axes)


def _logarithmic(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())


def handles(look: Look) -> list[Any]:
    """What the marks of `draw_property` mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Line2D([], [], marker=".", color=look.faint, linestyle="", label="realisations"),
        Line2D([], [], marker="o", color=look.data, markersize=4, linestyle="", label="scenarios, "
               "others moved to the middle"),
        Line2D([], [], color=look.ink, label="surrogate"),
        Patch(color=look.ink, alpha=0.2, linewidth=0, label="95 %"),
    ]  # fmt: skip


def along(learned: Learned, parameter: str) -> tuple[Floats, Floats, Floats]:
    """Values of a parameter, the surrogate's mean and its deviation; the others in the middle."""
    space = learned.surrogate.space
    place = space.names.index(parameter)
    coordinates = np.full((FINE, space.dimensions), 0.5)
    coordinates[:, place] = np.linspace(0.0, 1.0, FINE)
    mean, deviation = learned.surrogate.at(coordinates)
    return space.unscaled(coordinates)[:, place], mean, deviation


def at_middle(learned: Learned, parameter: str) -> Floats:
    """Means of the scenarios, less what the surrogate says that the other parameters do."""
    own, surrogate = learned.samples, learned.surrogate
    place = own.space.names.index(parameter)
    coordinates = own.space.scaled(own.points)
    middle = np.full_like(coordinates, 0.5)
    middle[:, place] = coordinates[:, place]
    return np.asarray(own.mean - surrogate.at(coordinates)[0] + surrogate.at(middle)[0])


def pair_figure(results: Results, keys: Sequence[str], look: Look) -> Figure:
    """Scenario means of properties and parameters against each other, up to `MOST_PAIRED`."""
    shown = _some_of_both(results.space.names, keys)
    means = results.rows.groupby("scenario")[shown].mean().to_numpy()
    size = len(shown)
    figure = look.figure(WIDTH, WIDTH)
    for row in range(size):
        for column in range(size):
            axes = figure.add_subplot(size, size, row * size + column + 1)
            if row == column:
                values = means[:, row]
                axes.hist(values[np.isfinite(values)], bins=10, color=look.faint)
                axes.set_yticks([])
            else:
                axes.plot(means[:, column], means[:, row], ".", color=look.data, markersize=3)
            if row == size - 1:
                axes.set_xlabel(_wrapped(results, shown[column]))
            if column == 0:
                axes.set_ylabel(_wrapped(results, shown[row]))
            look.paint(axes, grid=False)
            axes.tick_params(labelsize=SMALL - 2.5, labelbottom=row == size - 1)
            axes.tick_params(labelleft=column == 0 and row != column)
            axes.xaxis.label.set_fontsize(SMALL - 2)
            axes.yaxis.label.set_fontsize(SMALL - 2)
    return figure


def _some_of_both(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Half of the columns for parameters, or more where there are few properties."""
    half = max(MOST_PAIRED // 2, MOST_PAIRED - len(keys))
    parameters = [PREFIX + name for name in names][:half]
    return parameters + list(keys)[: MOST_PAIRED - len(parameters)]


def _wrapped(results: Results, column: str) -> str:
    """A label in lines for narrow axes."""
    if column.startswith(PREFIX):
        return textwrap.fill(parameter_label(column.removeprefix(PREFIX)), 14)
    return textwrap.fill(results.label(column), 14)


def sensitivity_figure(found: Sequence[Sensitivity], look: Look) -> Figure:
    """Bars of total and first-order indices with their standard errors, a panel a property."""
    from matplotlib.patches import Patch

    rows = math.ceil(len(found) / 2)
    columns = min(len(found), 2)
    bars = max(len(one.parameters) for one in found)
    figure = look.figure(WIDTH, 0.5 + rows * (0.6 + 0.25 * bars))
    for number, one in enumerate(found):
        axes = figure.add_subplot(rows, columns, number + 1)
        draw_sensitivity(axes, one, look)
        if number % columns:
            axes.tick_params(labelleft=False)
    look.legend(
        figure,
        [
            Patch(color=look.data, label="alone (first order)"),
            Patch(color=look.faint, label="with interactions (total)"),
        ],
    )
    return figure


def draw_sensitivity(axes: Axes, one: Sensitivity, look: Look) -> None:
    """The bars of one property."""
    places = np.arange(len(one.parameters))
    style: dict[str, Any] = {"ecolor": look.ink, "error_kw": {"linewidth": 0.8}}
    axes.barh(places + 0.2, one.total, 0.36, xerr=one.total_error, color=look.faint, **style)
    axes.barh(places - 0.2, one.first, 0.36, xerr=one.first_error, color=look.data, **style)
    axes.set_yticks(places, list(one.parameters))
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_xlim(0.0, float(np.nanmax([1.0, *(one.total + one.total_error)])))
    axes.set_title(property_label(one.name, Bulk()))
    axes.set_xlabel("share of the variance")
    look.paint(axes)


def predicted_figure(
    measured: Floats, predicted: Floats, label: str, look: Look, deviation: Floats | None = None
) -> Figure:
    """Measured values against predictions by fits that had not seen their scenario."""
    figure = look.figure(0.5 * WIDTH, 0.5 * WIDTH)
    axes = figure.add_subplot()
    ends = [float(f(np.concatenate([measured, predicted]))) for f in (np.min, np.max)]
    axes.plot(ends, ends, color=look.ink, linewidth=0.8)
    error = None if deviation is None else BAND * deviation
    axes.errorbar(
        predicted, measured, xerr=error, fmt="o", color=look.data, markersize=3, linewidth=0.6
    )
    axes.set_xlabel("predicted without its scenario")
    axes.set_ylabel(label)
    axes.set_aspect("equal", adjustable="datalim")
    look.paint(axes)
    return figure
