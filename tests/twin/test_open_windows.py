"""Open windows are parts of one unbounded structure, in memory and in tiles alike."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import with_grid

from napari_assb_twin.twin import threads, tiles
from napari_assb_twin.twin.cpu_backend import CpuBackend
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.noise import around, noise_at, wrapped
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.twin.tiles import Tiles

ROUNDING = 1e-5
"""Share of voxels so near to a level that another order of summation may change their phase."""


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "EDGES", (32,))


def short(**changes: Any) -> Twin:
    """A twin whose filters reach over ten voxels at most."""
    twin = Twin(
        volume_fractions=VolumeFractions(pore=0.2, active_material=0.4, solid_electrolyte=0.4),
        X=RandomField(correlation=Correlation(length_um=0.3, smoothness=None, anisotropy=0.7)),
        Y=RandomField(correlation=Correlation(length_um=0.2, smoothness=2.5, anisotropy=0.7)),
        **changes,
    )
    return with_grid(twin, shape=(70, 64, 80), window="open")


SHEETS = RandomField(
    degrees_of_freedom=2, tail="lower", correlation=Correlation(length_um=0.2, smoothness=2.5)
)
TWINS = {
    "gaussian": short(),
    "chi-square": short(seed=3).with_field("Y", SHEETS),
    "correlated": short(field_correlation=0.6, seed=2**40),
}


# --- noise ---------------------------------------------------------------------------------------


def test_noise_before_the_first_voxel_is_noise_too() -> None:
    """Other than at any index from 0 on, standard normal, the same from wherever it is asked."""
    runs = (range(-40, 40), range(-5, 3), range(-33, 70))
    whole = noise_at(5, "X", 0, [(run,) for run in runs])
    inside = noise_at(5, "X", 0, [(range(40),), (range(3),), (range(70),)])
    np.testing.assert_array_equal(whole[40:, 5:, 33:], inside)
    far = noise_at(5, "X", 0, [(range(-36, 10),), (range(-2, 1),), (range(60, 64), range(-3, 1))])
    np.testing.assert_array_equal(far[:, :, :4], whole[4:50, 3:6, 93:97])
    np.testing.assert_array_equal(far[:, :, 4:], whole[4:50, 3:6, 30:34])
    values = whole.ravel()
    assert np.unique(values).size > 0.99 * values.size
    assert abs(values.mean()) < 4 / np.sqrt(values.size)
    assert abs(values.var() - 1) < 4 * np.sqrt(2 / values.size)


def test_runs_of_a_structure_that_repeats() -> None:
    assert wrapped((range(-3, 5),), 8) == (range(5, 8), range(5))
    assert wrapped((range(10, 14), range(-1, 1)), 8) == (range(2, 6), range(7, 8), range(1))
    assert wrapped((range(0, 7),), 3) == (range(3), range(3), range(1))
    assert around(64, 96, 50) == (range(64, 105), range(55, 64))


# --- windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TWINS)
def test_open_windows_agree_wherever_they_overlap(name: str) -> None:
    """Windows of unequal sizes, down to one voxel along an axis, hold the same structure."""
    twin = TWINS[name]
    large = Synthesizer("cpu")(twin).labels
    for shape in ((33, 50, 80), (70, 64, 31), (1, 64, 80), (5, 1, 7), (16, 16, 16)):
        small = Synthesizer("cpu")(with_grid(twin, shape=shape)).labels
        different = (small != large[tuple(slice(n) for n in shape)]).sum()
        assert different <= max(ROUNDING * small.size, 1)


@pytest.mark.parametrize("name", ["pressed", "sheet-pores"])
def test_open_windows_of_presets_agree(name: str) -> None:
    twin = with_grid(PRESETS[name].twin, window="open", shape=(64, 80, 48))
    large = Synthesizer("cpu")(twin).labels
    small = Synthesizer("cpu")(with_grid(twin, shape=(40, 48, 48))).labels
    assert (small != large[:40, :48]).mean() <= ROUNDING


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("name", TWINS)
def test_tiles_hold_the_structure_of_the_window(name: str) -> None:
    twin = TWINS[name]
    made = Tiles.of(twin).window((0, 0, 0), twin.grid.shape, CpuBackend())
    live = Synthesizer("cpu")(twin).labels
    assert (made != live).mean() <= ROUNDING


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("name", TWINS)
def test_any_window_of_tiles_is_the_same_to_the_last_bit(name: str) -> None:
    """Negative origins too; whatever was computed before, by however many threads."""
    twin = TWINS[name]
    of = Tiles.of(twin)
    large = of.window((-40, -20, -10), (100, 60, 70), CpuBackend())
    backend = CpuBackend()
    threads.set_workers(1)
    try:
        for origin, shape in (((-40, -20, -10), (3, 60, 70)), ((-5, 7, 20), (40, 20, 35))):
            small = pickle.loads(pickle.dumps(of)).window(origin, shape, backend)
            z, y, x = (o + start for o, start in zip(origin, (40, 20, 10), strict=True))
            depth, height, width = shape
            np.testing.assert_array_equal(
                small, large[z : z + depth, y : y + height, x : x + width]
            )
    finally:
        threads.set_workers(0)


@pytest.mark.usefixtures("small_tiles")
def test_a_periodic_volume_in_tiles_fits_together_at_opposite_faces() -> None:
    twin = with_grid(TWINS["gaussian"], window="periodic", shape=(40, 50, 45))
    of = Tiles.of(twin)
    volume = of.window((0, 0, 0), (40, 50, 45), CpuBackend())
    shifted = of.window((-17, 33, 20), (40, 50, 45), CpuBackend())
    np.testing.assert_array_equal(shifted, np.roll(volume, (17, -33, -20), axis=(0, 1, 2)))
    # in memory the covariance is that of the torus itself: differences of the order of 1e-3
    assert (volume != Synthesizer("cpu")(twin).labels).mean() < 5e-3


@pytest.mark.usefixtures("small_tiles")
@pytest.mark.parametrize("name", TWINS)
def test_there_is_no_seam(name: str) -> None:
    """Coverage of pairs of voxels on two sides of a border of tiles, and of all others, is exact.

    24 structures of 64 x 64 x 64 voxels with a border at 32.  None of the six pairs differs by more
    than the limit of the filter and 4.5 standard errors.
    """
    twin = with_grid(TWINS[name], shape=(64, 64, 64))
    lags = np.array([1, 3, 6])
    across, elsewhere = [], []
    for seed in range(24):
        of = Tiles.of(replace(twin, seed=seed))
        labels = of.window((0, 0, 0), (64, 64, 64), CpuBackend())
        across.append([pairs(labels[32 - lag : 32], labels[32 : 32 + lag]) for lag in lags])
        elsewhere.append([pairs(labels[: 32 - lag], labels[lag:32]) for lag in lags])
    exact = coverage(twin, 0.1 * lags, direction="through-plane").values.T
    for measured in (np.array(across), np.array(elsewhere)):
        mean, error = measured.mean(axis=0), measured.std(axis=0, ddof=1) / np.sqrt(24)
        assert (np.abs(mean - exact) < 1e-3 + 4.5 * error).all()
    assert np.abs(np.array(elsewhere).mean(axis=0) - exact).max() < 0.02


def pairs(one: np.ndarray, other: np.ndarray) -> list[float]:
    """C_ij of two arrays of voxels, in the order of ``PAIRS``."""
    joint = np.bincount((3 * one + other).ravel(), minlength=9).reshape(3, 3) / one.size
    joint = 0.5 * (joint + joint.T)
    return [joint[PHASES.index(i), PHASES.index(j)] for i, j in PAIRS]
