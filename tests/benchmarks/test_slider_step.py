"""From slider to voxels: each kind of step on the CPU, with the noise's spectrum at hand.

See docs/performance.md for the command and its table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import scipy.fft

from napari_assb_twin.measure.coverage import measured_coverage
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import Synthesizer

pytestmark = pytest.mark.benchmark(min_rounds=15, warmup=True, warmup_iterations=2)

EDGES = (128, 256)
Change = Callable[[Twin, int], Twin]


def twin_of(edge: int, name: str = "pressed") -> Twin:
    twin = preset(name)
    return replace(twin, grid=replace(twin.grid, shape=(edge,) * 3))


def step(edge: int, change: Change, *, coarsen: int = 1) -> Callable[[], object]:
    """A function that changes the twin and makes its voxels, with the stages before at hand."""
    synthesizer, twin, number = Synthesizer("cpu"), twin_of(edge), count(1)
    synthesizer(twin)
    synthesizer(twin, coarsen=coarsen)
    return lambda: synthesizer(change(twin, next(number)), coarsen=coarsen)


def longer(*paths: str) -> Change:
    """Another length at each step, so that nothing is at hand."""

    def change(twin: Twin, number: int) -> Twin:
        for path in paths:
            twin = twin.with_value(path, 0.6 + 0.001 * (number % 100))
        return twin

    return change


def porosity(twin: Twin, number: int) -> Twin:
    return twin.with_value("pore", 0.1 + 0.001 * (number % 50))


@pytest.mark.parametrize("edge", EDGES)
def test_fraction(benchmark, edge):
    benchmark(step(edge, porosity))


@pytest.mark.parametrize("edge", EDGES)
def test_one_correlation(benchmark, edge):
    benchmark(step(edge, longer("X.length_um")))


@pytest.mark.parametrize("edge", EDGES)
def test_one_high_parametric_correlation(benchmark, edge):
    """Twenty weights over frequencies in the plane and through it, all lengths stretched."""
    synthesizer, twin, number = Synthesizer("cpu"), twin_of(edge, "layered"), count(1)
    synthesizer(twin)

    def run() -> object:
        correlation = twin.X.correlation.stretched(1.0 + 0.001 * (next(number) % 100))
        return synthesizer(twin.with_field("X", replace(twin.X, correlation=correlation)))

    benchmark(run)


@pytest.mark.parametrize("edge", EDGES)
def test_one_correlation_with_a_domain_spacing(benchmark, edge):
    """Matern times sinc, pressed: the other low-parametric kind."""
    change = longer("X.length_um")

    def wavy(twin: Twin, number: int) -> Twin:
        return change(twin.with_value("X.oscillation_per_um", 2.5), number)

    benchmark(step(edge, wavy))


@pytest.mark.parametrize("edge", EDGES)
def test_both_correlations(benchmark, edge):
    benchmark(step(edge, longer("X.length_um", "Y.length_um")))


@pytest.mark.parametrize("coarsen", [1, 2], ids=["volume", "preview"])
@pytest.mark.parametrize("edge", EDGES)
def test_one_correlation_with_its_spectrum_at_hand(benchmark, edge, coarsen):
    """Another component of the noise is filtered: what a changed covariance takes but its DCT."""
    synthesizer, twin, number = Synthesizer("cpu"), twin_of(edge), count(1)
    chi_square = replace(twin, X=replace(twin.X, degrees_of_freedom=1))

    def run() -> object:
        return synthesizer(chi_square if next(number) % 2 else twin, coarsen=coarsen)

    run()
    benchmark(run)


@pytest.mark.parametrize("coarsen", [1, 2], ids=["exact", "coarse"])
@pytest.mark.parametrize("axis", [0, 1, 2], ids=["xy", "xz", "yz"])
@pytest.mark.parametrize("edge", EDGES)
def test_visible_plane_with_its_spectrum_at_hand(benchmark, edge, axis, coarsen):
    synthesizer, twin, number = Synthesizer("cpu"), twin_of(edge), count(1)
    synthesizer.plane(twin, axis, 0, coarsen=coarsen)
    benchmark(lambda: synthesizer.plane(twin, axis, next(number) % edge, coarsen=coarsen))


@pytest.mark.parametrize("coarsen", [1, 2], ids=["exact", "coarse"])
@pytest.mark.parametrize("edge", EDGES)
def test_visible_plane_of_one_correlation(benchmark, edge, coarsen):
    synthesizer, twin, number = Synthesizer("cpu"), twin_of(edge), count(1)
    synthesizer.plane(twin, 1, 7, coarsen=coarsen)
    change = longer("X.length_um")
    benchmark(lambda: synthesizer.plane(change(twin, next(number)), 1, 7, coarsen=coarsen))


@pytest.mark.parametrize("edge", EDGES)
def test_half_resolution_preview_of_one_correlation(benchmark, edge):
    benchmark(step(edge, longer("X.length_um"), coarsen=2))


@pytest.mark.parametrize("edge", EDGES)
def test_half_resolution_preview_of_a_fraction(benchmark, edge):
    benchmark(step(edge, porosity, coarsen=2))


@pytest.mark.parametrize("edge", EDGES)
def test_new_seed(benchmark, edge):
    benchmark.pedantic(step(edge, lambda twin, n: replace(twin, seed=n)), rounds=5)


@pytest.mark.parametrize("edge", EDGES)
def test_inverse_fft_alone(benchmark, edge):
    """The yardstick: scipy's inverse transform of one field, two workers."""
    spectrum = scipy.fft.rfftn(np.random.default_rng(0).standard_normal((edge,) * 3, np.float32))
    benchmark(lambda: scipy.fft.irfftn(spectrum, s=(edge,) * 3, workers=2))


@pytest.mark.parametrize("edge", EDGES)
def test_estimated_curves(benchmark, edge):
    """All six curves of a periodic volume, in the plane and through it."""
    volume = Volume(Synthesizer("cpu")(twin_of(edge)).labels, (0.1, 0.1, 0.1))

    def run() -> None:
        for direction in ("in-plane", "through-plane"):
            measured_coverage(volume, direction, periodic=True)

    benchmark.pedantic(run, rounds=5, warmup_rounds=1)


@pytest.mark.parametrize("name", ["pressed", "sheet-pores", "blobs"])
def test_exact_curves(benchmark, name):
    """All six pairs in both directions at 40 lags, as they follow every tick of a slider."""
    twin, number, lags, change = preset(name), count(1), 0.1 * np.arange(40), longer("X.length_um")

    def run() -> None:
        changed = change(twin, next(number))
        for direction in ("in-plane", "through-plane"):
            coverage(changed, lags, direction=direction)

    benchmark(run)
