"""How much a box of the data differs from another box of the data: their own sampling error.

The scatter of blocks, scaled by volume, holds where blocks are independent.  Where a structure
reaches further than a block, or drifts, the two halves differ by more than their blocks explain
(an F test at 5 %); then the difference of the halves itself is the error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import f as f_distribution

from napari_assb_twin.validation.quantities import Floats

LEVEL = 0.05
"""Probability at which halves are said to differ by more than their blocks explain."""

RESOLUTION = 0.005
"""No number of a voxel grid is taken to be known better than this part of itself."""

FEWEST = 6
"""Blocks that a number must exist in."""


@dataclass(frozen=True)
class SamplingError:
    """Standard error of a number of one half.

    Attributes
    ----------
    value
        The standard error.
    freedom
        Degrees of freedom: of the scatter of blocks, or one where the difference of the halves
        counts.
    long_range
        Whether the halves differ by more than their blocks explain, so that it is their difference
        that counts.
    """

    value: float
    freedom: int
    long_range: bool


def of_number(
    ends: tuple[float, float], parts: tuple[Sequence[float | None], Sequence[float | None]]
) -> SamplingError | None:
    """Sampling error of a number, from its values in two halves and in the blocks of each.

    Parameters
    ----------
    ends
        Values of the two halves.
    parts
        Values of the blocks of either; None where a block has none.

    Returns
    -------
    None where too few blocks have a value.

    Notes
    -----
    From N blocks in two halves, s^2 = sum (b - mean of its half)^2 / (N - 2), and the variance of
    a half of n blocks is s^2 / n.  The halves give (a - b)^2 / 2 with one degree of freedom.
    """
    known = [np.array([b for b in blocks if b is not None], dtype=float) for blocks in parts]
    count = sum(one.size for one in known)
    if count < FEWEST or min(one.size for one in known) < 2:
        return None
    freedom = count - 2
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in known)
    blocks_of_half = sum(len(blocks) for blocks in parts) / 2
    by_blocks = squares / freedom / blocks_of_half
    by_halves = 0.5 * (ends[0] - ends[1]) ** 2
    least = (RESOLUTION * 0.5 * (abs(ends[0]) + abs(ends[1]))) ** 2
    far = by_halves > max(by_blocks, least) * float(f_distribution.isf(LEVEL, 1, freedom))
    variance = max(by_halves if far else by_blocks, least)
    return SamplingError(math.sqrt(variance), 1 if far else freedom, far) if variance > 0 else None


@dataclass(frozen=True, eq=False)
class Scatter:
    """Deviations of a profile of one half that chance alone makes.

    Attributes
    ----------
    deviations
        Rows whose sum, each times an independent normal number, is one such deviation, (m, n).
    freedom
        Degrees of freedom of their size; None to take it as known.
    """

    deviations: Floats
    freedom: int | None = None

    @classmethod
    def of_blocks(cls, parts: tuple[Sequence[Floats], Sequence[Floats]]) -> Scatter | None:
        """From the profiles of blocks in either half; None for fewer than `FEWEST` of them."""
        rows = [np.array(list(blocks)) for blocks in parts]
        count = sum(len(one) for one in rows)
        if count < FEWEST or min(len(one) for one in rows) < 2:
            return None
        away = np.concatenate([one - one.mean(axis=0) for one in rows])
        return cls(away / math.sqrt((count - 2) * count / 2), count - 2)

    @classmethod
    def of_mean(cls, profiles: Sequence[Floats]) -> Scatter:
        """Of the mean of independent realisations."""
        rows = np.array(list(profiles))
        n = len(rows)
        return cls((rows - rows.mean(axis=0)) / math.sqrt((n - 1) * n))

    def drawn(self, random: np.random.Generator, count: int) -> Floats:
        """So many deviations, (count, n), as Student's t where their size is estimated."""
        drawn = random.standard_normal((count, len(self.deviations))) @ self.deviations
        if self.freedom is not None:
            drawn /= np.sqrt(random.chisquare(self.freedom, (count, 1)) / self.freedom)
        return np.asarray(drawn)

    def as_large_as_halves(self, factor: float) -> Scatter:
        """Deviations larger by a factor that comes from one difference: one degree of freedom."""
        return Scatter(factor * self.deviations, 1)
