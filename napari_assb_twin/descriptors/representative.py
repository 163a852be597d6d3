"""How large a box must be for a wanted error of a descriptor, from boxes of several sizes."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

from napari_assb_twin.descriptors.describe import Choice, Measured
from napari_assb_twin.descriptors.fluctuation import BAND, Fluctuation
from napari_assb_twin.descriptors.only import only
from napari_assb_twin.descriptors.size_series import Series, size_series
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES, full_key

Floats = NDArray[np.float64]

FRACTION = "volume_fraction"


@dataclass(frozen=True, eq=False, kw_only=True)
class BoxSize:
    """Edge of the cube in which a descriptor is known to the wanted error.

    Attributes
    ----------
    descriptor
        Its key.
    mean
        Mean of the descriptor, exact or in the largest cubes.
    edge_um, edge_error_um
        The edge and its standard error; None where the edge is exact.
    slope, slope_error
        Of the logarithm of the variance against that of the volume, fitted freely: -1 where the
        fit of the edge holds.  None where the edge is exact.
    series
        What it was fitted to; None where the edge is exact.
    reservations
        What speaks against it, in sentences.
    """

    descriptor: str
    mean: float
    edge_um: float
    edge_error_um: float | None = None
    slope: float | None = None
    slope_error: float | None = None
    series: Series | None = None
    reservations: tuple[str, ...] = ()


def check_error(error: float, boxes: int) -> None:
    """Refuse an error or a number of boxes that makes no sense."""
    if not 0.0 < error < 1.0:
        raise InputError(f"The error is {error:g}; give a share between 0 and 1, such as 0.02.")
    if boxes < 1:
        raise InputError(f"The number of boxes is {boxes}; it must be 1 or more.")


def representative_boxes(
    twin: Twin,
    descriptors: Sequence[str],
    *,
    error: float,
    boxes: int = 1,
    edge: int | None = None,
    realisations: int = 8,
    choice: Choice | None = None,
) -> Generator[Measured, None, tuple[BoxSize, ...]]:
    """The box of each descriptor: exact for volume fractions, else from a size series.

    A descriptor of a box differs from its mean by less than ``error`` of it in 95 of 100 boxes (or
    means of ``boxes`` boxes); Kanit et al. 2003, Int. J. Solids Struct. 40, 3647.

    Parameters
    ----------
    twin
        Its grid gives the voxels; shape, window and seed of the series are as below.
    descriptors
        Keys as of `describe`.
    edge
        Voxels of the realisations' edges; None: the shortest of the twin's grid.
    realisations
        How many open realisations are cut, from the twin's seed on.
    choice
        Device and side of the separator.

    Yields
    ------
    `Measured`, before each box; the measuring may be left there.

    Raises
    ------
    InputError
        If there is no such descriptor, it has no value in enough boxes, it does not scatter, the
        realisations are too small or too few, or the twin is graded.
    """
    check_error(error, boxes)
    keys = tuple(dict.fromkeys(full_key(name) for name in descriptors))
    only(keys, Choice())  # refuses what is no descriptor
    fluctuation = Fluctuation.of(twin)
    exact = {f"{FRACTION}.{phase}": phase for phase in PHASES}
    measured = [key for key in keys if key not in exact]
    series: dict[str, Series] = {}
    if measured:
        side = min(twin.grid.shape) if edge is None else edge
        series = yield from size_series(
            twin, measured, edge=side, realisations=realisations, choice=choice
        )
    return tuple(
        box_of(key, series[key], error=error, boxes=boxes)
        if key in series
        else BoxSize(
            descriptor=key,
            mean=fluctuation.fractions[exact[key]],
            edge_um=fluctuation.edge_um(exact[key], error, boxes),
        )
        for key in keys
    )


def box_of(key: str, series: Series, *, error: float, boxes: int = 1) -> BoxSize:
    """The edge for an error from a series, with variance = K / volume.

    K is the weighted mean of log(variance) + log(volume): the logarithm of a sample variance of f
    degrees of freedom has the bias digamma(f/2) - log(f/2) and the variance polygamma(1, f/2).
    """
    half = 0.5 * (series.count - 1)
    logs = 2.0 * np.log(series.deviation) - (digamma(half) - np.log(half))
    volumes = 3.0 * np.log(series.edges_um)
    weights = 1.0 / np.asarray(polygamma(1, half))
    level, level_error = _line(np.zeros_like(volumes), logs + volumes, weights, degree=0)
    slope, slope_error = _line(volumes, logs, weights, degree=1)
    mean = float(series.mean[-1])
    if mean == 0.0:
        raise InputError(f"{key} is 0 on average, so that it has no relative error.")
    volume = math.exp(level) * (BAND / (error * mean)) ** 2 / boxes
    edge = volume ** (1.0 / 3.0)
    return BoxSize(
        descriptor=key,
        mean=mean,
        edge_um=edge,
        edge_error_um=edge * level_error / 3.0,
        slope=slope,
        slope_error=slope_error,
        series=series,
        reservations=tuple(_reservations(series, edge, slope, slope_error, error)),
    )


def _reservations(
    series: Series, edge: float, slope: float, slope_error: float, error: float
) -> Generator[str, None, None]:
    if slope > -1.0 + 2.0 * slope_error:
        yield (
            f"The variance falls more slowly than 1/volume (slope {slope:.2f} ± "
            f"{slope_error:.2f}): the box is a lower bound."
        )
    largest = float(series.edges_um[-1])
    if edge > largest:
        yield f"Extrapolated from boxes of up to {largest:.3g} µm."
    errors = series.deviation / np.sqrt(series.count)
    moved = series.mean[-2] - series.mean[-1]
    shift = abs(moved) / abs(series.mean[-1])
    if shift > error and abs(moved) > 2.0 * math.hypot(errors[-2], errors[-1]):
        yield (
            f"The mean itself depends on the size of the box: it differs by {shift:.1%} between "
            f"{series.edges_um[-2]:.3g} and {largest:.3g} µm."
        )


def _line(x: Floats, y: Floats, weights: Floats, *, degree: int) -> tuple[float, float]:
    """Constant (degree 0) or slope (1) of a weighted fit, and its standard error.

    The error is scaled up where the points scatter more than their weights say.
    """
    matrix = np.vander(x, degree + 1)
    normal = matrix.T @ (weights[:, None] * matrix)
    solution = np.linalg.solve(normal, matrix.T @ (weights * y))
    freedom = len(y) - degree - 1
    scatter = float(weights @ (y - matrix @ solution) ** 2) / freedom if freedom else 1.0
    return float(solution[0]), math.sqrt(np.linalg.inv(normal)[0, 0] * max(scatter, 1.0))
