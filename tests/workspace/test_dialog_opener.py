"""A button that opens a dialog, one at a time."""

from __future__ import annotations

import pytest
from conftest import PATIENCE_MS
from qtpy.compat import isalive
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDockWidget, QMainWindow, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace.dialog_opener import DialogOpener
from napari_assb_twin.workspace.window_layout import main_window


@pytest.fixture
def opener(qtbot):
    one = DialogOpener("Open…", QDialog)
    qtbot.addWidget(one)
    yield one
    one.close_dialog()


def test_a_press_opens_a_dialog_and_another_press_a_new_one(opener):
    opener.click()
    first = opener.dialog
    assert first.isVisible()
    opener.click()
    assert not first.isVisible()
    assert opener.dialog is not first
    assert opener.dialog.isVisible()


def test_a_dialog_that_was_closed_is_forgotten(opener):
    opener.click()
    opener.dialog.accept()
    assert opener.dialog is None
    opener.close_dialog()
    assert opener.dialog is None


@pytest.mark.parametrize("waits", [True, False])
def test_the_window_waits_behind_it_if_asked_to(qtbot, waits):
    opener = DialogOpener("Open…", QDialog, waits=waits)
    qtbot.addWidget(opener)
    dialog = opener.open_dialog()
    modality = Qt.WindowModality.WindowModal if waits else Qt.WindowModality.NonModal
    assert dialog.windowModality() == modality
    opener.close_dialog()


def test_what_cannot_be_made_opens_nothing(qtbot):
    def refuse() -> QDialog:
        raise InputError("There are no data.")

    opener = DialogOpener("Open…", refuse)
    qtbot.addWidget(opener)
    with pytest.raises(InputError, match="no data"):
        opener.open_dialog()
    assert opener.dialog is None


def test_a_dialog_that_went_with_its_parent_is_forgotten(qtbot):
    parents = [QWidget(), QWidget()]
    opener = DialogOpener("Open…", lambda: QDialog(parents[-1]))
    for one in (opener, parents[0]):
        qtbot.addWidget(one)
    first = opener.open_dialog()
    parents.pop().deleteLater()
    qtbot.waitUntil(lambda: not isalive(first), timeout=PATIENCE_MS)
    assert opener.dialog is None
    opener.close_dialog()
    opener.click()
    assert opener.dialog.isVisible()
    opener.close_dialog()


def test_the_end_of_the_dialog_before_leaves_the_present_one(opener, qtbot):
    first = opener.open_dialog()
    second = opener.open_dialog()
    qtbot.waitUntil(lambda: not isalive(first), timeout=PATIENCE_MS)
    assert opener.dialog is second


def test_a_dialog_stands_over_the_main_window_though_its_dock_floats(qtbot):
    window, dock = QMainWindow(), QDockWidget()
    qtbot.addWidget(window)
    opener = DialogOpener("Open…", lambda: QDialog(main_window(opener)))
    dock.setWidget(opener)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.show()
    dock.setFloating(True)
    assert opener.window() is dock
    assert opener.open_dialog().parent() is window
    opener.close_dialog()
