"""Labels become phases, and what does not fit is named with the way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.labels import Part, found_labels, parse_phases, to_phases
from napari_assb_twin.images.reading import read_image

RealData = Callable[[str], Path]
PLAIN: dict[Part, tuple[int, ...]] = {
    "pore": (0,),
    "active_material": (1,),
    "solid_electrolyte": (2,),
}


def array(real_data: RealData, name: str) -> np.ndarray:
    return read_image(real_data(name)).array


def refusal(array: np.ndarray, phases: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        to_phases(array, None if phases is None else parse_phases(phases), source="a.tif")
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_parse_phases() -> None:
    assert parse_phases("pore=0+1,active_material=2,solid_electrolyte=3") == {
        "pore": (0, 1),
        "active_material": (2,),
        "solid_electrolyte": (3,),
    }
    text = " solid_electrolyte = 7 , pore=-1 + -2, active_material=0,outside=255"
    assert parse_phases(text) == {
        "solid_electrolyte": (7,),
        "pore": (-1, -2),
        "active_material": (0,),
        "outside": (255,),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "''"),
        ("pore=0,active_material=1,binder=2", "'binder=2'"),
        ("pore=0,active_material=1,solid_electrolyte=2,", "''"),
        ("pore,active_material=1,solid_electrolyte=2", "'pore'"),
        ("pore=0,pore=3,active_material=1,solid_electrolyte=2", "pore twice"),
        ("pore=0,active_material=1", "no label to solid_electrolyte"),
        ("outside=3", "no label to pore and active_material and solid_electrolyte"),
        ("pore=0.5,active_material=1,solid_electrolyte=2", "whole numbers"),
        ("pore=zero,active_material=1,solid_electrolyte=2", "whole numbers"),
        ("pore=,active_material=1,solid_electrolyte=2", "whole numbers"),
        ("pore=0+,active_material=1,solid_electrolyte=2", "whole numbers"),
        ("pore=1_0,active_material=1,solid_electrolyte=2", "whole numbers"),
        ("pore=0,active_material=1,solid_electrolyte=1", "label 1 twice"),
        ("pore=0+0,active_material=1,solid_electrolyte=2", "label 0 twice"),
    ],
)
def test_parse_phases_refuses(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_phases(text)
    assert words in str(caught.value)
    assert "--phases" in str(caught.value)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint64", "float32", "float64"])
def test_found_labels(dtype: str) -> None:
    array = np.array([[0, 2, 2], [7, 2, 0]], dtype)
    assert found_labels(array) == pytest.approx({0: 1 / 3, 2: 1 / 2, 7: 1 / 6})
    assert list(found_labels(array)) == [0, 2, 7]


def test_found_labels_across_chunks_and_the_whole_range() -> None:
    array = np.zeros((3, 1200, 1300), np.int8)
    array[2] = 127
    array[0, :, 0] = -128
    assert found_labels(array) == pytest.approx({-128: 1 / 3900, 0: 2 / 3 - 1 / 3900, 127: 1 / 3})
    wide = np.array([[-(2**63), 0, 2**63 - 1]])
    assert list(found_labels(wide)) == [-(2**63), 0, 2**63 - 1]
    assert list(found_labels(np.array([[2**64 - 1, 5]], np.uint64))) == [5, 2**64 - 1]


def test_codes_pass_as_they_are() -> None:
    array = np.array([[0, 1, 2], [255, 1, 0]], np.uint16)
    phases = to_phases(array)
    assert phases.dtype == np.uint8
    np.testing.assert_array_equal(phases, array)
    phases[0, 0] = 2
    assert array[0, 0] == 0


def test_a_mapping_merges_masks_and_reorders() -> None:
    array = np.array([[-1, 0, 5], [300, 7, 0]], np.int16)
    mapping = parse_phases("pore=5+300,active_material=-1,solid_electrolyte=0,outside=7")
    np.testing.assert_array_equal(to_phases(array, mapping), [[1, 2, 0], [0, 255, 2]])


def test_float_labels_are_whole_numbers() -> None:
    array = np.array([[0.0, 127.0, 254.0]], np.float32)
    mapping = parse_phases("pore=254,active_material=127,solid_electrolyte=0")
    np.testing.assert_array_equal(to_phases(array, mapping), [[2, 1, 0]])


def test_255_is_outside_unless_it_is_named() -> None:
    array = np.array([[0, 1, 2, 255]], np.uint8)
    np.testing.assert_array_equal(to_phases(array, PLAIN), [[0, 1, 2, 255]])
    named = parse_phases("pore=0,active_material=1,solid_electrolyte=2+255")
    np.testing.assert_array_equal(to_phases(array, named), [[0, 1, 2, 2]])


def test_other_labels_are_listed_with_an_option_to_copy() -> None:
    message = refusal(np.array([[0, 127, 254, 254]]))
    assert "a.tif holds the labels 0 (25.0%), 127 (25.0%), 254 (50.0%)" in message
    option = message.split("--phases ")[1]
    to_phases(np.array([[0, 127, 254, 254]]), parse_phases(option))


@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [0, 1, 255], [0, 1, 3, 255], [-1, 0, 1]])
def test_the_option_offered_works(labels: list[int]) -> None:
    array = np.array([labels])
    phases = to_phases(array, parse_phases(refusal(array).split("--phases ")[1]))
    assert {0, 1, 2} <= set(phases.ravel().tolist())


def test_a_label_that_is_not_in_the_image() -> None:
    message = refusal(np.array([[0, 1, 2]]), "pore=0+9,active_material=1,solid_electrolyte=2")
    assert "the label 9 to pore" in message
    assert "0 (33.3%), 1 (33.3%), 2 (33.3%)" in message


def test_a_label_that_no_phase_takes() -> None:
    message = refusal(np.array([[0, 1, 2, 3]]), "pore=0,active_material=1,solid_electrolyte=2")
    assert "3 (25.0%)" in message
    assert "pore=0+3" in message
    assert "outside=3" in message


def test_two_phases_are_too_few() -> None:
    for array in (np.array([[0, 1]]), np.array([[True, False]]), np.array([[0, 255]])):
        assert "a twin needs three phases" in refusal(array)
    message = refusal(np.array([[0, 1]]), "pore=0,active_material=1,solid_electrolyte=2")
    assert "the label 2 to solid_electrolyte" in message
    assert "a twin needs three phases" in message


def test_a_mapping_without_a_phase_is_refused() -> None:
    with pytest.raises(InputError, match="no label to active_material"):
        to_phases(np.array([[0, 1, 2]]), {**PLAIN, "active_material": ()})


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([[0.0, 1.0, np.nan]]), "NaN"),
        (np.array([[0.0, 1.0, np.inf]]), "NaN or infinite"),
        (np.array([[0.0, 0.5, 1.0]]), "segmented"),
        (np.array([[0.0, 1.0, 1e300]]), "segmented"),
        (np.arange(33).reshape(3, 11), "segmented"),
        (np.arange(33).reshape(3, 11) * 10**17, "segmented"),
        (np.zeros((0, 3)), "no labels"),
        (np.array([["a"]]), "no labels"),
        (np.zeros((2, 2), complex), "no labels"),
    ],
)
def test_what_is_no_label_image(array: np.ndarray, words: str) -> None:
    assert words in refusal(array)
    with pytest.raises(InputError, match=words):
        found_labels(array)


def test_thirty_two_labels_are_still_labels() -> None:
    assert len(found_labels(np.arange(32))) == 32


def test_a_real_three_phase_volume(real_data: RealData) -> None:
    volume = array(real_data, "imagerep_segstack_100/seg_stack.tiff")
    assert found_labels(volume) == pytest.approx({0: 0.3745, 127: 0.2383, 254: 0.3871}, abs=1e-4)
    phases = to_phases(volume, parse_phases(refusal(volume).split("--phases ")[1]))
    np.testing.assert_array_equal(phases, volume // 127)


def test_a_real_section_with_four_labels(real_data: RealData) -> None:
    section = array(real_data, "nrel_nmc111_section/nrel_nmc111_segmented_phases.tif")
    assert "3 (20.6%)" in refusal(section, "pore=0,active_material=2,solid_electrolyte=1")
    phases = to_phases(section, parse_phases("pore=0+1,active_material=2,solid_electrolyte=3"))
    np.testing.assert_array_equal(phases, np.array([0, 0, 1, 2])[section])


def test_real_images_without_three_phases(real_data: RealData) -> None:
    assert "a twin needs three phases" in refusal(
        array(real_data, "nmc_binary_128/nmc_binary_128.tif")
    )
    for name in ("sem_electrode_grey_8bit", "two_phase_alloy_grey_16bit"):
        assert "greyscale picture" in refusal(
            read_image(real_data(f"samba_greyscale_sections/{name}.tif")).array
        )
