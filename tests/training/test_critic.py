"""A critic cannot tell a twin from itself, and tells a wrong one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from reference import ended, recovery_twin, sections

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.critic import area_under_curve, criticised, halves
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE

PIXEL = (1.0, 1.0)


def stack(plane: str, seeds: Sequence[int], pixels: int = 192) -> SectionStack:
    return SectionStack(plane, tuple(sections(recovery_twin(), plane, seeds, pixels)), PIXEL)


def longer() -> Twin:
    return recovery_twin().with_correlation("X", length_um=1.4 * 7.0)


def test_its_own_twin_is_not_told_and_a_wrong_one_is() -> None:
    """With 2 sections held out 0.5 scatters by 0.08, with 8 by about half: six of these pass."""
    stacks = [stack("yz", range(16))]
    yielded, own = ended(criticised(stacks, recovery_twin(), seed=0))
    wrong = ended(criticised(stacks, longer(), seed=0))[1]
    assert own.keys() == wrong.keys() == {"cross"}
    assert own["cross"].auc == pytest.approx(0.5, abs=0.24)
    assert own["cross"].accuracy == pytest.approx(0.5, abs=0.2)
    assert wrong["cross"].auc > 0.75
    assert wrong["cross"].accuracy > 0.6
    assert wrong["cross"].held_out == 8 * 3 * 3
    assert len(yielded) > 150  # something to pause at


def test_the_same_seed_gives_the_same_answer_and_small_sections_none() -> None:
    small = [stack("xy", [1], 64), stack("yz", [2], 60)]
    first, again = (ended(criticised(small, recovery_twin(), seed=3))[1] for _ in range(2))
    assert first == again
    assert first["plan"].held_out == 2
    assert first["cross"] is None  # halves of 30 x 60 pixels hold no piece of 32


def test_sections_wholly_outside_leave_none() -> None:
    image = np.full((96, 96), OUTSIDE, np.uint8)
    image[:40, :40] = 1
    one = SectionStack("yz", (image,), PIXEL)
    assert ended(criticised([one], recovery_twin(), seed=0))[1] == {"cross": None}


def test_neighbours_stay_together_and_single_sections_take_turns() -> None:
    images = [np.full((40, 70), i % 3, np.uint8) for i in range(5)]
    learning, held = halves([SectionStack("yz", tuple(images), PIXEL, spacing_um=1.0)])
    assert [id(one) for one in (*learning, *held)] == [id(one) for one in images]
    assert (len(learning), len(held)) == (2, 3)
    learning, held = halves([SectionStack("yz", (one,), PIXEL) for one in images])
    assert [len(part) for part in (learning, held)] == [3, 2]
    learning, held = halves([SectionStack("yz", (images[0],), PIXEL)])
    assert (learning[0].shape, held[0].shape) == ((40, 35), (40, 35))
    assert not np.shares_memory(learning[0], held[0])


def test_pixels_of_two_sizes_are_refused() -> None:
    images = tuple(sections(recovery_twin(), "xy", [0], 64))
    pair = [SectionStack("xy", images, (edge, edge)) for edge in (1.0, 2.0)]
    with pytest.raises(InputError, match="pixels of different sizes"):
        next(criticised(pair, recovery_twin(), seed=0))


def test_the_area_counts_pairs() -> None:
    positive, negative = np.array([0.2, 0.5, 0.9]), np.array([0.1, 0.5])
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert area_under_curve(positive, negative) == pytest.approx(np.mean(pairs))
    assert area_under_curve(negative + 1, negative) == 1.0
