"""Probabilities of differences, and their correction where many are tested together."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import stdtr


def two_sided(z: float, freedom: float) -> float:
    """Probability of as large a z, of either sign, by Student's t with degrees of freedom."""
    return 2.0 * float(stdtr(min(freedom, 1e9), -abs(z)))


def degrees_of_freedom(*errors: tuple[float, int | None]) -> float:
    """Of the sum of independent errors: (sum se^2)^2 / sum (se^4 / (n - 1)).

    Each is given with the number n of samples that it comes from, or None if that is not known: it
    then counts as known exactly.  Satterthwaite (1946), doi:10.2307/3002019.
    """
    largest = max(error for error, _ in errors)
    squares = [((error / largest) ** 2, n) for error, n in errors]
    below = sum(square**2 / (n - 1) for square, n in squares if n is not None)
    return sum(square for square, _ in squares) ** 2 / below if below else math.inf


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted p-values: the level at which each would be rejected by Holm's procedure.

    In rising order p_(1) <= ... <= p_(m), max over j <= i of (m - j + 1) p_(j), at most 1.
    """
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = highest
    return adjusted
