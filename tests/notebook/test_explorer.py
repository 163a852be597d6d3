"""Sliders, twin, section and curves in a notebook: driven through the ipywidgets themselves."""

from __future__ import annotations

import base64
import gc
import io
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import napari_assb_twin as nat
from napari_assb_twin.notebook.parameter_row import typed_value
from napari_assb_twin.notebook.pictures import CHOICES, SAME_PHASE
from napari_assb_twin.twin.parameters import PARAMETERS, Grid
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.spectral_handles import HANDLES
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.scales import STEPS, scale_of

TWO_PHASES = next(title for title in CHOICES if title != SAME_PHASE)


@pytest.fixture
def explorer():
    twin = replace(nat.preset("pressed"), grid=Grid(shape=(48, 48, 48), voxel_size_um=0.2))
    one = nat.explore(twin, device="cpu")
    yield one
    one.close()


def move(explorer, path, position):
    """What a browser does when a slider is dragged."""
    explorer.panel.rows[path].slider.native.value = position


def enter(explorer, path, text):
    explorer.panel.rows[path].entry.native.value = text


def pixels(image) -> np.ndarray:
    with Image.open(io.BytesIO(image.value)) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_parameter_has_a_slider_made_from_its_description(explorer, path):
    row, parameter = explorer.panel.rows[path], PARAMETERS[path]
    assert parameter.label in row.slider.native.description
    assert parameter.unit in row.slider.native.description
    assert parameter.documentation in row.slider.native.tooltip
    before = explorer.twin
    move(explorer, path, 333)
    expected = scale_of(path, before.grid).value_at(333)
    assert explorer.twin.value(path) == pytest.approx(expected)
    assert row.entry.native.value == row.scale.text(row.scale.shown(expected))
    others = [p for p in PARAMETERS if p != path and not {p, path} <= set(PHASES)]
    assert all(explorer.twin.value(p) == before.value(p) for p in others)
    assert row.slider.native.value == 333


def test_from_slider_to_twin_to_picture_to_curves(explorer):
    section, curves = pixels(explorer.panel.section), pixels(explorer.panel.curves)
    move(explorer, "pore", 450)
    twin = explorer.twin
    assert twin.volume_fractions.pore == scale_of("pore").value_at(450)
    assert sum(share for _, share in twin.volume_fractions.items()) == pytest.approx(1.0)
    volume = nat.generate(twin, device="cpu")
    colours = np.array(
        [tuple(bytes.fromhex(SCHEMES["paper"].phases[phase][1:])) for phase in PHASES], np.uint8
    )
    drawn = explorer.panel.section_picture.image.get_array()
    assert np.array_equal(drawn, colours[volume[:, 24]])
    lines = explorer.panel.curves_picture.lines
    exact = nat.coverage(twin, lines["exact", 0].get_xdata())
    for number, pair in enumerate(CHOICES[SAME_PHASE]):
        assert np.allclose(lines["exact", number].get_ydata(), exact[pair])
    assert not np.array_equal(section, pixels(explorer.panel.section))
    assert not np.array_equal(curves, pixels(explorer.panel.curves))


def test_the_section_is_drawn_in_the_shares_of_its_phases(explorer):
    picture = pixels(explorer.panel.section).reshape(-1, 3)
    section = explorer.exploration.section
    red = np.count_nonzero((picture == (0xD6, 0x27, 0x28)).all(axis=1))
    grey = np.count_nonzero((picture == (0x9A, 0x9A, 0x9A)).all(axis=1))
    expected = np.count_nonzero(section == 1) / np.count_nonzero(section == 2)
    assert red / grey == pytest.approx(expected, rel=0.05)  # the keys of the legend count, too
    assert red > 20_000


def test_moving_back_gives_the_same_picture(explorer):
    """What stands still in the figures is drawn once; nothing of a move is left behind."""
    before = explorer.picture()
    for path, position in (("pore", 700), ("X.length_um", 900), ("Y.oscillation_per_um", STEPS)):
        move(explorer, path, position)
    assert not np.array_equal(before, explorer.picture())
    for _ in range(3):
        explorer.panel.undo.native.click()
    assert np.array_equal(before, explorer.picture())
    assert not explorer.panel.undo.enabled
    explorer.panel.redo.native.click()
    assert explorer.twin.value("pore") == scale_of("pore").value_at(700)


