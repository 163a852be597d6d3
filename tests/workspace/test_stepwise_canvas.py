"""A canvas that draws in parts."""

from __future__ import annotations

from conftest import PATIENCE_MS
from matplotlib.figure import Figure
from qtpy.compat import isalive

from napari_assb_twin.workspace.stepwise_canvas import StepwiseCanvas


def test_a_canvas_that_is_gone_draws_no_more(qtbot):
    """Matplotlib draws what was asked for in a later turn of the event loop."""
    canvas = StepwiseCanvas(Figure())
    canvas.figure.add_subplot()
    canvas.draw()
    assert not canvas.drawing
    canvas.deleteLater()
    qtbot.waitUntil(lambda: not isalive(canvas), timeout=PATIENCE_MS)
    canvas.draw()
    assert not canvas.drawing
