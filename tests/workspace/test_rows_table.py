"""Rows of a sweep on screen: added as they come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qtpy.QtCore import Qt

from napari_assb_twin.scenarios.row import Row
from napari_assb_twin.workspace.rows_table import RowsModel, RowsTable


def rows(count: int, **changed) -> list[Row]:
    made = [
        Row(
            scenario=number,
            realisation=1,
            seed=number,
            parameters={"pore": number / 10},
            values={"area": 1.23456, "path": None},
        )
        for number in range(1, count + 1)
    ]
    return [replace(row, **changed) for row in made]


@pytest.fixture
def told(qtbot):
    """A model, and what it tells of its changes."""
    model, told = RowsModel(), []
    model.modelReset.connect(lambda: told.append("reset"))
    model.rowsInserted.connect(lambda parent, first, last: told.append((first, last)))
    return model, told


def texts(model: RowsModel, row: int) -> list[str]:
    return [model.data(model.index(row, n)) for n in range(model.columnCount())]


def heads(model: RowsModel) -> list[str]:
    return [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]


def test_rows_that_follow_are_added(told):
    model, changes = told
    every = rows(5)
    model.show(every[:2])
    model.show(every[:2])
    model.show(every[:3])
    model.show(every)
    assert changes == ["reset", (2, 2), (3, 4)]
    assert heads(model) == ["scenario", "realisation", "pore", "area", "path"]
    assert [texts(model, n)[0] for n in range(5)] == ["1", "2", "3", "4", "5"]
    assert texts(model, 4)[1:] == ["1", "0.5", "1.235", "–"]
    tip = model.data(model.index(4, 3), Qt.ItemDataRole.ToolTipRole)
    assert tip == "1.23456"
    assert model.place(3) == (4, 1)


def test_a_failure_or_another_number_brings_a_column(told):
    model, changes = told
    good = rows(1)
    model.show(good)
    failed = replace(rows(2)[1], values={}, error="it broke")
    model.show([*good, failed])
    assert heads(model) == ["scenario", "realisation", "error", "pore", "area", "path"]
    assert texts(model, 0)[2] == "–"
    assert texts(model, 1)[2:] == ["it broke", "0.2", "–", "–"]
    late = replace(rows(3)[2], values={"path": 2.0, "width": 1.0})
    model.show([*good, failed, late])
    assert heads(model)[-3:] == ["area", "path", "width"]
    assert changes == ["reset"] * 3


def test_rows_of_another_folder_or_measured_again_are_shown_anew(told):
    model, changes = told
    model.show(rows(3))
    model.show(rows(2, realisation=7))
    assert [model.place(n) for n in range(model.rowCount())] == [(1, 7), (2, 7)]
    model.show([])
    assert (model.rowCount(), model.columnCount()) == (0, 0)
    assert changes == ["reset"] * 3


def test_the_table_stays_where_somebody_looks(qtbot):
    table = RowsTable()
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    every = rows(200)
    table.show_rows(every[:100])
    bar = table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(3)
    table.show_rows(every[:150])
    assert bar.value() == 3
    bar.setValue(bar.maximum())
    table.show_rows(every)
    assert bar.value() == bar.maximum()
