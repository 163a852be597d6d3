"""Rows and entries without a viewer."""

import math

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QWidget

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
