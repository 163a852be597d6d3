"""Rows and entries without a viewer."""

import math

import pytest
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtGui import QHelpEvent
from qtpy.QtWidgets import QApplication, QGridLayout, QToolTip, QWidget

from napari_assb_twin.twin.parameters import Grid
from napari_assb_twin.workspace.number_entry import NumberEntry
from napari_assb_twin.workspace.parameter_row import ParameterRow
from napari_assb_twin.workspace.scales import STEPS, scale_of


@pytest.fixture
def row(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    return lambda path: ParameterRow(path, QGridLayout(parent), 0)


def typed(qtbot, entry: NumberEntry, text: str) -> None:
    entry.lineEdit().selectAll()
    qtbot.keyClicks(entry.lineEdit(), text)
    qtbot.keyClick(entry.lineEdit(), Qt.Key.Key_Return)


def test_showing_a_value_emits_nothing(row, qtbot):
    one = row("X.length_um")
    with qtbot.assertNotEmitted(one.moved):
        one.set_value(1.3)
    assert one.entry.text() == "1.3"
    assert one.slider.value() == scale_of("X.length_um").position(1.3)


@pytest.mark.parametrize("path", ["X.length_um", "X.smoothness", "X.oscillation_per_um"])
def test_a_number_that_the_twin_has_not_is_a_dash(row, qtbot, path):
    one = row(path)
    one.set_value(1.3)
    with qtbot.assertNotEmitted(one.moved):
        one.set_value(None, present=False)
        assert one.entry.text() == "–"
        assert one.slider.value() == 0
        one.set_value(None, present=False)
        assert one.entry.text() == "–"
        one.set_value(1.3)
    assert one.entry.text() == f"{scale_of(path).shown(1.3):.4g}"
    assert one.slider.value() == scale_of(path).position(1.3)


def test_a_drag_says_so(row, qtbot):
    one = row("X.length_um")
    moves = []
    one.moved.connect(lambda *move: moves.append(move))
    one.slider.setSliderDown(True)
    one.slider.setValue(600)
    with qtbot.waitSignal(one.released):
        one.slider.setSliderDown(False)
    one.slider.setValue(100)
    assert [move[0] for move in moves] == ["X.length_um"] * 2
    assert [move[2] for move in moves] == [True, False]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("X.length_um", "12.5", 12.5),
        ("X.length_um", "0,25", 0.25),
        ("X.smoothness", "inf", None),
        ("X.smoothness", "20", 20.0),
        ("Y.oscillation_per_um", "off", 0.0),
        ("Y.oscillation_per_um", "3.14159265", 2.0),
        ("pore", "0.2", 0.2),
    ],
)
def test_the_number_field_takes_what_the_file_takes(row, qtbot, path, text, value):
    one = row(path)
    one.set_value(0.3 if path == "pore" else 1.0)
    moves = []
    one.moved.connect(lambda *move: moves.append(move))
    typed(qtbot, one.entry, text)
    assert len(moves) == 1
    assert moves[0][1] == (None if value is None else pytest.approx(value, rel=1e-6))


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1e-9"])
def test_the_number_field_refuses_the_rest(row, qtbot, text):
    one = row("X.length_um")
    one.set_value(1.0)
    with qtbot.assertNotEmitted(one.moved):
        typed(qtbot, one.entry, text)
    assert one.entry.shown() == 1.0


def test_return_without_a_change_does_not_round(row, qtbot):
    one = row("X.length_um")
    one.set_value(0.123456789)
    with qtbot.assertNotEmitted(one.moved):
        qtbot.keyClick(one.entry.lineEdit(), Qt.Key.Key_Return)
    assert one.entry.shown() == pytest.approx(0.123456789)


def test_top_end_is_written_in_words(row):
    one = row("X.smoothness")
    one.set_value(None)
    assert one.entry.text() == "∞"
    assert math.isinf(one.entry.shown())
    assert one.slider.value() == STEPS


def test_padlock_is_heard(row, qtbot):
    one = row("pore")
    with qtbot.waitSignal(one.locked) as heard:
        one.padlock.click()
    assert heard.args == ["pore", True]


