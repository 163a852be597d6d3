"""The free numbers of a fit as a vector without units, and back to a twin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    Twin,
    VolumeFractions,
    check_path,
)
from napari_assb_twin.twin.phases import PHASES, Phase

Floats = NDArray[np.float64]

_AT_BOUND = 1e-3
"""Distance in the logarithm that counts as being at a bound."""

SMOOTHNESS = (0.55, 20.0)
ANISOTROPY = (0.2, 2.7)

NO_OSCILLATION = 0.05
"""Oscillation times longest lag below which nothing oscillates: sinc(0.05) = 0.9996."""


@dataclass(frozen=True)
class Box:
    """Bounds of the lengths of a fit, from the data: pixel edge and longest lag in micrometres."""

    pixel_um: float
    longest_um: float

    def bounds(self, attribute: str) -> tuple[float, float]:
        """Lower and upper bound of one number of a correlation, in its own unit."""
        return {
            "length_um": (0.4 * self.pixel_um, 2.0 * self.longest_um),
            "smoothness": SMOOTHNESS,
            "oscillation_per_um": (NO_OSCILLATION / self.longest_um, 2.7 / self.pixel_um),
            "anisotropy": ANISOTROPY,
        }[attribute]

    def bounds_of(self, path: str) -> tuple[float, float]:
        """Those of the number at a path of `FreeParameters`."""
        if path == FIELD_CORRELATION:
            parameter = PARAMETERS[path]
            return parameter.lowest, parameter.highest
        return self.bounds(path[2:])


class FreeParameters:
    """Which numbers of a twin a fit may move, as logarithms within bounds.

    Parameters
    ----------
    template
        The twin that holds the fixed numbers and all that a fit does not change.
    fixed
        Paths of the numbers that stay.  An isotropic twin's anisotropies are fixed as well.
    box
        Bounds of the lengths.
    correlated
        Whether the correlation of the fields is free, where the template's fields can have one.
        Its number is the inverse hyperbolic tangent.

    Raises
    ------
    InputError
        If a field of the template is high-parametric.
    """

    def __init__(
        self,
        template: Twin,
        fixed: Mapping[str, float | None],
        box: Box,
        *,
        correlated: bool = False,
    ) -> None:
        self._template = template
        self._box = box
        self.paths = [
            f"{name}.{attribute}"
            for name in FIELD_NAMES
            for attribute in ("length_um", "smoothness", "oscillation_per_um", "anisotropy")
            if f"{name}.{attribute}" not in fixed
            and not (attribute == "anisotropy" and template.symmetry == "isotropic")
        ]
        if correlated and template.can_correlate and FIELD_CORRELATION not in fixed:
            self.paths.append(FIELD_CORRELATION)
        self.free_phases: list[Phase] = [phase for phase in PHASES if phase not in fixed]
        absent = next((path for path in self.paths if not template.has(path)), None)
        if absent is not None:
            raise InputError(
                f"Field {absent[0]} is high-parametric and has no correlation length to fit; start "
                "from a twin with low-parametric fields."
            )
        self._room = 1.0 - sum(template.volume_fractions[p] for p in PHASES if p in fixed)

    @property
    def size(self) -> int:
        """Length of the vector."""
        return len(self.paths) + max(0, len(self.free_phases) - 1)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the vector."""
        pairs = [
            tuple(_to_free(path, value) for value in self._box.bounds_of(path))
            for path in self.paths
        ]
        pairs += [(-9.0, 9.0)] * (self.size - len(pairs))
        lower, upper = zip(*pairs, strict=True) if pairs else ((), ())
        return np.array(lower), np.array(upper)

    def vector(self, twin: Twin) -> Floats:
        """The vector of a twin, moved into the bounds."""
        values = []
        for path in self.paths:
            value = twin.value(path)
            low, high = self._box.bounds_of(path)
            values.append(_to_free(path, high if value is None else min(max(value, low), high)))
        shares = [twin.volume_fractions[phase] for phase in self.free_phases]
        values += [math.log(share / shares[-1]) for share in shares[:-1]]
        lower, upper = self.bounds
        return np.asarray(np.clip(np.array(values), lower, upper))

    def twin(self, vector: Floats) -> Twin:
        """The twin of a vector."""
        twin = self._template
        if FIELD_CORRELATION in self.paths:
            rho = math.tanh(vector[self.paths.index(FIELD_CORRELATION)])
            twin = replace(twin, field_correlation=rho)
        for name in FIELD_NAMES:
            changes = {
                path[2:]: self._value(path, value)
                for path, value in zip(self.paths, vector, strict=False)
                if path.startswith(f"{name}.")
            }
            if changes:
                twin = twin.with_correlation(name, **changes)
        if len(self.free_phases) < 2:
            return twin
        logits = np.append(vector[len(self.paths) :], 0.0)
        shares = np.exp(logits - logits.max())
        shares *= self._room / shares.sum()
        fractions = dict(twin.volume_fractions.items())
        fractions.update(zip(self.free_phases, shares.tolist(), strict=True))
        return replace(twin, volume_fractions=VolumeFractions(**fractions))

    def _value(self, path: str, logarithm: float) -> float:
        value = math.exp(logarithm)
        if path.endswith("smoothness"):
            return value + 0.5
        lowest = self._box.bounds(path[2:])[0]
        return 0.0 if path.endswith("oscillation_per_um") and value < 1.1 * lowest else value

    def at_bounds(self, twin: Twin) -> tuple[str, ...]:
        """Paths of the twin's numbers that lie at a bound; an oscillation that is off is none."""
        vector = self.vector(twin)
        lower, upper = self.bounds
        near = np.minimum(vector - lower, upper - vector) < _AT_BOUND
        return tuple(
            path
            for path, there in zip(self.paths, near, strict=False)
            if there and twin.value(path)
        )

    def reported(self) -> list[str]:
        """Paths of all numbers that the fit decides, the fractions included."""
        phases = self.free_phases if len(self.free_phases) > 1 else []
        return [*phases, *self.paths]


def fixed_fractions(
    measured: Mapping[Phase, float], fixed: Mapping[str, float | None]
) -> VolumeFractions:
    """The measured fractions with some of them set; the free ones keep their ratio.

    Raises
    ------
    InputError
        If the fixed ones leave no room for the others.
    """
    for path in fixed:
        check_path(path)
    held: dict[Phase, float] = {}
    for phase in PHASES:
        if phase in fixed:
            value = fixed[phase]
            if value is None or not 0 < value < 1:
                raise InputError(f"{phase} is fixed to {value}; a fraction lies between 0 and 1.")
            held[phase] = value
    free = [phase for phase in PHASES if phase not in held]
    room = 1.0 - sum(held.values())
    if free and room <= 0:
        raise InputError(
            f"The fixed fractions sum to {sum(held.values()):.4g} and leave nothing for "
            f"{' and '.join(free)}; fix smaller ones."
        )
    total = sum(measured[phase] for phase in free)
    return VolumeFractions(**held, **{phase: measured[phase] * room / total for phase in free})


def _to_free(path: str, value: float) -> float:
    if path == FIELD_CORRELATION:
        return math.atanh(value)
    return math.log(value - 0.5 if path.endswith("smoothness") else value)
