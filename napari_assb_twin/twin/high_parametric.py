"""High-parametric correlations: free weights over frequencies instead of four numbers.

Frequencies are rad/um, widths 1/um.  Weights are not negative and have the sum 1, so that every
choice of them is a correlation: a sum of positive definite functions of three dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import finite, require

SUM_TOLERANCE = 1e-6
"""How far the sum of the weights may be from 1; they are divided by it when used."""


@dataclass(frozen=True, kw_only=True)
class IsotropicSpectrum:
    """High-parametric correlation that is the same in all directions.

    r(d) = sum_j w_j sinc(om_j d) exp(-s_j^2 d^2 / 2) with sinc(x) = sin(x) / x: spheres of radius
    om_j in frequency space (Yaglom, 1987, Correlation Theory of Stationary and Related Random
    Functions), each blurred by a normal distribution of width s_j.

    Attributes
    ----------
    frequencies_per_um
        om_j in rad/um, 0 or more.
    widths_per_um
        s_j in 1/um, positive: 1 / s_j is how far component j reaches.
    weights
        w_j, 0 or more, with sum 1.

    Raises
    ------
    InputError
        If a list has the wrong length, or a number is outside what the formula allows.
    """

    frequencies_per_um: tuple[float, ...]
    widths_per_um: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        _keep(self, "frequencies_per_um", "widths_per_um", count="frequencies_per_um")
        weights = _numbers(self.weights, "weights")
        _count(weights, self.frequencies_per_um, "weights", "frequencies_per_um")
        _check_weights(weights)
        object.__setattr__(self, "weights", weights)

    @property
    def isotropic(self) -> bool:
        """True."""
        return True

    @property
    def anisotropy(self) -> float:
        """Length along the pressing direction over length in the plane: 1."""
        return 1.0

    @property
    def number_of_weights(self) -> int:
        """How many weights there are."""
        return len(self.weights)

    def stretched(self, factor: float) -> IsotropicSpectrum:
        """The correlation of the structure with every length multiplied by a factor."""
        _check_factor(factor)
        return replace(
            self,
            frequencies_per_um=tuple(f / factor for f in self.frequencies_per_um),
            widths_per_um=tuple(s / factor for s in self.widths_per_um),
        )


@dataclass(frozen=True, kw_only=True)
class CylindricalSpectrum:
    """High-parametric correlation about the pressing direction z.

    r(h_r, h_z) = sum_jk w_jk J0(om_j h_r) cos(om_k h_z) exp(-(s_j^2 h_r^2 + s_k^2 h_z^2) / 2):
    rings of radius om_j at heights +om_k and -om_k in frequency space, each blurred by a normal
    distribution of width s_j in the plane and s_k along z.  Unlike an anisotropy it may stretch
    each scale of the structure otherwise.

    Attributes
    ----------
    frequencies_per_um, widths_per_um
        om_j in rad/um, 0 or more, and s_j in 1/um, positive, in the plane.
    frequencies_z_per_um, widths_z_per_um
        om_k and s_k through the plane.
    weights
        w_jk, 0 or more, with sum 1: a row over k for each j.

    Raises
    ------
    InputError
        If a list has the wrong length, or a number is outside what the formula allows.
    """

    frequencies_per_um: tuple[float, ...]
    widths_per_um: tuple[float, ...]
    frequencies_z_per_um: tuple[float, ...]
    widths_z_per_um: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        _keep(self, "frequencies_per_um", "widths_per_um", count="frequencies_per_um")
        _keep(self, "frequencies_z_per_um", "widths_z_per_um", count="frequencies_z_per_um")
        require(
            _listed(self.weights) and all(_listed(row) for row in self.weights),
            "weights must be one list over frequencies_z_per_um for each of frequencies_per_um.",
        )
        rows = tuple(_numbers(row, "weights") for row in self.weights)
        _count(rows, self.frequencies_per_um, "weights", "frequencies_per_um")
        for row in rows:
            _count(row, self.frequencies_z_per_um, "a row of weights", "frequencies_z_per_um")
        _check_weights([weight for row in rows for weight in row])
        object.__setattr__(self, "weights", rows)

    @property
    def isotropic(self) -> bool:
        """False: the form alone does not say that all directions are the same."""
        return False

    @property
    def number_of_weights(self) -> int:
        """How many weights there are."""
        return len(self.weights) * len(self.weights[0])

    def stretched(self, factor: float) -> CylindricalSpectrum:
        """The correlation of the structure with every length multiplied by a factor."""
        _check_factor(factor)
        return replace(
            self,
            frequencies_per_um=tuple(f / factor for f in self.frequencies_per_um),
            widths_per_um=tuple(s / factor for s in self.widths_per_um),
            frequencies_z_per_um=tuple(f / factor for f in self.frequencies_z_per_um),
            widths_z_per_um=tuple(s / factor for s in self.widths_z_per_um),
        )

    def stretched_along_z(self, factor: float) -> CylindricalSpectrum:
        """The correlation of the structure with every length along z multiplied by a factor."""
        _check_factor(factor)
        return replace(
            self,
            frequencies_z_per_um=tuple(f / factor for f in self.frequencies_z_per_um),
            widths_z_per_um=tuple(s / factor for s in self.widths_z_per_um),
        )


HighParametric = IsotropicSpectrum | CylindricalSpectrum


def frequency_grid(
    *, pixel_um: float, longest_um: float, count: int = 13
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Frequencies and widths that can follow any correlation seen between two lags.

    Frequencies are 0 and ``count`` in geometric progression from 2.4 / ``longest_um`` to
    2.2 / ``pixel_um`` rad/um.  A width is half the spacing to the neighbours (their mean), so that
    neighbouring components overlap, but at least 1.6 / ``longest_um``: no component reaches far
    beyond the longest lag.

    Parameters
    ----------
    pixel_um, longest_um
        The shortest and the longest lag of the data, in micrometres.

    Returns
    -------
    Frequencies in rad/um and widths in 1/um, both of length ``count + 1``.

    Raises
    ------
    InputError
        If the longest lag is not at least two pixels.
    """
    require(
        finite(pixel_um) and finite(longest_um) and 0 < 2 * pixel_um <= longest_um,
        f"frequencies between lags of {pixel_um!r} and {longest_um!r} µm cannot be chosen; the "
        "longest lag must be at least twice the shortest.",
    )
    lowest, highest = 2.4 / longest_um, 2.2 / pixel_um
    ratio = (highest / lowest) ** (1.0 / (count - 1))
    frequencies = (0.0, *(lowest * ratio**n for n in range(count)))
    gaps = [b - a for a, b in pairwise(frequencies)]
    spacings = [gaps[0], *((a + b) / 2 for a, b in pairwise(gaps)), gaps[-1]]
    return frequencies, tuple(max(0.5 * gap, 1.6 / longest_um) for gap in spacings)


