"""Every field by Tab, downwards, with a name that a screen reader can say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from conftest import rest
from PIL import Image
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QAbstractButton, QApplication

from napari_assb_twin.workspace.widget import TwinWorkspace

pytestmark = pytest.mark.each_binding

ROW = 12
"""Widgets in one row of a grid do not stand at quite the same height."""


@pytest.fixture
def shown(make_napari_viewer, small_twin, qtbot, tmp_path):
    """All sections of the workspace unfolded, and a form open."""
    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget)
    image = np.random.default_rng(0).integers(0, 3, (64, 64)).astype(np.uint8)
    Image.fromarray(image * np.uint8(127)).save(tmp_path / "section.png")
    widget.data._names_section.unfold(True)
    for fold in widget.morphology.folds.values():
        fold.setChecked(True)
    widget.open_files([tmp_path / "section.png"])
    widget.data.form.place_section.unfold(True)
    rest(qtbot, widget)
    yield widget
    widget.shutdown()


def stops(widget):
    found, one = [], widget.view_bar.nextInFocusChain()
    while one is not widget.view_bar:
        tabbed = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus) and one.focusProxy() is None
        if tabbed and widget.isAncestorOf(one) and one.isVisible():
            found.append(one)
        one = one.nextInFocusChain()
    return found


@pytest.mark.parametrize("tab", range(5))
def test_tab_goes_downwards_through_named_fields(shown, tab):
    shown.tabs.setCurrentIndex(tab)
    QApplication.processEvents()
    panel = [stop for stop in stops(shown) if shown.tabs.currentWidget().isAncestorOf(stop)]
    heights = [stop.mapTo(shown, QPoint(0, 0)).y() for stop in panel]
    assert len(panel) > 3
    assert all(after > before - ROW for before, after in pairwise(heights))
    for stop in panel:
        spoken = stop.text() if isinstance(stop, QAbstractButton) else ""
        assert stop.accessibleName() or spoken
        assert stop.toolTip()


def test_a_slider_says_unit_and_meaning(shown):
    row = shown.morphology.rows["X.length_um"]
    assert "[µm]" in row.slider.toolTip()
    assert len(row.slider.toolTip()) > 60
    assert row.entry.accessibleName() == "Correlation length of field X"
