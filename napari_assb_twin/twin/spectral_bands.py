"""The weights of a high-parametric correlation as an equaliser: one share for each frequency.

In the plane a band is a frequency om_j with the share sum_k w_jk, along z a frequency om_k with the
share sum_j w_jk; in the isotropic form a band is a weight.  Shares are parts of the variance and
have the sum 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import finite, require, whole
from napari_assb_twin.twin.exact import DIRECTIONS, Direction
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    IsotropicSpectrum,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """One frequency of a spectrum.

    Attributes
    ----------
    frequency_per_um
        om in rad/um.
    share
        Its part of the variance, 0 to 1.
    """

    frequency_per_um: float
    share: float

    @property
    def wavelength_um(self) -> float:
        """2 pi / om in um; infinite for frequency 0, which holds all that is longer."""
        if not self.frequency_per_um:
            return math.inf
        return 2.0 * math.pi / self.frequency_per_um


def bands(correlation: HighParametric, direction: Direction = "in-plane") -> tuple[Band, ...]:
    """The bands in a direction, in the order of the frequencies.

    Parameters
    ----------
    correlation
        Any high-parametric correlation; the isotropic form is the same in both directions.
    direction
        ``"in-plane"`` or ``"through-plane"``.

    Raises
    ------
    InputError
        If the direction is unknown.
    """
    shares = _table(correlation, direction).sum(axis=1).tolist()
    frequencies = correlation.frequencies_per_um
    if isinstance(correlation, CylindricalSpectrum) and direction == "through-plane":
        frequencies = correlation.frequencies_z_per_um
    return tuple(Band(f, share) for f, share in zip(frequencies, shares, strict=True))


def with_share(
    correlation: HighParametric, direction: Direction, band: int, share: float
) -> HighParametric:
    """The correlation with the share of one band set, the others keeping their ratio.

    Within a band the weights keep their ratio, too.  A band that had nothing takes the mixture of
    all the others; where one band had everything, the others get equal parts of what it gives.

    Parameters
    ----------
    correlation
        Any high-parametric correlation.
    direction, band
        Which band, counted from 0 as in `bands`.
    share
        Its new share, 0 to 1.

    Raises
    ------
    InputError
        If there is no such band, or it cannot have this share.
    """
    table = _table(correlation, direction)
    count = len(table)
    require(
        whole(band) and 0 <= band < count,
        f"there is no band {band!r} {direction}; choose 0 to {count - 1}.",
    )
    require(
        finite(share) and 0 <= share <= 1,
        f"the share of a band is {share!r}; it must be a number from 0 to 1.",
    )
    require(
        count > 1 or share == 1,
        f"the share of the only band {direction} is {share!r}; it must be 1.",
    )
    others = table.copy()
    others[band] = 0.0
    own, rest = table[band].sum(), others.sum()
    mixture = table[band] / own if own else others.sum(axis=0) / rest
    if rest:
        changed = others * ((1.0 - share) / rest)
    else:
        changed = np.outer(np.full(count, (1.0 - share) / max(1, count - 1)), mixture)
    changed[band] = share * mixture
    return _with_table(correlation, direction, changed)


def _table(correlation: HighParametric, direction: Direction) -> Floats:
    """Weights with the sum 1, shape (bands, parts of a band)."""
    if direction not in DIRECTIONS:
        raise InputError(f"direction is {direction!r}; it must be in-plane or through-plane.")
    weights = np.array(correlation.weights)
    weights = weights / weights.sum()
    if isinstance(correlation, IsotropicSpectrum):
        return np.asarray(weights[:, None])
    return np.asarray(weights.T if direction == "through-plane" else weights)


def _with_table(correlation: HighParametric, direction: Direction, table: Floats) -> HighParametric:
    if isinstance(correlation, IsotropicSpectrum):
        return replace(correlation, weights=tuple(table[:, 0].tolist()))
    weights = table.T if direction == "through-plane" else table
    return replace(correlation, weights=tuple(map(tuple, weights.tolist())))
