"""Properties of the shown volume from the window: measured in the background, kept, compared."""

from __future__ import annotations

import csv
import gc
import threading
from dataclasses import replace
from weakref import ref

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest

from napari_assb_twin.descriptors.beside import rows
from napari_assb_twin.descriptors.definition import GROUPS
from napari_assb_twin.descriptors.describe import Choice, describe, exact_values
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.volume_note import VolumeNote
from napari_assb_twin.workspace import measurements as measurements_module
from napari_assb_twin.workspace.measurements import KEPT, Measurements
from napari_assb_twin.workspace.properties_form import QUICK
from napari_assb_twin.workspace.properties_panel import PropertiesPanel


def tick(panel: PropertiesPanel, *groups: str) -> None:
    for name, box in panel.form.groups.items():
        box.setChecked(name in groups)


def measure(qtbot, panel: PropertiesPanel, *groups: str) -> None:
    if groups:
        tick(panel, *groups)
    with qtbot.waitSignal(panel.job.finished, timeout=PATIENCE_MS):
        panel.measure.click()


def heads(panel: PropertiesPanel) -> list[str]:
    table = panel.table
    return [table.horizontalHeaderItem(i).text() for i in range(1, table.columnCount())]


def cell(panel: PropertiesPanel, name: str, column: int = 1) -> str:
    table = panel.table
    (row,) = [i for i in range(table.rowCount()) if table.item(i, 0).text() == name]
    return table.item(row, column).text()


def test_the_quick_groups_are_ticked_and_measured_as_the_command_does(workspace, qtbot):
    panel = workspace.properties
    assert {name for name, box in panel.form.groups.items() if box.isChecked()} == set(QUICK)
    assert set(GROUPS) - set(QUICK) == {"geodesic", "sizes", "transport"}
    measure(qtbot, panel)
    realisation = workspace.controller.realisation
    volume = Volume(realisation.labels, realisation.voxel_size_um)
    expected = finished(describe(volume, Choice(groups=QUICK, axes=("z",))))
    (one,) = panel.measurements.kept
    assert one.description.values == expected
    assert one.exact == exact_values(realisation.twin)
    assert panel.table.rowCount() == len(expected)
    fraction = expected["volume_fraction.pore"]
    assert cell(panel, "Volume fraction pore") == f"{fraction:#.3g} (0.110)"
    assert heads(panel) == ["1: seed 0"]
    assert "X.length_um 0.7" in panel.table.horizontalHeaderItem(1).toolTip()
    assert "voxels of 0.1 µm, seed 0" in panel.table.horizontalHeaderItem(1).toolTip()


def test_measurements_stand_beside_each_other_and_old_ones_are_marked(workspace, qtbot):
    panel, controller = workspace.properties, workspace.controller
    measure(qtbot, panel, "composition")
    first = controller.twin
    controller.set_seed(5)
    assert heads(panel) == ["1: seed 0 …"]
    rest(qtbot, workspace)
    measure(qtbot, panel, "composition", "clusters")
    assert heads(panel) == ["2: seed 5", "1: seed 0 …"]
    assert cell(panel, "Largest cluster SE", 2) == ""
    assert cell(panel, "Largest cluster SE", 1)
    faint = panel.table.item(0, 2).foreground().color().alphaF()
    assert faint < panel.table.item(0, 1).foreground().color().alphaF() == 1
    controller.undo()
    assert controller.twin == first
    assert heads(panel) == ["2: seed 5 …", "1: seed 0"]
    rest(qtbot, workspace)
    for _ in range(KEPT):
        measure(qtbot, panel, "composition")
    assert heads(panel)[-1].startswith("3: ")
    assert len(heads(panel)) == KEPT
    panel.forget.click()
    assert panel.table.columnCount() == 0
    assert panel.table_part.isHidden()


@pytest.mark.each_binding
def test_transport_is_told_in_the_unit_that_was_typed(workspace, qtbot):
    panel = workspace.properties
    workspace.viewer.window.show()
    workspace.tabs.setCurrentIndex(4)
    tick(panel, "composition", "transport")
    for phase, box in panel.form.phases.items():
        box.setChecked(phase == "solid_electrolyte")
    assert panel.form.bulk["ionic"].native.isVisible()
    panel.form.bulk["ionic"].value = "2 mS/cm"
    measure(qtbot, panel)
    values = panel.measurements.kept[0].description.values
    relative = values["relative_conductivity.solid_electrolyte.z"]
    assert 0 < relative < 1
    assert values["ionic_conductivity.z"] == pytest.approx(2 * relative)
    assert cell(panel, "Ionic conductivity z, mS/cm") == f"{2 * relative:#.3g}"
    assert cell(panel, "Converged SE, z") == "yes"
    panel.form.groups["transport"].setChecked(False)
    assert not panel.form.bulk["ionic"].native.isVisible()


