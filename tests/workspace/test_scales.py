import math

import pytest

from napari_assb_twin.twin.parameters import PARAMETERS, Grid
from napari_assb_twin.workspace.scales import STEPS, advised_length, scale_of, slider_ends


@pytest.mark.parametrize("path", PARAMETERS)
def test_slider_and_value_agree(path):
    scale = scale_of(path)
    for position in (0, 1, 333, 700, STEPS - 30):
        value = scale.value_at(position)
        assert abs(scale.position(value) - position) <= 2
    parameter = PARAMETERS[path]
    assert scale.shown(scale.value_at(0)) == pytest.approx(parameter.lowest, rel=0.01)


def test_the_top_end_of_smoothness_is_infinity():
    scale = scale_of("X.smoothness")
    assert scale.value_at(STEPS) is None
    assert scale.position(None) == STEPS
    assert scale.text(scale.shown(None)) == "∞"


def test_the_oscillation_is_shown_as_domain_spacing():
    scale = scale_of("Y.oscillation_per_um")
    assert scale.shown(2.5) == pytest.approx(2 * math.pi / 2.5)
    assert scale.value(2 * math.pi / 2.5) == pytest.approx(2.5)
    assert scale.value_at(STEPS) == 0.0
    assert scale.text(scale.shown(0.0)) == "off"
    assert scale.spread(2.0, 0.1) == pytest.approx(2 * math.pi / 4 * 0.1)


def test_numbers_beyond_the_slider_stand_at_its_ends():
    scale = scale_of("X.length_um")
    assert scale.position(1e-3) == 0
    assert scale.position(1e3) == STEPS


GRID = Grid(shape=(64, 128, 128), voxel_size_um=0.05)


def test_lengths_follow_the_grid_and_the_rest_does_not():
    assert slider_ends("X.length_um", GRID) == (0.05, 1.1)  # a voxel, a third of 3.2 µm
    assert slider_ends("Y.oscillation_per_um", GRID) == (0.15, 3.2)
    for path, parameter in PARAMETERS.items():
        if not parameter.unit:
            assert slider_ends(path, GRID) == (parameter.lowest, parameter.highest)
        assert slider_ends(path, None) == (parameter.lowest, parameter.highest)


@pytest.mark.parametrize("path", ["X.length_um", "X.oscillation_per_um"])
def test_ends_scale_with_the_voxels(path):
    coarse = Grid(shape=GRID.shape, voxel_size_um=0.5)
    assert slider_ends(path, coarse) == pytest.approx([10 * e for e in slider_ends(path, GRID)])


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 2, 2), (1, 400, 400), (5, 400, 400)])
def test_a_slider_of_any_box_has_a_length(shape):
    grid = Grid(shape=shape, voxel_size_um=0.1)
    for path, parameter in PARAMETERS.items():
        low, high = slider_ends(path, grid)
        assert high >= (4 * low if parameter.unit else 2 * low)
    assert (slider_ends("X.length_um", grid)[1] > 10) == (min(shape[1:]) > 5 and shape[0] == 1)


def test_ten_lengths_fit_up_to_the_advised_one():
    assert advised_length("X.length_um", GRID) == pytest.approx(0.32)
    assert advised_length("X.anisotropy", GRID) is None


@pytest.mark.parametrize("path", ["X.length_um", "Y.oscillation_per_um", "pore", "X.smoothness"])
def test_a_slider_grows_to_hold_a_value(path):
    scale = scale_of(path, GRID)
    for shown in (scale.ends[0] / 3, min(0.95, scale.ends[1] * 3) if path == "pore" else 90.0):
        value = scale.value(shown)
        grown = scale.including(value)
        back = grown.shown(grown.value_at(grown.position(value)))
        assert back == pytest.approx(shown, rel=0.02, abs=1e-3)
        assert grown.including(value) is grown
    inside = scale.value(scale.ends[1] / 1.5)
    assert scale.including(inside) is scale
    top = scale.value_at(STEPS)
    assert scale.including(top) is scale


def test_keys_step_one_percent_or_the_step():
    assert scale_of("X.length_um").stepped(0.7, 1) == pytest.approx(0.707)
    assert scale_of("X.length_um").stepped(0.7, -10) == pytest.approx(0.7 / 1.01**10, rel=1e-3)
    assert scale_of("pore").stepped(0.11, 1) == pytest.approx(0.111)
    assert scale_of("pore").stepped(0.11, -10) == pytest.approx(0.1)
    spacing = scale_of("X.oscillation_per_um")
    assert spacing.shown(spacing.stepped(2 * math.pi / 2.0, 1)) == pytest.approx(2.02)


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_step_moves_until_the_end(path):
    scale = scale_of(path, GRID)
    for direction, end in ((1, STEPS), (-1, 0)):
        value, seen = scale.value_at(500), set()
        while value not in seen:
            seen.add(value)
            value = scale.stepped(value, direction)
        assert scale.position(value) == end


def test_keys_leave_and_reach_the_top_end():
    scale = scale_of("X.smoothness")
    assert scale.stepped(None, 1) is None
    assert scale.stepped(None, -1) == 12.0
    assert scale.stepped(11.99, 1) == 12.0
    assert scale.stepped(12.0, 1) is None
