"""How much of a property's variation over the study each parameter makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.surrogates.jackknife import jackknife_error
from napari_assb_twin.surrogates.surrogate import Surrogate
from napari_assb_twin.surrogates.validation import Learned

Floats = NDArray[np.float64]

LEAST_Q2 = 0.1
"""Below, a surrogate hardly predicts more than the mean, and its indices are those of noise."""

POINTS = 2**11
"""Points of each of the two Sobol' sequences; a power of 2."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity:
    """Sobol' indices of a property, parameters independent and even over their ranges.

    Even in the logarithm where the space says so.

    Attributes
    ----------
    name
        Key of the property.
    parameters
        Their paths.
    first
        Share of the variance that a parameter explains alone, shape (d,).
    total
        Share that is left when all others are known: with its interactions, shape (d,).
    first_error, total_error
        Standard errors, by the surrogates of the cross-validation (`jackknife_error`).
    """

    name: str
    parameters: tuple[str, ...]
    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats


def sensitivity(learned: Learned) -> Sensitivity:
    """Indices of the surrogate, and how far they move with the scenarios it was fitted to.

    Estimators of Saltelli et al. 2010, Comput. Phys. Commun. 181, 259, by scipy.

    Raises
    ------
    InputError
        If the surrogate predicts unseen scenarios no better than `LEAST_Q2`.
    """
    if learned.validation.q2 < LEAST_Q2:
        raise InputError(
            f"the surrogate predicts unseen scenarios hardly better than their mean (Q² "
            f"{learned.validation.q2:.2f}), so that nothing can be said of what matters; make "
            "larger volumes, more realisations or wider ranges."
        )
    first, total = sobol_indices(learned.surrogate)
    again = np.array([sobol_indices(one) for one in learned.validation.surrogates])
    first_error, total_error = jackknife_error(again)
    return Sensitivity(
        name=learned.surrogate.name,
        parameters=learned.surrogate.space.names,
        first=first,
        total=total,
        first_error=first_error,
        total_error=total_error,
    )


def sobol_indices(surrogate: Surrogate) -> tuple[Floats, Floats]:
    """First-order and total indices of one surrogate, shape (d,) each; always the same points."""
    from scipy import stats

    if surrogate.space.dimensions == 1:  # all of the variance; scipy takes two or more
        return np.ones(1), np.ones(1)
    even: Any = [stats.uniform(0.0, 1.0)] * surrogate.space.dimensions

    def function(coordinates: Floats) -> Floats:
        return surrogate.at(coordinates.T)[0]

    found = stats.sobol_indices(func=function, n=POINTS, dists=even, rng=0)
    return np.asarray(found.first_order).reshape(-1), np.asarray(found.total_order).reshape(-1)
