"""From slider to voxels: each kind of step, beside what one would run without this program.

Run with ``python -m pytest tests/benchmarks --benchmark-columns=min,median,rounds``; the table is
kept in docs/performance.md.  Two Gaussian fields, three phases, noise at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import Synthesizer

EDGES = (128, 256)


def _twin(edge: int) -> Twin:
    twin = preset("pressed")
    return replace(twin, grid=replace(twin.grid, shape=(edge,) * 3))


def _step(edge: int, change: Callable[[Twin, int], Twin], coarsen: int = 1) -> Callable[[], object]:
    """A function that changes the twin and makes its voxels, with the stages before at hand."""
    synthesizer, twin, number = Synthesizer("cpu"), _twin(edge), count(1)
    synthesizer(twin)
    synthesizer(twin, coarsen=coarsen)
    return lambda: synthesizer(change(twin, next(number)), coarsen=coarsen)


def _length(twin: Twin, number: int, *paths: str) -> Twin:
    for path in paths:
        twin = twin.with_value(path, 0.6 + 0.001 * (number % 100))
    return twin


@pytest.mark.parametrize("edge", EDGES)
def test_fraction(benchmark, edge):
    benchmark(_step(edge, lambda twin, n: twin.with_value("pore", 0.1 + 0.001 * (n % 50))))


@pytest.mark.parametrize("edge", EDGES)
def test_one_correlation(benchmark, edge):
    benchmark(_step(edge, lambda twin, n: _length(twin, n, "X.length_um")))


@pytest.mark.parametrize("edge", EDGES)
def test_both_correlations(benchmark, edge):
    benchmark(_step(edge, lambda twin, n: _length(twin, n, "X.length_um", "Y.length_um")))


@pytest.mark.parametrize("edge", EDGES)
def test_half_resolution_preview_of_one_correlation(benchmark, edge):
    benchmark(_step(edge, lambda twin, n: _length(twin, n, "X.length_um"), coarsen=2))


@pytest.mark.parametrize("edge", EDGES)
def test_new_seed(benchmark, edge):
    benchmark.pedantic(_step(edge, lambda twin, n: replace(twin, seed=n)), rounds=3)


@pytest.mark.parametrize("edge", EDGES)
def test_instead_plain_numpy_both_fields(benchmark, edge):
    """Full covariance by numpy's FFT from noise at hand: the textbook recipe."""
    random = np.random.default_rng(0)
    noises = [random.standard_normal((edge,) * 3, dtype=np.float32) for _ in range(2)]
    lags = np.minimum(np.arange(edge), edge - np.arange(edge)) * 0.1
    d2 = lags[:, None, None] ** 2 / 0.65**2 + lags[:, None] ** 2 + lags**2

    def run() -> np.ndarray:
        fields = []
        for noise in noises:
            eigenvalues = np.fft.rfftn(np.exp(-0.5 * d2 / 0.7**2)).real
            amplitude = np.sqrt(np.maximum(eigenvalues, 0))
            fields.append(
                np.fft.irfftn(amplitude * np.fft.rfftn(noise), s=noise.shape, axes=(0, 1, 2))
            )
        return np.where(fields[0] > 0.1, 1, np.where(fields[1] > 0.8, 0, 2)).astype(np.uint8)

    benchmark.pedantic(run, rounds=3)


@pytest.mark.parametrize("edge", EDGES)
def test_instead_gaussian_filter_both_fields(benchmark, edge):
    """Thresholded, blurred noise: the quick recipe, which knows the Gaussian covariance alone."""
    random = np.random.default_rng(0)
    noises = [random.standard_normal((edge,) * 3, dtype=np.float32) for _ in range(2)]
    sigma = np.array([0.65, 1.0, 1.0]) * 7.0 / np.sqrt(2.0)

    def run() -> np.ndarray:
        fields = [gaussian_filter(noise, sigma, mode="wrap") for noise in noises]
        a, b = (field / field.std() for field in fields)
        return np.where(a > 0.1, 1, np.where(b > 0.8, 0, 2)).astype(np.uint8)

    benchmark.pedantic(run, rounds=3)


def test_exact_curves(benchmark):
    """All six pairs in both directions at 40 lags, as they follow every tick of a slider."""
    twin, number, lags = preset("pressed"), count(1), 0.1 * np.arange(40)

    def run() -> None:
        changed = _length(twin, next(number), "X.length_um")
        for direction in ("in-plane", "through-plane"):
            coverage(changed, lags, direction=direction)

    benchmark(run)


@pytest.mark.parametrize("edge", EDGES)
def test_estimated_curves(benchmark, edge):
    """All six curves of a volume, in the plane and through it."""
    volume = Volume(Synthesizer("cpu")(_twin(edge)).labels, (0.1, 0.1, 0.1))

    def run() -> None:
        for direction in ("in-plane", "through-plane"):
            measured_coverage(volume, direction)

    benchmark.pedantic(run, rounds=2)
