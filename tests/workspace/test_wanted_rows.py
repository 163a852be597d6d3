"""Rows of wanted values over a table that grows."""

from __future__ import annotations

import pandas as pd
import pytest
from qtpy.QtWidgets import QApplication

from napari_assb_twin.surrogates.table import Results, results_from
from napari_assb_twin.workspace.wanted_rows import WantedRows


def results(*properties: str, scenarios: int = 2) -> Results:
    """Every property is the number of the scenario."""
    rows = [
        {
            "scenario": scenario,
            "realisation": 1,
            "parameter.pore": 0.1 * scenario,
            **dict.fromkeys(properties, float(scenario)),
        }
        for scenario in range(1, scenarios + 1)
    ]
    return results_from(pd.DataFrame(rows))


@pytest.fixture
def rows_of(qtbot):
    """Makes rows over properties."""

    def make(*properties: str) -> WantedRows:
        one = WantedRows(results(*properties))
        qtbot.addWidget(one)
        return one

    return make


def chosen(rows: WantedRows) -> list[str]:
    return [row.property.value for row in rows.rows]


def test_a_property_that_comes_later_can_be_wanted(rows_of) -> None:
    rows = rows_of("a")
    rows.rows[0].value.value = "1.5"
    assert not rows.more.isEnabled()
    rows.follow(results("a", "b"))
    rows.more.click()
    assert chosen(rows) == ["a", "b"]
    assert rows.rows[0].value.value == "1.5"
    assert not rows.more.isEnabled()


def test_a_row_goes_with_its_property_and_one_stays(rows_of) -> None:
    rows = rows_of("a", "b")
    rows.add()
    rows.rows[0].value.value = rows.rows[1].value.value = "1.5"
    rows.follow(results("b", "c"))
    assert chosen(rows) == ["b"]
    assert rows.rows[0].value.value == "1.5"
    assert not rows.rows[0].remove.isEnabled()
    assert rows.more.isEnabled()
    rows.follow(results("d"))
    assert chosen(rows) == ["d"]
    assert rows.rows[0].value.value == ""


def test_more_rows_of_the_same_properties_leave_an_open_list_alone(rows_of) -> None:
    rows = rows_of("a", "b", "c")
    rows.show()
    box = rows.rows[0].property.native
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(2, 0))
    rows.follow(results("a", "b", "c", scenarios=7))
    QApplication.processEvents()
    assert box.view().isVisible()
    assert box.view().currentIndex().row() == 2
    assert rows.rows[0].value.native.placeholderText() == "1 to 7"
    box.hidePopup()
