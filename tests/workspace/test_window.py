"""The real window: sliders, volume, curves, closing and opening."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtWidgets import QApplication

from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.workspace.curves_figure import CROSS
from napari_assb_twin.workspace.display import METADATA

pytestmark = pytest.mark.each_binding


def drag(qtbot, row, positions):
    row.slider.setSliderDown(True)
    for position in positions:
        row.slider.setValue(position)
        QApplication.processEvents()
    row.slider.setSliderDown(False)


def phases(workspace):
    return workspace.display.twin_layer.metadata[METADATA]


def test_it_opens_on_a_volume_in_micrometres(workspace):
    layer = workspace.display.twin_layer
    assert layer.data.shape == (48, 48, 48)
    assert np.allclose(layer.scale, 0.1)
    assert {str(unit) for unit in layer.units} == {"micrometer"}
    assert tuple(layer.axis_labels) == ("z", "y", "x")
    assert "48 × 48 × 48 voxels" in workspace.status.message.text()
    assert "CPU" in workspace.status.message.text()
    assert "correlation lengths" in workspace.status.warning.text()


def test_dragging_changes_the_same_layer_and_keeps_the_sum(workspace, qtbot):
    layer, before = workspace.display.twin_layer, phases(workspace).copy()
    drag(qtbot, workspace.morphology.rows["pore"], range(100, 400, 20))
    rest(qtbot, workspace)
    assert workspace.display.twin_layer is layer
    twin = workspace.controller.twin
    porosity = twin.volume_fractions["pore"]
    assert porosity > 0.3
    assert sum(share for _, share in twin.volume_fractions.items()) == pytest.approx(1)
    assert (phases(workspace) == 0).mean() == pytest.approx(porosity, abs=0.08)
    assert not np.array_equal(phases(workspace), before)
    for phase in PHASES:
        entry = workspace.morphology.rows[phase].entry
        assert entry.shown() == pytest.approx(twin.volume_fractions[phase], abs=1e-6)


def test_a_drag_is_one_step_back(workspace, qtbot):
    before = workspace.controller.twin
    drag(qtbot, workspace.morphology.rows["X.length_um"], range(300, 600, 30))
    after = workspace.controller.twin
    workspace.morphology.undo_button.click()
    assert workspace.controller.twin == before
    workspace.morphology.redo_button.click()
    assert workspace.controller.twin == after
    rest(qtbot, workspace)
    assert workspace.controller.realisation.twin == after


def test_a_preview_is_the_same_box(workspace, qtbot):
    controller = workspace.controller
    grid = replace(controller.twin.grid, shape=(96, 96, 96))
    controller.set_grid(grid)
    rest(qtbot, workspace)
    shapes = []
    controller.realised.connect(lambda realisation, full: shapes.append(realisation.labels.shape))
    controller._live._full_seconds = {grid.shape: 1.0}
    drag(qtbot, workspace.morphology.rows["X.length_um"], range(300, 400, 10))
    rest(qtbot, workspace)
    assert shapes[0] == (48, 48, 48)
    assert shapes[-1] == (96, 96, 96)
    layer = workspace.display.twin_layer
    assert layer.data.shape == (96, 96, 96)
    assert np.allclose(layer.scale, 0.1)


def test_padlocks_hold_sliders(workspace):
    row = workspace.morphology.rows["active_material"]
    row.padlock.click()
    assert "active_material" in workspace.controller.padlocks
    assert not row.slider.isEnabled()
    assert workspace.morphology.rows["pore"].slider.isEnabled()
    workspace.morphology.rows["solid_electrolyte"].padlock.click()
    assert not workspace.morphology.rows["pore"].slider.isEnabled()
    assert "φ CAM = 0.45" not in workspace.calibrate.locks.text()  # no data yet


def test_presets_and_kinds(workspace, qtbot):
    workspace.morphology.preset.value = "sheet-pores"
    box = workspace.morphology.fields["Y"]
    assert box.kind.value == "chi-square"
    assert box.degrees.value() == 1
    assert box.tail.value == "lower"
    assert workspace.controller.twin.X == PRESETS["sheet-pores"].twin.X
    box.degrees.setValue(3)
    assert workspace.controller.twin.Y.degrees_of_freedom == 3
    box.kind.value = "gaussian"
    assert workspace.controller.twin.Y.kind == "gaussian"
    rest(qtbot, workspace)


def test_isotropic_disables_the_anisotropy(workspace, qtbot):
    workspace.morphology.symmetry.value = "isotropic"
    row = workspace.morphology.rows["X.anisotropy"]
    assert not row.slider.isEnabled()
    assert row.entry.shown() == 1
    rest(qtbot, workspace)


def test_a_high_parametric_field_has_two_handles_and_a_spectrum(workspace, qtbot):
    controller, panel = workspace.controller, workspace.morphology
    told = []
    controller.refused.connect(told.append)
    panel.preset.value = "layered"
    box, rows = panel.fields["X"], panel.fields["X"].rows
    handles = {path for path, row in rows.items() if not row.slider.isHidden()}
    assert handles == {"X.length_um", "X.anisotropy"}
    assert all(rows[path].slider.isEnabled() for path in handles)
    assert not any(rows[path].slider.isEnabled() for path in rows.keys() - handles)
    assert "20 weights" in box.spectrum_fold.text()
    assert panel.rows["Y.length_um"].slider.isEnabled()
    assert panel.fields["Y"].note.isHidden()
    box.kind.value = "chi-square"
    box.tail.value = "lower"
    assert (controller.twin.X.kind, controller.twin.X.tail) == ("chi-square", "lower")
    assert controller.twin.X.correlation == PRESETS["layered"].twin.X.correlation
    drag(qtbot, panel.rows["pore"], range(100, 300, 50))
    assert not told
    panel.symmetry.value = "isotropic"
    assert len(told) == 1
    assert "Field X is high-parametric" in told[0]
    assert controller.twin.symmetry == panel.symmetry.value == "cylindrical"
    rest(qtbot, workspace)
    panel.preset.value = "pressed"
    assert all(row.slider.isEnabled() and not row.slider.isHidden() for row in rows.values())
    assert panel.rows["X.length_um"].entry.text() == "0.7"
    assert panel.rows["X.length_um"].label.text().startswith("Correlation length")
    assert box.spectrum_fold.parent().isHidden()
    rest(qtbot, workspace)


def test_the_phase_order_swaps(workspace, qtbot):
    workspace.morphology.first.value = "pore"
    twin = workspace.controller.twin
    assert (twin.first_phase, twin.second_phase) == ("pore", "active_material")
    assert workspace.morphology.second.value == "active_material"
    rest(qtbot, workspace)


def test_seed_and_its_lock(workspace, qtbot):
    seed = workspace.morphology.seed
    seed.seed.value = 12
    assert workspace.controller.twin.seed == 12
    seed.lock.click()
    workspace.morphology.preset.value = "dense"
    assert workspace.controller.twin.seed == 12
    seed.roll.click()
    assert workspace.controller.twin.seed != 12
    rest(qtbot, workspace)


def test_the_box_is_a_cube_or_not(workspace, qtbot):
    grid = workspace.morphology.grid
    grid.edges[0].value = 40
    assert workspace.controller.twin.grid.shape == (40, 40, 40)
    grid.cube.value = False
    grid.edges[2].value = 56
    assert workspace.controller.twin.grid.shape == (40, 40, 56)
    rest(qtbot, workspace)
    assert workspace.display.twin_layer.data.shape == (40, 40, 56)
    assert "5.6" in grid.size.text()


def test_curves_follow_every_move(workspace, qtbot):
    figure = workspace.curves.figure
    model = figure.lines["model", 0].get_ydata().copy()
    assert model[0] == pytest.approx(0.11)
    assert len(figure.lines["realisation", 1].get_xdata()) > 5
    workspace.controller.set_value("pore", 0.2, dragging=True)
    assert figure.lines["model", 0].get_ydata()[0] == pytest.approx(0.2)
    workspace.controller.end_drag()
    rest(qtbot, workspace)
    realised = figure.lines["realisation", 0].get_ydata()[0]
    assert realised == pytest.approx(workspace.controller.realisation.volume_fractions["pore"])


def test_curves_of_choice(workspace, qtbot):
    panel = workspace.curves
    panel.pairs.value = CROSS
    assert panel.figure.lines["model", 0].get_ydata()[0] == pytest.approx(0, abs=1e-9)
    panel.normalised.setChecked(True)
    end = panel.figure.lines["model", 0].get_ydata()[-1]
    assert abs(end) < 1e-3
    panel.direction.value = "through-plane"
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
    assert workspace.comparison.curves["model"].direction == "through-plane"
    assert workspace.comparison.curves["realisation"].direction == "through-plane"
    panel.realisation.setChecked(False)
    assert len(panel.figure.lines["realisation", 0].get_xdata()) == 0


def test_the_figure_is_written(workspace, tmp_path):
    for ending in ("pdf", "svg", "png"):
        workspace.curves.save_as(str(tmp_path / f"curves.{ending}"))
        assert (tmp_path / f"curves.{ending}").stat().st_size > 5000


def test_the_curves_are_written_as_a_table(workspace, tmp_path):
    workspace.curves.save_as(str(tmp_path / "curves.csv"))
    rows = (tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()
    kinds = {row.rsplit(",", 3)[1] for row in rows[1:]}
    assert kinds == {"model", "realisation"}
    model = workspace.comparison.curves["model"]
    assert sum(",model," in row for row in rows) == 6 * model.lags_um.size


@pytest.mark.parametrize(
    "name", ["curves.xyz", "curves", "nowhere/curves.pdf", "nowhere/curves.csv"]
)
def test_a_figure_that_cannot_be_written_is_told(workspace, tmp_path, name, qtbot):
    with qtbot.waitSignal(workspace.controller.refused) as told:
        workspace.curves.save_as(str(tmp_path / name))
    assert told.args[0].endswith(".")
    assert not list(tmp_path.iterdir())


def test_views_phases_and_colours(workspace):
    bar, layer = workspace.view_bar, workspace.display.twin_layer
    true = phases(workspace).copy()
    bar.phases["pore"].click()
    assert set(np.unique(layer.data)) == {1, 2, 3}
    bar.phases["active_material"].click()
    assert set(np.unique(layer.data)) == {0, 2, 3}
    assert np.array_equal(phases(workspace), true)
    bar.views["xz"].click()
    assert workspace.display._viewer.dims.ndisplay == 2
    assert set(np.unique(layer.data)) == {1, 2, 3}
    bar.views["3D"].click()
    assert workspace.display._viewer.dims.ndisplay == 3
    bar.scheme.value = "colour-blind safe"
    assert np.allclose(layer.colormap.color_dict[1][:3], (0.902, 0.624, 0), atol=0.01)


def test_a_deleted_layer_comes_back(workspace, qtbot):
    viewer = workspace.display._viewer
    viewer.layers.clear()
    workspace.controller.set_seed(3)
    rest(qtbot, workspace)
    assert [layer.name for layer in viewer.layers] == ["twin"]


def test_a_refused_box_leaves_the_picture(workspace, qtbot):
    before = phases(workspace).copy()
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as heard:
        workspace.controller.set_value("X.length_um", 50.0)
    assert "box" in heard.args[0]
    assert np.array_equal(phases(workspace), before)
    assert "Not drawn" in workspace.status.warning.text()


def test_the_theme_reaches_the_figure(workspace):
    workspace.display._viewer.theme = "light"
    assert workspace.curves.figure.figure.get_facecolor()[0] > 0.8
    workspace.display._viewer.theme = "dark"
    assert workspace.curves.figure.figure.get_facecolor()[0] < 0.3


def test_the_docks_x_stops_all_and_it_opens_again(make_napari_viewer, qtbot, small_twin):
    viewer = make_napari_viewer(show=True)
    name = "ASSB Twin workspace"
    dock, first = viewer.window.add_plugin_dock_widget("napari-assb-twin", name)
    first.controller.adopt(small_twin, "small box")
    rest(qtbot, first)
    dock.destroyOnClose()
    qtbot.waitUntil(lambda: not first.controller.is_open, timeout=5000)
    _, second = viewer.window.add_plugin_dock_widget("napari-assb-twin", name)
    assert second is not first
    assert second.controller.twin == small_twin
    rest(qtbot, second)
    assert [layer.name for layer in viewer.layers] == ["twin"]
    second.shutdown()
    second.shutdown()


def test_the_same_widget_can_be_docked_again(make_napari_viewer, qtbot, small_twin):
    from napari_assb_twin.workspace.widget import TwinWorkspace

    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    dock = viewer.window.add_dock_widget(widget)
    rest(qtbot, widget)
    dock.destroyOnClose()
    qtbot.waitUntil(lambda: not widget.controller.is_open, timeout=5000)
    viewer.window.add_dock_widget(widget)
    qtbot.waitUntil(lambda: widget.controller.is_open, timeout=5000)
    widget.controller.set_seed(9)
    rest(qtbot, widget)
    widget.shutdown()


def test_closing_the_viewer_stops_all(make_napari_viewer, qtbot, small_twin):
    from napari_assb_twin.workspace.widget import TwinWorkspace

    viewer = make_napari_viewer()
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget)
    controller = widget.controller
    widget.controller.set_value("pore", 0.3, dragging=True)
    del widget
    viewer.close()
    qtbot.waitUntil(lambda: not controller.is_open, timeout=5000)
    qtbot.waitUntil(lambda: not controller.busy, timeout=PATIENCE_MS)


def test_the_wheel_scrolls_and_does_not_turn(workspace):
    from qtpy.QtCore import QPoint, QPointF, Qt
    from qtpy.QtGui import QWheelEvent

    before = workspace.controller.twin
    row = workspace.morphology.rows["pore"]
    for widget in (row.slider, row.entry, workspace.morphology.symmetry.native):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(widget.mapToGlobal(QPoint(5, 5))),
            QPoint(0, 0),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
    assert workspace.controller.twin == before


def test_a_moving_slider_has_no_stale_residual(workspace, qtbot):
    assert workspace.comparison.residual[0] == "realisation"
    workspace.controller.set_value("pore", 0.3, dragging=True)
    assert workspace.comparison.residual is None
    workspace.controller.end_drag()
    rest(qtbot, workspace)
    assert workspace.comparison.residual[0] == "realisation"


def test_a_box_too_small_to_measure_has_no_curves(workspace, qtbot):
    grid = replace(workspace.controller.twin.grid, shape=(48, 48, 16))
    workspace.controller.set_grid(grid)
    rest(qtbot, workspace)
    assert workspace.comparison.curves["realisation"] is None


def test_undo_by_keyboard(make_napari_viewer, qtbot, small_twin):
    from qtpy.QtCore import Qt

    from napari_assb_twin.workspace.widget import TwinWorkspace

    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget)
    rest(qtbot, widget)
    widget.controller.set_seed(7)
    widget.activateWindow()
    slider = widget.morphology.rows["pore"].slider
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus, timeout=5000)
    qtbot.keyClick(slider, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: widget.controller.twin.seed == 0, timeout=5000)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(slider, Qt.Key.Key_Z, both)
    qtbot.waitUntil(lambda: widget.controller.twin.seed == 7, timeout=5000)
    rest(qtbot, widget)
    widget.shutdown()
