"""No region is left that is too small; nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.small_regions import without_small_regions


def sizes(phases):
    """Sizes of all regions, phase by phase."""
    found = [ndimage.label(phases == index)[0] for index in range(3)]
    return [size for labels in found for size in np.bincount(labels.reshape(-1))[1:]]


@pytest.mark.parametrize("shape", [(90, 70), (24, 20, 22)])
@pytest.mark.parametrize("smallest", [2, 7, 30])
def test_every_region_that_is_left_is_large_enough(shape, smallest):
    values = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=shape), 1.2)
    phases = np.digitize(values, np.quantile(values, [0.3, 0.6])).astype(np.uint8)
    assert min(sizes(phases)) < smallest
    cleaned = without_small_regions(phases, smallest)
    assert min(sizes(cleaned)) >= smallest
    labels = [ndimage.label(phases == index)[0] for index in range(3)]
    large = np.zeros(shape, bool)
    for one in labels:
        counts = np.bincount(one.reshape(-1))
        large |= (one > 0) & (counts[one] >= smallest)
    assert np.array_equal(cleaned[large], phases[large])


@pytest.mark.parametrize("shape", [(90, 70), (20, 18, 22)])
def test_what_is_left_grows_into_the_holes_evenly(shape):
    """Ring by ring: each pixel takes a phase that a neighbour of the ring before has."""
    values = ndimage.gaussian_filter(np.random.default_rng(1).normal(size=shape), 1.2)
    phases = np.digitize(values, np.quantile(values, [0.3, 0.6])).astype(np.uint8)
    cleaned = without_small_regions(phases, 25)
    reached = np.zeros(shape, bool)
    for index in range(3):
        regions = ndimage.label(phases == index)[0]
        reached |= (regions > 0) & (np.bincount(regions.reshape(-1)) >= 25)[regions]
    assert not reached.all()
    while not reached.all():
        ring = ndimage.binary_dilation(reached) & ~reached
        offered = [ndimage.binary_dilation(reached & (cleaned == index)) for index in range(3)]
        assert np.choose(cleaned, offered)[ring].all()
        reached |= ring


def test_a_speck_goes_to_the_phase_around_it_and_one_on_a_boundary_to_both_sides():
    phases = np.zeros((11, 20), np.uint8)
    phases[:, 10:] = 1
    phases[2:4, 3:5] = 2
    phases[7, 8:12] = 2
    cleaned = without_small_regions(phases, 5)
    expected = np.zeros((11, 20), np.uint8)
    expected[:, 10:] = 1
    assert np.array_equal(cleaned, expected)


def test_corners_do_not_hold_regions_together():
    phases = np.zeros((9, 9), np.uint8)
    phases[3, 3] = phases[4, 4] = phases[5, 5] = 1
    assert not without_small_regions(phases, 2).any()


def test_a_speck_in_a_speck_goes_with_it():
    phases = np.zeros((20, 20), np.uint8)
    phases[8:12, 8:12] = 1
    phases[9:11, 9:11] = 2
    assert not without_small_regions(phases, 17).any()
    assert without_small_regions(phases, 10)[9, 9] == 1


def test_what_lies_outside_stays_outside():
    phases = np.full((12, 12), 255, np.uint8)
    phases[:, :6] = 0
    phases[3, 3] = 1
    phases[8, 9] = 2
    cleaned = without_small_regions(phases, 4)
    assert (cleaned[:, :6] == 0).all()
    assert (cleaned[:, 6:] == 255).all()


def test_slices_apart_are_sections_by_themselves():
    phases = np.zeros((4, 10, 10), np.uint8)
    phases[:, 4:6, 4:6] = 1
    assert without_small_regions(phases, 9).sum() == 16
    assert without_small_regions(phases, 9, apart=True).sum() == 0


def test_nothing_asked_is_nothing_done():
    phases = np.zeros((3, 3), np.uint8)
    assert without_small_regions(phases, 0) is phases
    assert without_small_regions(phases, 1) is phases


def test_a_size_that_leaves_nothing_is_refused():
    with pytest.raises(InputError, match=r"No region of a\.tif has 99 pixels"):
        without_small_regions(np.zeros((5, 5), np.uint8), 99, source="a.tif")
