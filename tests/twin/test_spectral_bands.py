"""Shares of frequency bands: sums, ratios, limits, and what they do to r."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference import RINGS, SPHERES
from scipy.special import j0

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.exact import DIRECTIONS, Direction
from napari_assb_twin.twin.high_parametric import IsotropicSpectrum
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.spectral_bands import bands, with_share

LAYERED = preset("layered").X.correlation
SHARES = (0.0, 1e-6, 0.3, 0.999, 1.0)


def shares(correlation, direction: Direction) -> np.ndarray:
    return np.array([band.share for band in bands(correlation, direction)])


def test_bands_are_sums_of_weights() -> None:
    np.testing.assert_allclose(shares(RINGS, "in-plane"), [0.5, 0.25, 0.25], rtol=1e-15)
    np.testing.assert_allclose(shares(RINGS, "through-plane"), [0.3, 0.7], rtol=1e-15)
    for direction in DIRECTIONS:
        np.testing.assert_allclose(shares(SPHERES, direction), SPHERES.weights, rtol=1e-15)
    wavelengths = [band.wavelength_um for band in bands(RINGS, "in-plane")]
    assert wavelengths == [math.inf, 2 * math.pi / 3.0, 2 * math.pi / 5.0]
    assert bands(RINGS, "through-plane")[1].wavelength_um == pytest.approx(2.513, abs=1e-3)


@pytest.mark.parametrize("correlation", [SPHERES, RINGS, LAYERED])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("share", SHARES)
def test_one_share_is_set_and_the_others_keep_their_ratio(correlation, direction, share) -> None:
    before = shares(correlation, direction)
    for band in range(len(before)):
        changed = with_share(correlation, direction, band, share)
        after = shares(changed, direction)
        assert after.sum() == pytest.approx(1.0, abs=1e-14)
        assert np.sum(changed.weights) == pytest.approx(1.0, abs=1e-14)
        assert after[band] == pytest.approx(share, abs=1e-14)
        others = np.delete(before, band)
        expected = others * (1 - share) / others.sum()
        np.testing.assert_allclose(np.delete(after, band), expected, atol=1e-14)
        assert changed.frequencies_per_um == correlation.frequencies_per_um
        assert changed.widths_per_um == correlation.widths_per_um


def test_the_weights_within_a_band_keep_their_ratio() -> None:
    changed = np.array(with_share(RINGS, "in-plane", 0, 0.2).weights)
    np.testing.assert_allclose(changed[0], [0.04, 0.16], rtol=1e-13)
    np.testing.assert_allclose(changed[1:], np.array(RINGS.weights)[1:] * 0.8 / 0.5, rtol=1e-13)
    along = np.array(with_share(RINGS, "through-plane", 1, 0.1).weights)
    np.testing.assert_allclose(along[:, 1], np.array([0.4, 0.05, 0.25]) / 7, rtol=1e-13)
    np.testing.assert_allclose(along[:, 0], np.array([0.1, 0.2, 0.0]) * 3, rtol=1e-13)


def test_there_and_back_and_the_share_as_it_is() -> None:
    for correlation in (SPHERES, RINGS):
        for share in (0.5, 0.123):
            back = with_share(with_share(correlation, "in-plane", 0, share), "in-plane", 0, 0.5)
            np.testing.assert_allclose(back.weights, correlation.weights, atol=1e-15)


def test_r_is_the_mixture_that_the_shares_say() -> None:
    """r = share J0(om h) exp(-s^2 h^2 / 2) + (1 - share) r of the others, in the plane."""
    h = np.linspace(0, 4, 30)
    own = j0(3.0 * h) * np.exp(-0.5 * 0.81 * h**2)
    rest = correlation_at(with_share(RINGS, "in-plane", 1, 0.0), h)
    for share in (0.25, 0.6, 1.0):
        r = correlation_at(with_share(RINGS, "in-plane", 1, share), h)
        np.testing.assert_allclose(r, share * own + (1 - share) * rest, atol=1e-13)


def test_a_band_without_weight_takes_the_mixture_of_the_others() -> None:
    empty = with_share(RINGS, "in-plane", 1, 0.0)
    filled = np.array(with_share(empty, "in-plane", 1, 0.4).weights)
    mixture = np.array(empty.weights).sum(axis=0)
    np.testing.assert_allclose(filled[1], 0.4 * mixture, rtol=1e-13)


def test_where_one_band_had_everything_the_others_get_equal_parts() -> None:
    for correlation in (SPHERES, RINGS):
        whole = with_share(correlation, "in-plane", 2, 1.0)
        np.testing.assert_array_equal(shares(whole, "in-plane")[:2], 0.0)
        less = with_share(whole, "in-plane", 2, 0.6)
        np.testing.assert_allclose(shares(less, "in-plane"), [0.2, 0.2, 0.6], rtol=1e-14)


def test_a_sum_that_misses_one_is_mended() -> None:
    off = IsotropicSpectrum(
        frequencies_per_um=(0.0, 2.0), widths_per_um=(1.0, 1.0), weights=(0.5, 0.5 - 9e-7)
    )
    assert shares(off, "in-plane").sum() == pytest.approx(1.0, abs=1e-15)
    assert sum(with_share(off, "in-plane", 0, 0.3).weights) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("direction", "band", "share", "sentence"),
    [
        ("in-plane", 3, 0.5, "no band 3 in-plane; choose 0 to 2"),
        ("through-plane", -1, 0.5, "no band -1 through-plane; choose 0 to 1"),
        ("in-plane", 0, -0.1, "from 0 to 1"),
        ("in-plane", 0, 1.1, "from 0 to 1"),
        ("in-plane", 0, math.nan, "from 0 to 1"),
        ("sideways", 0, 0.5, "in-plane or through-plane"),
    ],
)
def test_what_cannot_be_set_is_said(direction, band, share, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        with_share(RINGS, direction, band, share)


def test_the_only_band_has_everything() -> None:
    one = IsotropicSpectrum(frequencies_per_um=(3.0,), widths_per_um=(1.0,), weights=(1.0,))
    assert with_share(one, "in-plane", 0, 1.0) == one
    with pytest.raises(InputError, match="it must be 1"):
        with_share(one, "in-plane", 0, 0.5)
