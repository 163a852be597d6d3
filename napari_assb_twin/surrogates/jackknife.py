"""Standard errors of numbers that were computed again without each of some groups of data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def jackknife_error(replicates: ArrayLike) -> NDArray[np.float64]:
    """Standard error by the delete-a-group jackknife, replicates along the first axis.

    sqrt((g - 1) / g * sum of squares about the mean of the g replicates); Efron 1982, The
    Jackknife, the Bootstrap and Other Resampling Plans.
    """
    values = np.asarray(replicates, dtype=float)
    number = values.shape[0]
    return np.asarray(np.sqrt((number - 1) * values.var(axis=0)))
