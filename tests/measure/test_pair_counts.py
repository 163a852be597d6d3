"""Pair counts by FFT are those of counting pair by pair, inside the mask and nowhere else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from napari_assb_twin.measure.pair_counts import (
    pooled_counts,
    probabilities,
    section_counts,
    window_counts,
)
from napari_assb_twin.twin.phases import PAIRS, PHASES

CODES = [(PHASES.index(i), PHASES.index(j)) for i, j in PAIRS]


def brute(image: np.ndarray, row: int, column: int) -> list[float]:
    """Half the number of pixels with i here and j a lag further, or the reverse."""
    counts = np.zeros((256, 256))
    rows, columns = image.shape
    for y, x in itertools.product(range(rows), range(columns)):
        if 0 <= y + row < rows and 0 <= x + column < columns:
            counts[image[y, x], image[y + row, x + column]] += 1
    return [(counts[i, j] + counts[j, i]) / 2 for i, j in CODES]


def picture(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Three phases with one pixel in six outside."""
    return np.random.default_rng(seed).choice(
        np.array([0, 1, 2, 255], np.uint8), shape, p=[0.2, 0.3, 0.33, 0.17]
    )


@pytest.mark.parametrize("shape", [(9, 7), (6, 13), (8, 8)])
@pytest.mark.parametrize("reach", [(0, 3), (4, 0), (3, 5), (5, 6)])
def test_counts_of_a_masked_section(shape: tuple[int, int], reach: tuple[int, int]) -> None:
    image = picture(shape)
    counts = section_counts(image, reach)
    rows, columns = reach
    assert counts.shape == (6, rows + 1, 2 * columns + 1)
    for r, c in itertools.product(range(rows + 1), range(-columns, columns + 1)):
        assert counts[:, r, columns + c].tolist() == brute(image, r, c), (r, c)


def test_counts_at_lag_zero_are_pixels() -> None:
    image = picture((20, 30))
    counts = section_counts(image, (0, 0))[:, 0, 0]
    for (i, j), count in zip(CODES, counts, strict=True):
        assert count == ((image == i).sum() if i == j else 0)


def test_the_window_is_what_is_not_outside() -> None:
    image = picture((9, 11))
    counts = section_counts(image, (3, 4))
    inside = np.where(image == 255, 255, 0).astype(np.uint8)
    window = window_counts(counts)
    np.testing.assert_array_equal(window, section_counts(inside, (3, 4))[0])
    shares = probabilities(counts)
    weights = [1 if i == j else 2 for i, j in CODES]
    np.testing.assert_allclose(np.tensordot(weights, shares, 1)[window > 0], 1, atol=1e-12)


def test_lags_that_no_pair_spans_are_not_numbers() -> None:
    image = np.full((40, 40), 255, np.uint8)
    image[:, :3] = picture((40, 3)) % 3
    shares = probabilities(section_counts(image, (0, 5)))[:, 0, 5:]
    assert np.all(np.isfinite(shares[:, :3]))
    assert np.all(np.isnan(shares[:, 3:]))


def test_counts_of_sections_of_several_sizes_add() -> None:
    images = [picture(shape, seed) for seed, shape in enumerate([(9, 7), (9, 7), (12, 8)])]
    single = sum(section_counts(image, (4, 5)) for image in images)
    np.testing.assert_array_equal(pooled_counts(images, (4, 5)), single)
