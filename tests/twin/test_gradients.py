"""Means over gradients against adaptive quadrature, and against cases in closed form."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ellipe

from napari_assb_twin.twin.gradients import mean_cross_product, mean_crossings, mean_gradient

ANISOTROPIES = (0.01, 0.1, 0.5, 0.999, 1.0, 1.001, 2.0, 10.0, 100.0)
STEEP = [10.0**-k for k in range(1, 7)]
POINTS = sorted([*STEEP, *(1 - step for step in STEEP)])


def integral(function) -> float:
    """Piecewise, so that the steep ends are met."""
    edges = [0.0, *POINTS, 1.0]
    pieces = [quad(function, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in itertools.pairwise(edges)]
    return math.fsum(pieces)


@pytest.mark.parametrize("a", ANISOTROPIES)
def test_mean_gradient(a: float) -> None:
    k_r, k_z = 3.0, 3.0 / a**2
    expected = integral(lambda u: math.sqrt(k_r * (1 - u) * (1 + u) + k_z * u * u))
    expected *= 2 * math.sqrt(2 / math.pi)
    assert mean_gradient((k_r, k_z)) == pytest.approx(expected, rel=1e-11)


def test_mean_gradient_of_an_isotropic_field() -> None:
    """The mean of a Maxwell distribution."""
    assert mean_gradient((2.0, 2.0)) == pytest.approx(math.sqrt(8 / math.pi * 2), rel=1e-15)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(ANISOTROPIES, ANISOTROPIES)))
def test_mean_cross_product(a: float, b: float) -> None:
    x, y = (3.0, 3.0 / a**2), (0.7, 0.7 / b**2)

    def integrand(u: float) -> float:
        p, q = x[0] * (1 - u) * (1 + u), x[1] * u * u
        one, other = y[0] * (p + q), y[0] * q + y[1] * p
        large, small = max(one, other), min(one, other)
        return math.sqrt(large) * float(ellipe(1 - small / large))

    expected = 4 / math.pi * integral(integrand)
    assert mean_cross_product(x, y) == pytest.approx(expected, rel=1e-11)
    assert mean_cross_product(y, x) == pytest.approx(expected, rel=1e-9)


def test_mean_cross_product_of_isotropic_fields() -> None:
    """E|g_X x g_Y| = (pi / 4) E|g_X| E|g_Y|: the mean sine between two random directions."""
    x, y = (2.0, 2.0), (5.0, 5.0)
    expected = math.pi / 4 * mean_gradient(x) * mean_gradient(y)
    assert mean_cross_product(x, y) == pytest.approx(expected, rel=1e-14)


def test_mean_crossings_are_means_of_half_normal_numbers() -> None:
    """To four standard errors of a million draws."""
    drawn = np.abs(np.random.default_rng(0).standard_normal(1_000_000)) * math.sqrt(3.0)
    in_plane, through = mean_crossings((3.0, 12.0))
    assert abs(drawn.mean() - in_plane) < 4 * drawn.std() / 1000
    assert through == pytest.approx(2 * in_plane, rel=1e-15)


def test_infinite_curvatures() -> None:
    rough, smooth = (math.inf, math.inf), (1.0, 1.0)
    assert mean_gradient(rough) == math.inf
    assert mean_cross_product(rough, smooth) == math.inf
    assert mean_cross_product(smooth, rough) == math.inf
