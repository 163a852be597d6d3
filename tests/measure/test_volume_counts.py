"""Counts summed over planes and lines are those of counting voxel by voxel."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from napari_assb_twin.measure.pair_counts import section_counts
from napari_assb_twin.measure.volume_counts import line_counts, plane_counts
from napari_assb_twin.twin.phases import PAIRS, PHASES

CODES = [(PHASES.index(i), PHASES.index(j)) for i, j in PAIRS]


def volume_of(shape: tuple[int, ...], *, masked: bool, seed: int = 0) -> np.ndarray:
    shares = [0.2, 0.3, 0.33, 0.17] if masked else [0.25, 0.4, 0.35, 0.0]
    random = np.random.default_rng(seed)
    return random.choice(np.array([0, 1, 2, 255], np.uint8), shape, p=shares)


def joint(a: np.ndarray, b: np.ndarray) -> list[float]:
    """Half the voxels with i in a and j in b, or the reverse."""
    table = np.bincount((4 * (a.astype(int) % 4) + b % 4).ravel(), minlength=16).reshape(4, 4)
    return [(table[i, j] + table[j, i]) / 2 for i, j in CODES]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("reach", [(0, 3), (4, 0), (3, 5)])
def test_planes_are_the_sum_of_their_sections(reach: tuple[int, int], masked: bool) -> None:
    volume = volume_of((5, 12, 17), masked=masked)
    expected = sum(section_counts(image, reach) for image in volume)
    np.testing.assert_allclose(plane_counts(volume, reach), expected, atol=1e-3)


@pytest.mark.parametrize("masked", [False, True])
def test_periodic_planes(masked: bool) -> None:
    volume = volume_of((3, 10, 13), masked=masked)
    counts = plane_counts(volume, (4, 5), periodic=True)
    assert counts.shape == (6, 5, 11)
    for r, c in itertools.product(range(5), range(-5, 6)):
        expected = joint(volume, np.roll(volume, (-r, -c), (1, 2)))
        np.testing.assert_allclose(counts[:, r, 5 + c], expected, atol=1e-3)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("reach", [0, 1, 6])
def test_lines(reach: int, masked: bool) -> None:
    volume = volume_of((7, 35, 5), masked=masked)
    counts = line_counts(volume, reach)
    assert counts.shape == (6, reach + 1)
    for lag in range(reach + 1):
        expected = joint(volume[: 7 - lag], volume[lag:])
        np.testing.assert_allclose(counts[:, lag], expected, atol=1e-3)


@pytest.mark.parametrize("masked", [False, True])
def test_periodic_lines(masked: bool) -> None:
    volume = volume_of((9, 6, 5), masked=masked)
    counts = line_counts(volume, 4, periodic=True)
    for lag in range(5):
        np.testing.assert_allclose(
            counts[:, lag], joint(volume, np.roll(volume, -lag, 0)), atol=1e-3
        )


@pytest.mark.parametrize("masked", [False, True])
def test_a_large_volume_is_counted_to_a_millionth(masked: bool) -> None:
    """Sums of some ten million float products; a plain count at a few lags."""
    volume = volume_of((200, 160, 100), masked=masked)
    along, across = line_counts(volume, 50), plane_counts(volume, (25, 25))
    for lag in (0, 1, 17, 50):
        expected = joint(volume[: 200 - lag], volume[lag:])
        np.testing.assert_allclose(along[:, lag], expected, atol=1e-6 * volume.size)
    for lag in (0, 1, 25):
        expected = joint(volume[:, :, : 100 - lag], volume[:, :, lag:])
        np.testing.assert_allclose(across[:, 0, 25 + lag], expected, atol=1e-6 * volume.size)
