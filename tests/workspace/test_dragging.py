"""Dragging as a hand does it: many moves in quick succession on the real window."""

from __future__ import annotations

import gc
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtCore import QObject
from qtpy.QtWidgets import QApplication

from napari_assb_twin.twin.synthesis import Synthesizer
from napari_assb_twin.workspace.views import Look

PATHS = ("X.length_um", "Y.length_um", "pore")
STALL_SECONDS = 0.050


class Witness:
    """What the window was shown, in order."""

    def __init__(self, controller) -> None:
        self.asked: list[object] = [controller.twin]
        self.shown: list[tuple[object, str]] = []
        controller.twin_changed.connect(self.asked.append)
        controller.realised.connect(self._on_realised)
        controller.plane_realised.connect(self._on_plane)

    def _on_realised(self, realisation, full: bool) -> None:
        self.shown.append((realisation.twin, "full" if full else "preview"))

    def _on_plane(self, plane) -> None:
        self.shown.append((plane.twin, "plane"))

    def kinds(self) -> set[str]:
        return {kind for _, kind in self.shown}

    def check_order(self) -> None:
        """Everything shown was asked for, and nothing older follows something newer."""
        places = [max(i for i, a in enumerate(self.asked) if a == twin) for twin, _ in self.shown]
        assert places == sorted(places)


def drag(qtbot, row, moves: int, *, pause_ms: int = 4) -> None:
    """Press the handle, move it to and fro in small steps, let go."""
    slider = row.slider
    slider.setSliderDown(True)
    start = slider.value()
    for move in range(1, moves + 1):
        slider.setValue(start + (3 * move if move <= moves // 2 else 3 * (moves - move) + 1))
        qtbot.wait(pause_ms)
    slider.setSliderDown(False)


@pytest.mark.each_binding
@pytest.mark.parametrize("view", ["3D", "xz"])
@pytest.mark.parametrize("edge", [48, 112])
def test_no_move_is_lost_and_none_comes_late(workspace, qtbot, view, edge):
    controller = workspace.controller
    workspace.view_bar.views[view].click()
    grid = replace(controller.twin.grid, shape=(edge,) * 3)
    controller.set_grid(grid)
    rest(qtbot, workspace)
    witness = Witness(controller)
    for path in PATHS:
        drag(qtbot, workspace.morphology.rows[path], 40)
    rest(qtbot, workspace)
    assert len(witness.asked) > 100
    witness.check_order()
    assert witness.shown[-1] == (controller.twin, "full")
    assert controller.realisation.twin == controller.twin
    assert workspace.comparison.curves["model"].volume_fractions == dict(
        controller.twin.volume_fractions.items()
    )
    assert witness.kinds() == {"full", "preview" if view == "3D" else "plane"}
    for _ in PATHS:
        controller.undo()
    assert controller.twin == witness.asked[0]
    rest(qtbot, workspace)


class Clock(QObject):
    """Processor seconds of the GUI thread between one event's delivery and the next one's."""

    def __init__(self) -> None:
        super().__init__()
        self.longest, self._last = 0.0, time.thread_time()

    def eventFilter(self, watched, event) -> bool:  # noqa: N802
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now
        return False


def longest_work(qtbot, workspace) -> float:
    """Drag three sliders; the most processor seconds that passed without a new event."""
    clock = Clock()
    QApplication.instance().installEventFilter(clock)
    for path in PATHS:
        drag(qtbot, workspace.morphology.rows[path], 60)
    rest(qtbot, workspace)
    QApplication.instance().removeEventFilter(clock)
    return clock.longest


@pytest.mark.parametrize("view", ["3D", "xz"])
def test_work_of_ours_never_stalls_the_event_loop(workspace, qtbot, view):
    """The GUI thread never computes longer than 50 ms before the next event has its turn.

    Its processor time is counted, not the clock's, and the canvas, whose frames are napari's, is
    hidden; the dock is shown and draws.  What stalls does so each time: the best of three drags
    counts, so that a machine that is busy otherwise does not.
    """
    window = workspace.window()
    window.resize(1280, 800)
    window.show()
    workspace.viewer.window._qt_viewer.canvas.native.hide()
    workspace.view_bar.views[view].click()
    rest(qtbot, workspace)
    for path in PATHS:  # the first use of everything
        drag(qtbot, workspace.morphology.rows[path], 10)
    rest(qtbot, workspace)
    assert workspace.curves.figure.isVisible()
    longest = []
    while len(longest) < 3 and not (longest and longest[-1] < STALL_SECONDS):
        longest.append(longest_work(qtbot, workspace))
    assert 0.0 < min(longest) < STALL_SECONDS


def test_memory_stays_flat_over_500_updates(workspace, qtbot):
    """After 250 volumes to warm up (undo keeps 200 steps), 500 more take less than 16 MiB."""
    controller = workspace.controller
    process = psutil.Process()

    def drawn() -> bool:
        return controller.realisation.twin == controller.twin

    def updates(count: int) -> int:
        for number in range(count):
            controller.set_value("X.length_um", 0.5 + 0.002 * (number % 100))
            qtbot.waitUntil(drawn, timeout=PATIENCE_MS)
        rest(qtbot, workspace)
        gc.collect()
        return process.memory_info().rss

    before = updates(250)
    layers = len(workspace.viewer.layers)
    after = updates(500)
    assert len(workspace.viewer.layers) == layers
    assert after - before < 16 << 20


@pytest.mark.each_binding
def test_the_plane_that_is_looked_at_follows_alone(workspace, qtbot):
    controller, display = workspace.controller, workspace.display
    controller.set_grid(replace(controller.twin.grid, shape=(112,) * 3))
    workspace.view_bar.views["xz"].click()
    rest(qtbot, workspace)
    axis, index = display.plane
    assert (axis, index) == (1, 56)
    layer, before = display.twin_layer, display.twin_layer.data.copy()
    planes = []
    controller.plane_realised.connect(planes.append)
    slider = workspace.morphology.rows["X.length_um"].slider
    slider.setSliderDown(True)
    slider.setValue(slider.value() + 40)
    qtbot.waitUntil(lambda: bool(planes), timeout=PATIENCE_MS)
    exact = Synthesizer("cpu").plane(controller.twin, axis, index, coarsen=1).labels
    assert planes[-1].twin == controller.twin
    seen = Look().drawn(planes[-1].labels, section=True)
    assert (planes[-1].labels == exact).mean() > 0.9
    assert np.array_equal(layer.data[:, [index]], seen)
    others = [n for n in range(112) if n != index]  # drawn when the slider rests
    assert np.array_equal(layer.data[:, others], before[:, others])
    slider.setSliderDown(False)
    rest(qtbot, workspace)
    assert (layer.data[:, others] != before[:, others]).mean() > 0.01
