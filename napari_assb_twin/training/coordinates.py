"""The free numbers of a twin as one tensor without bounds in its formulas, and back to a twin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from napari_assb_twin.calibration.free_parameters import Box, FreeParameters
from napari_assb_twin.errors import InputError
from napari_assb_twin.training.correlations import (
    Components,
    FourNumbers,
    TrainableCorrelation,
    Weights,
)
from napari_assb_twin.twin.high_parametric import HighParametric, IsotropicSpectrum
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    Correlation,
    FieldName,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PHASES, Phase

Floats = NDArray[np.float64]

FAINTEST = 1e-4
"""Sum of all weights that start at nothing: logarithms need something to start from."""

_LOG_WEIGHTS = (-20.0, 3.0)
_LOG_RATIOS = (-9.0, 9.0)


@dataclass(frozen=True, eq=False)
class TrainableTwin:
    """What simulation needs of a twin, as tensors that lead back to the free numbers.

    Attributes
    ----------
    twin
        Kinds and tails of the fields and the order of cutting; its numbers are not used.
    probabilities
        p and q of the cut sets of X and Y, scalars.
    correlations
        r of the Gaussian fields under X and Y.
    field_correlation
        rho of Y' = rho X + sqrt(1 - rho^2) Y, a scalar; None where Y is cut itself.
    """

    twin: Twin
    probabilities: Mapping[FieldName, Tensor]
    correlations: Mapping[FieldName, TrainableCorrelation]
    field_correlation: Tensor | None = None


class Coordinates(Protocol):
    """A family of twins as vectors: one number for each free one, none for what is fixed."""

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the vector."""

    def vector(self, twin: Twin) -> Floats:
        """The vector of a twin, moved into the bounds."""

    def twin(self, vector: Floats) -> Twin:
        """The twin of a vector."""

    def trainable(self, theta: Tensor) -> TrainableTwin:
        """The same, differentiable in the vector (float64)."""


class LowParametricCoordinates:
    """The vector of `FreeParameters`: logarithms of lengths, nu - 1/2, w0, a; ratios of fractions.

    Parameters
    ----------
    template
        The twin with the fixed numbers and all that training does not change.
    fixed
        Paths of the numbers that stay.
    box
        Bounds of the lengths.
    """

    def __init__(self, template: Twin, fixed: Mapping[str, float | None], box: Box) -> None:
        self._free = FreeParameters(template, fixed, box)
        self._template = template
        self._fractions = _Fractions(template, self._free.free_phases)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """See `Coordinates`."""
        return self._free.bounds

    def vector(self, twin: Twin) -> Floats:
        """See `Coordinates`."""
        return self._free.vector(twin)

    def twin(self, vector: Floats) -> Twin:
        """See `Coordinates`."""
        return self._free.twin(vector)

    def trainable(self, theta: Tensor) -> TrainableTwin:
        """See `Coordinates`."""
        free = dict(zip(self._free.paths, theta.unbind(), strict=False))
        return TrainableTwin(
            self._template,
            self._fractions.probabilities(theta[len(self._free.paths) :]),
            {name: self._correlation(name, free, theta) for name in FIELD_NAMES},
            _held(self._template, theta),
        )

    def _correlation(
        self, name: FieldName, free: Mapping[str, Tensor], theta: Tensor
    ) -> FourNumbers:
        held = self._template.field(name).correlation
        assert isinstance(held, Correlation)
        numbers = {}
        for attribute in ("length_um", "oscillation_per_um", "anisotropy"):
            path = f"{name}.{attribute}"
            value = getattr(held, attribute)
            numbers[attribute] = free[path].exp() if path in free else theta.new_tensor(value)
        path = f"{name}.smoothness"
        if path in free:
            return FourNumbers(numbers, free[path].exp() + 0.5)
        nu = held.smoothness
        return FourNumbers(numbers, None if nu is None else theta.new_tensor(nu))


