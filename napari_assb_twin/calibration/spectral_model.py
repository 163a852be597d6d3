"""High-parametric twins fitted by inverting the curves; see `spectral_fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.free_parameters import fixed_fractions
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.spectral_fit import fit_high_parametric
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import FieldName, RandomField, Twin
from napari_assb_twin.twin.phases import PHASES

CORRELATED_WEIGHTS = (
    "Correlated fields are fitted with the low-parametric model; choose it, or keep the fields of "
    "a high-parametric twin independent."
)


class HighParametricModel:
    """Twins with free weights over frequencies in both fields.

    Parameters
    ----------
    template
        Symmetry, phases and kinds of the fields.
    fixed
        The fractions that stay; the others are those of the data.
    """

    def __init__(self, template: Twin, fixed: Mapping[str, float | None]) -> None:
        self._template = template
        self._fixed = fixed

    def fit(self, data: LagData) -> Fitted:
        """Inversion, non-negative least squares and refinement."""
        return Fitted(fit_high_parametric(data, self._for(data)))

    def refit(self, data: LagData, near: Fitted) -> Fitted:
        """The same, refined from another fit."""
        return Fitted(fit_high_parametric(data, self._for(data), start=near.twin))

    def with_kinds(self, kinds: Mapping[FieldName, RandomField]) -> HighParametricModel:
        """The same for fields of other kinds."""
        twin = self._template
        for name, kind in kinds.items():
            twin = twin.with_field(name, replace(kind, correlation=twin.field(name).correlation))
        return HighParametricModel(twin, self._fixed)

    def correlated(self) -> HighParametricModel:
        """Refused: the inversion of the curves takes the fields for independent."""
        raise InputError(CORRELATED_WEIGHTS)

    def reported(self) -> list[str]:
        """The fractions: weights have no errors of their own, what follows from them has."""
        free = [phase for phase in PHASES if phase not in self._fixed]
        return list(free) if len(free) > 1 else []

    def at_bounds(self, twin: Twin) -> tuple[str, ...]:
        """None: weights have no bounds to end at but zero."""
        return ()

    def _for(self, data: LagData) -> Twin:
        fractions = fixed_fractions(data.volume_fractions, self._fixed)
        return replace(self._template, volume_fractions=fractions)
