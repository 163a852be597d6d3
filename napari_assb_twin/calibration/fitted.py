"""What a fit finds: a twin, and the share of pixels that its data hold wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.parameters import FieldName, RandomField, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A twin and the segmentation error with which its curves meet the measured ones.

    ``segmentation_error`` is the probability e that a pixel's label was replaced by a random one
    of the three; 0 where none is assumed.
    """

    twin: Twin
    segmentation_error: float = 0.0

    def curves(self, h_r_um: Floats, h_z_um: Floats) -> Floats:
        """C_ij as such data show them, shape (6, n), at lags longer than zero."""
        exact = coverage_at(self.twin, h_r_um, h_z_um)
        return seen_with_errors(exact, self.twin, self.segmentation_error)

    def residual(self, data: LagData) -> Floats:
        """Curves of the fit less the measured ones, shape (6, n)."""
        return self.curves(data.h_r_um, data.h_z_um) - data.values

    def rms(self, data: LagData) -> float:
        """Root mean square of the residual over all pairs and lags."""
        return float(np.sqrt(np.mean(self.residual(data) ** 2)))


class Model(Protocol):
    """A family of twins that can be fitted to measured curves."""

    def fit(self, data: LagData) -> Fitted:
        """The best fit, from starts that the data suggest."""

    def refit(self, data: LagData, near: Fitted) -> Fitted:
        """The best fit to data like those that ``near`` was fitted to."""

    def with_kinds(self, kinds: Mapping[FieldName, RandomField]) -> Model:
        """The same family with fields of other kinds."""

    def correlated(self) -> Model:
        """The same family with the correlation of the two fields as one more number."""

    def reported(self) -> list[str]:
        """Paths of the numbers that the fit decides."""

    def at_bounds(self, twin: Twin) -> tuple[str, ...]:
        """Paths of the twin's numbers that ended at a bound of the search."""


def seen_with_errors(curves: Floats, twin: Twin, error: float) -> Floats:
    """C_ij(h), h > 0, of labels of which a share e was replaced by random ones.

    With M = (1 - e) I + e / 3 and C symmetric with row sums phi, M C M is
    (1 - e)^2 C_ij + (1 - e) e / 3 (phi_i + phi_j) + e^2 / 9.
    """
    if error == 0:
        return curves
    phi = dict(twin.volume_fractions.items())
    sums = np.array([phi[i] + phi[j] for i, j in PAIRS])[:, None]
    right = 1.0 - error
    chance = error / len(PHASES)
    return np.asarray(right**2 * curves + right * chance * sums + chance**2)
