"""From a recipe to the fractions of the twin, and back, in the window."""

from __future__ import annotations

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.composition import Recipe, recipe_of
from napari_assb_twin.twin.parameters import VolumeFractions
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel


@pytest.fixture
def dialog(controller, qtbot):
    panel = MorphologyPanel(controller)
    qtbot.addWidget(panel)
    panel.recipe_button.click()
    yield panel.recipe
    panel.close_dialogs()


def test_it_opens_on_the_recipe_of_the_twin(dialog, controller):
    expected = recipe_of(controller.twin.volume_fractions).weight_fractions
    assert dialog.weights["active_material"].value == pytest.approx(
        100 * expected["active_material"], abs=1e-4
    )
    assert dialog.porosity.value == pytest.approx(11)
    assert "pore 11.00, CAM 45.00, SE 44.00" in dialog.outcome.text()
    assert "CAM 74.56, SE 25.44; porosity 11.00 %" in dialog.now.text()


def test_both_directions_are_live(dialog, controller):
    dialog.weights["active_material"].value = 70
    dialog.weights["solid_electrolyte"].value = 30
    dialog.porosity.value = 12
    phi = Recipe(active_material=70, solid_electrolyte=30, porosity=0.12).volume_fractions
    assert f"CAM {100 * phi.active_material:.2f}" in dialog.outcome.text()
    assert controller.twin.volume_fractions.pore == 0.11  # until it is applied
    controller.set_value("pore", 0.2)
    assert "porosity 20.00 %" in dialog.now.text()


def test_apply_is_one_step_of_undo(dialog, controller):
    before = controller.twin
    dialog.weights["active_material"].value = 70
    dialog.weights["solid_electrolyte"].value = 30
    dialog.porosity.value = 12
    dialog.apply.click()
    phi = Recipe(active_material=70, solid_electrolyte=30, porosity=0.12).volume_fractions
    assert dict(controller.twin.volume_fractions.items()) == pytest.approx(dict(phi.items()))
    assert controller.undo_text == "volume fractions"
    assert "CAM 70.00, SE 30.00; porosity 12.00 %" in dialog.now.text()
    controller.undo()
    assert controller.twin == before


def test_an_additive_is_counted_to_a_phase(dialog, controller):
    assert not dialog.additive_phase.enabled
    dialog.weights["active_material"].value = 70
    dialog.weights["solid_electrolyte"].value = 27
    dialog.additive_weight.value = 3
    assert dialog.additive_phase.enabled
    dialog.additive_phase.value = "pore"
    recipe = dialog.recipe()
    assert recipe.weight_fractions["additive"] == pytest.approx(0.03)
    assert recipe.volume_fractions.pore > recipe.porosity == pytest.approx(0.11)
    dialog.apply.click()
    assert "additive 3.00; porosity 11.00 %" in dialog.now.text()


def test_padlocks_refuse_in_a_sentence(dialog, controller):
    refusals = []
    controller.refused.connect(refusals.append)
    controller.set_padlock("active_material", True)
    dialog.apply.click()  # nothing moves
    assert refusals == []
    before = controller.twin
    dialog.porosity.value = 30
    dialog.apply.click()
    assert controller.twin is before
    assert "active material (CAM) is behind a padlock" in refusals[0]
    assert "open the padlock" in refusals[0]


def test_what_is_no_recipe_is_said_and_cannot_be_applied(dialog):
    dialog.weights["active_material"].value = 0
    assert "must be positive" in dialog.outcome.text()
    assert not dialog.apply.isEnabled()
    dialog.take.click()
    assert dialog.apply.isEnabled()
    dialog.densities["solid_electrolyte"].value = 0
    assert "density" in dialog.outcome.text()
    assert not dialog.apply.isEnabled()


def test_phases_go_by_their_names_and_fields_can_be_spoken_of(dialog, controller):
    controller.rename("active_material", "NMC 811")
    spoken = [field.native.accessibleName() for field in dialog._fields()]
    assert "Weight of NMC 811" in spoken[0]
    assert len(set(spoken)) == len(spoken)
    assert all(field.tooltip for field in dialog._fields())
    assert "NMC 811" in dialog.now.text()


def test_the_numbers_stay_when_it_is_closed(dialog):
    dialog.porosity.value = 33
    dialog.close()
    dialog.parent().recipe_button.click()
    assert dialog.parent().recipe is dialog
    assert dialog.porosity.value == 33


def test_set_fractions_of_the_controller(controller):
    new = VolumeFractions(pore=0.2, active_material=0.5, solid_electrolyte=0.3)
    controller.set_padlock("pore", True)
    with pytest.raises(InputError, match="pore"):
        controller.set_fractions(new)
    controller.set_padlock("pore", False)
    controller.set_fractions(new)
    assert [controller.twin.value(phase) for phase in PHASES] == [0.2, 0.5, 0.3]
    assert controller.twin.provenance is None
