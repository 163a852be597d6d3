"""Grey values become phases by two thresholds; bad ones are named with the way out."""

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.doubt import moved_thresholds
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.thresholds import GreyValues, Thresholds, parse_thresholds
from napari_assb_twin.measure.sections import Volume

CUT = Thresholds(low=90, high=160)


def grey(shape=(64, 64), seed=0, dtype=np.uint8, factor=1):
    """Three noisy phases: a tenth dark (40), half middle (120), the rest bright (220)."""
    random = np.random.default_rng(seed)
    middle = np.array([40, 120, 220])[random.choice(3, shape, p=[0.1, 0.5, 0.4])]
    return (factor * np.clip(middle + random.normal(0, 6, shape), 0, 255)).astype(dtype)


def draft(*arrays):
    return Draft(tuple(Image(array, None, f"{n}.tif") for n, array in enumerate(arrays)))


def test_values_at_a_threshold_belong_to_the_brighter_phase():
    array = np.array([[0, 89, 90], [159, 160, 255]], np.uint8)
    assert CUT.phases(array).tolist() == [[0, 0, 2], [2, 1, 1]]
    turned = Thresholds(
        low=90, high=160, dark_to_bright=("active_material", "pore", "solid_electrolyte")
    )
    assert turned.phases(array).tolist() == [[1, 1, 0], [0, 2, 2]]


@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 200), (np.int16, 100)])
def test_shares_of_the_histogram_are_those_of_the_phases(dtype, factor):
    array = grey(dtype=dtype, factor=factor)
    cut = Thresholds(low=90 * factor, high=160 * factor)
    phases = cut.phases(array)
    shares = GreyValues.of(array).shares(cut)
    assert list(shares.values()) == pytest.approx([(phases == i).mean() for i in range(3)])
    assert shares["pore"] == pytest.approx(0.1, abs=0.03)
    assert shares["solid_electrolyte"] == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 200)])
def test_suggested_thresholds_part_three_heaps(dtype, factor):
    low, high = GreyValues.of(grey(dtype=dtype, factor=factor)).suggested()
    assert 55 * factor < low < 105 * factor
    assert 130 * factor < high < 205 * factor


@pytest.mark.parametrize("values", [[3, 4, 5], [0, 1, 60000], [7, 9, 8]])
def test_suggested_thresholds_of_three_values_tell_them_apart(values):
    array = np.array(values * 30, np.uint16)
    low, high = GreyValues.of(array).suggested()
    assert set(Thresholds(low=low, high=high).phases(array)) == {0, 1, 2}


@pytest.mark.parametrize(
    ("array", "cut", "words"),
    [
        (grey(), Thresholds(low=90, high=300), "300 lies outside"),
        (grey(), Thresholds(low=-5, high=100), "-5 lies outside"),
        (np.array([[10, 200, 250]], np.uint8), Thresholds(low=50, high=60), "electrolyte"),
        (grey() * 1j, CUT, "8 or 16 bit"),
        (np.array([[1.0, np.nan]]), CUT, "NaN"),
        (np.array([[1.0, np.inf]]), CUT, "infinite"),
        (np.ones((4, 4), bool), CUT, "8 or 16 bit"),
        (np.empty((0, 4), np.uint8), CUT, "no pixels"),
    ],
)
def test_what_cannot_be_cut_is_one_sentence(array, cut, words):
    with pytest.raises(InputError, match=words) as caught:
        cut.phases(array, source="a.tif")
    assert "a.tif" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "order", "words"),
    [
        ("90", None, "two grey values"),
        ("90,160,200", None, "two grey values"),
        ("a,b", None, "two grey values"),
        ("160,90", None, "lower first"),
        ("90,90", None, "lower first"),
        ("nan,90", None, "lower first"),
        ("90,160", "pore,active_material", "each phase once"),
        ("90,160", "pore,pore,active_material", "each phase once"),
        ("90,160", "pore,binder,active_material", "each phase once"),
    ],
)
def test_bad_options_are_one_sentence(text, order, words):
    with pytest.raises(InputError, match=words):
        parse_thresholds(text, order)


def test_parse_thresholds():
    assert parse_thresholds("90, 160.5") == Thresholds(low=90, high=160.5)
    turned = parse_thresholds("1,2", "active_material, pore ,solid_electrolyte")
    assert turned.dark_to_bright == ("active_material", "pore", "solid_electrolyte")


def test_moved_thresholds_are_what_one_would_have_cut():
    array = grey((40, 40, 40))
    one = draft(array)

    def segment(cut):
        return one.measured(kind=VOLUME, pressing_axis=0, voxel_size_um=(1, 1, 1), mapping=cut)

    alternatives = moved_thresholds(segment, CUT, 5)
    assert [a.name for a in alternatives] == [
        "threshold 95 instead of 90",
        "threshold 85 instead of 90",
        "threshold 165 instead of 160",
        "threshold 155 instead of 160",
    ]
    assert isinstance(alternatives[0].measured, Volume)
    assert np.array_equal(alternatives[0].measured.labels == 0, array < 95)
    assert np.array_equal(alternatives[3].measured.labels == 1, array >= 155)
    for doubt in (0, -1, 70, float("nan")):
        with pytest.raises(InputError, match="doubt of the thresholds"):
            moved_thresholds(segment, CUT, doubt)


def test_a_draft_of_grey_sections_is_cut_with_its_alternatives():
    one = draft(grey(), grey((2, 64, 64), seed=1))
    data = one.apply(
        kind="xz", pressing_axis=1, voxel_size_um=(0.1, 0.2), parts=CUT, threshold_doubt=5
    )
    (stack,) = data.measured
    assert len(stack.images) == 3
    assert np.array_equal(stack.images[0], CUT.phases(one.images[0].array).T)
    assert data.reading[0] == {
        "kind": "xz",
        "thresholds": [90, 160],
        "dark_to_bright": ["pore", "solid_electrolyte", "active_material"],
        "threshold_doubt": 5,
        "pressing_axis": 1,
        "voxel_size_um": [0.1, 0.2],
    }
    assert len(data.alternatives) == 4
    assert data.alternatives[0].measured[0].pixel_size_um == stack.pixel_size_um == (0.2, 0.1)


def test_joined_data_have_the_alternatives_of_both():
    answers = {"pressing_axis": 0, "voxel_size_um": (0.1, 0.1)}
    first = draft(grey()).apply(kind="xy", parts=CUT, threshold_doubt=5, **answers)
    second = draft(grey(seed=1)).apply(kind="yz", parts=CUT, threshold_doubt=5, **answers)
    labels = draft(CUT.phases(grey(seed=2))).apply(
        kind="xz",
        parts={0: "pore", 1: "active_material", 2: "solid_electrolyte"},
        **answers,
    )
    assert labels.alternatives == ()
    joined = first.joined(second).joined(labels)
    assert len(joined.alternatives) == 4
    one = joined.alternatives[0].measured
    assert [stack.plane for stack in one] == ["xy", "yz", "xz"]
    assert one[0] is first.alternatives[0].measured[0]
    assert one[1] is second.alternatives[0].measured[0]
    assert one[2] is labels.measured[0]
