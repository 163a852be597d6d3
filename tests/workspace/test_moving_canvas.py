"""A canvas whose axes stand still while lines move upon them."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import PATIENCE_MS
from matplotlib.artist import Artist

from napari_assb_twin.workspace.moving_canvas import MovingCanvas


@pytest.fixture
def canvas(qtbot):
    """One red line upon white axes, drawn once."""
    one = MovingCanvas()
    qtbot.addWidget(one)
    one.resize(200, 150)
    axes = one.figure.add_subplot()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    one.moving = axes.plot([0, 1], [0.2, 0.2], color="red", animated=True, linewidth=4)
    one.draw()
    return one


def red_rows(canvas) -> np.ndarray:
    """Shares of the height, from below, at which there is red."""
    pixels = np.asarray(canvas.buffer_rgba())
    red = (pixels[..., 0] > 200) & (pixels[..., 1] < 80) & (pixels[..., 2] < 80)
    rows = np.flatnonzero(red.any(axis=1))
    return 1 - rows / pixels.shape[0]


def share(canvas, value: float) -> float:
    """Where a value of the axes stands in the height of the canvas."""
    axes = canvas.figure.axes[0]
    return axes.transData.transform((0, value))[1] / canvas.figure.bbox.height


def test_a_line_that_moves_leaves_nothing_behind(canvas):
    assert red_rows(canvas).mean() == pytest.approx(share(canvas, 0.2), abs=0.02)
    canvas.moving[0].set_ydata([0.7, 0.7])
    canvas.move()
    rows = red_rows(canvas)
    assert rows.mean() == pytest.approx(share(canvas, 0.7), abs=0.02)
    assert np.ptp(rows) < 0.1


def test_axes_that_changed_are_drawn_with_the_line(canvas, qtbot):
    canvas.figure.axes[0].set_ylim(0, 2)
    canvas.moving[0].set_ydata([0.7, 0.7])
    canvas.move(axes_changed=True)
    canvas.draw()
    qtbot.waitUntil(lambda: not canvas.drawing)
    assert red_rows(canvas).mean() == pytest.approx(share(canvas, 0.7), abs=0.02)
    assert share(canvas, 0.7) < 0.5


class _Once(Artist):
    """Does something while it is drawn the first time."""

    def __init__(self, act) -> None:
        super().__init__()
        self._act = act

    def draw(self, renderer) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


@pytest.mark.parametrize("told", ["forget_axes", "axes_changed"])
def test_axes_that_change_while_they_are_drawn_are_drawn_once_more(canvas, qtbot, told):
    def change() -> None:
        assert canvas.drawing
        canvas.figure.set_facecolor("blue")
        if told == "forget_axes":
            canvas.forget_axes()
        canvas.move(axes_changed=told == "axes_changed")

    canvas.figure.axes[0].add_artist(_Once(change))
    canvas.draw()
    qtbot.waitUntil(lambda: not canvas.drawing, timeout=PATIENCE_MS)
    assert np.asarray(canvas.buffer_rgba())[2, 2].tolist() == [0, 0, 255, 255]
    canvas.moving[0].set_ydata([0.7, 0.7])
    canvas.move()
    assert np.asarray(canvas.buffer_rgba())[2, 2].tolist() == [0, 0, 255, 255]
    assert red_rows(canvas).mean() == pytest.approx(share(canvas, 0.7), abs=0.02)


@pytest.mark.parametrize("size", [(200, 150), (500, 320)])
def test_the_margins_are_the_same_in_every_size(canvas, size):
    canvas.show()
    canvas.resize(*size)
    left, right, top, bottom = canvas.margins
    box = canvas.figure.axes[0].get_position()
    width, height = size
    assert (box.x0 * width, box.y0 * height) == pytest.approx((left, bottom))
    assert ((1 - box.x1) * width, (1 - box.y1) * height) == pytest.approx((right, top))
