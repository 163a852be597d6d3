"""Treatment of grey values, against a known truth; and what is one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.reading import Image, read_image
from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.thresholds import GreyValues
from napari_assb_twin.images.treatment import (
    Denoising,
    Treatment,
    light_of,
    noise_of,
    parse_contrast,
    parse_denoising,
)

ORDER = ("pore", "solid_electrolyte", "active_material")
LEVELS = np.array([50.0, 200.0, 120.0])
"""Grey values of pore, active material and electrolyte."""


def truth(shape=(160, 160), seed=0, length=5.0):
    """Three phases of one smooth field: pores and active material in an electrolyte."""
    field = np.random.default_rng(seed).normal(size=shape)
    field = ndimage.gaussian_filter(field, length, mode="wrap")
    field /= field.std()
    other = ndimage.gaussian_filter(
        np.random.default_rng(seed + 100).normal(size=shape), length, mode="wrap"
    )
    phases = np.full(shape, 2, np.uint8)
    phases[field > 0.2] = 1
    phases[(field <= 0.2) & (other / other.std() > 0.9)] = 0
    return phases


def grey(phases, noise=0.0, seed=1, dtype=np.uint8):
    values = LEVELS[phases] + np.random.default_rng(seed).normal(0, noise, phases.shape)
    return np.clip(np.rint(values), 0, 255).astype(dtype)


def wrong(how, array, phases):
    """Share of the pixels that go to another phase than they are."""
    (found,) = how.phases(array)
    return float((found != phases).mean())


AUTO = GreySegmentation()


def treated_with(**steps):
    return GreySegmentation(treatment=Treatment(**steps))


def test_without_noise_automatic_thresholds_find_the_truth():
    phases = truth()
    assert wrong(AUTO, grey(phases), phases) == 0


@pytest.mark.parametrize("denoising", ["median:2", "nlm:1"])
def test_denoising_mends_what_noise_spoils(denoising):
    """Noise of 30 against 70 and 80 between the phases; a plain cut errs by a sixth."""
    phases = truth()
    array = grey(phases, noise=30)
    cut = GreySegmentation(thresholds=(85, 160))
    assert wrong(cut, array, phases) > 0.12
    denoised = replace(cut, treatment=Treatment(denoise=parse_denoising(denoising)))
    assert wrong(denoised, array, phases) < 0.05


def test_the_median_of_whole_values_stays_whole_and_takes_single_pixels_out():
    array = np.full((20, 20), 100, np.uint16)
    array[7, 9] = 60000
    treated = Treatment(denoise=Denoising("median", 1)).applied(array)
    assert treated.dtype == np.uint16
    assert (treated == 100).all()


def test_non_local_means_leave_an_image_without_noise_alone():
    array = np.repeat(np.repeat(np.arange(4, dtype=np.float32).reshape(2, 2), 10, 0), 10, 1)
    assert np.array_equal(Treatment(denoise=Denoising("nlm", 0.8)).applied(array), array)


@pytest.mark.parametrize("sigma", [4.0, 15.0])
def test_the_noise_is_estimated_beside_structure_and_light(sigma):
    phases = truth((300, 300))
    light = np.linspace(0, 60, 300)
    values = LEVELS[phases] + light + np.random.default_rng(0).normal(0, sigma, phases.shape)
    assert noise_of(values) == pytest.approx(sigma, rel=0.15)


def test_flattening_mends_uneven_light():
    """Light that falls by more than two phases differ, and a little noise."""
    phases = truth((240, 320), length=4)
    light = np.linspace(0, 100, 320) + np.linspace(0, 40, 240)[:, np.newaxis]
    array = (grey(phases, noise=5) + light).astype(np.uint16)
    assert wrong(AUTO, array, phases) > 0.15
    assert wrong(treated_with(flatten=True), array, phases) < 0.02


def test_flattening_keeps_the_mean_of_each_slice():
    """So fractions that change from slice to slice are not flattened away."""
    phases = np.stack([truth(seed=s) for s in range(3)])
    phases[1][phases[1] == 2] = 1
    array = grey(phases)
    flat = Treatment(flatten=True).applied(array)
    assert flat.mean(axis=(1, 2)) == pytest.approx(array.mean(axis=(1, 2)), rel=1e-4)


@pytest.mark.parametrize(("shape", "tolerance"), [((399, 510), 0.01), ((400, 512), 0.08)])
def test_light_of_a_large_image_is_that_of_all_its_pixels(shape, tolerance):
    """Worked out on squares of 3 pixels; edges that these do not fit are filled by mirroring."""
    plane = grey(truth(shape), noise=10).astype(np.float32)
    whole = ndimage.gaussian_filter(plane, min(shape) / 8)
    assert np.abs(light_of(plane) - whole).max() < tolerance * np.ptp(whole)


def test_contrast_brings_files_of_different_brightness_to_one_scale():
    phases = truth()
    dark = grey(phases, noise=6)
    bright = (150 * dark.astype(np.uint16) + 4000).astype(np.uint16)
    how = treated_with(contrast=(1, 99))
    first, second = how.phases(dark, bright)
    assert np.array_equal(first, second)
    assert (first != phases).mean() < 0.005
    apart, _ = GreySegmentation().phases(dark, bright)
    assert (apart != phases).mean() > 0.3
    treated = how.treatment.applied(bright)
    assert (treated.min(), treated.max()) == (0, 255)
    assert (treated == 0).mean() == pytest.approx(0.01, abs=0.005)


def test_a_slice_comes_out_the_same_alone_and_in_its_stack():
    stack = grey(np.stack([truth(seed=s) for s in range(3)]), noise=12)
    steps = Treatment(contrast=(2, 98), flatten=True, denoise=Denoising("nlm", 0.8))
    limits = steps.limits(stack)
    treated = steps.applied(stack)
    assert treated.dtype == np.float32
    for one, whole in zip(stack, treated, strict=True):
        assert np.array_equal(steps.plane(one, limits), whole)


def test_no_step_gives_the_very_array():
    array = grey(truth())
    assert Treatment().applied(array) is array


def test_floats_are_cut_like_the_whole_values_they_stand_for():
    phases = truth()
    array = grey(phases, noise=8)
    floats = array.astype(np.float32) / 1000 - 0.1
    cut = GreySegmentation(thresholds=(84.5, 160.5))
    scaled = GreySegmentation(thresholds=(84.5 / 1000 - 0.1, 160.5 / 1000 - 0.1))
    assert np.array_equal(cut.phases(array)[0], scaled.phases(floats)[0])
    assert wrong(AUTO, floats, phases) < 0.002
    greys = GreyValues.of(floats)
    assert not greys.whole
    assert greys.lowest == pytest.approx(floats.min(), abs=1e-6)
    assert greys.highest == pytest.approx(floats.max(), abs=1e-6)
    shares = greys.shares(scaled.cut)
    found = [(scaled.phases(floats)[0] == index).mean() for index in range(3)]
    assert list(shares.values()) == pytest.approx(found, abs=1e-3)
    assert greys.percentile(50) == pytest.approx(np.median(floats), abs=2e-3)


def test_whole_values_spread_wider_than_16_bit_are_cut_too():
    phases = truth()
    wide = grey(phases, noise=4).astype(np.int64) * 10_000_000 - 5
    assert wrong(AUTO, wide, phases) < 0.002


def test_thresholds_are_chosen_from_all_images_together():
    dark, bright = truth(seed=3), truth(seed=4)
    arrays = grey(dark, noise=8), grey(bright, noise=8)
    one = AUTO.settled(GreyValues.of(*arrays))
    assert one.automatic
    for phases, array in zip((dark, bright), AUTO.phases(*arrays), strict=True):
        assert (array != phases).mean() < 0.002
    assert np.array_equal(AUTO.phases(*arrays)[1], one.phases(*arrays)[1])


def test_a_draft_records_every_step_and_is_cut_again_by_its_record():
    phases = np.stack([truth(seed=s) for s in range(2)])
    one = Draft((Image(grey(phases, noise=20), None, "a.tif"),))
    how = GreySegmentation(
        treatment=Treatment(contrast=(1, 99), flatten=True, denoise=Denoising("median", 1)),
        min_object_px=12,
    )
    answers = {"pressing_axis": 0, "voxel_size_um": (0.1, 0.1)}
    data = one.apply(kind="xz", parts=how, threshold_doubt=3, **answers)
    (read,) = data.reading
    low, high = read["thresholds"]
    assert 0 < low < high < 255
    assert read == {
        "kind": "xz",
        "thresholds": [low, high],
        "dark_to_bright": list(ORDER),
        "contrast": [1, 99],
        "flatten": True,
        "denoise": "median:1",
        "thresholds_chosen_by": "multi-Otsu",
        "min_object_px": 12,
        "threshold_doubt": 3,
        **{
            name: list(np.atleast_1d(v)) if name != "pressing_axis" else v
            for name, v in answers.items()
        },
    }
    again = replace(how, thresholds=(low, high))
    same = one.apply(kind="xz", parts=again, threshold_doubt=3, **answers)
    for first, second in zip(data.images, same.images, strict=True):
        assert np.array_equal(first, second)
    assert [a.name for a in data.alternatives] == [a.name for a in same.alternatives]
    moved = replace(how, thresholds=(low + 3, high))
    expected = one.apply(kind="xz", parts=moved, **answers).images
    for first, second in zip(data.alternatives[0].measured[0].images, expected, strict=True):
        assert np.array_equal(first, second)


def test_regions_reach_through_a_volume_but_not_through_a_stack_of_sections():
    """A rod along the first axis: 4 pixels in each slice, 128 voxels in all."""
    array = np.full((32, 32, 32), 120, np.uint8)
    array[:, :, 16:] = 200
    array[:, 2:4, 2:4] = 50
    array[:, :, 0] = 50
    one = Draft((Image(array, None, "a.tif"),))
    how = GreySegmentation(thresholds=(90, 160), min_object_px=10)
    volume = one.measured(kind=VOLUME, pressing_axis=0, voxel_size_um=(1, 1, 1), mapping=how)
    assert (volume.labels[:, 2:4, 2:4] == 0).all()
    (stack,) = one.measured(kind="xz", pressing_axis=0, voxel_size_um=(1, 1), mapping=how)
    assert all((section[2:4, 2:4] == 2).all() for section in stack.images)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ({"contrast": (99, 1)}, "the lower first, as 1,99"),
        ({"contrast": (-1, 50)}, "from 0 to 100"),
        ({"contrast": (float("nan"), 50)}, "from 0 to 100"),
    ],
)
def test_contrast_that_cannot_be(steps, words):
    with pytest.raises(InputError, match=words):
        Treatment(**steps)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("median", "radius in pixels, as median:1"),
        ("blur:1", "as nlm:0.8"),
        ("median:1.5", "1 to 20 whole pixels"),
        ("median:21", "1 to 20 whole pixels"),
        ("median:0", "1 to 20 whole pixels"),
        ("nlm:-1", "above 0"),
        ("nlm:nan", "above 0"),
        ("nlm:x", "as nlm:0.8"),
    ],
)
def test_denoising_that_cannot_be(text, words):
    with pytest.raises(InputError, match=words):
        parse_denoising(text)


def test_parsed_steps():
    assert parse_denoising(" nlm : 0.8") == Denoising("nlm", 0.8)
    assert str(parse_denoising("median:2")) == "median:2"
    assert parse_contrast("0.5, 99.5") == (0.5, 99.5)
    for text in ("1", "1,2,3", "a,b"):
        with pytest.raises(InputError, match="two percentiles"):
            parse_contrast(text)


def test_what_cannot_be_segmented_is_one_sentence():
    array = grey(truth())
    flat = np.full((8, 8), 7, np.uint8)
    for how, values, words in (
        (treated_with(contrast=(1, 99)), flat, "one grey value, 7"),
        (AUTO, flat, "fewer than three grey values"),
        (treated_with(flatten=True), np.full((8, 8), np.nan), "NaN"),
        (GreySegmentation(thresholds=(90, 300)), array, "300 lies outside"),
        (GreySegmentation(thresholds=(50.5, 50.7)), array, "move them apart"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            how.phases(values, source="a.tif")
        assert "a.tif" in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="minimal size"):
        GreySegmentation(min_object_px=-1)
    with pytest.raises(InputError, match="lower first"):
        GreySegmentation(thresholds=(3, 2))


@pytest.mark.parametrize("name", ["sem_electrode_grey_8bit", "two_phase_alloy_grey_16bit"])
def test_real_micrographs_have_three_parts_that_denoising_hardly_moves(real_data, name):
    """They are clean: what noise does to the shares is small, whatever takes it out."""
    array = read_image(real_data(f"samba_greyscale_sections/{name}.tif")).array
    plain = AUTO.phases(array)[0]
    shares = np.bincount(plain.reshape(-1), minlength=3) / plain.size
    assert shares.min() > 0.05
    for steps in ({"denoise": Denoising("median", 1)}, {"denoise": Denoising("nlm", 0.8)}):
        how = replace(treated_with(**steps), min_object_px=10)
        treated = how.phases(array)[0]
        moved = np.bincount(treated.reshape(-1), minlength=3) / treated.size
        assert moved == pytest.approx(shares, abs=0.03)
        assert (treated != plain).mean() < 0.06
