"""Two-point probabilities of excursion sets against series, special functions and limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from reference import REFERENCE
from scipy.integrate import quad
from scipy.special import eval_genlaguerre, gammaln, owens_t
from scipy.stats import chi2, multivariate_normal, norm

from napari_assb_twin.twin.excursion import (
    boundary_density,
    level,
    two_point_probability,
    upper_orthant,
)
from napari_assb_twin.twin.parameters import RandomField, Tail

ROWS = REFERENCE["orthant_unit_tests"]["rows"]
KINDS: list[tuple[int, Tail]] = [
    (k, tail) for k in (0, 1, 2, 3, 4, 8) for tail in ("upper", "lower")
]


def raw(k: int, standard: float) -> float:
    """Level of the raw field from that of the field standardised to variance 1."""
    return standard if k == 0 else k + math.sqrt(2 * k) * standard


def test_there_are_144_reference_rows() -> None:
    assert len(ROWS) == 144
    assert {row["k"] for row in ROWS} == {0, 1, 2, 3, 4, 8}


@pytest.mark.parametrize("k", sorted({row["k"] for row in ROWS}))
def test_reference_rows(k: int) -> None:
    for row in (row for row in ROWS if row["k"] == k):
        a = float(upper_orthant(k, raw(k, row["lam"]), row["r"]))
        assert a == pytest.approx(row["a"], abs=1e-7), row
        # independent of the quadrature: both factors of r = 0
        p = float(norm.sf(row["lam"]) if k == 0 else chi2.sf(raw(k, row["lam"]), k))
        assert p == pytest.approx(row["p"], abs=1e-12)


@pytest.mark.parametrize("k", sorted({row["k"] for row in ROWS}))
def test_reference_slopes_in_r(k: int) -> None:
    """da/dr of the reference against a central difference, to its own error of step^2."""
    step = 1e-4
    for row in (row for row in ROWS if row["k"] == k and 0.05 < abs(row["r"]) <= 0.9):
        r = np.array([row["r"] - step, row["r"] + step])
        low, high = upper_orthant(k, raw(k, row["lam"]), r)
        assert (high - low) / (2 * step) == pytest.approx(row["da_dr"], abs=2e-6), row


@pytest.mark.parametrize("l", [-2.5, -0.4, 0.0, 0.3, 1.7, 4.0])
def test_the_gaussian_orthant_is_owens_t(l: float) -> None:  # noqa: E741
    r = np.concatenate([np.linspace(-0.999, 0.999, 81), [1 - 1e-6, 1 - 1e-9, 1 - 1e-13]])
    expected = norm.sf(l) - 2 * owens_t(l, np.sqrt((1 - r) / (1 + r)))
    np.testing.assert_allclose(upper_orthant(0, l, r), expected, atol=1e-7)
    inner = np.abs(r) <= 0.9
    np.testing.assert_allclose(upper_orthant(0, l, r)[inner], expected[inner], atol=1e-13)


def test_a_gaussian_orthant_by_an_independent_integral() -> None:
    cov = [[1, -0.37], [-0.37, 1]]
    expected = multivariate_normal(cov=cov).cdf([-0.8, -0.8])
    assert float(upper_orthant(0, 0.8, -0.37)) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("u", [0.02, 0.1, 0.5, 1.0, 2.5])
def test_one_degree_of_freedom_is_two_gaussian_tails(u: float) -> None:
    """{Z^2 >= u^2} = {Z >= u} or {Z <= -u}: a(r) = 2 [A(u, r) + A(u, -r)]."""
    r = np.linspace(-0.99, 0.99, 67)
    expected = 2 * (upper_orthant(0, u, r) + upper_orthant(0, u, -r))
    np.testing.assert_allclose(upper_orthant(1, u**2, r), expected, atol=1e-9)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("p", [0.05, 0.4, 0.9])
def test_the_laguerre_series(k: int, p: float) -> None:
    c = float(chi2.isf(p, k))
    r = np.linspace(0.0, 0.8, 9)
    n = np.arange(1, 200)
    log_weight = gammaln(n + 1) + gammaln(k / 2) - gammaln(n + k / 2)
    log_term = (k / 2) * math.log(c / 2) - c / 2 - np.log(n) - gammaln(k / 2)
    laguerre = eval_genlaguerre(n - 1, k / 2, c / 2)
    terms = np.exp(log_weight + 2 * log_term) * laguerre**2
    series = p**2 + (r[:, None] ** (2 * n) * terms).sum(axis=1)
    np.testing.assert_allclose(upper_orthant(k, c, r), series, atol=1e-10)


@pytest.mark.parametrize(("k", "tail"), KINDS)
@pytest.mark.parametrize("p", [0.003, 0.11, 0.5, 0.97])
def test_limits_of_no_and_full_correlation(k: int, tail: Tail, p: float) -> None:
    field = RandomField(degrees_of_freedom=k, tail=tail)
    a = two_point_probability(field, p, [0.0, 1.0])
    np.testing.assert_allclose(a, [p * p, p], atol=1e-7)


@pytest.mark.parametrize(("k", "tail"), KINDS)
def test_the_level_cuts_the_probability(k: int, tail: Tail) -> None:
    field = RandomField(degrees_of_freedom=k, tail=tail)
    law = norm if k == 0 else chi2(k)
    for p in (1e-6, 0.01, 0.5, 0.99):
        cut = level(field, p)
        share = law.sf(cut) if tail == "upper" else law.cdf(cut)
        assert share == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("k", [0, 1, 2, 5])
@pytest.mark.parametrize("p", [0.02, 0.3, 0.8])
def test_the_lower_tail_is_the_complement_of_the_upper(k: int, p: float) -> None:
    r = np.linspace(0, 1, 41)
    lower = two_point_probability(RandomField(degrees_of_freedom=k, tail="lower"), p, r)
    upper = two_point_probability(RandomField(degrees_of_freedom=k), 1 - p, r)
    np.testing.assert_allclose(lower, 1 - 2 * (1 - p) + upper, atol=1e-12)
    if k == 0:
        same = two_point_probability(RandomField(), p, r)
        np.testing.assert_allclose(lower, same, atol=1e-12)


def test_the_sign_of_r_is_lost_by_squares_alone() -> None:
    r = np.linspace(0, 0.99, 20)
    for k in (1, 2, 7):
        np.testing.assert_array_equal(upper_orthant(k, 1.3, r), upper_orthant(k, 1.3, -r))
    assert np.all(upper_orthant(0, 0.5, r[1:]) > upper_orthant(0, 0.5, -r[1:]))


@pytest.mark.parametrize("k", [1, 2, 50, 400])
@pytest.mark.parametrize("tail", ["upper", "lower"])
def test_a_thin_chi_square_set_by_an_independent_integral(k: int, tail: Tail) -> None:
    """P(both) = int over the first value of the noncentral chi-square law of the second."""
    from scipy.stats import ncx2

    for p in (0.002, 0.2):
        field = RandomField(degrees_of_freedom=k, tail=tail)
        c = level(field, p)
        for r in (0.3, 0.9, 0.995):
            scale = 1 - r * r

            def integrand(x: float, r: float = r, c: float = c, scale: float = scale) -> float:
                second = ncx2.sf if tail == "upper" else ncx2.cdf
                return float(chi2.pdf(x, k) * second(c / scale, k, r * r * x / scale))

            edges = (c, c + 60 * math.sqrt(2 * k) + 60) if tail == "upper" else (0.0, c)
            expected, _ = quad(integrand, *edges, limit=400, epsabs=1e-12)
            a = float(two_point_probability(field, p, r))
            assert a == pytest.approx(expected, abs=2e-7), (p, r)


@pytest.mark.parametrize("k", [50, 1000, 20_000])
def test_many_degrees_of_freedom_tend_to_a_gaussian_field(k: int) -> None:
    """Its correlation is r^2; the distance falls as the skewness, sqrt(8 / k)."""
    r = np.linspace(0, 1, 30)
    for p in (0.1, 0.5):
        gaussian = two_point_probability(RandomField(), p, r**2)
        many = two_point_probability(RandomField(degrees_of_freedom=k), p, r)
        assert np.abs(many - gaussian).max() < 0.1 * math.sqrt(8 / k)


@pytest.mark.parametrize(("k", "tail"), [*KINDS, (50, "upper"), (50, "lower")])
@pytest.mark.parametrize("p", [1e-5, 0.2, 1 - 1e-5])
def test_probabilities_stay_within_their_bounds(k: int, tail: Tail, p: float) -> None:
    r = np.linspace(-1, 1, 201)
    a = two_point_probability(RandomField(degrees_of_freedom=k, tail=tail), p, r)
    assert np.all(np.isfinite(a))
    assert np.all(a <= p + 1e-7)
    assert np.all(a >= max(0.0, 2 * p - 1) - 1e-7)
    upper_half = a[r >= 0]
    assert np.all(np.diff(upper_half) >= -1e-9)


@pytest.mark.parametrize("k", [0, 1, 3])
def test_the_boundary_density_is_the_slope_of_crossings(k: int) -> None:
    """(p - a(r)) / arccos(r) tends to D / sqrt(2 pi) as r -> 1: crossings per length of a line."""
    field = RandomField(degrees_of_freedom=k)
    p = 0.3
    r = 1 - 1e-8
    crossings = (p - float(two_point_probability(field, p, r))) / math.acos(r)
    # tolerance: a is good to 1e-12 there, over 1.4e-4
    assert crossings == pytest.approx(boundary_density(field, p) / math.sqrt(2 * math.pi), rel=1e-3)


def test_scalars_and_arrays() -> None:
    field: Any = RandomField(degrees_of_freedom=2)
    assert two_point_probability(field, 0.3, 0.5).shape == ()
    assert two_point_probability(field, 0.3, np.zeros((2, 3))).shape == (2, 3)


@pytest.mark.parametrize("k", [2, 3, 4, 8, 30])
@pytest.mark.parametrize("p", [0.002, 0.1, 0.5, 0.9, 0.998])
def test_many_correlations_at_once_are_as_exact_as_few(k: int, p: float) -> None:
    """A table gives the quadrature's values to 5e-8 up to r = 1, and signs do not matter."""
    r = np.concatenate([np.linspace(-1, 1, 401), 1 - np.logspace(-3, -12, 40)])
    cut = float(chi2.isf(p, k))
    few = [upper_orthant(k, cut, part) for part in np.array_split(r, 9)]
    np.testing.assert_allclose(upper_orthant(k, cut, r), np.concatenate(few), rtol=0, atol=5e-8)
