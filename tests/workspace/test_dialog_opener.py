"""A button that opens a dialog, one at a time."""

from __future__ import annotations

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog

from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace.dialog_opener import DialogOpener


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
