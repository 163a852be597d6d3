"""The structures of the alarm study are what they are called."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from napari_assb_twin.measure.sections import volume_fractions

EDGE = 128
"""Half the edge of the study: an eighth of the time."""
STUDY = Path(__file__).parent / "studies" / "structures.py"


@pytest.fixture(scope="module")
def structures():
    spec = importlib.util.spec_from_file_location("structures", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["structures"] = module
    spec.loader.exec_module(module)
    module.EDGE = EDGE
    yield module
    del sys.modules["structures"]


def made(structures, name, seed=1):
    plan, cross = structures.STRUCTURES[name](np.random.default_rng(seed), 2)
    assert (plan.plane, cross.plane) == ("xy", "yz")
    images = [*plan.images, *cross.images]
    assert [image.shape for image in images] == [(EDGE, EDGE)] * 4
    return images


def touching(images, first, second):
    """Pairs of neighbouring pixels of two phases, per pixel."""
    pairs = 0
    for image in images:
        for a, b in ((image[1:], image[:-1]), (image[:, 1:], image[:, :-1])):
            pairs += np.count_nonzero((np.minimum(a, b) == first) & (np.maximum(a, b) == second))
    return pairs / sum(image.size for image in images)


@pytest.mark.parametrize("name", ["sphere-packing", "boolean-grains", "graded", "own"])
def test_fractions_are_those_of_cathodes_and_seeds_repeat(structures, name):
    images = made(structures, name)
    shares = volume_fractions(images)
    assert 0.05 < shares["pore"] < 0.25
    assert 0.35 < shares["active_material"] < 0.68
    if name == "own":
        again = made(structures, name)
        assert all(np.array_equal(a, b) for a, b in zip(images, again, strict=True))
        assert not np.array_equal(images[0], made(structures, name, seed=2)[0])


def test_active_material_grows_along_z_of_a_graded_image(structures):
    cross = made(structures, "graded")[2:]
    rows = np.mean([(image == 1).mean(axis=1) for image in cross], axis=0)
    slope = np.polyfit(np.arange(EDGE), rows, 1)[0] * EDGE
    assert 0.15 < abs(slope) < 0.35


def test_pores_of_a_packing_lie_at_its_spheres(structures):
    images = made(structures, "sphere-packing")
    assert touching(images, 0, 1) > 1.2 * touching(images, 0, 2)


def test_wrong_thresholds_part_pores_from_active_material_by_rims(structures):
    images = made(structures, "wrong-thresholds")
    assert touching(images, 0, 1) < 0.1 * touching(images, 0, 2)