def test_the_top_ends_are_words(explorer):
    move(explorer, "X.smoothness", STEPS)
    move(explorer, "X.oscillation_per_um", STEPS)
    assert explorer.twin.X.correlation.smoothness is None
    assert explorer.twin.X.correlation.oscillation_per_um == 0.0
    rows = explorer.panel.rows
    assert rows["X.smoothness"].entry.native.value == "∞"
    assert rows["X.oscillation_per_um"].entry.native.value == "off"
    enter(explorer, "X.smoothness", "3,5")
    assert explorer.twin.X.correlation.smoothness == 3.5


def test_numbers_are_typed_beyond_the_slider(explorer):
    enter(explorer, "X.length_um", "0.05")
    assert explorer.twin.X.correlation.length_um == 0.05
    assert explorer.panel.rows["X.length_um"].slider.native.value == 0
    enter(explorer, "Y.smoothness", "infinity")
    assert explorer.twin.Y.correlation.smoothness is None


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("X.length_um", "long", "Correlation length cannot be &#x27;long&#x27;"),
        ("X.length_um", "-1", "at least 1e-06"),
        ("X.smoothness", "0.1", "at least 0.5, or ∞"),
        ("pore", "1.5", "Porosity cannot be"),
        ("pore", "nan", "Porosity cannot be"),
    ],
)
def test_what_cannot_be_is_said_and_taken_back(explorer, path, text, sentence):
    before, shown = explorer.twin, explorer.panel.rows[path].entry.native.value
    enter(explorer, path, text)
    assert explorer.twin is before
    assert explorer.panel.rows[path].entry.native.value == shown
    assert sentence in explorer.panel.message.value


def test_the_number_as_it_stands_means_the_number_unrounded(explorer):
    explorer.set_value("X.length_um", 0.123456789)
    row = explorer.panel.rows["X.length_um"]
    assert row.entry.native.value == "0.1235"
    row.typed.emit(row.path, "0.1235")
    assert explorer.twin.X.correlation.length_um == 0.123456789


def test_a_typed_top_end_is_only_there_where_there_is_one():
    assert typed_value(scale_of("Y.oscillation_per_um"), "OFF") == 0.0
    with pytest.raises(nat.InputError, match="Anisotropy"):
        typed_value(scale_of("Y.anisotropy"), "inf")


def test_presets_keep_the_box_and_the_seed(explorer):
    panel = explorer.panel
    assert panel.preset.value == "pressed"
    panel.seed.native.value = 7
    panel.preset.native.value = "sheet-pores"
    expected = nat.preset("sheet-pores")
    assert explorer.twin == replace(expected, grid=explorer.twin.grid, seed=7)
    assert explorer.twin.grid.shape == (48, 48, 48)
    assert panel.fields["Y"].kind.value == 1
    assert panel.fields["Y"].tail.value == "lower"
    move(explorer, "pore", 300)
    assert panel.preset.value == ""
    panel.preset.native.value = "dense"
    assert panel.first.value == "pore"
    assert panel.second.value == "active_material"
    assert panel.fields["X"].title.value == "Field X: pore"


def test_kind_tail_and_order_of_the_fields(explorer):
    panel = explorer.panel
    panel.fields["X"].kind.native.value = 2
    assert explorer.twin.X.degrees_of_freedom == 2
    panel.fields["X"].tail.native.value = "lower"
    assert explorer.twin.X.tail == "lower"
    panel.first.native.value = "pore"  # what was second becomes first
    assert (explorer.twin.first_phase, explorer.twin.second_phase) == ("pore", "active_material")
    panel.second.native.value = "solid_electrolyte"
    assert explorer.twin.second_phase == "solid_electrolyte"
    many = replace(explorer.twin.X, degrees_of_freedom=9)
    explorer.twin = explorer.twin.with_field("X", many)
    assert panel.fields["X"].kind.value == 9


def test_isotropic_means_no_anisotropy(explorer):
    explorer.panel.symmetry.native.value = "isotropic"
    assert explorer.twin.value("X.anisotropy") == explorer.twin.value("Y.anisotropy") == 1.0
    assert not explorer.panel.rows["X.anisotropy"].slider.enabled
    explorer.panel.symmetry.native.value = "cylindrical"
    assert explorer.panel.rows["X.anisotropy"].slider.enabled


def test_a_new_seed_is_another_structure(explorer):
    before = explorer.exploration.section
    explorer.panel.next_seed.native.click()
    assert explorer.twin.seed == 1
    assert (explorer.exploration.section != before).mean() > 0.3
    explorer.panel.seed.native.value = -1
    assert explorer.twin.seed == 1
    assert "0 or more" in explorer.panel.message.value