@pytest.mark.parametrize(
    ("typed", "told"), [("2", "give a number and one of mS/cm"), ("-1S/m", "give a number")]
)
def test_a_bulk_value_that_is_none_is_refused(workspace, typed, told):
    panel, heard = workspace.properties, []
    workspace.controller.refused.connect(heard.append)
    tick(panel, "transport")
    panel.form.bulk["ionic"].value = typed
    panel.measure.click()
    assert len(heard) == 1
    assert told in heard[0]
    assert not panel.job.running
    tick(panel)
    panel.measure.click()
    assert "Nothing is ticked" in heard[1]


@pytest.mark.each_binding
def test_the_window_goes_on_and_cancel_keeps_nothing(workspace, qtbot, monkeypatch):
    """It is cancelled between two parts; meanwhile the event loop turns and sliders move."""
    pressed, plain = threading.Event(), measurements_module.described

    def waiting(*told):
        for progress in plain(*told):
            yield progress
            assert pressed.wait(PATIENCE_MS / 1000)

    monkeypatch.setattr(measurements_module, "described", waiting)
    panel = workspace.properties
    tick(panel, "composition", "chords")
    panel.measure.click()
    qtbot.waitUntil(lambda: "Measuring composition" in panel.message.text(), timeout=PATIENCE_MS)
    assert not panel.measure.isEnabled()
    assert not panel.cancel.isHidden()
    workspace.controller.set_seed(9)
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.cancel.click()
        pressed.set()
    assert "nothing of it was kept" in panel.message.text()
    assert panel.measure.isEnabled()
    assert not panel.measurements.kept


def test_a_volume_of_a_twin_says_where_its_separator_is(workspace):
    labels = np.zeros((40, 40, 40), np.uint8)
    note = VolumeNote(separator_side="last", graded=True)
    workspace.controller.set_data(Data(Volume(labels, (0.1,) * 3), ("v.tif",), note=note))
    assert workspace.properties.measurements.subject("measured").separator == "last"


def test_data_that_were_measured_are_not_kept(controller, qtbot):
    """Only their numbers are, which are old then."""
    labels = np.random.default_rng(0).integers(0, 3, (32, 32, 32)).astype(np.uint8)
    data = Data(Volume(labels, (0.1,) * 3), ("v.tif",))
    controller.set_data(data)
    measurements = Measurements(controller)
    choice = Choice(groups=("composition",), axes=("z",))
    for _ in range(2):
        with qtbot.waitSignal(measurements.changed, timeout=PATIENCE_MS):
            measurements.start("measured", choice)
    assert all(map(measurements.fresh, measurements.kept))
    gone = ref(data)
    del data
    controller.set_data(None)
    assert not any(map(measurements.fresh, measurements.kept))
    qtbot.waitUntil(lambda: gc.collect() is not None and gone() is None, timeout=PATIENCE_MS)
    assert len(measurements.kept) == 2


def test_a_measured_volume_is_measured_too(workspace, qtbot):
    panel = workspace.properties
    assert panel.source_form.isHidden()
    labels = np.random.default_rng(0).integers(0, 3, (34, 35, 36)).astype(np.uint8)
    data = Data(Volume(labels, (0.2, 0.1, 0.1)), ("v.tif",))
    workspace.controller.set_data(data)
    assert not panel.source_form.isHidden()
    panel.source.value = "measured"
    measure(qtbot, panel, "composition")
    (one,) = panel.measurements.kept
    assert heads(panel) == ["1: v.tif"]
    assert one.exact == {}
    assert one.description.values["volume_fraction.pore"] == (labels == 0).mean()
    workspace.controller.set_data(None)
    assert heads(panel) == ["1: v.tif …"]
    assert panel.source.value == "drawn"


@pytest.mark.each_binding
def test_the_table_is_copied_and_saved(workspace, qtbot, tmp_path):
    from qtpy.QtWidgets import QApplication

    panel = workspace.properties
    measure(qtbot, panel, "composition", "clusters")
    panel.write_csv(str(tmp_path / "p.csv"))
    table = list(csv.reader((tmp_path / "p.csv").open(encoding="utf-8-sig")))
    assert table[0][2:] == ["1: seed 0", "1: seed 0, exact mean"]
    assert [row[0] for row in table[2:]] == [row.key for row in rows(panel.measurements.kept)]
    panel.copy.click()
    copied = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert copied == table
    heard = []
    workspace.controller.refused.connect(heard.append)
    panel.write_csv(str(tmp_path / "none" / "p.csv"))
    assert "does not exist" in heard[0]


