"""Names of the phases on screen."""

import pytest
from conftest import rest

from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace.phase_names import PhaseNames


def test_our_own_names_have_a_long_form():
    names = PhaseNames()
    assert names["active_material"] == "CAM"
    assert names.long("active_material") == "active material (CAM)"
    names = names.renamed("active_material", " Ni ")
    assert names["active_material"] == names.long("active_material") == "Ni"
    assert names.renamed("active_material", "") == PhaseNames()


@pytest.mark.parametrize("name", ["SE", "se", "x" * 30])
def test_names_that_mislead_are_refused(name):
    with pytest.raises(InputError):
        PhaseNames().renamed("pore", name)


def type_name(field, name):
    field.value = name
    field.native.editingFinished.emit()


@pytest.mark.each_binding
def test_a_void_is_called_so_everywhere(workspace, section_data, qtbot):
    workspace.controller.set_data(section_data)
    rest(qtbot, workspace)
    before = workspace.controller.twin
    type_name(workspace.data.names.fields["pore"], "void")
    assert workspace.view_bar.phases["pore"].text().startswith("void ")
    assert "void" in workspace.status.detail.text()
    assert "void:" in workspace.data.summary.text()
    assert workspace.morphology.rows["pore"].label.text().startswith("void")
    assert workspace.morphology.second.current_choice == "void"
    assert "Field Y: void" in workspace.morphology.sections[2]._header.text()
    (legend,) = workspace.curves.figure.legend.figure.legends
    assert "void" in [text.get_text() for text in legend.get_texts()]
    texts = [text for text, _ in workspace.calibrate.options.first._widget._mgui_get_choices()]
    assert "void" in texts
    workspace.controller.set_padlock("pore", True)
    assert "φ void" in workspace.calibrate.locks.text()
    assert workspace.controller.twin == before
    rest(qtbot, workspace)


def test_two_phases_of_one_name_are_told(workspace):
    told = []
    workspace.controller.refused.connect(told.append)
    field = workspace.data.names.fields["pore"]
    type_name(field, "CAM")
    assert len(told) == 1
    assert field.value == "pore"