class HighParametricCoordinates:
    """Logarithms of the weights of X and of Y, with w = softmax(z); then ratios of fractions.

    Parameters
    ----------
    template
        A twin with high-parametric fields; their frequencies stay.
    fixed
        The fractions that stay.

    Raises
    ------
    InputError
        If a field is low-parametric.
    """

    def __init__(self, template: Twin, fixed: Mapping[str, float | None]) -> None:
        self._template = template
        self._spectra: dict[FieldName, HighParametric] = {}
        for name in FIELD_NAMES:
            correlation = template.field(name).correlation
            if isinstance(correlation, Correlation):
                raise InputError(
                    f"Field {name} is low-parametric and has no weights to train; give both fields "
                    "of a twin the same kind of correlation."
                )
            self._spectra[name] = correlation
        self._components = {name: Components(one) for name, one in self._spectra.items()}
        self._free_phases = [phase for phase in PHASES if phase not in fixed]
        self._fractions = _Fractions(template, self._free_phases)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """See `Coordinates`."""
        weights = sum(one.number_of_weights for one in self._spectra.values())
        ratios = self._fractions.size
        lower, upper = zip(*[_LOG_WEIGHTS] * weights, *[_LOG_RATIOS] * ratios, strict=True)
        return np.array(lower), np.array(upper)

    def vector(self, twin: Twin) -> Floats:
        """See `Coordinates`; weights that are 0 become very small ones."""
        parts = []
        for name in FIELD_NAMES:
            correlation = twin.field(name).correlation
            assert not isinstance(correlation, Correlation)
            weights = np.array(correlation.weights).reshape(-1)
            weights = weights / weights.sum()
            parts.append(np.log(np.maximum(weights, FAINTEST / weights.size)))
        vector = np.concatenate([*parts, self._fractions.ratios(twin)])
        return np.asarray(np.clip(vector, *self.bounds))

    def twin(self, vector: Floats) -> Twin:
        """See `Coordinates`."""
        twin = replace(self._template, volume_fractions=self._fractions.values(self._last(vector)))
        for name, z in zip(FIELD_NAMES, self._tables(vector), strict=True):
            old = self._spectra[name]
            weights = softmax(z)
            if isinstance(old, IsotropicSpectrum):
                new: HighParametric = replace(old, weights=tuple(weights.tolist()))
            else:
                rows = weights.reshape(len(old.frequencies_per_um), -1)
                new = replace(old, weights=tuple(map(tuple, rows.tolist())))
            twin = twin.with_field(name, replace(twin.field(name), correlation=new))
        return twin

    def trainable(self, theta: Tensor) -> TrainableTwin:
        """See `Coordinates`."""
        sizes = [one.number_of_weights for one in self._spectra.values()]
        x, y, ratios = torch.split(theta, [*sizes, self._fractions.size])
        return TrainableTwin(
            self._template,
            self._fractions.probabilities(ratios),
            {
                name: Weights(self._components[name], torch.softmax(z, dim=0))
                for name, z in zip(FIELD_NAMES, (x, y), strict=True)
            },
            _held(self._template, theta),
        )

    def _tables(self, vector: Floats) -> list[Floats]:
        first, second = (one.number_of_weights for one in self._spectra.values())
        return [vector[:first], vector[first : first + second]]

    def _last(self, vector: Floats) -> Floats:
        return vector[vector.size - self._fractions.size :]


class CorrelatedCoordinates:
    """The vector of a family, and at its end the inverse hyperbolic tangent of rho.

    Raises
    ------
    InputError
        If the fields of the template cannot be correlated.
    """

    def __init__(self, template: Twin, others: Coordinates) -> None:
        if not template.can_correlate:
            raise InputError(
                "Only two Gaussian fields cut at their upper tails can be correlated; choose "
                "Gaussian fields, or train independent ones."
            )
        self._others = others
        parameter = PARAMETERS[FIELD_CORRELATION]
        self._bounds = math.atanh(parameter.lowest), math.atanh(parameter.highest)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """See `Coordinates`."""
        lower, upper = (
            np.append(own, end) for own, end in zip(self._others.bounds, self._bounds, strict=True)
        )
        return lower, upper

    def vector(self, twin: Twin) -> Floats:
        """See `Coordinates`."""
        last = np.clip(math.atanh(twin.field_correlation), *self._bounds)
        return np.append(self._others.vector(twin), last)

    def twin(self, vector: Floats) -> Twin:
        """See `Coordinates`."""
        return replace(self._others.twin(vector[:-1]), field_correlation=math.tanh(vector[-1]))

    def trainable(self, theta: Tensor) -> TrainableTwin:
        """See `Coordinates`."""
        return replace(self._others.trainable(theta[:-1]), field_correlation=theta[-1].tanh())


def coordinates(
    template: Twin, fixed: Mapping[str, float | None], box: Box, *, correlated: bool = False
) -> Coordinates:
    """The coordinates of a twin's own family, with the correlation of its fields or without.

    A correlation that is fixed is no part of the vector: trainable twins have the template's.
    """
    own: Coordinates
    if isinstance(template.X.correlation, Correlation):
        own = LowParametricCoordinates(template, fixed, box)
    else:
        own = HighParametricCoordinates(template, fixed)
    if correlated and FIELD_CORRELATION not in fixed:
        return CorrelatedCoordinates(template, own)
    return own


def _held(template: Twin, like: Tensor) -> Tensor | None:
    """The correlation of the fields that a template has."""
    rho = template.field_correlation
    return like.new_tensor(rho) if rho else None


class _Fractions:
    """Free fractions as logarithms of their ratios to the last free one; the others stay."""

    def __init__(self, template: Twin, free: list[Phase]) -> None:
        self._template = template
        self._free = free
        self._room = sum(template.volume_fractions[phase] for phase in free)

    @property
    def size(self) -> int:
        return max(0, len(self._free) - 1)

    def ratios(self, twin: Twin) -> Floats:
        shares = [twin.volume_fractions[phase] for phase in self._free]
        return np.array([math.log(share / shares[-1]) for share in shares[:-1]])

    def values(self, ratios: Floats) -> VolumeFractions:
        fractions = dict(self._template.volume_fractions.items())
        if self.size:
            shares = self._room * softmax(np.append(ratios, 0.0))
            fractions.update(zip(self._free, shares.tolist(), strict=True))
        return VolumeFractions(**fractions)

    def probabilities(self, ratios: Tensor) -> dict[FieldName, Tensor]:
        """P of the cut sets: p = phi_first and q = phi_second / (1 - phi_first)."""
        phi = {p: ratios.new_tensor(value) for p, value in self._template.volume_fractions.items()}
        if self.size:
            shares = self._room * torch.softmax(torch.cat([ratios, ratios.new_zeros(1)]), dim=0)
            phi.update(zip(self._free, shares.unbind(), strict=True))
        second, third = phi[self._template.second_phase], phi[self._template.third_phase]
        return {"X": phi[self._template.first_phase], "Y": second / (second + third)}
