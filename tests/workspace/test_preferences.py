"""Preferences: the manifest says what the code says, and the window follows them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from conftest import rest
from npe2 import PluginManifest

import napari_assb_twin
from napari_assb_twin.twin.device import DEVICES
from napari_assb_twin.twin.threads import MOST_WORKERS, set_workers, workers
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.preferences import GROUP, Preferences, PreferenceWatch

MANIFEST = Path(napari_assb_twin.__file__).parent / "napari.yaml"


@pytest.fixture(autouse=True)
def _own_settings(tmp_path, monkeypatch):
    """Preferences of this test alone, never those of whoever runs it."""
    import napari.settings

    monkeypatch.setattr(napari.settings, "_CFG_PATH", tmp_path / "settings.yaml")
    napari.settings._clear_plugin_settings_cache()
    yield
    set_workers(0)
    napari.settings._clear_plugin_settings_cache()


@pytest.fixture
def settings():
    from napari.settings import get_plugin_settings

    return getattr(get_plugin_settings("napari-assb-twin"), GROUP)


def test_the_manifest_has_the_defaults_of_the_code():
    manifest = PluginManifest.from_file(MANIFEST)
    properties = manifest.contributions.configurations[GROUP].properties
    assert {name: one.default for name, one in properties.items()} == vars(Preferences())
    assert [field.name for field in fields(Preferences)] == list(properties)
    assert tuple(properties["device"].enum) == tuple(DEVICES)
    assert list(properties["colours"].enum) == list(SCHEMES)
    for one in properties.values():
        assert one.title
        assert one.description.endswith(".")


def test_threads_are_bounded_by_the_machine():
    assert workers() == MOST_WORKERS
    set_workers(1)
    assert workers() == 1
    set_workers(10**6)
    assert 1 <= workers() < 10**6
    set_workers(0)
    assert workers() == MOST_WORKERS


def test_a_window_begins_with_them(settings, make_napari_viewer, small_twin, qtbot):
    from napari_assb_twin.workspace.widget import TwinWorkspace

    settings.colours, settings.device, settings.threads = "colour-blind safe", "cpu", 1
    settings.half_from, settings.previews = 40, False
    widget = TwinWorkspace(make_napari_viewer(), small_twin)
    assert widget.controller.device == "cpu"
    assert widget.status.device.value == "cpu"
    assert widget.view_bar.scheme.value == "colour-blind safe"
    assert workers() == 1
    live = widget.controller._live
    assert (live.previews, live.half_from) == (False, 40)
    rest(qtbot, widget)
    widget.shutdown()


@pytest.mark.each_binding
def test_changes_are_followed_and_the_windows_own_choices_stay(settings, workspace, qtbot):
    workspace.view_bar.scheme.value = "colour-blind safe"
    settings.half_from = 48
    assert workspace.controller._live.half_from == 48
    assert workspace.view_bar.scheme.value == "colour-blind safe"
    settings.device = "cpu"
    assert workspace.controller.device == "cpu"
    rest(qtbot, workspace)
    workspace.shutdown()
    settings.half_from = 64
    assert workspace.controller._live.half_from == 48
    workspace.reopen()
    assert workspace.controller._live.half_from == 64
    rest(qtbot, workspace)


def test_without_live_only_the_full_volume_is_drawn(workspace, qtbot):
    controller, drawn = workspace.controller, []
    controller.realised.connect(lambda realisation, full: drawn.append(full))
    controller.set_previews(False, half_from=8, quarter_from=8)
    for porosity in (0.2, 0.25, 0.3):
        controller.set_value("pore", porosity, dragging=True)
        assert not workspace.controller.busy
    controller.end_drag()
    rest(qtbot, workspace)
    assert drawn == [True]


def test_small_boxes_are_drawn_in_fewer_voxels_when_asked(workspace, qtbot):
    controller, shapes = workspace.controller, []
    controller.realised.connect(lambda realisation, full: shapes.append(realisation.labels.shape))
    controller.set_previews(True, half_from=48, quarter_from=4096)
    controller._live._full_seconds = {controller.twin.grid.shape: 1.0}
    controller.set_value("pore", 0.3, dragging=True)
    qtbot.waitUntil(lambda: bool(shapes))
    assert shapes[0] == (24, 24, 24)
    controller.end_drag()
    rest(qtbot, workspace)


def test_where_the_plugin_is_not_registered_the_defaults_hold(monkeypatch):
    from napari_assb_twin.workspace import preferences

    monkeypatch.setattr(preferences, "plugin_settings", lambda group: None)
    assert PreferenceWatch().current == Preferences()
