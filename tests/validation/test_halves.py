"""Halves, blocks and sections of a volume, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.validation.halves import blocks, halves
from napari_assb_twin.validation.options import ValidationOptions


def random_volume(*shape: int) -> Volume:
    labels = np.random.default_rng(0).integers(0, 3, shape, dtype=np.uint8)
    return Volume(labels, (0.2, 0.1, 0.1))


@pytest.mark.parametrize(
    ("asked", "axis", "number", "cross"),
    [(None, "y", 1, "xz"), ("x", "x", 2, "yz"), ("z", "z", 0, "xz")],
)
def test_halves_lie_side_by_side(asked, axis, number, cross) -> None:
    volume = random_volume(65, 97, 80)
    found = halves(volume, ValidationOptions(axis=asked, planes=5))
    assert found.axis == axis
    assert found.layers == volume.labels.shape[number] // 2
    joined = np.concatenate([found.first.labels, found.other.labels], axis=number)
    kept = np.take(volume.labels, range(2 * found.layers), axis=number)
    assert np.array_equal(joined, kept)
    assert [stack.plane for stack in found.sections] == ["xy", cross]
    assert [len(stack.images) for stack in found.sections] == [5, 5]
    for stack in found.sections:  # all of them out of the first half
        axis_of = {"xy": 0, "xz": 1, "yz": 2}[stack.plane]
        layers = [layer.tobytes() for layer in np.moveaxis(found.first.labels, axis_of, 0)]
        assert all(image.tobytes() in layers for image in stack.images)
        assert stack.spacing_um == pytest.approx(
            (layers.index(stack.images[1].tobytes()) - layers.index(stack.images[0].tobytes()))
            * volume.voxel_size_um[axis_of]
        )


@pytest.mark.parametrize("shape", [(64, 64, 64), (32, 64, 64), (33, 97, 100), (48, 96, 96)])
def test_blocks_fill_a_half(shape) -> None:
    half = random_volume(*shape)
    found = blocks(half)
    assert len(found) >= 4
    assert sum(block.labels.size for block in found) == half.labels.size
    assert min(min(block.labels.shape) for block in found) >= 32
    sizes = [block.labels.size for block in found]
    assert max(sizes) < 1.2 * min(sizes)


@pytest.mark.parametrize("shape", [(62, 62, 62), (40, 40, 200), (64, 60, 64)])
def test_small_volumes_are_refused(shape) -> None:
    with pytest.raises(InputError, match="too small"):
        halves(random_volume(*shape), ValidationOptions(axis="y"))


def test_more_planes_than_there_are_are_refused() -> None:
    with pytest.raises(InputError, match="has 32 planes xz, but 33 are asked for; give --planes"):
        halves(random_volume(64, 64, 64), ValidationOptions(axis="y", planes=33))


def test_two_labels_are_refused() -> None:
    labels = np.random.default_rng(0).integers(0, 2, (64, 64, 64), dtype=np.uint8)
    with pytest.raises(InputError, match="There is no solid electrolyte"):
        halves(Volume(labels, (0.1,) * 3), ValidationOptions())


def test_a_half_without_a_phase_is_refused() -> None:
    labels = random_volume(64, 64, 64).labels.copy()
    labels[:, 32:][labels[:, 32:] == 2] = 1
    with pytest.raises(InputError, match="There is no solid electrolyte"):
        halves(Volume(labels, (0.1,) * 3), ValidationOptions(axis="y"))


def test_a_mask_is_refused() -> None:
    labels = random_volume(64, 64, 64).labels.copy()
    labels[0, 0, 0] = OUTSIDE
    with pytest.raises(InputError, match="crop it"):
        halves(Volume(labels, (0.1,) * 3), ValidationOptions())


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"planes": 0}, "--planes is 0; it must be from 1 to 256"),
        ({"realisations": 1}, "--realisations is 1; it must be from 2 to 64"),
        ({"axis": "q"}, "--axis is 'q'; it must be one of z, y, x"),
        ({"fields": "odd"}, "--fields is 'odd'; it must be one of gaussian, auto"),
        ({"groups": ("flavour",)}, "no descriptors 'flavour'"),
        ({"seed": -1}, "--seed is -1"),
    ],
)
def test_options_say_what_they_can_be(option, said) -> None:
    with pytest.raises(InputError, match=said):
        ValidationOptions(**option)
