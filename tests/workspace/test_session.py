"""A session saved in one window goes on in another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox

from napari_assb_twin.session.session_file import load_session, save_session
from napari_assb_twin.session.state import CurveChoice, Session, View
from napari_assb_twin.twin.own_presets import own_presets, save_preset
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.workspace import plugin
from napari_assb_twin.workspace.curves_figure import CROSS
from napari_assb_twin.workspace.widget import TwinWorkspace

YES, NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


@pytest.fixture
def opened(make_napari_viewer, small_twin, qtbot):
    """Opens windows that are seen; they are shut down at the end."""
    widgets = []

    def open_one(twin=None) -> TwinWorkspace:
        viewer = make_napari_viewer(show=True)
        widget = TwinWorkspace(viewer, twin or small_twin)
        viewer.window.add_dock_widget(widget, name=plugin.WORKSPACE, area="right")
        rest(qtbot, widget)
        widgets.append(widget)
        return widget

    yield open_one
    for widget in widgets:
        widget.shutdown()
    qtbot.waitUntil(lambda: not any(one.busy for one in widgets), timeout=PATIENCE_MS)


def arrange(widget, data) -> None:
    """Everything otherwise than it is at first."""
    controller = widget.controller
    controller.set_data(data)
    controller.set_padlock("X.length_um", True)
    controller.rename("pore", "CAM?")
    controller.set_value("pore", 0.2)
    widget.morphology.seed.lock.click()
    widget.morphology.folds["X"].click()
    widget.data.folds["names"].click()
    widget.calibrate.options.samples.value = 7
    widget.calibrate.options.symmetry.value = "isotropic"
    widget.curves.direction.value = "through-plane"
    widget.curves.pairs.value = CROSS
    widget.curves.normalised.click()
    widget.view_bar.views["3D"].click()
    widget.view_bar.choose_cut((0, 0.25, True))
    widget.view_bar.scheme.value = "colour-blind safe"
    widget.view_bar.phases["pore"].click()
    widget.tabs.setCurrentIndex(2)
    widget.splitter.setSizes([300, 350])


@pytest.mark.each_binding
def test_another_window_goes_on_where_it_was_saved(opened, section_data, tmp_path, qtbot):
    first = opened()
    arrange(first, section_data)
    rest(qtbot, first)
    camera = first.viewer.scene.camera
    camera.angles, camera.zoom, camera.center = (10, 20, 30), 60.0, (1.0, 2.0, 3.0)
    first.viewer.dims.set_point(0, 1.2)
    first.files.write_session(tmp_path / "a.assb-session")
    qtbot.waitUntil(lambda: not first.busy, timeout=PATIENCE_MS)
    assert "Saved" in first.status.message.text()
    saved = first.session_state.capture()

    second = opened(PRESETS["dense"].twin)
    second.open_files([tmp_path / "a.assb-session"])
    qtbot.waitUntil(lambda: second.controller.twin == saved.twin, timeout=PATIENCE_MS)
    rest(qtbot, second)
    again = second.session_state.capture()
    assert again.data is not None
    (one,), (other,) = again.data.images, section_data.images
    assert np.array_equal(one, other)
    assert again.data.sources == section_data.sources
    assert again.view.camera.angles == pytest.approx((10, 20, 30))
    assert again.view.camera.zoom == pytest.approx(60)
    assert again.view.camera.center_um == pytest.approx((1, 2, 3))
    assert again.view.point_um == pytest.approx(saved.view.point_um)
    assert again.layout.parts_px == pytest.approx(saved.layout.parts_px, abs=20)
    assert replace(again.view, camera=None, point_um=None) == replace(
        saved.view, camera=None, point_um=None
    )
    for part in ("names", "padlocks", "seed_locked", "fit", "curves"):
        assert getattr(again, part) == getattr(saved, part)
    assert again.layout.tab == "Calibrate"
    assert again.layout.folded == saved.layout.folded
    assert {"X"} <= set(again.layout.folded)
    assert again.curves == CurveChoice(direction="through-plane", pairs="cross", normalised=True)
    second.controller.undo()
    assert second.controller.twin == PRESETS["dense"].twin
    rest(qtbot, second)


def test_plane_views_come_back(workspace, tmp_path):
    viewer, views = workspace.viewer, workspace.view_bar.views
    for name in ("xy", "xz", "yz"):
        views[name].click()
        viewer.dims.set_point(viewer.dims.order[0], 3.3)
        viewer.scene.camera.zoom = 99.0
        saved = workspace.session_state.capture()
        path = save_session(saved, tmp_path / "a.assb-session")
        views["3D"].click()
        workspace.show_session(load_session(path), path.name)
        again = workspace.session_state.capture()
        assert again.view == saved.view
        assert (again.view.name, again.view.dimensions) == (name, 2)
        assert again.view.camera.zoom == pytest.approx(99)


def test_a_record_of_the_fit_comes_along_with_an_equal_twin(workspace, qtbot):
    fitted = replace(workspace.controller.twin, provenance={"method": "coverage"})
    layout = workspace.session_state.capture().layout
    assert "names" in layout.folded
    workspace.show_session(Session(twin=fitted), "a.assb-session")
    assert workspace.controller.twin.provenance == {"method": "coverage"}
    assert workspace.session_state.capture().layout == layout
    rest(qtbot, workspace)


@pytest.mark.parametrize(
    "changes",
    [
        {"names": {"pore": "a", "active_material": "a", "solid_electrolyte": "b"}},
        {"view": View(scheme="magic")},
        {"fit": {"wizardry": 3}},
        {"fit": {"samples": 10**6}},
        {"fit": {"first_phase": "sand"}},
    ],
)
def test_what_is_unknown_here_changes_nothing(workspace, qtbot, changes):
    before = workspace.session_state.capture()
    with qtbot.waitSignal(workspace.controller.refused) as told:
        workspace.show_session(Session(twin=PRESETS["dense"].twin, **changes), "a.assb-session")
    assert told.args[0].endswith(".")
    assert workspace.session_state.capture() == before


def test_a_damaged_session_is_told(workspace, tmp_path, qtbot):
    (tmp_path / "bad.assb-session").write_bytes(b"PK\x03\x04" + bytes(50))
    before = workspace.controller.twin
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as told:
        workspace.open_files([tmp_path / "bad.assb-session"])
    assert "bad.assb-session" in told.args[0]
    assert workspace.controller.twin is before


@pytest.mark.each_binding
def test_napari_opens_a_session_in_the_workspace(workspace, tmp_path, qtbot):
    twin = replace(workspace.controller.twin, seed=42)
    path = save_session(Session(twin=twin), tmp_path / "a.assb-session")
    layers = len(workspace.viewer.layers)
    assert workspace.viewer.open(str(path), plugin="napari-assb-twin") == []
    assert workspace.controller.twin == twin
    assert len(workspace.viewer.layers) == layers
    rest(qtbot, workspace)
    assert plugin.session_reader([str(path), str(path)]) is None
    assert plugin.session_reader("a.tif") is None


def test_view_opens_a_session(tmp_path, small_twin, qtbot, monkeypatch, make_napari_viewer):
    from napari_assb_twin.workspace import adapter, launch

    monkeypatch.setattr(adapter, "new_viewer", lambda *, show, title: make_napari_viewer())
    session = Session(twin=small_twin, seed_locked=True, view=View(name="xz", dimensions=2))
    path = save_session(session, tmp_path / "a.assb-session")
    _, widget = launch.view(files=[path], show=False)
    assert widget.controller.twin == small_twin
    assert widget.controller.seed_locked
    assert widget.viewer.dims.ndisplay == 2
    rest(qtbot, widget)
    widget.shutdown()


# the menu


@pytest.mark.each_binding
def test_open_and_save_ask_for_names(workspace, tmp_path, qtbot, monkeypatch):
    answers = iter([tmp_path / "a", tmp_path / "b"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(next(answers)), ""))
    twin_file, session = workspace.files.menu.actions()[:2]
    twin_file.trigger()
    assert load_twin(tmp_path / "a.twin.json") == workspace.controller.twin
    session.trigger()
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
    assert load_session(tmp_path / "b.assb-session").twin == workspace.controller.twin
    for name in ("a.twin.json", "b.assb-session"):
        workspace.controller.set_seed(3)
        monkeypatch.setattr(
            QFileDialog, "getOpenFileName", lambda *a, name=name: (str(tmp_path / name), "")
        )
        workspace.morphology.open_button.click()
        qtbot.waitUntil(lambda: workspace.controller.twin.seed == 0, timeout=PATIENCE_MS)
    rest(qtbot, workspace)


@pytest.mark.each_binding
def test_presets_of_ones_own(workspace, tmp_path, qtbot, monkeypatch):
    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path / "presets"))
    files, field = workspace.files, workspace.morphology.preset
    workspace.controller.set_value("pore", 0.25)
    mine = workspace.controller.twin
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: (" my  cathode", True))
    files.save_preset()
    assert own_presets().twins == {"my cathode": mine}
    assert field.value == "my cathode"
    field.value = "dense"
    assert workspace.controller.twin.X == PRESETS["dense"].twin.X
    field.value = "my cathode"
    assert workspace.controller.twin == mine

    workspace.controller.set_value("pore", 0.3)
    for answer, expected in ((NO, mine), (YES, workspace.controller.twin)):
        monkeypatch.setattr(QMessageBox, "question", lambda *a, answer=answer: answer)
        files.save_preset()
        assert own_presets().twins == {"my cathode": expected}

    files.menu.aboutToShow.emit()
    delete = files.menu.actions()[-1]
    assert delete.isVisible()
    assert "my cathode" in delete.text()
    delete.trigger()
    assert own_presets().twins == {}
    assert field.value is None
    files.menu.aboutToShow.emit()
    assert not delete.isVisible()
    rest(qtbot, workspace)


def test_an_own_preset_equal_to_a_built_in_one_can_be_deleted(
    workspace, tmp_path, qtbot, monkeypatch
):
    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path / "presets"))
    workspace.morphology.preset.value = "dense"
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("copy", True))
    workspace.files.save_preset()
    assert workspace.morphology.presets.own == "copy"
    rest(qtbot, workspace)


def test_names_that_cannot_be_are_refused(workspace, tmp_path, qtbot, monkeypatch):
    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path / "presets"))
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("../evil", True))
    with qtbot.waitSignal(workspace.controller.refused) as told:
        workspace.files.save_preset()
    assert "letters" in told.args[0]
    assert not list(tmp_path.iterdir())


def test_a_damaged_preset_does_not_stop_the_window(
    make_napari_viewer, small_twin, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("ASSB_TWIN_PRESETS", str(tmp_path))
    save_preset(small_twin, "good")
    (tmp_path / "bad.twin.json").write_text("{")
    widget = TwinWorkspace(make_napari_viewer(), small_twin)
    field = widget.morphology.preset
    texts = [field.native.itemText(index) for index in range(field.native.count())]
    assert texts[-2:] == ["good", "bad (unreadable)"]
    with qtbot.waitSignal(widget.controller.refused) as told:
        field.value = "bad"
    assert "bad.twin.json" in told.args[0]
    assert widget.controller.twin == small_twin
    assert field.value == "pressed"  # what the small twin is
    QApplication.processEvents()
    rest(qtbot, widget)
    widget.shutdown()
