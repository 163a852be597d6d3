"""The state without a window."""

from dataclasses import replace

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.high_parametric import IsotropicSpectrum
from napari_assb_twin.twin.parameters import Grid
from napari_assb_twin.twin.presets import PRESETS, preset
from napari_assb_twin.twin.twin_file import load_twin, save_twin


def total(twin) -> float:
    return sum(value for _, value in twin.volume_fractions.items())


def test_moving_the_porosity_keeps_the_ratio_of_the_solids(controller):
    before = controller.twin.volume_fractions
    controller.set_value("pore", 0.3)
    after = controller.twin.volume_fractions
    assert after["pore"] == pytest.approx(0.3)
    assert total(controller.twin) == pytest.approx(1)
    assert after["active_material"] / after["solid_electrolyte"] == pytest.approx(
        before["active_material"] / before["solid_electrolyte"]
    )


def test_a_padlocked_fraction_stays(controller):
    controller.set_padlock("active_material", True)
    controller.set_value("pore", 0.3)
    assert controller.twin.volume_fractions["active_material"] == 0.45
    assert total(controller.twin) == pytest.approx(1)


def test_a_dragged_fraction_leaves_room_and_a_typed_one_is_refused(controller):
    controller.set_padlock("active_material", True)
    before = controller.twin
    with pytest.raises(InputError):
        controller.set_value("pore", 0.8)
    assert controller.twin is before
    controller.set_value("pore", 0.8, dragging=True)
    assert 0.5 < controller.twin.volume_fractions["pore"] < 0.55


def test_one_drag_is_one_step_of_undo(controller):
    before = controller.twin
    for value in (0.8, 0.9, 1.0):
        controller.set_value("X.length_um", value, dragging=True)
    controller.end_drag()
    controller.set_value("X.length_um", 1.1, dragging=True)
    controller.undo()
    assert controller.twin.value("X.length_um") == 1.0
    controller.undo()
    assert controller.twin == before
    controller.redo()
    controller.redo()
    assert controller.twin.value("X.length_um") == 1.1


def test_presets_keep_the_box_and_a_locked_seed(controller):
    controller.set_grid(Grid(shape=(48, 64, 80)))
    controller.set_seed(17)
    controller.seed_locked = True
    controller.load_preset("blobs")
    assert controller.twin.grid.shape == (48, 64, 80)
    assert controller.twin.seed == 17
    assert controller.twin.X.degrees_of_freedom == 2
    controller.seed_locked = False
    controller.load_preset("dense")
    assert controller.twin.seed == PRESETS["dense"].twin.seed


def test_isotropic_sets_the_anisotropies(controller):
    controller.set_symmetry("isotropic")
    assert controller.twin.X.correlation.anisotropy == 1
    assert controller.twin.Y.correlation.anisotropy == 1


def test_a_change_by_hand_drops_what_the_fit_said(controller):
    fitted = replace(preset("pressed"), seed=1, provenance={"method": "coverage"})
    controller.adopt(fitted, "file")
    controller.set_seed(2)
    assert controller.twin.provenance is not None
    controller.set_value("pore", 0.2)
    assert controller.twin.provenance is None


def test_a_proposal_is_one_step_when_accepted(controller):
    before, fitted = controller.twin, preset("dense")
    controller.propose(fitted)
    assert controller.twin == fitted
    controller.accept()
    controller.undo()
    assert controller.twin == before
    controller.redo()
    assert controller.twin == fitted


def test_a_reverted_proposal_leaves_no_step(controller):
    before = controller.twin
    controller.propose(preset("dense"))
    controller.revert()
    assert controller.twin == before
    assert controller.undo_text is None


def test_a_change_accepts_the_proposal(controller):
    before, fitted = controller.twin, preset("dense")
    controller.propose(fitted)
    controller.set_seed(5)
    controller.revert()
    assert controller.twin.seed == 5
    controller.undo()
    assert controller.twin == fitted
    controller.undo()
    assert controller.twin == before


def test_twin_files_go_out_and_in(controller, tmp_path):
    controller.set_value("pore", 0.21)
    controller.save_twin(tmp_path / "a.twin.json")
    saved = controller.twin
    assert load_twin(tmp_path / "a.twin.json") == saved
    controller.load_preset("dense")
    controller.open_twin(tmp_path / "a.twin.json")
    assert controller.twin == saved


@pytest.mark.parametrize("content", ["{}", "no json", '{"format": "assb-twin", "version": 9}'])
def test_a_bad_file_changes_nothing(controller, tmp_path, content):
    path = tmp_path / "bad.twin.json"
    path.write_text(content)
    before = controller.twin
    with pytest.raises(InputError):
        controller.open_twin(path)
    assert controller.twin is before
    assert controller.undo_text is None


def test_a_twin_that_its_box_cannot_hold_is_taken_back(controller, tmp_path, qtbot):
    huge = preset("pressed").with_value("X.length_um", 500.0)
    save_twin(huge, tmp_path / "huge.twin.json")
    controller.set_grid(Grid(shape=(32, 32, 32)))
    before = controller.twin
    with qtbot.waitSignal(controller.realised, timeout=30_000):
        controller.open()
    with qtbot.waitSignal(controller.refused, timeout=30_000) as heard:
        controller.open_twin(tmp_path / "huge.twin.json")
    assert "box" in heard.args[0]
    assert controller.twin == before


