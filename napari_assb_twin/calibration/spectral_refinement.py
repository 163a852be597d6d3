"""Weights of two high-parametric fields that meet all measured curves at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.optimize
from numpy.typing import NDArray
from scipy.special import softmax

from napari_assb_twin.calibration.dictionary import Dictionary
from napari_assb_twin.calibration.inversion import CutSet, by_role
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, Twin

Floats = NDArray[np.float64]

MISFIT_SCALE = 500.0
SMOOTHING = 1e-3
SMOOTHING_CHI_SQUARE = 1e-2
"""Long lags of a chi-square field say little of r: a - p^2 grows as r^2."""

FAINTEST = 1e-4
"""Sum of all weights that start at nothing: logarithms need something to start from."""

MAX_ITERATIONS = 500
_MEMORY = 20


class Refinement:
    """The loss of two tables of log weights z_X, z_Y, with w = softmax(z) and r = matrix @ w:

    500 sum_h v(h) sum_ij (C_ij(h; r_X, r_Y) - measured)^2
        + sum_X,Y reg sum over neighbours of (difference of z - z_0)^2

    with reg 1e-3 for a Gaussian and 1e-2 for a chi-square field, and z_0 the log weights of a
    Matern correlation as long as the field's.  Where the data say nothing, beyond the shortest lag
    above all, the spectrum therefore falls as a smooth one does; with z alone it would stay
    level there, and interfaces would be too large by several percent.

    Parameters
    ----------
    importance
        v(h), shape (n,).
    references
        z_0 by field, shape (m,) each.
    """

    def __init__(
        self,
        data: LagData,
        template: Twin,
        dictionary: Dictionary,
        cuts: Mapping[FieldName, CutSet],
        *,
        importance: Floats,
        references: Mapping[FieldName, Floats],
    ) -> None:
        self._measured = by_role(data.values, template)
        self._matrix = dictionary.matrix
        self._roughness = dictionary.roughness()
        self._cuts = [cuts[name] for name in FIELD_NAMES]
        self._importance = MISFIT_SCALE * importance
        self._references = [references[name] for name in FIELD_NAMES]
        self._smoothing = [SMOOTHING if cut.signed else SMOOTHING_CHI_SQUARE for cut in self._cuts]

    def from_weights(self, weights: Sequence[Floats]) -> list[Floats]:
        """The weights of X and Y of least loss, from others: scipy's L-BFGS with exact gradient."""
        start = [np.log(np.maximum(one, FAINTEST / one.size)) for one in weights]
        solution = scipy.optimize.minimize(
            self.loss,
            np.concatenate(start),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_ITERATIONS, "maxcor": _MEMORY},
        )
        return [softmax(z) for z in np.split(solution.x, 2)]

    def loss(self, both: Floats) -> tuple[float, Floats]:
        """The loss and its gradient at z_X and z_Y, one after the other in one vector."""
        tables = np.split(both, 2)
        weights = [softmax(z) for z in tables]
        at = [cut.at(self._matrix @ one) for cut, one in zip(self._cuts, weights, strict=True)]
        difference, by_a = self._difference(at[0][0], at[1][0])
        weighted = self._importance * difference
        value = float((weighted * difference).sum())
        gradient = []
        parts = zip(tables, weights, at, by_a, self._references, self._smoothing, strict=True)
        for z, w, (_, slope), by, reference, smoothing in parts:
            by_weight = (2.0 * (weighted * by).sum(axis=0) * slope) @ self._matrix
            deviation = z - reference
            pull = smoothing * (self._roughness @ deviation)
            value += float(deviation @ pull)
            gradient.append(w * (by_weight - w @ by_weight) + 2.0 * pull)
        return value, np.concatenate(gradient)

    def _difference(self, a_x: Floats, a_y: Floats) -> tuple[Floats, tuple[Floats, Floats]]:
        """C_ij minus measured by role, shape (6, n), and its derivatives in a_X and in a_Y."""
        p, q = (cut.probability for cut in self._cuts)
        out = 1.0 - 2.0 * p + a_x
        one, none = np.ones_like(a_x), np.zeros_like(a_x)
        of_second = np.stack([a_y, q - a_y, 1.0 - 2.0 * q + a_y])
        of_first = np.stack([a_x, (p - a_x) * q, (p - a_x) * (1.0 - q)])
        by_x = np.concatenate([[one, -q * one, (q - 1.0) * one], of_second])
        by_y = np.stack([none, none, none, out, -out, out])
        return np.concatenate([of_first, out * of_second]) - self._measured, (by_x, by_y)
