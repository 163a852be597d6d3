"""How far the volume fractions of a box scatter, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.fields import AnyCorrelation
from napari_assb_twin.twin.parameters import FIELD_NAMES, Correlation, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES, Phase
from napari_assb_twin.twin.torus import reach_um

Floats = NDArray[np.float64]

BAND = 1.96
"""Half width of the band that holds 95 % of a normal law, in standard deviations."""

NEGLIGIBLE = 1e-4
"""Correlation beyond which lags are left out."""

_NODES, _ANGLES = 4, 48


@dataclass(frozen=True, eq=False, kw_only=True)
class Fluctuation:
    """Covariance of the indicator of each phase on quadrature nodes of the lag.

    Attributes
    ----------
    fractions
        Mean volume fraction by phase.
    radii, heights
        Nodes of the lag in the plane and along z in micrometres, shapes (m,) and (k,).
    radius_weights, height_weights
        Their weights; the first hold the factor r of plane polar coordinates.
    excess
        C_ii(h) - phi_i^2 at the nodes, shape (3, m, k).
    """

    fractions: dict[Phase, float]
    radii: Floats
    heights: Floats
    radius_weights: Floats
    height_weights: Floats
    excess: Floats

    @classmethod
    def of(cls, twin: Twin) -> Fluctuation:
        """That of a twin.

        Raises
        ------
        InputError
            If the twin is graded: no box of it is representative of another.
        """
        if twin.gradient is not None:
            raise InputError(
                "The twin is graded, so that no box stands for the whole; take a twin without a "
                "gradient."
            )
        radii, radius_weights = _nodes(twin, 1)
        heights, height_weights = _nodes(twin, 0)
        h_r, h_z = np.meshgrid(radii, heights, indexing="ij")
        curves = coverage_at(twin, h_r.ravel(), h_z.ravel())
        fractions = dict(twin.volume_fractions.items())
        excess = [
            curves[PAIRS.index((phase, phase))].reshape(h_r.shape) - fractions[phase] ** 2
            for phase in PHASES
        ]
        return cls(
            fractions=fractions,
            radii=radii,
            heights=heights,
            radius_weights=radius_weights * radii,
            height_weights=height_weights,
            excess=np.array(excess),
        )

    def variance(self, size_um: tuple[float, float, float]) -> dict[Phase, float]:
        """Variance of the volume fraction of a box cut from the material, by phase.

        (1 / V) times the integral over all lags of (C_ii(h) - phi_i^2) (1 - |h_z| / L_z)
        (1 - |h_y| / L_y) (1 - |h_x| / L_x), where these factors are positive (Lantuejoul 1991, J.
        Microsc. 161, 387).

        Parameters
        ----------
        size_um
            Edges (z, y, x) in micrometres.
        """
        nodes, weights = np.polynomial.legendre.leggauss(_ANGLES)
        angles, weights = 0.25 * math.pi * (nodes + 1.0), math.pi * weights  # of four quadrants
        _, y, x = size_um
        shared = _shared(self.radii[:, None] * np.cos(angles), x) * _shared(
            self.radii[:, None] * np.sin(angles), y
        )
        plane = self.radius_weights * (shared @ weights)
        along = 2.0 * self.height_weights * _shared(self.heights, size_um[0])
        values = np.einsum("pmk,m,k->p", self.excess, plane, along) / math.prod(size_um)
        return dict(zip(PHASES, values.tolist(), strict=True))

    def edge_um(self, phase: Phase, error: float, boxes: int = 1) -> float:
        """Edge of the cube whose fraction of a phase is known to a relative error.

        Parameters
        ----------
        error
            Half width of the band that holds 95 % of the fractions, over their mean.
        boxes
            Independent boxes of which the mean is taken.

        Returns
        -------
        The edge in micrometres; about half the shortest correlation length where any box will do.
        """

        def excess(log_edge: float) -> float:
            edge = math.exp(log_edge)
            variance = max(self.variance((edge, edge, edge))[phase], 0.0)
            return BAND * math.sqrt(variance / boxes) / self.fractions[phase] - error

        few = 3 * _NODES  # nodes that a box must hold, else the quadrature does not see it
        low = math.log(max(self.radii[few], self.heights[few]))
        high = math.log(self.radii[-1] + self.heights[-1])
        if excess(low) <= 0:
            return math.exp(low)
        while excess(high) > 0:
            high += 1.0
        return math.exp(float(brentq(excess, low, high, xtol=1e-6)))


def _shared(lag: Floats, edge: float) -> Floats:
    """Share of an edge that is left when it is moved along itself by a lag."""
    return np.maximum(1.0 - lag / edge, 0.0)


def _nodes(twin: Twin, axis: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights of lags along z (axis 0) or in the plane (1), from 0 on.

    Panels are short where the shorter correlation falls, and never longer than half a wave.
    """
    correlations = [twin.field(name).correlation for name in FIELD_NAMES]
    lengths = [characteristic_lengths_um(one)[0 if axis else 1] for one in correlations]
    reach = max(reach_um(one, axis, NEGLIGIBLE) for one in correlations)
    waves = [_frequency(one, axis) for one in correlations]
    longest = min([reach / 6.0, *(math.pi / wave for wave in waves if wave > 0)])
    edges, width = [0.0], min(min(lengths) / 8.0, longest)
    while edges[-1] < reach:
        edges.append(edges[-1] + width)
        width = min(1.4 * width, longest)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    starts, widths = np.array(edges[:-1])[:, None], np.diff(edges)[:, None]
    return (starts + 0.5 * widths * (nodes + 1.0)).ravel(), (0.5 * widths * weights).ravel()


def _frequency(correlation: AnyCorrelation, axis: int) -> float:
    """Highest frequency of a correlation along z (axis 0) or in the plane (1), in rad/um."""
    if isinstance(correlation, Correlation):
        stretch = 1.0 if axis else correlation.anisotropy
        return correlation.oscillation_per_um / stretch
    along_z = getattr(correlation, "frequencies_z_per_um", correlation.frequencies_per_um)
    return float(max(correlation.frequencies_per_um if axis else along_z))
