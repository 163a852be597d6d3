"""Correlation functions against closed forms, independent values and their own curvature."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from reference import MODELS, REFERENCE, correlation_of
from scipy.special import gamma, kv

from napari_assb_twin.twin.correlation import (
    correlation_at,
    curvature,
    matern,
    radial_correlation,
)
from napari_assb_twin.twin.parameters import Correlation

FAMILIES = REFERENCE["correlation_families"]


@pytest.mark.parametrize("block", FAMILIES, ids=lambda b: f"nu{b['nu']}-w{b['w0']}-a{b['a']}")
def test_reference_families(block: dict[str, Any]) -> None:
    correlation = correlation_of(block)
    h = np.array(block["h"])
    np.testing.assert_allclose(correlation_at(correlation, h), block["rho_inplane"], atol=1e-9)
    np.testing.assert_allclose(correlation_at(correlation, 0, h), block["rho_z"], atol=1e-9)
    in_plane, through = curvature(correlation)
    if block["minus_rho2_at_0_inplane"] is None:
        assert (in_plane, through) == (math.inf, math.inf)
    else:
        assert in_plane == pytest.approx(block["minus_rho2_at_0_inplane"], rel=1e-12)
        assert through == pytest.approx(block["minus_rho2_at_0_z"], rel=1e-12)


@pytest.mark.parametrize("field", ["X", "Y"])
@pytest.mark.parametrize("name", MODELS)
def test_reference_models(name: str, field: str) -> None:
    model = REFERENCE[name]
    correlation = correlation_of(model["parameters"][field])
    h = np.array(model["lags_vox"])
    np.testing.assert_allclose(correlation_at(correlation, h), model[f"rho_{field}_xy"], atol=1e-9)
    np.testing.assert_allclose(
        correlation_at(correlation, 0, h), model[f"rho_{field}_z"], atol=1e-9
    )


@pytest.mark.parametrize(
    ("nu", "closed"),
    [
        (0.5, lambda u: np.exp(-u)),
        (1.5, lambda u: (1 + math.sqrt(3) * u) * np.exp(-math.sqrt(3) * u)),
        (
            2.5,
            lambda u: (1 + math.sqrt(5) * u + 5 * u**2 / 3) * np.exp(-math.sqrt(5) * u),
        ),
        (None, lambda u: np.exp(-(u**2) / 2)),
    ],
)
def test_closed_forms(nu: float | None, closed: Any) -> None:
    u = np.concatenate([[0], np.geomspace(1e-9, 30, 400)])
    np.testing.assert_allclose(matern(u, nu), closed(u), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("nu", [0.7, 1.0, 3.3, 12.0, 40.0, 59.0])
def test_the_textbook_formula(nu: float) -> None:
    u = np.geomspace(0.05, 5, 100)
    x = math.sqrt(2 * nu) * u
    np.testing.assert_allclose(
        matern(u, nu), 2 ** (1 - nu) / gamma(nu) * x**nu * kv(nu, x), rtol=1e-9, atol=1e-14
    )


def test_large_smoothness_joins_without_a_step() -> None:
    """Two formulas meet at 60; the limit of infinity differs from nu by about u^4 / (4 nu)."""
    u = np.linspace(0, 8, 400)
    below, above = matern(u, 60.0), matern(u, np.nextafter(60.0, 61))
    np.testing.assert_allclose(above, below, atol=1e-9)
    for nu in (61.0, 200.0, 1e3, 1e5, 1e8):
        difference = np.abs(matern(u, nu) - matern(u, None)).max()
        assert difference < 1.0 / nu + 1e-9, nu
        assert difference < 1.2 * np.abs(matern(u, 60.0) - matern(u, None)).max()


@pytest.mark.parametrize("nu", [0.5, 0.55, 1.0, 2.5, 19.9, 60.0, 60.1, 1e4, 1e12, 1e300, None])
def test_any_smoothness_gives_numbers_from_one_down_to_zero(nu: float | None) -> None:
    u = np.concatenate([[0], np.geomspace(1e-12, 1e12, 300)])
    m = matern(u, nu)
    assert m[0] == 1
    assert np.all(np.isfinite(m))
    assert np.all(np.diff(m) <= 1e-12)
    assert m[-1] == 0


@pytest.mark.parametrize("nu", [1.3, 2.5, 8.0, 70.0, None])
@pytest.mark.parametrize("w0", [0.0, 1.7])
def test_curvature_is_the_second_derivative(nu: float | None, w0: float) -> None:
    correlation = Correlation(length_um=0.8, smoothness=nu, oscillation_per_um=w0, anisotropy=0.6)
    for axis, expected in enumerate(curvature(correlation)):
        estimates = []
        for h in (2e-3, 1e-3):
            lag = (h, 0.0) if axis == 0 else (0.0, h)
            estimates.append(2 * (1 - float(correlation_at(correlation, *lag))) / h**2)
        # the next term is of order h^(2 nu - 2) for 1 < nu < 2, else of order h^2
        order = 2.0 if nu is None or nu > 2 else 2 * nu - 2
        extrapolated = estimates[1] + (estimates[1] - estimates[0]) / (2**order - 1)
        assert extrapolated == pytest.approx(expected, rel=0.02 if nu == 1.3 else 1e-4)


def test_the_ellipsoid_of_equal_correlation() -> None:
    correlation = Correlation(length_um=0.8, oscillation_per_um=2.0, anisotropy=0.5)
    angle = np.linspace(0, math.pi / 2, 20)
    d = 0.7
    r = correlation_at(correlation, d * np.cos(angle), 0.5 * d * np.sin(angle))
    np.testing.assert_allclose(r, float(radial_correlation(correlation, d)), rtol=1e-12)
    assert correlation_at(correlation, 0.3, -0.2) == correlation_at(correlation, 0.3, 0.2)


def test_shapes_are_broadcast() -> None:
    correlation = Correlation()
    assert correlation_at(correlation, 0.1).shape == ()
    assert correlation_at(correlation, np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)
    np.testing.assert_array_equal(correlation_at(correlation, np.zeros((2, 2))), np.ones((2, 2)))


@pytest.mark.parametrize("nu", [0.5, 1.5, 4.0, None])
@pytest.mark.parametrize("w0", [0.0, 0.9, 5.0])
def test_the_spectrum_in_three_dimensions_is_not_negative(nu: float | None, w0: float) -> None:
    """S(w) = 4 pi int r(d) d^2 sin(w d) / (w d) dd, to the error of the sum over d."""
    correlation = Correlation(length_um=1.0, smoothness=nu, oscillation_per_um=w0)
    step = 1e-3
    d = step * (np.arange(40_000) + 0.5)
    r = radial_correlation(correlation, d)
    w = np.linspace(0.05, 12, 60)
    spectrum = 4 * math.pi * step * (np.sin(np.outer(w, d)) / w[:, None] @ (r * d))
    assert spectrum.min() > -1e-5 * spectrum.max()