def _keep(owner: object, frequencies: str, widths: str, *, count: str) -> None:
    """Check a list of frequencies and one of widths, and keep them as tuples."""
    values = _numbers(getattr(owner, frequencies), frequencies)
    require(len(values) > 0, f"{frequencies} is empty; give at least one frequency.")
    require(
        all(value >= 0 for value in values),
        f"{frequencies} holds {min(values)!r}; a frequency must be 0 or a positive number of "
        "radians per micrometre.",
    )
    own = _numbers(getattr(owner, widths), widths)
    _count(own, values, widths, count)
    require(
        all(width > 0 for width in own),
        f"{widths} holds {min(own)!r}; a width must be a positive number per micrometre.",
    )
    object.__setattr__(owner, frequencies, values)
    object.__setattr__(owner, widths, own)


def _listed(values: Any) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, str | bytes | dict)


def _numbers(values: Any, name: str) -> tuple[float, ...]:
    items = tuple(values) if _listed(values) else ()
    require(
        _listed(values) and all(finite(value) for value in items),
        f"{name} must be a list of numbers.",
    )
    return tuple(float(value) for value in items)


def _count(values: Any, others: Any, name: str, other: str) -> None:
    require(
        len(values) == len(others),
        f"{name} has {len(values)} entries but {other} has {len(others)}; give one for each.",
    )


def _check_weights(weights: Iterable[float]) -> None:
    weights = list(weights)
    require(
        min(weights) >= 0,
        f"weights holds {min(weights)!r}; a weight must be 0 or a positive number.",
    )
    total = math.fsum(weights)
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise InputError(f"weights sum to {total:.7g}; divide them by their sum, it must be 1.")


def _check_factor(factor: float) -> None:
    require(finite(factor) and factor > 0, f"a stretch by {factor!r} is none; give a number > 0.")
