"""The pressing axis comes first, with its voxel size; lengths are read per axis."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size, parse_lengths


@pytest.mark.parametrize(("axis", "order"), [(0, (0, 1, 2)), (1, (1, 0, 2)), (2, (2, 0, 1))])
def test_the_pressing_axis_comes_first(axis: int, order: tuple[int, int, int]) -> None:
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    turned = orient_volume(array, axis)
    assert turned.shape == tuple(array.shape[i] for i in order)
    index = [1, 2, 3]
    assert turned[tuple(index[i] for i in order)] == array[1, 2, 3]
    assert orient_voxel_size((0.2, 0.3, 0.4), axis) == tuple((0.2, 0.3, 0.4)[i] for i in order)


@pytest.mark.parametrize("axis", [-1, 3])
def test_there_are_three_axes(axis: int) -> None:
    with pytest.raises(InputError, match="--pressing-axis"):
        orient_volume(np.zeros((2, 3, 4)), axis)
    with pytest.raises(InputError, match="--pressing-axis"):
        orient_voxel_size((1, 1, 1), axis)


def test_a_section_has_no_pressing_axis_to_turn() -> None:
    with pytest.raises(InputError, match="2 axes"):
        orient_volume(np.zeros((2, 3)), 0)
    with pytest.raises(InputError, match="three voxel sizes, not 2"):
        orient_voxel_size((1, 1), 0)


@pytest.mark.parametrize(
    ("text", "count", "lengths"),
    [
        ("0.1", 3, (0.1, 0.1, 0.1)),
        ("0.1", 2, (0.1, 0.1)),
        ("0.2, 0.1,1e-1", 3, (0.2, 0.1, 0.1)),
        ("0.2,0.1", 2, (0.2, 0.1)),
        ("20nm", 3, (0.02, 0.02, 0.02)),
        ("20nm,20nm,50 nm", 3, (0.02, 0.02, 0.05)),
        ("0.05 µm", 2, (0.05, 0.05)),  # U+00B5
        ("0.05 μm", 2, (0.05, 0.05)),  # U+03BC
        ("2e-8m,500pm", 2, (0.02, 0.0005)),
        ("1.5e-4 mm,0.1um", 2, (0.15, 0.1)),
        ("0.123456789012", 2, (0.123456789012, 0.123456789012)),
    ],
)
def test_lengths(text: str, count: int, lengths: tuple[float, ...]) -> None:
    assert parse_lengths(text, count) == lengths


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "nan", "inf", "0.1 px", "1in", "nm", "0,1", "1,,1", "1,2,3,"]
)
def test_lengths_are_positive_numbers(text: str) -> None:
    with pytest.raises(InputError, match="positive length"):
        parse_lengths(text, 3)


@pytest.mark.parametrize(("text", "count"), [("1,2", 3), ("1,2,3", 2), ("1,2,3,4", 3)])
def test_one_length_or_one_per_axis(text: str, count: int) -> None:
    with pytest.raises(InputError, match=f"for an image with {count} axes"):
        parse_lengths(text, count)
