"""What one would run instead: two random fields, cut into three phases, parameters changed.

The same task for all: 128^3 and 256^3 voxels of 0.1 um, correlation length 0.7 um.  Ours is
*both correlations* of `test_slider_step`; the others make all anew, which is what they offer.
Needs the extra ``bench``.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

EDGES = (128, 256)
LENGTH, VOXEL = 0.7, 0.1


def three_phases(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """45 % active material, 11 % pores for standard normal fields."""
    return np.where(x > 0.1257, 1, np.where(y > 0.8416, 0, 2)).astype(np.uint8)


@pytest.mark.parametrize("edge", EDGES)
def test_plain_numpy(benchmark, edge):
    """Full covariance by numpy's FFT from noise at hand: the textbook recipe."""
    random = np.random.default_rng(0)
    noises = [random.standard_normal((edge,) * 3, dtype=np.float32) for _ in range(2)]
    lags = np.minimum(np.arange(edge), edge - np.arange(edge)) * VOXEL
    d2 = lags[:, None, None] ** 2 / 0.65**2 + lags[:, None] ** 2 + lags**2

    def field(noise: np.ndarray) -> np.ndarray:
        eigenvalues = np.fft.rfftn(np.exp(-0.5 * d2 / LENGTH**2)).real
        amplitude = np.sqrt(np.maximum(eigenvalues, 0))
        return np.fft.irfftn(amplitude * np.fft.rfftn(noise), s=noise.shape, axes=(0, 1, 2))

    benchmark.pedantic(lambda: three_phases(*map(field, noises)), rounds=5)


@pytest.mark.parametrize("edge", EDGES)
def test_scipy_gaussian_filter(benchmark, edge):
    """Thresholded, blurred noise at hand: the quick recipe, for the Gaussian covariance alone."""
    random = np.random.default_rng(0)
    noises = [random.standard_normal((edge,) * 3, dtype=np.float32) for _ in range(2)]
    sigma = np.array([0.65, 1.0, 1.0]) * LENGTH / VOXEL / np.sqrt(2.0)

    def field(noise: np.ndarray) -> np.ndarray:
        smooth = gaussian_filter(noise, sigma, mode="wrap")
        return smooth / smooth.std()

    benchmark.pedantic(lambda: three_phases(*map(field, noises)), rounds=5)


@pytest.mark.parametrize("edge", EDGES)
def test_powerbox(benchmark, edge):
    """Gaussian covariance, isotropic, as a power spectrum."""
    powerbox = pytest.importorskip("powerbox", reason="pip install .[bench]")

    def field(seed: int) -> np.ndarray:
        box = powerbox.PowerBox(
            shape=(edge,) * 3,
            size=(edge * VOXEL,) * 3,
            pk=lambda k: (2 * np.pi * LENGTH**2) ** 1.5 * np.exp(-0.5 * (k * LENGTH) ** 2),
            seed=seed,
        )
        return box.delta_x()

    benchmark.pedantic(lambda: three_phases(field(1), field(2)), rounds=3)


@pytest.mark.parametrize("edge", EDGES)
def test_porespy_blobs(benchmark, edge):
    """Blurred noise made uniform; the blobiness that comes nearest to the length."""
    generators = pytest.importorskip("porespy.generators", reason="pip install .[bench]")
    blobiness = edge * VOXEL / (40 * LENGTH / np.sqrt(2.0))

    def field(seed: int) -> np.ndarray:
        return generators.blobs(
            (edge,) * 3, porosity=None, blobiness=blobiness, seed=seed, periodic=True
        )

    def run() -> np.ndarray:
        x, y = field(1), field(2)
        return np.where(x > 0.55, 1, np.where(y > 0.8, 0, 2)).astype(np.uint8)

    benchmark.pedantic(run, rounds=3)


@pytest.mark.parametrize("edge", [128])
def test_gstools_srf(benchmark, edge):
    """Randomisation method with its 1000 modes on a structured grid: one field takes a minute."""
    gstools = pytest.importorskip("gstools", reason="pip install .[bench]")
    axis = np.arange(edge) * VOXEL
    model = gstools.Gaussian(dim=3, var=1.0, len_scale=LENGTH * np.sqrt(2.0))

    def field(seed: int) -> np.ndarray:
        return gstools.SRF(model, seed=seed).structured([axis, axis, axis])

    benchmark.pedantic(lambda: three_phases(field(1), field(2)), rounds=1)