def moves_of(row):
    moves = []
    row.moved.connect(lambda *move: moves.append(move))
    return moves


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Right, 1.01),
        (Qt.Key.Key_Up, 1.01),
        (Qt.Key.Key_Left, 1 / 1.01),
        (Qt.Key.Key_PageUp, 1.01**10),
        (Qt.Key.Key_PageDown, 1.01**-10),
        (Qt.Key.Key_Home, 0.1),
        (Qt.Key.Key_End, 3.0),
    ],
)
def test_keys_move_by_what_one_can_see(row, qtbot, key, value):
    one = row("X.length_um")
    one.set_value(1.0)
    moves = moves_of(one)
    qtbot.keyClick(one.slider, key)
    assert moves == [("X.length_um", pytest.approx(value, rel=1e-3), True)]


def test_repeated_keys_go_on_from_the_value_itself(row, qtbot):
    one = row("pore")
    one.set_value(0.1234)
    one.moved.connect(lambda path, value, moving: one.set_value(value))
    for _ in range(5):
        qtbot.keyClick(one.slider, Qt.Key.Key_Right)
    assert one.entry.shown() == pytest.approx(0.1284)


def test_a_refused_key_leaves_the_slider(row, qtbot):
    one = row("X.length_um")
    one.set_value(1.0)
    position = one.slider.value()
    qtbot.keyClick(one.slider, Qt.Key.Key_PageUp)
    assert one.slider.value() == one.slider.sliderPosition() == position


@pytest.mark.parametrize("part", ["label", "slider"])
def test_a_double_click_asks_for_a_reset(row, qtbot, part):
    one = row("X.length_um")
    with qtbot.waitSignal(one.reset) as heard:
        qtbot.mouseDClick(getattr(one, part), Qt.MouseButton.LeftButton)
    assert heard.args == ["X.length_um"]
    one.set_enabled(False)
    with qtbot.assertNotEmitted(one.reset):
        qtbot.mouseDClick(one.label, Qt.MouseButton.LeftButton)


def test_the_tooltip_says_what_a_double_click_does(row):
    one = row("X.smoothness")
    one.set_home(2.5)
    assert "Double click: back to 2.5." in one.slider.toolTip()
    one.set_home(None)
    assert "back to ∞." in one.slider.toolTip()
    assert "smooth, rounded" in one.slider.accessibleDescription()
    assert "<" not in one.slider.accessibleDescription()


def test_another_box_rescales_and_keeps_the_value(row):
    one = row("X.length_um")
    one.set_value(0.7)
    positions = []
    for voxel in (0.1, 0.01, 1.0):
        one.set_box(Grid(shape=(100, 100, 100), voxel_size_um=voxel))
        positions.append(one.slider.value())
        assert one.entry.shown() == 0.7
    assert 0 < positions[0] < STEPS  # 0.1 to 3.3
    assert positions[1] == STEPS  # grown from 0.33 to 0.7
    assert positions[2] == 0  # grown from 1 to 0.7
    assert "Above 10 µm" in one.slider.toolTip()


def test_a_slider_does_not_jump_while_it_is_dragged(row):
    one = row("X.length_um")
    one.set_box(Grid(shape=(100, 100, 100), voxel_size_um=0.1))
    one.moved.connect(lambda path, value, moving: one.set_value(value))
    one.slider.setSliderDown(True)
    for position in range(0, STEPS, 7):
        one.slider.setValue(position)
        assert one.slider.value() == position
    one.slider.setSliderDown(False)
    assert one.slider.value() == position


def test_a_mark_says_why(row, qtbot):
    one = row("X.smoothness")
    assert one.mark.isHidden()
    one.set_mark("Any value < 9 fits.")
    assert not one.mark.isHidden()
    assert "&lt; 9" in one.mark.toolTip()
    assert one.entry.accessibleDescription().startswith("Any value < 9 fits.")
    assert one.mark.accessibleName() == "Weakly determined: Smoothness of field X"
    one.set_visible(False)
    assert one.mark.isHidden()
    one.set_visible(True)
    one.set_mark("")
    assert one.mark.isHidden()


def test_pictures_replace_the_words(row, qtbot):
    one = row("X.length_um")
    one.label.parentWidget().show()
    hovers = []

    def illustrate(hover):
        hovers.append(hover)
        return "drawn" if len(hovers) > 1 else None

    one.illustrate = illustrate
    for shown in ("Correlation length", "drawn"):
        where = QPoint(3, 3)
        event = QHelpEvent(QEvent.Type.ToolTip, where, one.slider.mapToGlobal(where))
        QApplication.sendEvent(one.slider, event)
        assert shown in QToolTip.text()
    assert hovers[0].path == "X.length_um"
    QToolTip.hideText()
