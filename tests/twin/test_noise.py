"""What a seed means: the noise of a voxel, for good."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy.stats import kstest

from napari_assb_twin.twin.noise import BLOCK, noise_at
from napari_assb_twin.twin.parameters import FieldName

GOLDEN_START = [0.025979816913604736, -1.08005952835083, -1.730607509613037, -1.9868814945220947]
GOLDEN_SHA256 = "ffd826edbc4f8337822e6bc387d2f58b2628202d72e691b783e2c06d06a67648"
GOLDEN_FAR = [1.076545238494873]


def white_noise(
    seed: int, field: FieldName, component: int, shape: tuple[int, int, int]
) -> np.ndarray:
    """The noise of a box that begins at the first voxel."""
    return noise_at(seed, field, component, [(range(n),) for n in shape])


def test_what_seed_0_means() -> None:
    """Pins the noise itself.

    The only test here that holds the program to its own output: files keep seeds, so whoever
    changes these numbers changes every structure that was ever shared.  If a new numpy changes
    its stream of normal numbers, this test says so.
    """
    block = white_noise(0, "X", 0, (BLOCK, BLOCK, BLOCK))
    assert block.dtype == np.float32
    assert block[0, 0, :4].tolist() == GOLDEN_START
    digest = hashlib.sha256(np.ascontiguousarray(block, dtype="<f4").tobytes()).hexdigest()
    assert digest == GOLDEN_SHA256
    far = white_noise(2**40 + 7, "Y", 3, (33, 34, 65))
    assert far[32, 33, 64:].tolist() == GOLDEN_FAR


def test_the_recipe_of_a_block() -> None:
    """Block (1, 0, 2) of component 3 of Y by the recipe of the module's first lines."""
    noise = white_noise(5, "Y", 3, (64, 32, 96))
    key = np.random.SeedSequence([5, 1, 3, 1, 0, 2])
    drawn = np.random.Generator(np.random.PCG64(key)).standard_normal(
        (BLOCK, BLOCK, BLOCK), dtype=np.float32
    )
    np.testing.assert_array_equal(noise[32:, :, 64:], drawn)


def test_the_recipe_of_a_block_before_the_first_voxel() -> None:
    """Block (-1, 0, -2) of X: its numbers are those of 2^32 - 1 and 2^32 - 2."""
    noise = noise_at(5, "X", 0, [(range(-32, 0),), (range(0, 32),), (range(-64, -32),)])
    key = np.random.SeedSequence([5, 0, 0, 2**32 - 1, 0, 2**32 - 2])
    drawn = np.random.Generator(np.random.PCG64(key)).standard_normal(
        (BLOCK, BLOCK, BLOCK), dtype=np.float32
    )
    np.testing.assert_array_equal(noise, drawn)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 40, 65), (31, 33, 64), (70, 5, 7)])
def test_a_smaller_box_holds_the_same_noise(shape: tuple[int, int, int]) -> None:
    large = white_noise(3, "X", 0, (96, 64, 80))
    small = white_noise(3, "X", 0, shape)
    assert small.shape == shape
    np.testing.assert_array_equal(small, large[: shape[0], : shape[1], : shape[2]])


def test_every_key_gives_other_noise() -> None:
    shape = (33, 33, 33)
    arrays = [
        white_noise(seed, field, component, shape)  # type: ignore[arg-type]
        for seed in (0, 1, 2**32, 2**32 + 1, 2**64 + 1, 2**70)
        for field in ("X", "Y")
        for component in (0, 1)
    ]
    blocks = [a[:32, :32, :32].ravel() for a in arrays] + [a[32, 0, 0] for a in arrays]
    corners = np.stack([b.ravel()[:1] for b in blocks])
    assert len(np.unique(corners)) == len(corners)
    # 24 arrays of 32768 numbers: correlations have standard deviation 1 / 181
    correlation = np.corrcoef(np.stack(blocks[: len(arrays)]))
    assert np.abs(correlation - np.eye(len(arrays))).max() < 5 / 181


def test_the_same_key_gives_the_same_noise() -> None:
    shape = (40, 40, 40)
    np.testing.assert_array_equal(white_noise(9, "X", 2, shape), white_noise(9, "X", 2, shape))


def test_the_noise_is_standard_normal_and_white() -> None:
    """262144 numbers of seed 11: each statistic within 4 of its standard errors."""
    noise = white_noise(11, "X", 0, (64, 64, 64)).astype(float)
    n = noise.size
    assert abs(noise.mean()) < 4 / np.sqrt(n)
    assert abs(noise.var() - 1) < 4 * np.sqrt(2 / n)
    assert kstest(noise.ravel(), "norm").pvalue > 1e-4
    for axis in range(3):
        for lag in (1, 2, 32):
            assert abs((noise * np.roll(noise, lag, axis)).mean()) < 4 / np.sqrt(n)
