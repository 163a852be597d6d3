"""What users do to a window: drag while it works, close it in the middle, open it twice."""

from __future__ import annotations

import threading

import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtWidgets import QApplication
from superqt.utils import WorkerBase

from napari_assb_twin.workspace.widget import TwinWorkspace

pytestmark = pytest.mark.each_binding

NAME = "ASSB Twin workspace"


def own_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("assb-twin-")]


def drag_by_hand(widget, steps=60) -> None:
    for path in ("pore", "X.length_um", "Y.smoothness"):
        row = widget.morphology.rows[path]
        row.slider.setSliderDown(True)
        for step in range(steps):
            row.slider.setValue(300 + 5 * step)
            if step % 3 == 0:
                QApplication.processEvents()
        row.slider.setSliderDown(False)


def start_long_fit(widget, data, qtbot) -> None:
    widget.controller.set_data(data)
    widget.calibrate.options.first.value = "active_material"
    widget.calibrate.options.samples.value = 300
    with qtbot.waitSignal(widget.calibrate.job.progressed, timeout=PATIENCE_MS):
        widget.calibrate.fit.click()


@pytest.fixture
def shown(make_napari_viewer, small_twin, qtbot):
    """Opens a viewer on the screen with the workspace docked, at rest.

    A fixture that were the widget would keep it alive and look like a leak.
    """

    def open_it():
        viewer = make_napari_viewer(show=True)
        widget = TwinWorkspace(viewer, small_twin)
        dock = viewer.window.add_dock_widget(widget, name=NAME)
        rest(qtbot, widget)
        return viewer, dock, widget

    return open_it


def ended(widget, qtbot) -> None:
    assert not widget.calibrate.job.running
    WorkerBase.await_workers(PATIENCE_MS)
    qtbot.waitUntil(lambda: not own_threads(), timeout=PATIENCE_MS)


def test_dragging_while_a_fit_runs_and_closing_the_dock(shown, section_data, qtbot):
    _, dock, widget = shown()
    start_long_fit(widget, section_data, qtbot)
    drag_by_hand(widget)
    assert widget.calibrate.job.running
    dock.destroyOnClose()
    qtbot.waitUntil(lambda: not widget.controller.is_open, timeout=PATIENCE_MS)
    ended(widget, qtbot)


def test_dragging_while_a_fit_runs_and_closing_the_viewer(shown, section_data, qtbot):
    viewer, _, widget = shown()
    start_long_fit(widget, section_data, qtbot)
    drag_by_hand(widget)
    viewer.close()
    qtbot.waitUntil(lambda: not widget.controller.is_open, timeout=PATIENCE_MS)
    ended(widget, qtbot)


def test_deleting_layers_in_the_middle_of_a_drag(shown, section_data, qtbot):
    viewer, _, widget = shown()
    widget.controller.set_data(section_data)
    row = widget.morphology.rows["pore"]
    row.slider.setSliderDown(True)
    for step in range(40):
        row.slider.setValue(100 + 5 * step)
        if step == 20:
            viewer.layers.clear()
        QApplication.processEvents()
    row.slider.setSliderDown(False)
    viewer.dims.ndisplay = 2
    viewer.dims.ndisplay = 3
    rest(qtbot, widget)
    assert {layer.name for layer in viewer.layers} == {"twin", "measured", "captions"}
    widget.controller.set_data(None)
    assert [layer.name for layer in viewer.layers] == ["twin"]
    rest(qtbot, widget)
    widget.shutdown()


def test_the_theme_changes_while_a_form_is_open(shown, section_data, tmp_path, qtbot):
    from napari_assb_twin.export.tiff import write_tiff

    viewer, _, widget = shown()
    write_tiff(tmp_path / "section.tif", section_data.images[0], voxel_size_um=0.1)
    widget.open_files([tmp_path / "section.tif"])
    for theme in ("light", "dark"):
        viewer.theme = theme
        QApplication.processEvents()
    widget.data.form.use.click()
    rest(qtbot, widget)
    widget.shutdown()


def test_two_viewers_have_a_workspace_each(make_napari_viewer, small_twin, qtbot):
    widgets = []
    for _ in range(2):
        viewer = make_napari_viewer()
        _, widget = viewer.window.add_plugin_dock_widget("napari-assb-twin", NAME)
        widget.controller.adopt(small_twin, "small box")
        widgets.append(widget)
    first, second = widgets
    first.controller.set_value("pore", 0.3)
    for widget in widgets:
        rest(qtbot, widget)
    assert second.controller.twin == small_twin
    assert first.display.twin_layer is not second.display.twin_layer
    first.shutdown()
    second.controller.set_seed(4)
    rest(qtbot, second)
    second.shutdown()


def test_opening_it_twice_from_the_menu_is_one(workspace, qtbot):
    viewer = workspace.display._viewer
    _, again = viewer.window.add_plugin_dock_widget("napari-assb-twin", NAME)
    assert again is workspace
    assert [layer.name for layer in viewer.layers] == ["twin"]
    rest(qtbot, workspace)


def test_what_was_closed_with_the_x_is_not_closed_again_when_it_is_destroyed(workspace):
    """At the end of the interpreter Qt has deleted the timers of a closed workspace already."""

    class Owner:
        closings = 0

        def close(self) -> None:
            self.closings += 1

    owner = Owner()
    release = type(workspace._release)(owner)
    release()
    release()  # what `destroyed` calls after the x
    assert owner.closings == 1
    workspace.shutdown()
    assert not workspace._release.armed
    workspace.reopen()
    assert workspace._release.armed


@pytest.mark.parametrize("how", ["the dock of the workspace", "the viewer"])
def test_closing_with_the_comparison_open(shown, qtbot, how):
    viewer, dock, widget = shown()
    panel = widget.compare.open()
    panel.samples.add_preset("isotropic")
    panel.morph.choose("current twin", "isotropic")
    panel.morph.slider.setSliderDown(True)
    panel.morph.slider.setValue(40)
    own_dock = how.startswith("the dock")
    dock.destroyOnClose() if own_dock else viewer.close()
    qtbot.waitUntil(lambda: not widget.controller.is_open, timeout=PATIENCE_MS)
    if own_dock:
        assert not widget.compare.docked
        assert panel.parent() is widget
    qtbot.waitUntil(lambda: not own_threads(), timeout=PATIENCE_MS)
