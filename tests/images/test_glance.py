"""What is seen of a section while one chooses is what the data will be."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.glance import Glance, histogram, parted
from napari_assb_twin.images.reading import Image
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.images.treatment import Denoising, Treatment


def grey(shape, seed=0):
    random = np.random.default_rng(seed)
    values = np.repeat(np.repeat(random.choice([50, 120, 200], shape), 4, -1), 4, -2)
    return (values + random.normal(0, 6, values.shape)).astype(np.uint8)


def draft(*arrays):
    return Draft(tuple(Image(array, None, f"{n}.tif") for n, array in enumerate(arrays)))


def test_a_glance_shows_the_phases_that_the_data_will_have():
    one = draft(grey((20, 24)), grey((5, 20, 24), seed=1))
    glance = Glance(one)
    assert len(glance) == 6
    assert [glance.place(number) for number in (0, 1, 5)] == [(0, None), (1, 0), (1, 4)]
    steps = Treatment(contrast=(1, 99), flatten=True, denoise=Denoising("median", 1))
    how = GreySegmentation(thresholds=(80, 150), treatment=steps, min_object_px=6)
    data = one.apply(kind="xz", pressing_axis=0, voxel_size_um=(1, 1), parts=how)
    for number, section in enumerate(data.images):
        seen = parted(glance.treated(number, steps), how)
        assert np.array_equal(seen.phases, section)
        assert list(seen.shares.values()) == [(section == index).mean() for index in range(3)]


def test_the_middle_of_a_stack_is_seen_first():
    assert Glance(draft(grey((7, 20, 24)))).first == 3
    assert Glance(draft(grey((20, 24)))).first == 0


def test_untreated_shares_are_those_of_all_sections():
    one = draft(grey((20, 24)), grey((5, 20, 24), seed=1))
    treated = Glance(one).treated(0, Treatment())
    how = GreySegmentation(thresholds=(85, 160))
    assert treated.greys is one.grey_values
    assert treated.counted == 6
    whole = np.concatenate([how.cut.coded(i.array).reshape(-1) for i in one.images])
    shares = list(parted(treated, how).shares.values())
    assert shares == pytest.approx([(whole == index).mean() for index in range(3)])


def test_treated_values_of_a_large_stack_are_counted_in_some_sections(monkeypatch):
    monkeypatch.setattr("napari_assb_twin.images.glance.MOST_PIXELS", 3 * 80 * 96)
    one = draft(grey((9, 20, 24)))
    treated = Glance(one).treated(2, Treatment(denoise=Denoising("median", 1)))
    assert treated.counted == 3
    assert treated.greys.counts.sum() == 3 * 80 * 96


@pytest.mark.parametrize("array", [grey((20, 24)), grey((20, 24)).astype(np.uint16) * 200])
def test_the_histogram_holds_all_pixels(array):
    edges, shares = histogram(GreyValues.of(array))
    assert shares.sum() == pytest.approx(1)
    assert len(edges) == len(shares) + 1 <= 257
    expected, _ = np.histogram(array, edges)
    assert shares == pytest.approx(expected / array.size)
