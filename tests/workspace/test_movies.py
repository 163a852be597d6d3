"""Pictures and movies from the window: what is in the files, and what is left as it was."""

from __future__ import annotations

import itertools

import imageio.v3 as iio
import numpy as np
import pytest
from conftest import PATIENCE_MS, rest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.display import METADATA
from napari_assb_twin.workspace.movie_dialog import MovieDialog, SweepDialog
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.sweep import stations, usual_range


@pytest.fixture
def shown(make_napari_viewer, small_twin, qtbot):
    """The workspace in a window that is on the screen: a hidden canvas is black."""
    from napari_assb_twin.workspace.widget import TwinWorkspace

    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget)
    rest(qtbot, widget)
    yield widget
    widget.shutdown()


def opened(workspace, kind, path, frames):
    dialog = workspace.camera.open_dialog(kind)
    dialog.frames.value = frames
    dialog.file.value = path
    dialog.width.value = 640
    return dialog


def end(workspace, qtbot):
    qtbot.waitUntil(lambda: not workspace.camera.recorder.running, timeout=PATIENCE_MS)


def differing(frames):
    return all(np.any(one != other) for one, other in itertools.pairwise(frames))


@pytest.mark.each_binding
def test_the_canvas_is_saved(shown, tmp_path):
    shown.camera.save_picture(str(tmp_path / "canvas"))
    picture = iio.imread(tmp_path / "canvas.png")
    assert picture.ndim == 3
    assert picture[..., 0].max() > 150
    told = []
    shown.controller.refused.connect(told.append)
    shown.camera.save_picture(str(tmp_path / "nowhere" / "canvas.png"))
    assert "create it first" in told[0]


@pytest.mark.each_binding
def test_a_turntable_comes_back_to_where_it_was(shown, qtbot, tmp_path):
    camera = shown.display.camera
    before, path = camera.view, tmp_path / "turn.gif"
    dialog = opened(shown, MovieDialog, path, 5)
    dialog.start.click()
    assert dialog.cancel.text() == "Stop"
    end(shown, qtbot)
    assert "Written" in dialog.message.text()
    frames = iio.imread(path)
    assert len(frames) == 5
    assert differing(frames)
    assert camera.view.direction == pytest.approx(before.direction)
    assert camera.view.zoom == pytest.approx(before.zoom)
    shown.camera.close_dialog()


def test_what_is_seen_whole_stays_whole_from_every_side(workspace):
    camera = workspace.display.camera
    views = camera.turntable(8)
    assert len({round(view.zoom, 9) for view in views}) == 1
    for view in views:
        camera.view = view
        camera._viewer.fit_to_view()
        assert camera.view.zoom >= view.zoom * (1 - 1e-9)


def test_a_plane_cannot_be_turned(workspace):
    button = workspace.camera
    button.menu().aboutToShow.emit()
    assert button.turntable.isEnabled()
    workspace.view_bar.views["xz"].click()
    button.menu().aboutToShow.emit()
    assert not button.turntable.isEnabled()
    assert "cannot be turned" in button.turntable.toolTip()


def test_a_sweep_changes_neither_twin_nor_history(shown, qtbot, tmp_path):
    controller, display, path = shown.controller, shown.display, tmp_path / "sweep.gif"
    twin, steps = controller.twin, (controller.undo_text, controller.redo_text)
    labels = display.twin_layer.metadata[METADATA].copy()
    dialog = opened(shown, SweepDialog, path, 4)
    dialog.parameter.value = "pore"
    assert dialog.first.value < twin.volume_fractions["pore"] < dialog.last.value
    dialog.last.value = 0.5
    drawn = []
    shown.camera.recorder.progressed.connect(
        lambda number, count: drawn.append(
            float((display.twin_layer.metadata[METADATA] == 0).mean())
        )
    )
    dialog.start.click()
    end(shown, qtbot)
    assert len(drawn) == 4
    assert drawn == sorted(drawn)
    assert drawn[-1] == pytest.approx(0.5, abs=0.08)
    frames = iio.imread(path)
    assert len(frames) == 4
    assert differing(frames)
    assert controller.twin == twin
    assert (controller.undo_text, controller.redo_text) == steps
    assert np.array_equal(display.twin_layer.metadata[METADATA], labels)
    assert not display._viewer.canvas.overlays.text.visible
    shown.camera.close_dialog()


def test_stopping_leaves_no_file_and_the_twin_as_it_was(workspace, qtbot, tmp_path):
    display, recorder = workspace.display, workspace.camera.recorder
    labels = display.twin_layer.metadata[METADATA].copy()
    dialog = opened(workspace, SweepDialog, tmp_path / "sweep.gif", 200)
    with qtbot.waitSignal(recorder.progressed, timeout=PATIENCE_MS):
        dialog.start.click()
    assert list(tmp_path.iterdir())
    dialog.cancel.click()
    end(workspace, qtbot)
    assert "nothing was written" in dialog.message.text()
    qtbot.waitUntil(lambda: not list(tmp_path.iterdir()), timeout=PATIENCE_MS)
    assert np.array_equal(display.twin_layer.metadata[METADATA], labels)
    assert workspace.camera.dialog is dialog
    dialog.cancel.click()
    assert workspace.camera.dialog is None


@pytest.mark.each_binding
def test_closing_the_workspace_in_the_middle_leaves_no_file(workspace, qtbot, tmp_path):
    recorder = workspace.camera.recorder
    dialog = opened(workspace, SweepDialog, tmp_path / "sweep.gif", 200)
    with qtbot.waitSignal(recorder.progressed, timeout=PATIENCE_MS):
        dialog.start.click()
    del dialog
    workspace.shutdown()
    assert not recorder.running
    qtbot.waitUntil(lambda: not list(tmp_path.iterdir()), timeout=PATIENCE_MS)


def test_what_cannot_be_recorded_is_said_in_the_dialog(workspace, qtbot, tmp_path):
    dialog = opened(workspace, SweepDialog, tmp_path / "sweep.avi", 3)
    dialog.start.click()
    assert ".gif or .mp4" in dialog.message.text()
    dialog.file.value = tmp_path / "sweep.gif"
    dialog.first.value = dialog.last.value
    dialog.start.click()
    assert "two different" in dialog.message.text()
    dialog.last.value = 500.0
    dialog.start.click()
    end(workspace, qtbot)
    assert "box" in dialog.message.text()
    assert list(tmp_path.iterdir()) == []
    workspace.controller.set_seed(5)
    dialog.start.click()
    assert "still being made" in dialog.message.text()
    workspace.camera.close_dialog()
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


def test_the_stations_of_a_sweep_are_twins_with_words():
    twin, names = preset("pressed"), PhaseNames()
    row = stations(twin, "X.length_um", 0.5, 2.0, 3, names=names)
    assert [one.twin.X.correlation.length_um for one in row] == pytest.approx([0.5, 1.0, 2.0])
    assert row[1].caption == "Correlation length ℓ of field X = 1 µm"
    spacing = stations(twin, "X.oscillation_per_um", 1.0, 2.0, 2, names=names)
    assert spacing[0].twin.X.correlation.oscillation_per_um == pytest.approx(2 * np.pi)
    locked = stations(twin, "pore", 0.1, 0.3, 2, names=names, locked=frozenset({"active_material"}))
    assert locked[1].twin.volume_fractions["active_material"] == pytest.approx(0.45)
    with pytest.raises(InputError):
        stations(twin, "pore", 0.1, 1.5, 2, names=names)
    low, high = usual_range(twin, "X.length_um")
    assert (low, high) == pytest.approx((0.35, 1.4))
