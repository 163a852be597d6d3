"""The data's own error against exact answers of independent cells and of normal numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, cauchy, kstest
from scipy.stats import t as student_t

from napari_assb_twin.comparison.testing import two_sided
from napari_assb_twin.validation.quantities import Profile
from napari_assb_twin.validation.sampling_error import LEVEL, Scatter, of_number

HALF = 8
"""Blocks of a half."""


def halves_of(values: np.ndarray):
    """Values of 2 x HALF blocks as (halves, blocks)."""
    first, other = values[:HALF], values[HALF:]
    return (float(first.mean()), float(other.mean())), (first.tolist(), other.tolist())


def test_independent_blocks_give_the_exact_error_and_rarely_cry_long_range() -> None:
    random = np.random.default_rng(1)
    errors = [of_number(*halves_of(10 + random.standard_normal(2 * HALF))) for _ in range(1000)]
    flagged = sum(one.long_range for one in errors)
    assert binomtest(flagged, 1000, LEVEL).pvalue > 0.001  # the F test is exact here
    variances = [one.value**2 for one in errors if not one.long_range]
    # s^2 / n with 14 degrees of freedom: its mean over 950 has an error of 1.2 %
    assert np.mean(variances) == pytest.approx(1 / HALF, rel=0.06)
    assert errors[0].freedom == 2 * HALF - 2


def test_the_share_of_independent_cells() -> None:
    """Cells of 4^3 voxels, filled with probability 0.3: variance p (1 - p) / cells of a half."""
    random = np.random.default_rng(2)
    cells, p = 512, 0.3
    errors = []
    for _ in range(400):
        shares = random.binomial(cells, p, 2 * HALF) / cells
        errors.append(of_number(*halves_of(shares)))
    exact = math.sqrt(p * (1 - p) / (cells * HALF))
    typical = np.median([one.value for one in errors])
    assert typical == pytest.approx(exact, rel=0.05)


def test_halves_that_drift_apart_are_told() -> None:
    random = np.random.default_rng(3)
    values = 10 + 0.1 * random.standard_normal(2 * HALF)
    values[HALF:] += 1.0
    ends, parts = halves_of(values)
    found = of_number(ends, parts)
    assert found.long_range
    assert found.value == pytest.approx(abs(ends[0] - ends[1]) / math.sqrt(2))
    assert found.freedom == 1


def test_a_right_twin_of_data_that_drift_is_rarely_beyond() -> None:
    """Halves a, b and the twin t are of one normal law, blocks of a half are alike.

    (t - b) / (a - b) has Cauchy's law about 1/2 with scale sqrt(3)/2.
    """
    random = np.random.default_rng(5)
    limit = student_t.isf(LEVEL / 2, 1)
    exact = 1 - np.diff(cauchy.cdf([-limit, limit], 0.5, math.sqrt(3) / 2))[0]
    beyond, trials = 0, 4000
    for a, b, twin in random.standard_normal((trials, 3)):
        error = of_number((a, b), ([a] * HALF, [b] * HALF))
        beyond += two_sided((twin - b) / (math.sqrt(2) * error.value), error.freedom) < LEVEL
    assert binomtest(beyond, trials, exact).pvalue > 0.001


def test_profiles_that_drift_have_one_degree_of_freedom() -> None:
    """A deviation along one line has the law of Student's t with one degree of freedom."""
    random = np.random.default_rng(6)
    scatter = Scatter(np.array([[1.0]])).as_large_as_halves(3.0)
    drawn = scatter.drawn(random, 4000)[:, 0] / 3.0
    assert kstest(drawn, cauchy.cdf).pvalue > 0.001


def test_no_number_is_known_better_than_its_grid() -> None:
    assert of_number((2.0, 2.0), ([2.0] * 4, [2.0] * 4)).value == pytest.approx(0.01)


def test_too_few_blocks_say_nothing() -> None:
    assert of_number((1.0, 1.1), ([1.0, None, None, None], [1.0, 1.1, 1.2, 1.3])) is None
    assert of_number((1.0, 1.1), ([1.0, 1.2], [1.0, 1.1, 1.2])) is None
    assert of_number((0.0, 0.0), ([0.0] * 4, [0.0] * 4)) is None


@pytest.mark.parametrize("kind", ["rms", "moved"])
def test_distances_by_chance_are_as_often_beyond_as_they_should(kind) -> None:
    """Two halves of correlated profiles: 5 % of their distances exceed the 95 % quantile."""
    random = np.random.default_rng(4)
    profile = Profile("coverage.pore,pore", None, kind)
    mixing = np.array([[1.0, 0.8, 0.5], [0.0, 0.6, 0.5], [0.0, 0.0, 0.7]])
    beyond, trials = 0, 400
    for _ in range(trials):
        blocks = random.standard_normal((2, HALF, 3)) @ mixing
        scatter = Scatter.of_blocks((list(blocks[0]), list(blocks[1])))
        drawn = math.sqrt(2) * scatter.drawn(random, 400)
        between = blocks[0].mean(axis=0) - blocks[1].mean(axis=0)
        limit = np.quantile(profile.distances(drawn, 1.0), 1 - LEVEL)
        beyond += profile.distances(between, 1.0) > limit
    # the covariance of three numbers is estimated from 14 degrees of freedom
    assert 0.02 < beyond / trials < 0.10
