"""Free weights over frequencies: what is accepted, and r against definitions and limits."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from reference import RINGS, SPHERES
from scipy.special import j0

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import (
    characteristic_lengths_um,
    correlation_at,
    curvature,
    radial_correlation,
)
from napari_assb_twin.twin.exact import coverage, interfaces
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    IsotropicSpectrum,
    frequency_grid,
)
from napari_assb_twin.twin.parameters import PARAMETERS, Correlation, RandomField, Twin
from napari_assb_twin.twin.presets import preset

NAN, INF = math.nan, math.inf


def random_rings(seed: int) -> CylindricalSpectrum:
    """Any weights on the default grid of lags from 0.1 to 4 um."""
    frequencies, widths = frequency_grid(pixel_um=0.1, longest_um=4.0)
    weights = np.random.default_rng(seed).dirichlet(np.full(196, 0.3)).reshape(14, 14)
    return CylindricalSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        frequencies_z_per_um=frequencies,
        widths_z_per_um=widths,
        weights=weights,  # type: ignore[arg-type]
    )


# --- what is kept ------------------------------------------------------------------------------


def test_lists_and_arrays_are_kept_as_tuples_of_numbers() -> None:
    """So that a twin stays immutable, comparable and hashable."""
    other = CylindricalSpectrum(
        frequencies_per_um=[0, 3, 5],  # type: ignore[arg-type]
        widths_per_um=np.array([0.6, 0.9, 1.2]),  # type: ignore[arg-type]
        frequencies_z_per_um=np.array([0.0, 2.5]),  # type: ignore[arg-type]
        widths_z_per_um=[0.7, np.float64(1.1)],  # type: ignore[arg-type]
        weights=np.array(RINGS.weights),  # type: ignore[arg-type]
    )
    assert other == RINGS
    assert hash(other) == hash(RINGS)
    assert all(type(weight) is float for row in other.weights for weight in row)
    assert type(other.frequencies_per_um[1]) is float
    with pytest.raises(FrozenInstanceError):
        other.weights = ()  # type: ignore[misc]
    assert hash(Twin(X=RandomField(correlation=RINGS))) is not None
    assert RINGS.number_of_weights == 6
    assert SPHERES.number_of_weights == 3


@pytest.mark.parametrize(
    ("correlation", "attribute", "values"),
    [
        (
            SPHERES,
            "frequencies_per_um",
            [(), (0.0, 2.0), (0.0, -2.0, 5.0), (0, NAN, 1), (0, "2", 5), 3.0, "0 2 5", None],
        ),
        (SPHERES, "widths_per_um", [(0.5, 0.8), (0.5, 0.0, 1.0), (0.5, -1, 1), (1, INF, 1), 1.0]),
        (
            SPHERES,
            "weights",
            [
                *[(0.5, 0.5), (0.5, 0.6, -0.1), (0.5, 0.3, 0.1), (0.5, 0.3, 0.2 + 2e-6)],
                *[(1.0, NAN, 0.0), (True, 0.0, 0.0), ((0.5,), (0.3,), (0.2,)), {0: 1.0}, 1.0],
            ],
        ),
        (RINGS, "frequencies_z_per_um", [(), (0.0,), (0.0, -1.0), (0.0, INF)]),
        (RINGS, "widths_z_per_um", [(1.0,), (1.0, 0.0), "11"]),
        (
            RINGS,
            "weights",
            [
                *[(0.5, 0.3, 0.2), ((0.5, 0.5),), ((0.5, 0.5), (0.0, 0.0), (0.0,)), None],
                *[((0.5, 0.5), (0.1, -0.1), (0.0, 0.0)), ((0.5, 0.5), (0.1, 0.0), (0.0, 0.0))],
            ],
        ),
    ],
)
def test_what_is_no_correlation_is_named(
    correlation: HighParametric, attribute: str, values: list[Any]
) -> None:
    for value in values:
        with pytest.raises(InputError) as caught:
            replace(correlation, **{attribute: value})
        sentence = str(caught.value)
        assert attribute.partition("_z")[0].partition("_per")[0] in sentence, value
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_weights_may_miss_one_by_a_millionth() -> None:
    """They are divided by their sum when used: r is never above 1."""
    for miss in (-0.9e-6, 0.9e-6):
        off = replace(SPHERES, weights=(0.5, 0.3, 0.2 + miss))
        assert 1.0 - 1e-15 <= correlation_at(off, 0.0) <= 1.0
        curves = coverage(Twin(X=RandomField(correlation=off)), [0.0, 1e-9])
        assert np.all(np.isfinite(curves.values))


def test_the_grid_of_frequencies() -> None:
    """0 and 13 geometric values, .06 to 2.2 rad per voxel where 40 voxels are the longest lag."""
    frequencies, widths = frequency_grid(pixel_um=0.1, longest_um=4.0)
    assert len(frequencies) == len(widths) == 14
    assert frequencies[0] == 0.0
    np.testing.assert_allclose(0.1 * np.array(frequencies[1:]), np.geomspace(0.06, 2.2, 13))
    assert min(widths) == pytest.approx(1.6 / 4.0)
    gaps = np.diff(frequencies)
    np.testing.assert_allclose(widths[6:-1], 0.25 * (gaps[5:-1] + gaps[6:]))
    assert widths[-1] == pytest.approx(0.5 * gaps[-1])
    for wrong in ((0.0, 1.0), (1.0, 1.5), (0.1, INF), (-1.0, 4.0)):
        with pytest.raises(InputError, match="lags"):
            frequency_grid(pixel_um=wrong[0], longest_um=wrong[1])


# --- r -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_cylindrical_r_is_the_sum_that_defines_it(seed: int) -> None:
    c = random_rings(seed)
    h_r, h_z = np.random.default_rng(seed).uniform(0, 5, (2, 40))
    expected = np.zeros(40)
    for j, (f, s) in enumerate(zip(c.frequencies_per_um, c.widths_per_um, strict=True)):
        for k, (g, t) in enumerate(zip(c.frequencies_z_per_um, c.widths_z_per_um, strict=True)):
            damping = np.exp(-0.5 * (s**2 * h_r**2 + t**2 * h_z**2))
            expected += c.weights[j][k] * j0(f * h_r) * np.cos(g * h_z) * damping
    np.testing.assert_allclose(correlation_at(c, h_r, h_z), expected, atol=1e-12)


def test_isotropic_r_is_the_sum_that_defines_it() -> None:
    d = np.linspace(1e-3, 9, 50)
    components = zip(
        SPHERES.frequencies_per_um, SPHERES.widths_per_um, SPHERES.weights, strict=True
    )
    expected = np.zeros(50)
    for f, s, w in components:
        sphere = np.sin(f * d) / (f * d) if f else 1.0
        expected += w * sphere * np.exp(-0.5 * s**2 * d**2)
    np.testing.assert_allclose(radial_correlation(SPHERES, d), expected, atol=1e-14)
    np.testing.assert_allclose(correlation_at(SPHERES, 0.6 * d, 0.8 * d), expected, atol=1e-14)


def test_one_component_is_a_low_parametric_correlation() -> None:
    """exp(-s^2 d^2 / 2) sinc(om d): length 1 / s, smoothness infinite, oscillation om."""
    one = IsotropicSpectrum(frequencies_per_um=(3.0,), widths_per_um=(1.25,), weights=(1.0,))
    low = Correlation(length_um=0.8, smoothness=None, oscillation_per_um=3.0)
    d = np.linspace(0, 6, 100)
    np.testing.assert_allclose(correlation_at(one, d), correlation_at(low, d), atol=1e-14)
    assert curvature(one) == pytest.approx(curvature(low), rel=1e-14)
    assert characteristic_lengths_um(one) == (0.8, 0.8)
    lags = [0.1, 0.5, 2.0]
    twins = [Twin(X=RandomField(correlation=c), symmetry="isotropic") for c in (one, low)]
    curves = [coverage(twin, lags).values for twin in twins]
    np.testing.assert_allclose(curves[0], curves[1], atol=1e-14)
    areas = [interfaces(twin).area_per_um for twin in twins]
    assert areas[0] == pytest.approx(areas[1], rel=1e-12)


@pytest.mark.parametrize("correlation", [SPHERES, RINGS, random_rings(1)])
def test_curvature_is_the_second_derivative(correlation: HighParametric) -> None:
    for axis, expected in enumerate(curvature(correlation)):
        estimates = []
        for h in (2e-3, 1e-3):
            lag = (h, 0.0) if axis == 0 else (0.0, h)
            estimates.append(2 * (1 - float(correlation_at(correlation, *lag))) / h**2)
        extrapolated = estimates[1] + (estimates[1] - estimates[0]) / 3
        assert extrapolated == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_spectrum_of_a_fine_grid_is_not_negative(seed: int) -> None:
    """r on a grid that holds all of it is a covariance: eigenvalues down to rounding."""
    c = random_rings(seed)
    axis = 0.1 * np.minimum(np.arange(128), 128 - np.arange(128))
    y, z = np.meshgrid(axis, axis, indexing="ij")
    values = np.fft.fft2(correlation_at(c, y, z)).real
    assert values.min() > -1e-4 * values.max()


def test_stretched_lengths() -> None:
    for c in (SPHERES, RINGS):
        wide = c.stretched(3.0)
        np.testing.assert_allclose(
            correlation_at(wide, [0.3, 3.0], [0.6, 1.2]),
            correlation_at(c, [0.1, 1.0], [0.2, 0.4]),
            rtol=1e-12,
        )
        assert np.array(curvature(c)) / 9 == pytest.approx(np.array(curvature(wide)))
        lengths = np.array(characteristic_lengths_um(c))
        assert characteristic_lengths_um(wide) == pytest.approx(3 * lengths, rel=1e-6)
        with pytest.raises(InputError, match="stretch"):
            c.stretched(0.0)


@pytest.mark.parametrize("correlation", [SPHERES, RINGS, *map(random_rings, range(4))])
def test_the_characteristic_length_bounds_the_reach(correlation: HighParametric) -> None:
    """Beyond sqrt(2 log 100) lengths |r| is below 0.01 along either direction."""
    for axis, length in enumerate(characteristic_lengths_um(correlation)):
        far = length * math.sqrt(2 * math.log(100)) * np.linspace(1.001, 5, 2000)
        lag = (far, 0.0) if axis == 0 else (0.0, far)
        assert np.abs(correlation_at(correlation, *lag)).max() < 0.01
        assert length <= 1 / min(correlation.widths_per_um) + 1e-12 or axis == 1


def test_a_trace_of_a_far_component_does_not_set_the_length() -> None:
    c = IsotropicSpectrum(
        frequencies_per_um=(0, 0), widths_per_um=(1.0, 1e-6), weights=(1 - 1e-5, 1e-5)
    )
    assert characteristic_lengths_um(c)[0] == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("lag", [1e3, 1e9, 1e300])
def test_very_long_lags_know_nothing_of_each_other(lag: float) -> None:
    for c in (SPHERES, RINGS):
        assert correlation_at(c, lag) == correlation_at(c, 0.0, -lag) == 0.0


def test_shapes_are_broadcast() -> None:
    for c in (SPHERES, RINGS):
        assert correlation_at(c, 0.1).shape == ()
        assert correlation_at(c, np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)
        np.testing.assert_array_equal(correlation_at(c, np.zeros((2, 2))), np.ones((2, 2)))


# --- in a twin ---------------------------------------------------------------------------------


def test_the_symmetry_of_a_twin_and_its_fields_agree() -> None:
    rings = RandomField(correlation=RINGS)
    assert Twin(X=rings).X.correlation is RINGS
    Twin(X=RandomField(correlation=SPHERES), symmetry="isotropic")
    with pytest.raises(InputError, match=r"field Y .*high-parametric.* set the symmetry"):
        Twin(Y=rings, symmetry="isotropic")


def test_a_high_parametric_field_has_weights_and_two_handles() -> None:
    twin = preset("layered")
    for path in PARAMETERS:
        if path in ("X.length_um", "X.anisotropy"):
            assert not twin.has(path)
            assert twin.answers(path)
            assert twin.with_value(path, 0.5).value(path) == pytest.approx(0.5, rel=1e-12)
        elif path.startswith("X."):
            assert not twin.has(path)
            assert not twin.answers(path)
            assert twin.value(path) is None
            with pytest.raises(InputError, match="Field X is high-parametric: it has 20 weights"):
                twin.with_value(path, 0.5)
        else:
            assert twin.has(path)
            assert twin.answers(path)
            assert twin.with_value(path, 0.55) != twin
    with pytest.raises(InputError, match="low-parametric correlation first"):
        twin.with_correlation("X", length_um=0.5)
    low = twin.with_field("X", replace(twin.X, correlation=Correlation()))
    assert low.with_value("X.length_um", 0.5).value("X.length_um") == 0.5


def test_the_preset_is_no_ellipsoid() -> None:
    """Levels of r are reached along z after .75 of the lag in the plane at 0.7, .37 at 0.3."""
    correlation = preset("layered").X.correlation
    h = np.linspace(0, 4, 4001)
    in_plane, through = correlation_at(correlation, h), correlation_at(correlation, 0.0, h)
    ratios = [np.argmax(through < level) / np.argmax(in_plane < level) for level in (0.7, 0.3)]
    assert ratios[0] > 1.5 * ratios[1]
    assert through.min() < -0.2 < in_plane.min()