@pytest.mark.each_binding
def test_distributions_are_drawn_and_saved(workspace, qtbot, tmp_path):
    panel = workspace.properties
    measure(qtbot, panel, "composition")
    assert "tick Chords" in panel.plots.note.text()
    measure(qtbot, panel, "chords")
    figure = panel.plots.figure
    (line,) = figure.lines
    expected = next(
        one
        for one in panel.measurements.kept[0].description.distributions
        if (one.kind, one.phase) == ("chord_length", "solid_electrolyte")
    )
    assert line.get_ydata().tolist() == expected.y.tolist()
    assert figure.axes.get_xlabel() == "chord [µm]"
    panel.plots.kind.value = "lineal_path"
    assert figure.lines[0].get_ydata()[0] == pytest.approx(
        panel.measurements.kept[1].description.values["volume_fraction.solid_electrolyte"]
    )
    for name in ("d.csv", "d.png"):
        panel.plots.save_as(str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 500


@pytest.mark.each_binding
@pytest.mark.parametrize("kind", ["percolating", "paths", "disconnected", "utilised"])
def test_parts_are_layers_that_undo_takes_away(workspace, qtbot, kind):
    panel, viewer, display = workspace.properties, workspace.viewer, workspace.display
    opacity, count = display.twin_layer.opacity, len(viewer.layers)
    panel.parts.kind.value = kind
    with qtbot.waitSignal(panel.layers.job.finished, timeout=PATIENCE_MS):
        panel.parts.show_button.click()
    (layer,) = panel.layers.layers
    assert layer in viewer.layers
    assert layer.data.shape == workspace.controller.realisation.labels.shape
    assert layer.data.any()
    assert layer.scale.tolist() == pytest.approx([0.1] * 3)
    phase = 1 if kind == "utilised" else 2
    marked = np.asarray(layer.data) > 0
    assert (workspace.controller.realisation.labels[marked] == phase).all()
    assert display.twin_layer.opacity < opacity
    assert panel.parts.note.text()
    workspace._on_undo()
    assert len(viewer.layers) == count
    assert display.twin_layer.opacity == opacity
    assert not panel.parts.remove.isEnabled()


def test_undo_takes_steps_back_in_their_order(workspace, qtbot):
    panel, controller = workspace.properties, workspace.controller
    before = controller.twin
    with qtbot.waitSignal(panel.layers.job.finished, timeout=PATIENCE_MS):
        panel.parts.show_button.click()
    controller.set_seed(3)
    assert panel.layers.layers[0].name.endswith("(another volume)")
    workspace._on_undo()
    assert controller.twin == before
    assert panel.layers.layers[0].name == "percolating part: SE, z"
    workspace.viewer.layers.remove(panel.layers.layers[0])  # by hand
    assert not panel.layers.layers


def test_a_part_that_is_not_there_is_said(workspace, qtbot):
    panel = workspace.properties
    labels = np.zeros((40, 40, 40), np.uint8)
    labels[:20] = 1
    data = Data(Volume(labels, (0.1, 0.1, 0.1)), ("v.tif",))
    workspace.controller.set_data(data)
    panel.source.value = "measured"
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as heard:
        panel.parts.show_button.click()
    assert "no solid electrolyte" in heard.args[0]
    panel.parts.kind.value = "utilised"
    workspace.display.view("3D")  # parts of data stand where the data stand
    with qtbot.waitSignal(panel.layers.job.finished, timeout=PATIENCE_MS):
        panel.parts.show_button.click()
    assert panel.layers.layers[0].translate.tolist() == pytest.approx(
        workspace.display.measured_layer.translate.tolist()
    )


def test_a_graded_twin_says_where_its_separator_is(workspace, qtbot):
    from napari_assb_twin.twin.graded import graded

    profile = {"depth": (0, 1), "pore": (0.2, 0.1), "active_material": (0.4, 0.4)}
    twin = replace(graded(workspace.controller.twin, **profile, separator_side="last"), seed=1)
    workspace.controller.adopt(twin, "graded")
    rest(qtbot, workspace)
    measure(qtbot, workspace.properties, "networks")
    assert workspace.properties.measurements.kept[0].choice.separator == "last"


@pytest.mark.each_binding
def test_curves_make_room_and_scenarios_are_still_at_hand(workspace):
    workspace.viewer.window.show()
    assert workspace.lower_tabs.isVisible()
    workspace.tabs.setCurrentIndex(4)
    assert not workspace.lower_tabs.isVisible()
    workspace.properties.scenarios.click()
    assert workspace.scenarios.docked
    workspace.tabs.setCurrentIndex(1)
    assert not workspace.lower_tabs.isHidden()
