"""Parameters of a study and the box that they were varied in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Space:
    """Ranges of parameters, each even in the number itself or in its logarithm.

    Attributes
    ----------
    names
        Parameters by their path, such as ``"X.length_um"``.
    low, high
        Smallest and largest value of each, one a parameter.
    logarithmic
        Whether equal ratios count as equal steps, one a parameter; `low` is then positive.
    """

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    logarithmic: tuple[bool, ...]

    @property
    def dimensions(self) -> int:
        """Number of parameters."""
        return len(self.names)

    def scaled(self, points: ArrayLike) -> Floats:
        """Values, shape (n, d), as coordinates from 0 (low) to 1 (high); outside beyond these."""
        low, high = self._bent(np.array([self.low, self.high]))
        return np.asarray((self._bent(points) - low) / (high - low))

    def unscaled(self, coordinates: ArrayLike) -> Floats:
        """Values, shape (n, d), at coordinates from 0 to 1."""
        low, high = self._bent(np.array([self.low, self.high]))
        bent = low + np.asarray(coordinates, dtype=float) * (high - low)
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, bent, 0.0)), bent)

    def _bent(self, points: ArrayLike) -> Floats:
        values = np.asarray(points, dtype=float)
        return np.where(self.logarithmic, np.log(np.where(self.logarithmic, values, 1.0)), values)
