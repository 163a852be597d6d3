import math

import pytest

from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.workspace.scales import STEPS, scale_of


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
