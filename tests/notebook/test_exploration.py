"""The state behind the panel: what is shown is the twin's own volume and its exact curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import napari_assb_twin as nat
from napari_assb_twin.notebook.exploration import Exploration, coarsening
from napari_assb_twin.twin.parameters import Grid, Twin


@pytest.fixture
def twin() -> Twin:
    return replace(nat.preset("pressed"), grid=Grid(shape=(40, 48, 56), voxel_size_um=0.2), seed=5)


@pytest.mark.parametrize(
    ("plane", "axis", "size"),
    [("xy", 0, (9.6, 11.2)), ("xz", 1, (8.0, 11.2)), ("yz", 2, (8.0, 9.6))],
)
def test_the_section_is_cut_from_the_volume_that_generate_makes(twin, plane, axis, size):
    state = Exploration(twin, plane=plane, device="cpu")
    volume = nat.generate(twin, device="cpu")
    middle = volume.shape[axis] // 2
    assert np.array_equal(state.section, volume.take(middle, axis=axis))
    assert state.section_size_um == pytest.approx(size)
    assert state.section_at_um == pytest.approx((middle + 0.5) * 0.2)


def test_a_section_goes_from_face_to_face(twin):
    state = Exploration(twin, device="cpu")
    volume = nat.generate(twin, device="cpu")
    for depth, row in ((-1.0, 0), (0.0, 0), (1.0, 47), (2.0, 47)):
        state.show_section("xz", depth)
        assert np.array_equal(state.section, volume[:, row])


def test_every_change_is_told_once_and_can_be_undone(twin):
    state = Exploration(twin, device="cpu")
    told = []
    state.changed.connect(lambda: told.append(state.twin))
    state.set_value("pore", 0.2)
    state.set_value("pore", 0.2)  # no change
    for value in (0.8, 0.9, 1.0):
        state.drag("Y.length_um", value)
    assert len(told) == 4
    assert sum(share for _, share in state.twin.volume_fractions.items()) == pytest.approx(1.0)
    state.undo()  # the whole drag
    assert state.twin.Y == twin.Y
    assert state.twin.volume_fractions.pore == 0.2
    state.undo()
    assert state.twin == twin
    assert not state.can_undo
    state.undo()  # nothing is left
    state.redo()
    assert state.twin.volume_fractions.pore == 0.2
    assert state.can_redo


def test_curves_are_exact_and_those_of_the_volume_scatter_about_them(twin):
    state = Exploration(replace(twin, grid=Grid(shape=(96, 96, 96))), device="cpu")
    assert state.realised is None
    state.show_curves("through-plane", with_realised=True)
    exact, realised = state.curves, state.realised
    assert exact.direction == realised.direction == "through-plane"
    assert exact["pore", "pore"][0] == pytest.approx(twin.volume_fractions.pore)
    for pair in (("pore", "pore"), ("active_material", "solid_electrolyte")):
        expected = np.interp(realised.lags_um, exact.lags_um, exact[pair])
        # a box of 9.6 um: fractions scatter by about 0.01
        assert np.abs(realised[pair] - expected).max() < 0.03
    state.show_curves("in-plane", with_realised=False)
    assert state.realised is None


def test_a_box_that_cannot_hold_the_twin_is_said_and_curves_go_on(twin):
    state = Exploration(twin, device="cpu")
    state.set_value("X.length_um", 50.0)
    assert state.realisation is None
    assert state.section is None
    assert "box" in state.refusal
    assert state.curves.lags_um[-1] > 100.0
    state.set_value("X.length_um", 0.7)
    assert state.refusal == ""
    assert state.section is not None


def test_a_dragged_fraction_leaves_something_to_the_others(twin):
    state = Exploration(twin, device="cpu")
    state.drag("pore", 1.0)
    assert 0.99 < state.twin.volume_fractions.pore < 1.0
    with pytest.raises(nat.InputError, match="between 0 and 1"):
        state.set_value("pore", 1.0)


def test_large_boxes_are_shown_on_every_second_voxel(twin):
    assert coarsening((128, 128, 128)) == 1
    assert coarsening((129, 128, 128)) == 2
    assert coarsening((256, 256, 256)) == 2
    assert coarsening((512, 512, 512)) == 4
    assert coarsening((1, 1000, 1000)) == 1
    state = Exploration(replace(twin, grid=Grid(shape=(136, 144, 152))), device="cpu")
    assert state.coarsen == 2
    assert state.section.shape == (68, 76)
    assert state.section_size_um == pytest.approx((13.6, 15.2))


def test_what_is_not_known_is_refused(twin):
    with pytest.raises(nat.InputError, match="xy, xz or yz"):
        Exploration(twin, plane="zz")
    with pytest.raises(nat.InputError, match="device"):
        Exploration(twin, device="tpu")
    state = Exploration(twin, device="cpu")
    with pytest.raises(nat.InputError, match="no parameter"):
        state.set_value("X.colour", 1.0)
    with pytest.raises(nat.InputError, match="direction"):
        state.show_curves("upwards", with_realised=False)
    assert state.twin == twin
