"""The small sections of a parameter's tooltip."""

from dataclasses import replace

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import PARAMETERS, Grid
from napari_assb_twin.twin.presets import PRESETS, preset
from napari_assb_twin.twin.sketch import LENGTHS, PIXELS, Sketcher, values_around, width_um


@pytest.fixture(scope="module")
def sketcher():
    return Sketcher()


@pytest.mark.parametrize("path", PARAMETERS)
def test_sections_stand_lower_now_higher(sketcher, path):
    twin = preset("pressed")
    sketches = sketcher(twin, path)
    assert len(sketches) == 3
    assert [sketch.now for sketch in sketches] == [False, True, False]
    assert sketches[1].value == twin.value(path)
    shown = [np.inf if one.value is None else one.value for one in sketches]
    order = -1 if path.endswith("oscillation_per_um") else 1  # the slider shows 2 pi / w0
    assert sorted(shown) == shown[::order]
    assert all(sketch.labels.shape == (PIXELS, PIXELS) for sketch in sketches)
    assert not np.array_equal(sketches[0].labels, sketches[2].labels)


def changes(labels, axis: int) -> int:
    """Phase changes between neighbours, a measure of interface across an axis."""
    return int(np.count_nonzero(np.diff(labels, axis=axis)))


def test_the_sections_show_what_the_words_say(sketcher):
    twin = preset("pressed")
    shorter, _, longer = (
        sum(changes(s.labels, a) for a in (0, 1)) for s in sketcher(twin, "X.length_um")
    )
    assert shorter > 1.5 * longer
    rough, _, smooth = (changes(s.labels, 1) for s in sketcher(twin, "X.smoothness"))
    assert rough > 1.1 * smooth
    flat, _, upright = (
        changes(s.labels, 0) / changes(s.labels, 1) for s in sketcher(twin, "X.anisotropy")
    )
    assert flat > 1.5 * upright
    porosities = [np.mean(s.labels == 0) for s in sketcher(twin, "pore")]
    assert porosities == sorted(porosities)


def test_locked_fractions_stay(sketcher):
    twin = preset("pressed")
    free = sketcher(twin, "pore")
    kept = sketcher(twin, "pore", locked=frozenset({"active_material"}))
    shares = [np.mean(sketch.labels == 1) for sketch in kept]
    assert shares == pytest.approx([shares[1]] * 3)
    assert np.mean(free[2].labels == 1) < shares[1]


def test_grid_and_seed_do_not_matter_and_the_last_ones_are_kept(sketcher):
    twin = preset("pressed")
    sketches = sketcher(twin, "X.length_um")
    other = replace(twin, seed=9, grid=Grid(shape=(32, 32, 32), voxel_size_um=1.0))
    assert sketcher(other, "X.length_um") is sketches
    assert sketcher.kept(other, "X.length_um") is sketches
    assert sketcher.kept(twin.with_value("X.length_um", 0.71), "X.length_um") is None


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("path", PARAMETERS)
def test_values_lie_around_and_are_allowed(name, path):
    twin = preset(name)
    if not twin.answers(path):
        with pytest.raises(InputError, match=r"high-parametric|two Gaussian fields"):
            values_around(twin, path)
        return
    values = values_around(twin, path)
    assert twin.value(path) in values
    assert len(set(values)) == len(values) >= 2
    if not path.endswith("anisotropy") or twin.symmetry == "cylindrical":
        for value in values:
            twin.with_value(path, value)


def test_what_no_torus_holds_is_left_out(sketcher):
    twin = preset("pressed").with_value("X.anisotropy", 40.0)
    assert sketcher(twin, "X.anisotropy") == ()


def test_the_width_shows_the_field_in_question():
    twin = preset("fine-electrolyte")
    assert width_um(twin, "X.length_um") == pytest.approx(LENGTHS * 0.95)
    assert width_um(twin, "Y.length_um") == pytest.approx(LENGTHS * 0.3)
    coarse = twin.with_value("X.length_um", 30.0)
    assert width_um(coarse, "Y.length_um") == pytest.approx(4 * 30.0)


def test_a_wrong_path_is_refused(sketcher):
    with pytest.raises(InputError, match="is no parameter"):
        sketcher(preset("pressed"), "Z.length_um")
