"""Low-parametric twins fitted by least squares on the exact two-point coverage functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.free_parameters import Box, FreeParameters, fixed_fractions
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, RandomField, Twin

Floats = NDArray[np.float64]

MAX_EVALUATIONS = 60
OSCILLATION_STARTS = (0.3, 1.5)
"""Two starts, in units of the inverse correlation length."""

LARGEST_ERROR = 0.25
"""Segmentation errors are sought below this share of the pixels."""

FIRST_ERROR = 0.01
"""Where the search for the segmentation error begins."""


class LowParametricModel:
    """Twins with four numbers for each correlation.

    Parameters
    ----------
    template
        Symmetry, phases and kinds of the fields, and the fixed numbers.
    fixed
        The values that stay, by path.
    box
        Bounds of the lengths.
    segmentation_error
        Whether the share of wrong pixels is fitted as well.
    correlated
        Whether the correlation of the two fields is fitted as well, where they can have one.
    """

    def __init__(
        self,
        template: Twin,
        fixed: Mapping[str, float | None],
        box: Box,
        *,
        segmentation_error: bool = False,
        correlated: bool = False,
    ) -> None:
        self._template = template
        self._fixed = fixed
        self._box = box
        self._with_error = segmentation_error
        self._correlated = correlated
        self._free = FreeParameters(template, fixed, box, correlated=correlated)

    def fit(self, data: LagData) -> Fitted:
        """The better of two fits that start with a slow and with a fast oscillation.

        Of correlated fields the independent ones are fitted first: that is much quicker.
        """
        if self._template.field_correlation:
            independent = replace(self._template, field_correlation=0.0)
            return self.refit(data, self._like(independent, correlated=False).fit(data))
        fractions = fixed_fractions(data.volume_fractions, self._fixed)
        template = replace(self._template, volume_fractions=fractions)
        found = [
            self.refit(data, Fitted(start, FIRST_ERROR if self._with_error else 0.0))
            for start in starts(template, data, self._fixed)
        ]
        return min(found, key=lambda one: one.rms(data))

    def refit(self, data: LagData, near: Fitted) -> Fitted:
        """The fit from one start."""
        start = self._vector(near)
        if start.size == 0:
            return self._fitted(start)
        root = np.sqrt(data.weights)

        def residual(vector: Floats) -> Floats:
            return np.asarray((self._fitted(vector).residual(data) * root).reshape(-1))

        lower, upper = self._bounds()
        margin = 1e-9 * (upper - lower)
        solution = scipy.optimize.least_squares(
            residual,
            np.clip(start, lower + margin, upper - margin),
            bounds=(lower, upper),
            x_scale="jac",
            max_nfev=MAX_EVALUATIONS,
        )
        return self._fitted(solution.x)

    def with_kinds(self, kinds: Mapping[FieldName, RandomField]) -> LowParametricModel:
        """The same numbers to fit, for fields of other kinds."""
        twin = self._template
        for name, kind in kinds.items():
            twin = twin.with_field(name, replace(kind, correlation=twin.field(name).correlation))
        return self._like(twin, correlated=self._correlated)

    def correlated(self) -> LowParametricModel:
        """The same numbers to fit, and the correlation of the two fields."""
        return self._like(self._template, correlated=True)

    def _like(self, template: Twin, *, correlated: bool) -> LowParametricModel:
        return LowParametricModel(
            template,
            self._fixed,
            self._box,
            segmentation_error=self._with_error,
            correlated=correlated,
        )

    def reported(self) -> list[str]:
        """Paths of all numbers that the fit decides, the fractions included."""
        return self._free.reported()

    def at_bounds(self, twin: Twin) -> tuple[str, ...]:
        """Paths of the numbers that lie at a bound."""
        return self._free.at_bounds(twin)

    def _vector(self, fitted: Fitted) -> Floats:
        vector = self._free.vector(fitted.twin)
        return np.append(vector, fitted.segmentation_error) if self._with_error else vector

    def _fitted(self, vector: Floats) -> Fitted:
        if self._with_error:
            return Fitted(self._free.twin(vector[:-1]), float(vector[-1]))
        return Fitted(self._free.twin(vector))

    def _bounds(self) -> tuple[Floats, Floats]:
        lower, upper = self._free.bounds
        if self._with_error:
            return np.append(lower, 0.0), np.append(upper, LARGEST_ERROR)
        return lower, upper


def starts(template: Twin, data: LagData, fixed: Mapping[str, float | None]) -> list[Twin]:
    """Starts with lengths from the half decay of the curves and two oscillations."""
    twins = []
    for oscillation in OSCILLATION_STARTS:
        twin = template
        for name in FIELD_NAMES:
            length = _half_decay_um(data, template, name)
            changes = {
                "length_um": length,
                "smoothness": 2.15,
                "oscillation_per_um": oscillation / length,
            }
            twin = twin.with_correlation(
                name, **{k: v for k, v in changes.items() if f"{name}.{k}" not in fixed}
            )
        twins.append(twin)
    return twins


def _half_decay_um(data: LagData, twin: Twin, name: FieldName) -> float:
    """In-plane lag at which the excess of the field's own curve has fallen to a half."""
    phase = twin.first_phase if name == "X" else twin.second_phase
    row = {"pore": 0, "active_material": 3, "solid_electrolyte": 5}[phase]
    phi = data.volume_fractions[phase]
    in_plane = data.h_z_um == 0
    order = np.argsort(data.h_r_um[in_plane])
    lags = data.h_r_um[in_plane][order]
    excess = (data.values[row, in_plane][order] - phi**2) / (phi - phi**2)
    below = np.flatnonzero(excess < 0.5)
    return float(lags[below[0]] if below.size else lags[-1])
