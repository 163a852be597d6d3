"""A dialog with a job: its parts, and what closing it ends."""

from __future__ import annotations

import threading
import time

import pytest
from conftest import PATIENCE_MS
from qtpy.QtWidgets import QLabel, QPushButton

from napari_assb_twin.workspace.job_dialog import CLOSES, JobDialog


@pytest.fixture
def dialog(qtbot):
    """Two widgets and a button."""
    one = JobDialog("Some work", None)
    qtbot.addWidget(one)
    one.above, one.below = QLabel("above"), QLabel("below")
    one.lay_out(one.above, one.below, buttons=(QPushButton("Start"),))
    one.resize(300, 400)
    one.show()
    yield one
    one.job.close()


def test_the_last_widget_takes_the_room_above_message_and_buttons(dialog):
    assert dialog.windowTitle() == "Some work"
    assert dialog.below.height() > 4 * dialog.above.height()
    assert dialog.below.y() > dialog.above.y()
    start, close = dialog.findChildren(QPushButton)
    assert (start.text(), close.text()) == ("Start", "Close")
    assert start.x() < close.x()
    assert dialog.below.y() < dialog.message.y() < start.y()
    assert close.toolTip() == CLOSES
    assert not close.autoDefault()
    assert not dialog.bar.isVisible()


def test_closing_ends_what_is_under_way(dialog, qtbot):
    begun, ended = threading.Event(), threading.Event()

    def work():
        begun.set()
        try:
            while True:
                time.sleep(0.01)
                yield
        finally:
            ended.set()

    dialog.job.start(work)
    dialog.message.setText("Working…")
    assert begun.wait(PATIENCE_MS / 1000)
    assert dialog.job.running
    dialog.findChildren(QPushButton)[1].click()
    assert not dialog.isVisible()
    qtbot.waitUntil(ended.is_set, timeout=PATIENCE_MS)
    assert not dialog.job.running
    assert dialog.message.text() == "Stopped."


def test_closing_leaves_what_is_said_of_a_result(dialog):
    dialog.message.setText("Saved.")
    dialog.reject()
    assert dialog.message.text() == "Saved."
