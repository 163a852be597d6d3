"""Dragging as a hand does it: many moves in quick succession on the real window."""

from __future__ import annotations

import gc
import time
from dataclasses import replace

import psutil
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtCore import QTimer

from napari_assb_twin.twin.presets import preset

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


def test_work_of_ours_never_stalls_the_event_loop(workspace, qtbot):
    """The GUI thread never computes longer than 50 ms between two turns of the event loop.

    Its processor time is counted, not the clock's, so that other programs do not matter; the
    canvas, whose frames are napari's, is hidden.
    """
    window = workspace.window()
    window.resize(1280, 800)
    window.show()
    workspace._viewer_canvas_hidden = None
    for path in PATHS:  # the first use of everything
        drag(qtbot, workspace.morphology.rows[path], 10)
    rest(qtbot, workspace)
    longest, last = 0.0, time.thread_time()

    def beat() -> None:
        nonlocal longest, last
        now = time.thread_time()
        longest, last = max(longest, now - last), now

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(0)
    for path in PATHS:
        drag(qtbot, workspace.morphology.rows[path], 60)
    rest(qtbot, workspace)
    timer.stop()
    print(longest)
    assert 0.0 < longest < STALL_SECONDS


def test_memory_stays_flat_over_500_updates(workspace, qtbot):
    """After 100 updates to warm up, 500 more take less than 16 MiB."""
    controller = workspace.controller
    process = psutil.Process()

    def updates(count: int) -> int:
        for number in range(count):
            value = 0.5 + 0.002 * (number % 100)
            controller.set_value("X.length_um", value, dragging=True)
            qtbot.waitUntil(lambda: not controller._live._worker.busy, timeout=PATIENCE_MS)
        controller.end_drag()
        rest(qtbot, workspace)
        gc.collect()
        return process.memory_info().rss

    before = updates(100)
    layers = len(workspace.display._viewer.layers)
    after = updates(500)
    assert len(workspace.display._viewer.layers) == layers
    assert after - before < 16 << 20
    assert preset("pressed") is not None
