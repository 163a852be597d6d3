"""A high-parametric twin reduced to the nearest low-parametric one, and what that loses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from napari_assb_twin.calibration.free_parameters import Box, FreeParameters
from napari_assb_twin.calibration.inversion import cut_set
from napari_assb_twin.twin.correlation import characteristic_lengths_um, correlation_at
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    PARAMETERS,
    AnyCorrelation,
    Correlation,
    FieldName,
    Twin,
)

Floats = NDArray[np.float64]

RADII = 40
ANGLES = 7
VANISHED = 0.02
"""Lags end where |r| stays below this."""

STEEPEST = 0.99
"""r to which slopes are taken: at 1 they are infinite."""

LEAST_SLOPE = 0.1
"""Least weight of a lag, in units of da/dr at r = 0.5: the curves of a chi-square field do not see
r near 0, but where it crosses 0 matters all the same."""

OSCILLATION_STARTS = (0.3, 1.5, 3.0)
"""Starts, in units of the inverse correlation length."""


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """The nearest low-parametric twin of a twin, and the loss.

    Attributes
    ----------
    twin
        Low-parametric in both fields; all else is that of the twin that was reduced.
    correlation_rms
        Root mean square difference of r over the lags, by field; 0 for a field that was
        low-parametric already.
    curves_rms, curves_max
        Root mean square and largest absolute difference of the exact C_ij, all six pairs, over
        lags in the plane and through it.
    """

    twin: Twin
    correlation_rms: dict[FieldName, float]
    curves_rms: float
    curves_max: float


def reduce(twin: Twin) -> Reduction:
    """The low-parametric twin whose r are nearest to those of a twin.

    Least squares over length, smoothness, oscillation and, unless the twin is isotropic,
    anisotropy of each high-parametric field.  Lags form a fan of seven directions from in-plane to
    through-plane, as far as r reaches.  Each counts by da/dr there, the change of the two-point
    probability of the cut set, so that the curves of the two twins are alike rather than r where
    it does not show.  A field that is low-parametric already stays as it is.
    """
    reduced = twin
    correlation_rms = dict.fromkeys(FIELD_NAMES, 0.0)
    for name in FIELD_NAMES:
        correlation = twin.field(name).correlation
        if isinstance(correlation, Correlation):
            continue
        h_r, h_z = _fan(correlation)
        reduced = _nearest(reduced, name, h_r, h_z)
        nearest = correlation_at(reduced.field(name).correlation, h_r, h_z)
        lost = nearest - correlation_at(correlation, h_r, h_z)
        correlation_rms[name] = float(np.sqrt(np.mean(lost**2)))
    in_plane, through = (
        np.linspace(0.0, max(reaches), 2 * RADII + 1)
        for reaches in zip(
            *(_reaches_um(twin.field(n).correlation) for n in FIELD_NAMES), strict=True
        )
    )
    none = np.zeros_like(in_plane)
    both = np.concatenate([in_plane, none]), np.concatenate([none, through])
    difference = coverage_at(reduced, *both) - coverage_at(twin, *both)
    return Reduction(
        twin=reduced,
        correlation_rms=correlation_rms,
        curves_rms=float(np.sqrt(np.mean(difference**2))),
        curves_max=float(np.abs(difference).max()),
    )


def _nearest(twin: Twin, name: FieldName, h_r: Floats, h_z: Floats) -> Twin:
    """The twin with one high-parametric field replaced by the nearest low-parametric one."""
    field = twin.field(name)
    target = correlation_at(field.correlation, h_r, h_z)
    slope = np.abs(cut_set(twin, name).at(np.append(np.minimum(target, STEEPEST), 0.5))[1])
    weight = np.maximum(slope[:-1] / slope[-1], LEAST_SLOPE)
    template = twin.with_field(name, replace(field, correlation=Correlation()))
    others = {path: None for path in PARAMETERS if not path.startswith(f"{name}.")}
    lags = np.hypot(h_r, h_z)
    free = FreeParameters(template, others, Box(float(lags.min()), float(lags.max())))
    lower, upper = free.bounds

    def residual(vector: Floats) -> Floats:
        correlation = free.twin(vector).field(name).correlation
        return np.asarray(weight * (correlation_at(correlation, h_r, h_z) - target))

    solutions = [
        scipy.optimize.least_squares(
            residual,
            np.clip(free.vector(start), lower + 1e-9, upper - 1e-9),
            bounds=(lower, upper),
            x_scale="jac",
        )
        for start in _starts(template, name, field.correlation)
    ]
    return free.twin(min(solutions, key=lambda solution: solution.cost).x)


def _starts(template: Twin, name: FieldName, correlation: AnyCorrelation) -> list[Twin]:
    """Low-parametric twins that decay to a half where r does, with several oscillations."""
    in_plane, through = (_first_um(correlation, axis, 0.5) for axis in range(2))
    shape = {"anisotropy": through / in_plane} if template.symmetry == "cylindrical" else {}
    return [
        template.with_correlation(
            name, length_um=in_plane, oscillation_per_um=oscillation / in_plane, **shape
        )
        for oscillation in OSCILLATION_STARTS
    ]


def _fan(correlation: AnyCorrelation) -> tuple[Floats, Floats]:
    """Lags in-plane and through-plane, denser towards 0, as far as r reaches either way."""
    in_plane, through = _reaches_um(correlation)
    radius = (np.arange(1, RADII + 1) / RADII)[:, None] ** 2
    angle = np.linspace(0.0, 0.5 * np.pi, ANGLES)
    h_r, h_z = in_plane * radius * np.cos(angle), through * radius * np.sin(angle)
    return h_r.ravel(), h_z.ravel()


def _reaches_um(correlation: AnyCorrelation) -> tuple[float, float]:
    """Lags in the plane and through it beyond which |r| stays below `VANISHED`."""
    reaches = []
    for axis in range(2):
        lags, r = _along(correlation, axis)
        reaches.append(float(lags[np.flatnonzero(np.abs(r) > VANISHED)[-1]]))
    return reaches[0], reaches[1]


def _first_um(correlation: AnyCorrelation, axis: int, value: float) -> float:
    """The first lag in the plane (axis 0) or through it at which r is below a value."""
    lags, r = _along(correlation, axis)
    return float(lags[np.argmax(r < value)])


def _along(correlation: AnyCorrelation, axis: int) -> tuple[Floats, Floats]:
    lags = characteristic_lengths_um(correlation)[axis] * np.linspace(0.0, 12.0, 1201)
    lag = (lags, 0.0) if axis == 0 else (0.0, lags)
    return lags, correlation_at(correlation, *lag)