def test_the_volume_follows_and_the_last_change_wins(controller, qtbot):
    controller.set_grid(Grid(shape=(32, 32, 32)))
    drawn = []
    controller.realised.connect(lambda realisation, full: drawn.append((realisation, full)))
    controller.open()
    for value in (0.2, 0.3, 0.4, 0.5, 0.6):
        controller.set_value("pore", value, dragging=True)
    controller.end_drag()
    qtbot.waitUntil(
        lambda: (
            controller.realisation is not None
            and controller.realisation.twin == controller.twin
            and not controller.busy
        ),
        timeout=30_000,
    )
    assert drawn[-1][1]
    assert drawn[-1][0].twin.volume_fractions["pore"] == 0.6
    assert sum(full for _, full in drawn) <= 2


def test_closing_twice_and_opening_again(controller, qtbot):
    controller.set_grid(Grid(shape=(32, 32, 32)))
    controller.open()
    controller.close()
    controller.close()
    controller.set_seed(4)
    with qtbot.waitSignal(controller.realised, timeout=30_000) as heard:
        controller.open()
    assert heard.args[0].twin.seed == 4


def test_an_isotropic_high_parametric_field_may_become_isotropic(controller):
    spheres = IsotropicSpectrum(
        frequencies_per_um=(0.0, 4.0), widths_per_um=(1.0, 1.5), weights=(0.3, 0.7)
    )
    twin = preset("pressed")
    twin = twin.with_field("X", replace(twin.X, correlation=spheres))
    controller.adopt(twin, "spheres")
    controller.set_symmetry("isotropic")
    assert controller.twin.symmetry == "isotropic"
    assert controller.twin.X.correlation == spheres
    assert controller.twin.value("Y.anisotropy") == 1
    with pytest.raises(InputError, match="Field X is high-parametric"):
        controller.set_value("X.smoothness", 2.5)
    with pytest.raises(InputError, match="same in all directions"):
        controller.set_value("X.anisotropy", 0.5)
    controller.set_value("X.length_um", 0.5)
    assert controller.twin.value("X.length_um") == pytest.approx(0.5)
    controller.load_preset("layered")
    with pytest.raises(InputError, match="stays cylindrical"):
        controller.set_symmetry("isotropic")


def test_an_unknown_device_is_refused(controller):
    with pytest.raises(InputError):
        controller.set_device("tpu")
    assert controller.device == "auto"


def test_home_is_the_twin_that_was_last_adopted(controller, tmp_path):
    assert controller.home == controller.twin
    controller.load_preset("blobs")
    blobs = controller.twin
    controller.set_value("pore", 0.2)
    assert controller.home is blobs
    controller.propose(preset("dense"))
    assert controller.home is blobs
    controller.accept()
    assert controller.home == preset("dense")
    controller.undo()
    assert controller.home is blobs
    controller.redo()
    controller.set_value("pore", 0.3)
    saved = controller.twin
    controller.save_twin(tmp_path / "a.twin.json")
    controller.open_twin(tmp_path / "a.twin.json")  # the twin that stands there already
    assert controller.home == saved


def test_a_reset_is_one_step(controller):
    controller.set_value("X.smoothness", None)
    controller.set_value("X.length_um", 1.5)
    moved = controller.twin
    controller.reset("X.length_um")
    assert controller.twin.value("X.length_um") == controller.home.value("X.length_um")
    assert controller.twin.value("X.smoothness") is None
    assert "reset of Correlation length" in controller.undo_text
    controller.undo()
    assert controller.twin == moved


def test_a_reset_takes_the_click_before_it_into_its_step(controller):
    controller.set_value("X.length_um", 1.5)
    moved = controller.twin
    controller.begin_gesture()
    controller.set_value("X.length_um", 1.6, dragging=True)
    controller.reset("X.length_um")
    controller.undo()
    assert controller.twin == moved


def test_a_reset_fraction_keeps_padlocks_and_sum(controller):
    controller.set_value("pore", 0.3)
    controller.set_padlock("active_material", True)
    kept = controller.twin.volume_fractions["active_material"]
    controller.reset("pore")
    assert controller.twin.volume_fractions["pore"] == pytest.approx(0.11)
    assert controller.twin.volume_fractions["active_material"] == kept
    assert total(controller.twin) == pytest.approx(1)
    controller.set_padlock("solid_electrolyte", True)
    controller.set_padlock("active_material", False)
    controller.set_value("pore", 0.2)
    controller.set_padlock("active_material", True)
    before = controller.twin
    with pytest.raises(InputError, match="unlock"):
        controller.reset("pore")
    assert controller.twin is before


def test_back_to_the_fit_is_the_fit(controller):
    fitted = replace(preset("dense"), uncertainty={"X.length_um": 0.1}, provenance={"method": "m"})
    controller.propose(fitted)
    controller.accept()
    controller.set_value("X.length_um", 1.5)
    assert controller.twin.uncertainty is None
    controller.reset("X.length_um")
    assert controller.twin.uncertainty == {"X.length_um": 0.1}


def test_keys_after_another_control_are_another_step(controller):
    for value in (0.8, 0.9):
        controller.set_value("X.length_um", value, dragging=True)
    controller.set_value("Y.length_um", 0.6, dragging=True)
    controller.set_value("X.length_um", 1.0, dragging=True)
    controller.undo()
    assert controller.twin.value("X.length_um") == 0.9
    controller.set_value("Y.length_um", 0.7, dragging=True)  # not the gesture before undo
    controller.undo()
    assert controller.twin.value("Y.length_um") == 0.6
