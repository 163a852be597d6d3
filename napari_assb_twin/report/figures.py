"""Figures of curves and of sections; they are drawn by matplotlib's Agg, without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_assb_twin.measure.sections import Labels, Plane
from napari_assb_twin.report.evidence import CurveSet
from napari_assb_twin.report.look import SMALL, WIDTH, Look
from napari_assb_twin.report.sections import Plate
from napari_assb_twin.twin.phases import OUTSIDE, PAIRS, PHASES, Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Names = Mapping[Phase, str]

BAND = 1.96
"""Half width of the bands in standard errors: 95 %."""

MARGIN = 0.9
"""Inches beside the sections for their scale and the gaps between them."""

PLANES = {"xy": "plan view (xy)", "xz": "cross-section (xz)", "yz": "cross-section (yz)"}


def curves_figure(curves: CurveSet, names: Names, look: Look) -> Figure:
    """Two-point coverage of all six pairs in one direction, and the residuals beneath.

    The band is 1.96 standard errors about the measured curve, and about zero in the residuals.
    """
    measured = curves.measured
    figure = look.figure(WIDTH, 4.6 if measured is not None else 3.9)
    heights = (3, 1.3, 0.12, 3, 1.3) if measured is not None else (3, 0.02, 3)
    grid = figure.add_gridspec(len(heights), 3, height_ratios=heights)
    handles: list[Any] = []
    for number, (i, j) in enumerate(PAIRS):
        row, column = divmod(number, 3)
        top = figure.add_subplot(grid[(3 if measured is not None else 2) * row, column])
        top.set_title(f"{names[i]} – {names[j]}")
        handles = _pair(top, curves, number, look)
        lowest = top
        if measured is not None:
            lowest = figure.add_subplot(grid[3 * row + 1, column], sharex=top)
            top.tick_params(labelbottom=False)
            _residual(lowest, curves, number, look)
            if column == 0:
                lowest.set_ylabel("residual")
        if column == 0:
            top.set_ylabel("C_ij(h)")
        if row == 1:
            lowest.set_xlabel("lag h [µm]")
        for axes in (top, lowest):
            look.paint(axes)
        top.set_xlim(0.0, float(curves.model.lags_um[-1]))
        top.set_ylim(bottom=0.0)
    look.legend(figure, handles)
    return figure


def _pair(axes: Axes, curves: CurveSet, number: int, look: Look) -> list[Any]:
    handles: list[Any] = []
    lags, measured = curves.model.lags_um, curves.measured
    if measured is not None:
        if measured.standard_error is not None:
            middle, half = measured.values[number], BAND * measured.standard_error[number]
            band = axes.fill_between(
                lags, middle - half, middle + half, color=look.data, alpha=0.25, linewidth=0
            )
            band.set_label("± 1.96 standard errors")
            handles.append(band)
        (line,) = axes.plot(
            lags, measured.values[number], "-", color=look.data, linewidth=1.6, label="measured"
        )
        handles.insert(0, line)
    (line,) = axes.plot(
        lags, curves.model.values[number], "--", color=look.ink, linewidth=1.2, label="model"
    )
    return [*handles, line]


def _residual(axes: Axes, curves: CurveSet, number: int, look: Look) -> None:
    residual, measured = curves.residual, curves.measured
    if residual is None or measured is None:
        return
    lags = curves.model.lags_um
    axes.axhline(0.0, color=look.ink, linestyle="--", linewidth=1.0)
    reach = np.abs(residual).max(initial=0.0, where=np.isfinite(residual))
    if measured.standard_error is not None:
        half = BAND * measured.standard_error[number]
        axes.fill_between(lags, -half, half, color=look.data, alpha=0.25, linewidth=0)
        reach = max(reach, np.nanmax(half, initial=0.0))
    axes.plot(lags, residual[number], "-", color=look.data, linewidth=1.2)
    axes.set_ylim(-1.1 * max(reach, 1e-6), 1.1 * max(reach, 1e-6))
    axes.yaxis.set_major_locator(_few(3))


def _few(count: int) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(count, symmetric=True)


def sections_figure(plates: Sequence[Plate], names: Names, look: Look) -> Figure:
    """Measured and simulated sections in one grid, one plane a row, all to the same scale.

    Rows of a cross-section run along the pressing direction z.
    """
    columns = max(len(plate.measured) + len(plate.simulated) for plate in plates)
    extents = [_extent(plate) for plate in plates]
    width = (WIDTH - MARGIN) / columns
    widest = max(right for _, right in extents)
    heights = [max(width * down / widest, 0.35) for down, _ in extents]
    figure = look.figure(WIDTH, sum(heights) + 0.48 * len(plates) + 0.4)
    grid = figure.add_gridspec(len(plates), columns, height_ratios=heights)
    for row, plate in enumerate(plates):
        kinds = ["measured"] * len(plate.measured) + ["simulated"] * len(plate.simulated)
        images = (*plate.measured, *plate.simulated)
        for column, (kind, image) in enumerate(zip(kinds, images, strict=True)):
            axes = figure.add_subplot(grid[row, column])
            axes.set_title(kind, fontweight="bold" if kind == "measured" else "normal")
            draw_section(axes, image, plate.pixel_size_um, look)
            if column:
                axes.tick_params(labelleft=False)
            else:
                label_plane(axes, plate.plane)
            if row == len(plates) - 1:
                axes.set_xlabel("µm")
    phase_legend(figure, names, look)
    return figure


def draw_section(axes: Axes, image: Labels, pixel_size_um: tuple[float, float], look: Look) -> None:
    """A section in the colours of the phases, to scale; its title is there already."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([look.phases[phase] for phase in PHASES])
    colours.set_over(look.paper)
    down, right = (n * d for n, d in zip(image.shape, pixel_size_um, strict=True))
    axes.imshow(
        np.where(image == OUTSIDE, np.uint8(len(PHASES)), image),
        cmap=colours,
        vmin=-0.5,
        vmax=len(PHASES) - 0.5,
        interpolation="nearest",
        extent=(0.0, right, down, 0.0),
    )
    look.paint(axes, grid=False)
    axes.tick_params(labelsize=SMALL - 1)
    axes.locator_params(nbins=4)


def label_plane(axes: Axes, plane: Plane) -> None:
    """Which plane a section is, beside its rows."""
    axes.set_ylabel(f"{PLANES[plane]}\n{'µm' if plane == 'xy' else 'z [µm]'}")


def phase_legend(figure: Figure, names: Names, look: Look) -> None:
    """The colours of the phases, under sections."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=look.phases[phase], edgecolor=look.ink, linewidth=0.5, label=names[phase])
        for phase in PHASES
    ]
    look.legend(figure, handles)


def _extent(plate: Plate) -> tuple[float, float]:
    """The largest edges (down, right) of the sections in micrometres."""
    shapes = np.array([image.shape for image in (*plate.measured, *plate.simulated)])
    down, right = shapes.max(axis=0) * np.array(plate.pixel_size_um)
    return float(down), float(right)
