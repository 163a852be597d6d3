"""Eigenvalues of a covariance on a torus against a plain FFT, and the limits of a box."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.parameters import Correlation
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


def eigenvalues(correlation: Correlation, torus: Torus) -> np.ndarray:
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
@pytest.mark.parametrize("correlation", [SMOOTH, ROUGH])
def test_square_roots_of_the_eigenvalues(
    shape: tuple[int, int, int], correlation: Correlation
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


def test_the_covariance_comes_back_from_the_eigenvalues() -> None:
    torus = Torus((64, 64, 64), (0.5, 0.5, 0.5))
    octant, clipped = amplitude(SMOOTH, torus)
    assert clipped < 1e-4
    where = np.ix_(*(np.minimum(np.arange(n), n - np.arange(n)) for n in torus.shape))
    covariance = np.fft.ifftn(octant.astype(float)[where] ** 2).real
    h = 0.5 * np.arange(30)
    np.testing.assert_allclose(covariance[0, 0, :30], correlation_at(SMOOTH, h), atol=1e-4)
    np.testing.assert_allclose(covariance[:30, 0, 0], correlation_at(SMOOTH, 0, h), atol=1e-4)


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
