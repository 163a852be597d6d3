"""Eigenvalues of a covariance on a torus against a plain FFT, and the limits of a box."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at, radial_correlation
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    IsotropicSpectrum,
    frequency_grid,
)
from napari_assb_twin.twin.octant import TABLE_SIZE, covariance_octant, radial_table
from napari_assb_twin.twin.parameters import AnyCorrelation, Correlation
from napari_assb_twin.twin.torus import (
    OPEN_REACH,
    Torus,
    amplitude,
    box_reservation,
    clipping_reservation,
    open_torus,
)

SMOOTH = Correlation(length_um=3.0, smoothness=None, anisotropy=0.6)
ROUGH = Correlation(length_um=4.0, smoothness=0.7, oscillation_per_um=0.8, anisotropy=1.4)
SPHERES = IsotropicSpectrum(
    frequencies_per_um=(0.2, 0.7, 1.4), widths_per_um=(0.2, 0.3, 0.4), weights=(0.5, 0.3, 0.2)
)
RINGS = CylindricalSpectrum(
    frequencies_per_um=(0.0, 0.8, 1.5),
    widths_per_um=(0.25, 0.3, 0.4),
    frequencies_z_per_um=(0.0, 0.6),
    widths_z_per_um=(0.3, 0.35),
    weights=((0.1, 0.4), (0.2, 0.05), (0.0, 0.25)),
)


def eigenvalues(correlation: AnyCorrelation, torus: Torus) -> np.ndarray:
    """FFT of the covariance at the periodic distance of every voxel, evaluated directly."""
    axes = [
        d * np.minimum(np.arange(n), n - np.arange(n))
        for n, d in zip(torus.shape, torus.voxel_size_um, strict=True)
    ]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    return np.fft.fftn(correlation_at(correlation, np.hypot(x, y), z)).real


@pytest.mark.parametrize(
    "shape",
    [
        *[(32, 32, 32), (40, 32, 24), (2, 32, 32)],
        *[(33, 33, 33), (32, 33, 34), (31, 40, 45)],
        *[(1, 64, 48), (64, 1, 48), (48, 45, 1), (1, 1, 64), (1, 1, 63), (1, 33, 35)],
    ],
)
@pytest.mark.parametrize("correlation", [SMOOTH, ROUGH, SPHERES, RINGS])
def test_square_roots_of_the_eigenvalues(
    shape: tuple[int, int, int], correlation: AnyCorrelation
) -> None:
    """To the error of the lookup table, 1e-4 of the largest; the variance is 1 after clipping."""
    torus = Torus(shape, (1.1, 1.0, 0.9))
    octant, clipped = amplitude(correlation, torus)
    assert octant.dtype == np.float32
    assert octant.shape == tuple(n // 2 + 1 for n in shape)
    plain = eigenvalues(correlation, torus)
    positive = np.maximum(plain, 0)
    assert clipped == pytest.approx((positive - plain).sum() / positive.sum(), abs=1e-5)
    expected = positive * plain.size / positive.sum()
    where = np.ix_(*(np.minimum(np.arange(n), n - np.arange(n)) for n in shape))
    full = octant.astype(float)[where] ** 2
    np.testing.assert_allclose(full, expected, atol=1e-4 * expected.max())
    assert full.mean() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("correlation", [SMOOTH, SPHERES, RINGS])
def test_the_covariance_comes_back_from_the_eigenvalues(correlation: AnyCorrelation) -> None:
    torus = Torus((64, 64, 64), (0.5, 0.5, 0.5))
    octant, clipped = amplitude(correlation, torus)
    assert clipped < 1e-4
    where = np.ix_(*(np.minimum(np.arange(n), n - np.arange(n)) for n in torus.shape))
    covariance = np.fft.ifftn(octant.astype(float)[where] ** 2).real
    h = 0.5 * np.arange(30)
    np.testing.assert_allclose(covariance[0, 0, :30], correlation_at(correlation, h), atol=1e-4)
    np.testing.assert_allclose(covariance[:30, 0, 0], correlation_at(correlation, 0, h), atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "voxel", "tolerance"),
    [
        *[((6, 200, 200), (0.3, 0.1, 0.1), 1e-5), ((256, 180, 257), (0.1, 0.1, 0.05), 1e-5)],
        *[((33, 21, 40), (0.1, 0.2, 0.1), 1e-12), ((64, 1, 64), (0.1, 0.1, 0.1), 1e-12)],
        ((1, 1, 1), (0.1, 0.1, 0.1), 1e-12),
    ],
)
def test_a_cylindrical_octant_is_r_at_every_lag(shape: Any, voxel: Any, tolerance: float) -> None:
    """196 weights on the default grid; large planes take r from a spline, to 1e-5."""
    frequencies, widths = frequency_grid(pixel_um=0.1, longest_um=4.0)
    weights = np.random.default_rng(0).dirichlet(np.full(196, 0.3)).reshape(14, 14)
    correlation = CylindricalSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        frequencies_z_per_um=frequencies,
        widths_z_per_um=widths,
        weights=weights,  # type: ignore[arg-type]
    )
    z, y, x = (d * np.arange(n // 2 + 1) for n, d in zip(shape, voxel, strict=True))
    octant = covariance_octant(correlation, shape, voxel)
    some = slice(None, None, max(1, z.size // 8))
    expected = correlation_at(correlation, np.hypot(y[:, None], x), z[some, None, None])
    assert octant.shape == (z.size, y.size, x.size)
    np.testing.assert_allclose(octant[some], expected, atol=tolerance)


def test_clipping_falls_as_the_box_grows() -> None:
    matern = Correlation(length_um=1.0, smoothness=2.5)
    shares = [amplitude(matern, Torus((n, n, n), (0.25,) * 3))[1] for n in (12, 20, 32, 48, 64)]
    assert all(a > b for a, b in itertools.pairwise(shares))
    assert shares[-1] < 1e-4
    assert shares[1] > 1e-2


@pytest.mark.parametrize("shape", [(64, 64, 64), (40, 32, 1), (1, 100, 100)])
def test_an_open_window_is_cut_from_a_torus_beyond_the_reach(shape: Any) -> None:
    box = Torus(shape, (0.2, 0.1, 0.1))
    for correlation in (
        Correlation(length_um=0.5, smoothness=0.5),
        Correlation(length_um=0.7, smoothness=None, oscillation_per_um=4.0, anisotropy=2.0),
        SPHERES.stretched(0.2),
        RINGS.stretched(0.2),
    ):
        torus = open_torus(correlation, box)
        assert torus.voxel_size_um == box.voxel_size_um
        for axis, (n, m, d) in enumerate(
            zip(box.shape, torus.shape, box.voxel_size_um, strict=True)
        ):
            if n == 1:
                assert m == 1
                continue
            assert m % 16 == 0
            gap = d * (m - n) + np.linspace(0, 5, 500)
            lag = (0.0, gap) if axis == 0 else (gap, 0.0)
            assert np.abs(correlation_at(correlation, *lag)).max() <= OPEN_REACH + 1e-3


def test_an_open_window_of_a_short_correlation_hardly_grows() -> None:
    box = Torus((128, 128, 128), (0.1, 0.1, 0.1))
    torus = open_torus(Correlation(length_um=0.2, smoothness=None), box)
    assert max(torus.shape) <= 144


@pytest.mark.parametrize(
    ("edge", "answer"),
    [(0.99, "refused"), (1.0, "warned"), (9.9, "warned"), (10.0, None), (50.0, None)],
)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_limits_of_the_box_in_correlation_lengths(
    edge: float, answer: str | None, axis: int
) -> None:
    """Under ten lengths a warning, under one a refusal; along z a length is a times as long."""
    correlation = Correlation(length_um=0.5, anisotropy=0.5)
    length = 0.25 if axis == 0 else 0.5
    sizes = [100.0, 100.0, 100.0]
    sizes[axis] = edge * length
    box = Torus((100, 100, 100), tuple(s / 100 for s in sizes))  # type: ignore[arg-type]
    if answer == "refused":
        with pytest.raises(InputError, match=f"along {'zyx'[axis]}, longer than the box"):
            box_reservation(correlation, box, "X")
        return
    sentence = box_reservation(correlation, box, "X")
    if answer is None:
        assert sentence is None
    else:
        assert sentence is not None
        assert f"along {'zyx'[axis]}" in sentence
        assert "field X" in sentence
        assert "are advised" in sentence


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_limits_of_the_box_for_a_high_parametric_correlation(axis: int) -> None:
    """A single component of width s counts as a length of 1 / s, here 0.25 and 0.5 um."""
    correlation = CylindricalSpectrum(
        frequencies_per_um=(3.0,),
        widths_per_um=(2.0,),
        frequencies_z_per_um=(1.0,),
        widths_z_per_um=(4.0,),
        weights=((1.0,),),
    )
    length = 0.25 if axis == 0 else 0.5
    for edge in (0.99, 9.9, 10.0):
        sizes = [100.0, 100.0, 100.0]
        sizes[axis] = edge * length
        box = Torus((100, 100, 100), tuple(s / 100 for s in sizes))  # type: ignore[arg-type]
        if edge < 1:
            with pytest.raises(InputError, match=f"along {'zyx'[axis]}, longer than the box"):
                box_reservation(correlation, box, "X")
            continue
        sentence = box_reservation(correlation, box, "X")
        assert (sentence is None) == (edge == 10.0)
        assert sentence is None or f"along {'zyx'[axis]}" in sentence


def test_an_axis_of_one_voxel_has_no_limit() -> None:
    correlation = Correlation(length_um=0.5)
    assert box_reservation(correlation, Torus((1, 100, 100), (0.1, 0.1, 0.1)), "Y") is None
    assert box_reservation(correlation, Torus((1, 1, 1), (0.1, 0.1, 0.1)), "Y") is None


@pytest.mark.parametrize(
    ("clipped", "answer"),
    [(0.0, None), (0.9e-3, None), (1.1e-3, "warned"), (0.049, "warned"), (0.051, "refused")],
)
def test_limits_of_clipping(clipped: float, answer: str | None) -> None:
    if answer == "refused":
        with pytest.raises(InputError, match=r"5\.1% of its variance.*enlarge the box"):
            clipping_reservation(clipped, "Y")
    else:
        sentence = clipping_reservation(clipped, "Y")
        assert (sentence is None) == (answer is None)
        assert sentence is None or "field Y" in sentence


@pytest.mark.parametrize(("factor", "shape"), [(2, (32, 24, 33)), (4, (16, 12, 17))])
def test_a_coarsened_torus_is_the_same_box(factor: int, shape: tuple[int, int, int]) -> None:
    torus = Torus((64, 48, 65), (0.1, 0.2, 0.1))
    coarse = torus.coarsened(factor)
    assert coarse.shape == shape
    assert coarse.size_um == pytest.approx(torus.size_um)
    assert torus.coarsened(1) == torus


@pytest.mark.parametrize("smoothness", [0.5, 0.6, 0.9, 1.5, 2.5, 6.0, 20.0, 80.0])
@pytest.mark.parametrize("length", [0.05, 0.4, 3.0, 40.0])
@pytest.mark.parametrize("oscillation", [0.0, 7.0])
def test_the_table_is_r(smoothness: float, length: float, oscillation: float) -> None:
    """To 2e-7, from lengths of half a voxel to the whole box of 256 voxels of 0.1 um."""
    correlation = Correlation(
        length_um=length, smoothness=smoothness, oscillation_per_um=oscillation
    )
    reach = 22.2
    distances = np.linspace(0.0, reach, TABLE_SIZE)
    expected = radial_correlation(correlation, distances)
    np.testing.assert_allclose(radial_table(correlation, reach), expected, rtol=0, atol=2e-7)
