"""Exact curves give back the correlations that made them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from reference import MODELS, REFERENCE, reference_twin

from napari_assb_twin.calibration.inversion import CutSet, by_role, invert
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.excursion import chi_square_slope, level, two_point_probability
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import PHASES

KINDS = [(k, tail) for k in (0, 1, 2, 3, 8) for tail in ("upper", "lower")]
SHARES = (0.03, 0.11, 0.5, 0.85)


def data_of(h_r: np.ndarray, h_z: np.ndarray, values: np.ndarray) -> LagData:
    """Curves as data; the inversion needs no more than their values."""
    return LagData(
        h_r_um=h_r,
        h_z_um=h_z,
        values=values,
        weights=np.ones(h_r.size),
        volume_fractions=dict.fromkeys(PHASES, 1 / 3),
        pixel_um=1.0,
    )


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("degrees", "tail"), KINDS)
def test_the_table_is_the_two_point_probability(degrees: int, tail: str, share: float) -> None:
    """a to 1e-8 of Owen's function or the quadrature; to 1e-6 at r = 1, where its slope ends."""
    field = RandomField(degrees_of_freedom=degrees, tail=tail)  # type: ignore[arg-type]
    r = np.linspace(-0.999, 0.999, 1001)
    cut = CutSet(field, share)
    np.testing.assert_allclose(cut.at(r)[0], two_point_probability(field, share, r), atol=1e-8)
    assert cut.at(1.0)[0] == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("degrees", "tail"), KINDS)
def test_slopes_are_those_of_the_closed_forms(degrees: int, tail: str, share: float) -> None:
    """da/dr of Plackett (1954) and of the Hardy-Hille sum; odd in r for a chi-square field."""
    field = RandomField(degrees_of_freedom=degrees, tail=tail)  # type: ignore[arg-type]
    r = np.linspace(0.01, 0.99, 99)
    raw = level(field, share)
    if degrees == 0:
        expected = np.exp(-(raw**2) / (1 + r)) / (2 * np.pi * np.sqrt(1 - r**2))
    else:
        expected = chi_square_slope(degrees, raw, r)
    cut = CutSet(field, share)
    np.testing.assert_allclose(cut.at(r)[1], expected, rtol=1e-4, atol=1e-7)
    if degrees:
        np.testing.assert_allclose(cut.at(-r)[1], -expected, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("degrees", "tail"), KINDS)
def test_the_correlation_comes_back(degrees: int, tail: str, share: float) -> None:
    """r of a(r) to 1e-6 for any sign of a Gaussian, |r| of a chi-square field.

    A scarce Gaussian set is flat towards r = -1 (at a share of 0.03 its a is 1e-7 at r = -0.4):
    there r is what 1e-9 in a leave of it.
    """
    field = RandomField(degrees_of_freedom=degrees, tail=tail)  # type: ignore[arg-type]
    cut = CutSet(field, share)
    r = np.linspace(-0.99 if degrees == 0 else 0.0, 1.0, 500)
    error = np.abs(cut.correlation(two_point_probability(field, share, r)) - r)
    assert np.all(error <= 1e-6 + 1e-9 / np.maximum(np.abs(cut.at(r)[1]), 1e-9))
    if degrees:
        a = two_point_probability(field, share, -r)
        np.testing.assert_allclose(cut.correlation(a), r, atol=1e-6)


def test_a_gaussian_set_of_half_the_space_has_the_arcsine_law() -> None:
    """a = 1/4 + asin(r) / (2 pi) at level 0 (Sheppard, 1899)."""
    cut = CutSet(RandomField(), 0.5)
    r = np.linspace(-1, 1, 101)
    np.testing.assert_allclose(cut.correlation(0.25 + np.arcsin(r) / (2 * np.pi)), r, atol=1e-9)


@pytest.mark.parametrize("direction", ["xy", "z"])
@pytest.mark.parametrize("name", MODELS)
def test_the_reference_curves_are_inverted(name: str, direction: str) -> None:
    """Curves and correlations of other code, low- and high-parametric: r to 1e-6."""
    model = REFERENCE[name]
    twin = reference_twin(model["parameters"])
    lags = np.array(model["lags_vox"], dtype=float)
    h = (lags, 0 * lags) if direction == "xy" else (0 * lags, lags)
    r = invert(data_of(*h, np.array(model[f"C_{direction}"]["exact"])), twin)
    for field in ("X", "Y"):
        expected = np.array(model[f"rho_{field}_{direction}"])
        if twin.field(field).degrees_of_freedom:
            expected = np.abs(expected)
        np.testing.assert_allclose(r[field], expected, atol=1e-6)


@pytest.mark.parametrize(("first", "second"), itertools.permutations(PHASES, 2))
def test_any_phase_may_be_cut_from_either_field(first: str, second: str) -> None:
    twin = Twin(
        volume_fractions=VolumeFractions(pore=0.2, active_material=0.5, solid_electrolyte=0.3),
        X=RandomField(correlation=Correlation(length_um=3, oscillation_per_um=0.8, anisotropy=0.6)),
        Y=RandomField(degrees_of_freedom=2, tail="lower", correlation=Correlation(length_um=2)),
        first_phase=first,  # type: ignore[arg-type]
        second_phase=second,  # type: ignore[arg-type]
    )
    h_r, h_z = np.random.default_rng(0).uniform(0.1, 8, (2, 50))
    values = coverage_at(twin, h_r, h_z)
    r = invert(data_of(h_r, h_z, values), twin)
    np.testing.assert_allclose(r["X"], correlation_at(twin.X.correlation, h_r, h_z), atol=1e-6)
    np.testing.assert_allclose(r["Y"], correlation_at(twin.Y.correlation, h_r, h_z), atol=1e-6)
    roles = by_role(values, twin)
    p = twin.exceedance("X")
    np.testing.assert_allclose(roles[0] + roles[1] + roles[2], p, atol=1e-12)


@pytest.mark.parametrize("degrees", [0, 2])
def test_what_no_correlation_gives_is_taken_as_the_nearest(degrees: int) -> None:
    field = RandomField(degrees_of_freedom=degrees)
    cut = CutSet(field, 0.3)
    lowest = -1.0 if degrees == 0 else 0.0
    np.testing.assert_allclose(cut.correlation([-0.1, 0.9]), [lowest, 1.0], atol=1e-3)


def test_noise_stays_within_correlations() -> None:
    """Values that no twin has, with a first phase that leaves next to nothing."""
    twin = replace(
        Twin(),
        volume_fractions=VolumeFractions(pore=0.01, active_material=0.97, solid_electrolyte=0.02),
    )
    values = np.random.default_rng(1).normal(0.1, 0.2, (6, 200))
    lags = np.linspace(1, 20, 200)
    for r in invert(data_of(lags, 0 * lags, values), twin).values():
        assert np.all(np.abs(r) <= 1)
