"""Figures of a validation: sections side by side, curves, distributions, scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from napari_assb_twin.measure.sections import Labels, Plane
from napari_assb_twin.report.figures import draw_section, label_plane, phase_legend
from napari_assb_twin.report.look import SMALL, WIDTH, Look
from napari_assb_twin.twin.phases import PAIRS, PHASES, SHORT_NAMES
from napari_assb_twin.validation.judging import TwinName
from napari_assb_twin.validation.quantities import Floats, Quantity
from napari_assb_twin.validation.run import TWINS, Validation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HIGH = "#d55e00"
"""Colour of the high-parametric twin; the low-parametric one has that of the text."""

STYLES: dict[TwinName, Literal["--", ":"]] = {"low-parametric": "--", "high-parametric": ":"}
FARTHEST = 8.0
"""Larger z are drawn here, as an arrow."""

LINE = 0.17
"""Inches of a row."""


def sections_figure(validation: Validation, look: Look) -> Figure:
    """The middle plan view and cross-section of the other half and of a realisation of each."""
    half, axis = validation.halves.other, validation.halves.axis
    cross: Plane = "yz" if axis == "x" else "xz"
    boxes: dict[str, Labels] = {"data, other half": half.labels}
    boxes.update({str(name): labels for name, labels in validation.shown.items()})
    z, y, x = (n * d for n, d in zip(half.labels.shape, half.voxel_size_um, strict=True))
    extents = [(y, x), (z, y if cross == "yz" else x)]
    widest = max(right for _, right in extents)
    width = (WIDTH - 0.9) / len(boxes)
    heights = [max(width * down / widest, 0.35) for down, _ in extents]
    figure = look.figure(WIDTH, sum(heights) + 1.36)
    grid = figure.add_gridspec(2, len(boxes), height_ratios=heights)
    planes: tuple[Plane, Plane] = ("xy", cross)
    for row, plane in enumerate(planes):
        for column, (name, labels) in enumerate(boxes.items()):
            axes = figure.add_subplot(grid[row, column])
            image, pixel = _middle(labels, plane, half.voxel_size_um)
            axes.set_title(name, fontweight="normal" if column else "bold")
            draw_section(axes, image, pixel, look)
            if column:
                axes.tick_params(labelleft=False)
            else:
                label_plane(axes, plane)
            if row:
                axes.set_xlabel("µm")
    phase_legend(figure, SHORT_NAMES, look)
    return figure


def curves_figure(validation: Validation, along_z: bool, look: Look) -> Figure:
    """Two-point coverage of the two halves and of both twins (mean of realisations)."""
    figure = look.figure(WIDTH, 4.2)
    ruler = validation.ruler
    lags = ruler.lags_um()[along_z]
    for number, (i, j) in enumerate(PAIRS):
        axes = figure.add_subplot(2, 3, number + 1)
        _lines(axes, validation, f"coverage.{i},{j}", lags, look, along_z=along_z)
        axes.set_title(f"{SHORT_NAMES[i]} – {SHORT_NAMES[j]}")
        axes.set_xlim(0.0, float(lags[-1]))
        axes.set_ylim(bottom=0.0)
        if number % 3 == 0:
            axes.set_ylabel("C_ij(h)")
        if number >= 3:
            axes.set_xlabel(f"lag {'along z' if along_z else 'in the plane'} [µm]")
        look.paint(axes)
    look.legend(figure, _handles(look))
    return figure


def distributions_figure(validation: Validation, kind: str, look: Look) -> Figure:
    """Distribution functions of chord lengths, or of phase sizes, a panel a phase and axis."""
    ruler = validation.ruler
    rows = ruler.axes if kind == "chords" else ("",)
    figure = look.figure(WIDTH, 0.5 + 1.9 * len(rows))
    for row, axis in enumerate(rows):
        for column, phase in enumerate(PHASES):
            axes = figure.add_subplot(len(rows), 3, 3 * row + column + 1)
            key = f"{kind}.{phase}" + (f".{axis}" if axis else "")
            known = [box.profiles[key] for box in validation.data if key in box.profiles]
            if known:
                x = ruler.abscissae_um(key, known[0].size)
                _lines(axes, validation, key, x, look)
                reached = max(int((one < 0.995).sum()) for one in known)
                axes.set_xlim(0.0, float(x[min(reached + 1, x.size - 1)]))
            axes.set_title(SHORT_NAMES[phase] + (f", along {axis}" if axis else ""))
            axes.set_ylim(0.0, 1.02)
            if column == 0:
                axes.set_ylabel("share not longer" if axis else "share not wider")
            if row == len(rows) - 1:
                axes.set_xlabel("chord [µm]" if axis else "radius [µm]")
            look.paint(axes)
    look.legend(figure, _handles(look))
    return figure


def scores_figure(validation: Validation, look: Look) -> Figure:
    """z of every number: twin less other half, in standard errors of the difference."""
    rows = [
        row
        for row in validation.rows
        if isinstance(row.what, Quantity) and any(one.z is not None for one in row.twins.values())
    ]
    figure = look.figure(WIDTH, 0.8 + LINE * len(rows))
    axes = figure.add_subplot()
    axes.axvspan(-2.0, 2.0, color=look.faint, alpha=0.35, linewidth=0)
    axes.axvline(0.0, color=look.ink, linewidth=0.8)
    for name, mark in zip(TWINS, ("o", "D"), strict=True):
        for place, row in enumerate(rows):
            z = row.twins[name].z
            if z is None:
                continue
            shown = mark if abs(z) <= FARTHEST else (">" if z > 0 else "<")
            filled = look.paper if name == "high-parametric" else _colour(name, look)
            axes.plot(
                [np.clip(z, -FARTHEST, FARTHEST)],
                [place],
                shown,
                color=_colour(name, look),
                markerfacecolor=filled,
                markersize=4.5,
            )
    axes.set_yticks(range(len(rows)), [row.what.label for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-FARTHEST - 0.5, FARTHEST + 0.5)
    axes.set_xlabel("z: twin − other half, in standard errors of the difference (band: ± 2)")
    look.paint(axes)
    axes.tick_params(axis="y", labelsize=SMALL - 1)
    look.legend(figure, _marks(look))
    return figure


def _lines(
    axes: Axes,
    validation: Validation,
    key: str,
    x: Floats,
    look: Look,
    *,
    along_z: bool | None = None,
) -> None:
    def part(profile: Floats) -> Floats:
        return profile if along_z is None else validation.ruler.curves_of(profile)[along_z]

    for box, width, alpha in zip(validation.data, (1.0, 3.0), (0.9, 0.45), strict=True):
        if key in box.profiles:
            axes.plot(
                x, part(box.profiles[key]), "-", color=look.data, linewidth=width, alpha=alpha
            )
    for name in TWINS:
        known = [box.profiles[key] for box in validation.realised[name] if key in box.profiles]
        if known:
            axes.plot(
                x,
                part(np.mean(known, axis=0)),
                STYLES[name],
                color=_colour(name, look),
                linewidth=1.3,
            )


def _colour(name: TwinName, look: Look) -> str:
    return HIGH if name == "high-parametric" else look.ink


def _handles(look: Look) -> Sequence[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=look.data, linewidth=3.0, alpha=0.45, label="data, other half"),
        Line2D([], [], color=look.data, linewidth=1.0, alpha=0.9, label="data, first half"),
        *(
            Line2D(
                [], [], linestyle=STYLES[name], color=_colour(name, look), linewidth=1.3, label=name
            )
            for name in TWINS
        ),
    ]


def _marks(look: Look) -> Sequence[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D(
            [],
            [],
            linestyle="",
            marker=mark,
            color=_colour(name, look),
            markerfacecolor=look.paper if name == "high-parametric" else _colour(name, look),
            markersize=4.5,
            label=name,
        )
        for name, mark in zip(TWINS, ("o", "D"), strict=True)
    ]


def _middle(
    labels: Labels, plane: Plane, voxel_size_um: tuple[float, float, float]
) -> tuple[Labels, tuple[float, float]]:
    axis = {"xy": 0, "xz": 1, "yz": 2}[plane]
    rows, columns = (d for i, d in enumerate(voxel_size_um) if i != axis)
    return np.take(labels, labels.shape[axis] // 2, axis=axis), (rows, columns)
