"""Keys: listed in the docs, none of napari's, and each does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import rest
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut

from napari_assb_twin.workspace.shortcuts import KEYS

pytestmark = pytest.mark.each_binding

PAGE = Path(__file__).parents[2] / "docs" / "shortcuts.md"


def normal(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


@pytest.fixture
def keys(workspace):
    found = {normal(one.key().toString()): one for one in workspace.findChildren(QShortcut)}
    return {key.name: found[normal(key.keys)] for key in KEYS}


def test_the_page_of_the_docs_lists_them_all():
    if not PAGE.exists():
        pytest.skip("installed without the repository")
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(key.keys, key.does) for key in KEYS]


def test_no_key_is_taken_twice_or_by_napari(workspace):
    from napari._app_model import get_app_model
    from napari.settings import get_settings

    ours = [normal(key.keys) for key in KEYS]
    assert len(set(ours)) == len(ours)
    menus = {normal(rule.keybinding.to_text()) for rule in get_app_model().keybindings}
    canvas = {
        normal(str(binding))
        for bindings in get_settings().shortcuts.shortcuts.values()
        for binding in bindings
    }
    assert "Ctrl+S" in menus  # the test sees what napari takes
    assert "Ctrl+R" in canvas
    assert not set(ours) & (menus | canvas)


def test_undo_redo_and_seed(workspace, keys, qtbot):
    first = workspace.controller.twin
    workspace.controller.set_value("pore", 0.3)
    second = workspace.controller.twin
    keys["undo"].activated.emit()
    assert workspace.controller.twin == first
    keys["redo"].activated.emit()
    assert workspace.controller.twin == second
    keys["new seed"].activated.emit()
    assert workspace.controller.twin.seed != second.seed
    rest(qtbot, workspace)


def test_views_and_phases(workspace, keys):
    dims = workspace.viewer.dims
    for name in ("xy", "xz", "yz", "3D"):
        keys[f"view {name}"].activated.emit()
        assert workspace.view_bar.views[name].isChecked()
        assert dims.ndisplay == (3 if name == "3D" else 2)
    for phase, button in workspace.view_bar.phases.items():
        before = button.isChecked()
        keys[f"show {phase}"].activated.emit()
        assert button.isChecked() != before


def test_files(workspace, keys, tmp_path, monkeypatch):
    from qtpy.QtWidgets import QFileDialog

    asked = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: asked.append(a[1]) or ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: asked.append(a[1]) or ("", ""))
    for name in ("open", "save twin", "save session"):
        keys[name].activated.emit()
    assert asked == ["Open twin or session", "Save twin file", "Save session"]


def test_tooltips_name_the_keys(workspace):
    assert "Ctrl+4" in workspace.view_bar.views["yz"].toolTip()
    assert "Ctrl+7" in workspace.view_bar.phases["pore"].toolTip()
    assert "Ctrl+Shift+R" in workspace.morphology.seed.roll.toolTip()
    assert "Ctrl+Shift+L" in workspace.morphology.open_button.toolTip()
    tips = [action.toolTip() for action in workspace.files.menu.actions()]
    assert "Ctrl+Shift+S" in tips[0]
    assert "Ctrl+Shift+E" in tips[1]
