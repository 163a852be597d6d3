"""Standard errors, correlations and intervals from twins that were fitted to simulated data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.stats
from numpy.typing import NDArray

from napari_assb_twin.calibration.free_parameters import SMOOTHNESS
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.readouts import INTERFACES, readouts

Floats = NDArray[np.float64]

LEVELS = (0.68, 0.95)

ROUNDING = 1e-9
"""A spread of this share of the numbers themselves is rounding, and says nothing."""

OSCILLATION = "oscillation_per_um"

DerivedKey = tuple[str, tuple[str, ...], str]
"""Name, phases and unit of a number that follows from the parameters."""

Interval = tuple[float, float | None]
"""Lower and upper end; None is infinity (of a smoothness)."""


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A number that follows from the parameters, with the standard error that it inherits.

    ``name`` is ``"interface area"``, ``"contact share"``, ``"mean chord"`` or ``"triple-phase
    boundary"``; ``value`` and ``standard_error`` have its unit.  There is no error where the number
    follows from fixed ones, nor where some simulated data set has no such number (a fitted
    smoothness of 1 or less makes surfaces infinite): the spread of the rest would be too small.
    """

    name: str
    phases: tuple[str, ...]
    unit: str
    value: float
    standard_error: float | None


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """How well the data determine a fit.

    Attributes
    ----------
    parameters
        Paths of the numbers that were fitted.
    standard_errors
        Standard deviation of each over the refitted simulated data sets; 0 where all are the same.
    correlations
        Of the estimates, shape (n, n).
    intervals
        By path and level (0.68, 0.95).  A positive number's interval is symmetric in its
        logarithm, a smoothness's in log(nu - 1/2), a fraction's in its log odds, each as wide as
        Student's t for the number of data sets says.  An oscillation that was off in some of the
        fits may be off: its lower end is 0 where it falls below all that were not.  One that was
        off in all of them has no interval.
    derived
        Interfaces, contact shares, chords and triple lines.
    """

    parameters: tuple[str, ...] = ()
    standard_errors: dict[str, float] = field(default_factory=dict)
    correlations: Floats = field(default_factory=lambda: np.empty((0, 0)))
    intervals: dict[str, dict[float, Interval]] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()


def spread(twin: Twin, replicates: Sequence[Twin], paths: Sequence[str]) -> Uncertainty:
    """The uncertainty of a fit from the twins fitted to data simulated from it."""
    if len(replicates) < 2:
        return Uncertainty(derived=_derived(twin, ()))
    values = np.array([[one.value(path) or 0.0 for path in paths] for one in replicates])
    errors = values.std(axis=0, ddof=1) if len(paths) else np.empty(0)
    errors[errors <= ROUNDING * np.abs(values).max(axis=0)] = 0.0
    safe = np.where(errors > 0, errors, 1.0)
    centred = (values - values.mean(axis=0)) / safe if len(paths) else values
    return Uncertainty(
        parameters=tuple(paths),
        standard_errors=dict(zip(paths, errors.tolist(), strict=True)),
        correlations=centred.T @ centred / (len(replicates) - 1),
        intervals={
            path: _intervals(path, twin, replicates)
            for path in paths
            if not _always_off(path, (twin, *replicates))
        },
        derived=_derived(twin, replicates),
    )


def _intervals(path: str, twin: Twin, replicates: Sequence[Twin]) -> dict[float, Interval]:
    """Student intervals in the coordinate in which a number's estimates are about normal."""
    estimates = [one.value(path) for one in (twin, *replicates)]
    lowest = min((value for value in estimates if value), default=1.0)
    own = _forward(path, estimates[0], lowest)
    others = np.array([_forward(path, value, lowest) for value in estimates[1:]])
    error = float(others.std(ddof=1)) * math.sqrt(1.0 + 1.0 / len(others))
    may_be_off = path.endswith(OSCILLATION) and 0.0 in estimates
    intervals: dict[float, Interval] = {}
    for level in LEVELS:
        reach = float(scipy.stats.t.ppf(0.5 + level / 2, len(others) - 1)) * error
        low, high = (_backward(path, own + sign * reach) for sign in (-1.0, 1.0))
        if may_be_off and low is not None and low <= lowest:
            low = 0.0
        intervals[level] = float(low or 0.0), high
    return intervals


def _always_off(path: str, twins: Sequence[Twin]) -> bool:
    return path.endswith(OSCILLATION) and all(one.value(path) == 0 for one in twins)


def _forward(path: str, value: float | None, lowest: float) -> float:
    if path in _FRACTIONS:
        share = min(max(value or 0.0, 1e-9), 1 - 1e-9)
        return math.log(share / (1.0 - share))
    if path == FIELD_CORRELATION:
        return math.atanh(value or 0.0)
    if path.endswith("smoothness"):
        return math.log((SMOOTHNESS[1] if value is None else max(value, SMOOTHNESS[0])) - 0.5)
    return math.log(value or lowest)


def _backward(path: str, coordinate: float) -> float | None:
    if path in _FRACTIONS:
        return 1.0 / (1.0 + math.exp(-coordinate))
    if path == FIELD_CORRELATION:
        return math.tanh(coordinate)
    value = math.exp(min(coordinate, 700.0))
    if path.endswith("smoothness"):
        return None if value + 0.5 >= SMOOTHNESS[1] else value + 0.5
    return value


_FRACTIONS = frozenset(PHASES)


def _derived(twin: Twin, replicates: Sequence[Twin]) -> tuple[Derived, ...]:
    own = derived_numbers(twin)
    others = [derived_numbers(one) for one in replicates]
    rows = []
    for key, value in own.items():
        if value is None:
            continue
        found = [one[key] for one in others]
        known = [number for number in found if number is not None]
        error = float(np.std(known, ddof=1)) if len(known) == len(found) > 1 else None
        if error is not None and error <= ROUNDING * abs(value):
            error = None
        name, phases, unit = key
        rows.append(Derived(name=name, phases=phases, unit=unit, value=value, standard_error=error))
    return tuple(rows)


def derived_numbers(twin: Twin) -> dict[DerivedKey, float | None]:
    """Interfaces, contact shares, chords and triple line by name, phases and unit."""
    exact = readouts(twin)
    numbers: dict[DerivedKey, float | None] = {}
    for pair in INTERFACES:
        numbers["interface area", pair, "1/µm"] = exact.area_per_um[pair]
    for pair, share in exact.contact_share.items():
        numbers["contact share", pair, ""] = share
    for phase, chord in exact.mean_chord_um.items():
        numbers["mean chord", (phase,), "µm"] = chord
    numbers["triple-phase boundary", (), "1/µm²"] = exact.triple_phase_boundary_per_um2
    return numbers
