"""The filter of finite reach: its covariance is the correlation, to what it says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.signal import fftconvolve

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin import finite_filter as module
from napari_assb_twin.twin import memory
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.finite_filter import (
    MOST_REACH,
    TRUNCATION,
    finite_filter,
    least_reach,
    most_reach,
)
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    IsotropicSpectrum,
    frequency_grid,
)
from napari_assb_twin.twin.parameters import Correlation

FREQUENCIES, WIDTHS = frequency_grid(pixel_um=0.1, longest_um=1.5)
WEIGHTS = np.random.default_rng(1).dirichlet(np.full(196, 0.2)).reshape(14, 14)

CORRELATIONS = {
    "smooth": Correlation(length_um=0.4, smoothness=None, anisotropy=0.6),
    "rough": Correlation(length_um=0.3, smoothness=0.5),
    "waves": Correlation(length_um=0.6, smoothness=2.5, oscillation_per_um=8.0, anisotropy=1.3),
    "shorter than a voxel": Correlation(length_um=0.02, smoothness=1.5),
    "spheres": IsotropicSpectrum(
        frequencies_per_um=(1.0, 7.0), widths_per_um=(2.0, 3.0), weights=(0.6, 0.4)
    ),
    "rings": CylindricalSpectrum(
        frequencies_per_um=FREQUENCIES,
        widths_per_um=WIDTHS,
        frequencies_z_per_um=FREQUENCIES,
        widths_z_per_um=WIDTHS,
        weights=WEIGHTS,  # type: ignore[arg-type]
    ),
}


def whole(octant: np.ndarray) -> np.ndarray:
    """The kernel on its box of odd edges."""
    return octant[np.ix_(*(np.abs(np.arange(-n + 1, n)) for n in octant.shape))]


@pytest.mark.parametrize("name", CORRELATIONS)
@pytest.mark.parametrize("voxel", [(0.1, 0.1, 0.1), (0.15, 0.1, 0.08)])
def test_the_kernel_over_its_shifted_copy_is_the_correlation(name: str, voxel: Any) -> None:
    """In space, at every lag up to twice the reach and beyond, where it is 0.

    The largest difference is the one that the filter states, but for 2e-5, and keeps the limit.
    """
    correlation = CORRELATIONS[name]
    found = finite_filter(correlation, voxel)
    kernel = whole(np.pad(found.octant, (0, 1)))  # so that lags go beyond twice the reach
    assert (kernel**2).sum() == pytest.approx(1, abs=1e-12)
    covariance = fftconvolve(kernel, kernel)
    z, y, x = (d * np.arange(-n + 1, n) for d, n in zip(voxel, kernel.shape, strict=True))
    expected = correlation_at(correlation, np.hypot(y[:, None], x), z[:, None, None])
    worst = np.abs(covariance - expected).max()
    assert worst <= TRUNCATION
    assert worst == pytest.approx(found.truncation, abs=2e-5)
    assert found.lost < 1e-5


@pytest.mark.parametrize("name", ["smooth", "rings"])
def test_its_transform_is_that_of_the_kernel(name: str) -> None:
    found = finite_filter(CORRELATIONS[name], (0.1, 0.1, 0.1))
    kernel = whole(found.octant)
    shape = tuple(2 * (r + 3) for r in found.reach)
    padded = np.zeros(shape)
    padded[tuple(slice(n) for n in kernel.shape)] = kernel
    centred = np.roll(padded, [-r for r in found.reach], axis=(0, 1, 2))
    plain = np.fft.fftn(centred).real
    octant = found.amplitude(shape)  # type: ignore[arg-type]
    assert octant.dtype == np.float32
    corner = plain[tuple(slice(n) for n in octant.shape)]
    np.testing.assert_allclose(octant, corner, atol=1e-6 * np.abs(plain).max())


def test_it_reaches_no_further_than_needed() -> None:
    """A kernel cut at four fifths of the reach breaks the limit."""
    correlation = CORRELATIONS["smooth"]
    found = finite_filter(correlation, (0.1, 0.1, 0.1))
    short = found.octant[tuple(slice(int(0.8 * n)) for n in found.octant.shape)]
    kernel = whole(short / np.sqrt((whole(short) ** 2).sum()))
    covariance = fftconvolve(kernel, kernel)
    middle = tuple(n // 2 for n in covariance.shape)
    h = 0.1 * np.arange(kernel.shape[2])
    along_x = covariance[middle[0], middle[1], middle[2] :]
    assert np.abs(along_x - correlation_at(correlation, h)).max() > TRUNCATION


@pytest.mark.parametrize("length", [12.0, 40.0, 5000.0])
def test_a_reach_beyond_all_measure_is_refused(length: float) -> None:
    with pytest.raises(InputError, match=f"{MOST_REACH} voxels.*larger voxels"):
        finite_filter(Correlation(length_um=length, smoothness=0.5), (0.1, 0.1, 0.1))
    with pytest.raises(InputError, match=f"{MOST_REACH} voxels.*larger voxels"):
        most_reach(Correlation(length_um=length, smoothness=0.5), (0.1, 0.1, 0.1))


@pytest.mark.parametrize("name", CORRELATIONS)
def test_larger_voxels_tell_the_reach(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more than it is, and little less: of a torus of a few voxels here, to be quick."""
    monkeypatch.setattr(module, "_SKETCH", 24)
    voxel = (0.05, 0.05, 0.05)
    reach = finite_filter(CORRELATIONS[name], voxel).reach
    least = least_reach(CORRELATIONS[name], voxel)
    most = most_reach(CORRELATIONS[name], voxel)
    assert all(low <= true <= high for low, true, high in zip(least, reach, most, strict=True))
    assert max(least) >= 0.75 * max(reach)
    assert max(most) <= 1.5 * max(reach)


def test_memory_is_asked_for_before_a_filter_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine:
        available = 1 << 20

    monkeypatch.setattr(memory.psutil, "virtual_memory", Machine)
    monkeypatch.setattr(module, "_cut_off", None)
    with pytest.raises(InputError, match=r"filter .* GiB of memory are free; use larger voxels"):
        finite_filter(Correlation(length_um=0.77, smoothness=2.0), (0.1, 0.1, 0.1))


def test_it_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    correlation = Correlation(length_um=0.31, smoothness=3.0)
    first = finite_filter(correlation, (0.1, 0.1, 0.1))
    monkeypatch.setattr(module, "_cut_off", None)
    assert finite_filter(Correlation(length_um=0.31, smoothness=3.0), (0.1,) * 3) is first
    assert not first.octant.flags.writeable