def test_planes_and_curves_are_chosen(explorer):
    panel = explorer.panel
    panel.plane.native.value = "xy"
    panel.depth.native.value = 100
    volume = nat.generate(explorer.twin, device="cpu")
    assert np.array_equal(explorer.exploration.section, volume[-1])
    panel.direction.native.value = "through-plane"
    panel.pairs.native.value = TWO_PHASES
    panel.estimate.native.value = True
    lines = panel.curves_picture.lines
    assert explorer.curves.direction == "through-plane"
    assert lines["exact", 0].get_ydata()[0] == pytest.approx(0.0, abs=1e-12)
    assert lines["realised", 0].get_visible()
    assert np.isfinite(lines["realised", 0].get_ydata()).all()
    panel.estimate.native.value = False
    assert not lines["realised", 0].get_visible()


def test_a_box_that_is_too_small_is_said_under_the_picture(explorer):
    enter(explorer, "X.length_um", "40")
    assert "box" in explorer.panel.message.value
    assert explorer.realisation is None
    red = (pixels(explorer.panel.section) == (0xD6, 0x27, 0x28)).all(axis=2)
    assert red.sum() < 1000  # the key of the legend alone
    explorer.panel.undo.native.click()
    assert "48 × 48 × 48 voxels" in explorer.panel.message.value


def test_values_are_set_in_words(explorer):
    explorer.set_value("solid_electrolyte", 0.3)
    assert explorer.twin.volume_fractions.solid_electrolyte == 0.3
    row = explorer.panel.rows["solid_electrolyte"]
    assert row.entry.native.value == "0.3"
    assert row.slider.native.value == scale_of("solid_electrolyte").position(0.3)
    before = explorer.twin
    with pytest.raises(nat.InputError, match="choose from pore"):
        explorer.set_value("porosity", 0.3)
    assert explorer.twin is before


def test_it_displays_itself_live_and_still(explorer):
    bundle = explorer._repr_mimebundle_(include=None, exclude=None)
    live = bundle["application/vnd.jupyter.widget-view+json"]
    assert live["model_id"] == explorer.panel.native.model_id
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as still:
        assert still.size == (460, 730)
    assert "pore 0.11" in bundle["text/plain"]


def test_what_is_displayed_lives_until_it_is_closed():
    twin = replace(nat.preset("isotropic"), grid=Grid(shape=(32, 32, 32)))
    shown, lost = nat.explore(twin, device="cpu"), nat.explore(twin, device="cpu")
    shown._repr_mimebundle_()
    native = shown.panel.native
    follows, forgotten = weakref.ref(shown), weakref.ref(lost)
    del shown, lost
    gc.collect()
    assert forgotten() is None
    assert native.explorer is follows()
    follows().close()
    assert native.comm is None
    del native
    gc.collect()
    assert follows() is None


def test_two_explorers_do_not_hear_each_other(explorer):
    other = nat.explore(explorer.twin, device="cpu")
    other.set_value("pore", 0.3)
    assert explorer.twin.volume_fractions.pore == pytest.approx(0.11)
    other.close()


def test_only_a_twin_can_be_explored(tmp_path):
    with pytest.raises(nat.InputError, match="load_twin"):
        nat.explore(str(tmp_path / "cathode.twin.json"))
    with pytest.raises(nat.InputError, match="xy, xz or yz"):
        nat.explore(plane="zx")


def test_a_high_parametric_field_has_two_handles(explorer):
    layered = replace(PRESETS["layered"].twin, grid=explorer.twin.grid)
    explorer.twin = layered
    rows = explorer.panel.rows
    for attribute in ("smoothness", "oscillation_per_um"):
        assert not rows[f"X.{attribute}"].slider.enabled
        assert rows[f"X.{attribute}"].entry.native.value == "–"
    size = rows["X.length_um"]
    assert size.slider.native.description == "Structure size ℓ [µm]"
    assert HANDLES["length_um"].documentation in size.slider.native.tooltip
    enter(explorer, "X.length_um", "0.6")
    assert explorer.twin.X == layered.with_value("X.length_um", 0.6).X
    move(explorer, "X.anisotropy", 200)
    expected = scale_of("X.anisotropy", layered.grid).value_at(200)
    assert explorer.twin.value("X.anisotropy") == pytest.approx(expected)
    assert explorer.twin.value("X.length_um") == pytest.approx(0.6)
    explorer.panel.undo.native.click()
    explorer.panel.undo.native.click()
    assert explorer.twin == layered
    explorer.twin = PRESETS["pressed"].twin
    assert all(row.slider.enabled for row in rows.values())
    assert size.slider.native.description == "Correlation length ℓ [µm]"
