"""Results of a sweep on screen: what is drawn, clicked on and learnt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.surrogates.table import PREFIX
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.results_view import ResultsView

PATIENCE_MS = 240_000
SURFACE, AREA = "surface_per_um.pore", "active_area_per_um"


def frame(scenarios: int = 12) -> pd.DataFrame:
    """surface = 1 + 2 pore, area = 0.3 / length; two realisations each."""
    random = np.random.default_rng(0)
    rows = []
    for scenario in range(1, scenarios + 1):
        pore, length = random.uniform(0.1, 0.3), random.uniform(0.5, 2.0)
        for realisation in (1, 2):
            noise = 0.01 * random.standard_normal(2)
            rows.append(
                {
                    "scenario": scenario,
                    "realisation": realisation,
                    "parameter.pore": pore,
                    "parameter.X.length_um": length,
                    SURFACE: 1 + 2 * pore + noise[0],
                    AREA: 0.3 / length + noise[1],
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture
def view(qtbot):
    one = ResultsView(Job())
    one.resize(500, 560)
    qtbot.addWidget(one)
    one.show()
    yield one
    one.close_job()


def test_a_property_is_drawn_at_once_and_then_learnt(view, qtbot) -> None:
    view.show_frame(frame().assign(machine="a"))
    assert len(view.canvas.figure.axes[0].lines[0].get_xdata()) == 24  # realisations
    qtbot.waitUntil(lambda: not view.busy, timeout=PATIENCE_MS)
    assert view.learned.samples.name == SURFACE
    assert "Q² 0.9" in view.note.text() or "Q² 1.0" in view.note.text()
    assert "Columns of words, which are left out: machine." in view.note.text()
    assert all(not label.pixmap().isNull() for label in view.pictures.values())
    view.parameter.setCurrentIndex(1)
    assert view.canvas.figure.axes[0].get_xlabel() == "X.length_um [µm]"
    assert not view.busy  # another parameter is only drawn


def test_the_property_chosen_last_is_learnt(view, qtbot) -> None:
    view.show_frame(frame())
    view.property.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not view.busy, timeout=PATIENCE_MS)
    assert view.learned.samples.name == AREA
    assert view.table.horizontalHeaderItem(4).text() == "Active area [1/µm]"


def test_effective_values_have_the_unit_of_the_study(view) -> None:
    rows = frame().rename(columns={AREA: "ionic_conductivity.z"})
    view.show_frame(rows, bulk=Bulk(ionic=BulkValue(2.0, "mS/cm")))
    view.property.setCurrentIndex(1)
    assert view.property.currentText() == "Ionic conductivity z [mS/cm]"
    assert view.canvas.figure.axes[0].get_ylabel() == "Ionic conductivity z [mS/cm]"


def test_a_click_on_a_realisation_asks_for_its_volume(view, qtbot) -> None:
    view.show_frame(frame())
    view.canvas.draw()
    row = view.results.rows.iloc[7]
    axes = view.canvas.figure.axes[0]
    x, y = axes.transData.transform((row[PREFIX + "pore"], row[SURFACE]))
    with qtbot.waitSignal(view.point_chosen) as told:
        view.canvas.callbacks.process("button_press_event", _press(view.canvas, x + 2, y - 2))
    assert told.args == [row["scenario"], row["realisation"]]
    ring = view.canvas.figure.axes[0].lines[-1]
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (row[PREFIX + "pore"], row[SURFACE])


def test_a_click_far_from_everything_asks_for_nothing(view, qtbot) -> None:
    view.show_frame(frame())
    view.canvas.draw()
    box = view.canvas.figure.axes[0].bbox
    with qtbot.assertNotEmitted(view.point_chosen):
        view.canvas.callbacks.process(
            "button_press_event", _press(view.canvas, box.x0 + 2, box.y1 - 2)
        )


def test_a_row_asks_for_its_volume(view, qtbot) -> None:
    view.show_frame(frame())
    with qtbot.waitSignal(view.point_chosen) as told:
        view.table.cellActivated.emit(5, 0)
    assert told.args == [3, 2]


def test_a_table_that_is_none_is_said(view) -> None:
    view.show_frame(frame().drop(columns="scenario"))
    assert "no column 'scenario'" in view.note.text()
    assert view.results is None


def test_too_few_scenarios_are_drawn_and_said(view, qtbot) -> None:
    view.show_frame(frame(scenarios=4))
    qtbot.waitUntil(lambda: not view.busy, timeout=PATIENCE_MS)
    assert "needs 8" in view.note.text()
    assert not view.pictures["Pairs"].pixmap().isNull()
    assert "needs 8" in view.pictures["Sensitivity"].text()


def test_sensitivities_of_noise_are_not_drawn(view, qtbot) -> None:
    noise = frame()
    noise[SURFACE] = np.random.default_rng(3).standard_normal(len(noise))
    view.show_frame(noise)
    qtbot.waitUntil(lambda: not view.busy, timeout=PATIENCE_MS)
    assert view.learned is not None
    assert "hardly better than their mean" in view.pictures["Sensitivity"].text()


def test_rows_may_bring_another_parameter(view, qtbot) -> None:
    """As those of a grid, whose first rows vary the last parameter alone."""
    rows = frame()
    first = rows.drop(columns="parameter.X.length_um")
    view.show_frame(first)
    qtbot.waitUntil(lambda: view.learned is not None and not view.busy, timeout=60_000)
    assert tuple(view.learned.samples.space.names) == ("pore",)
    view.show_frame(rows)
    view.parameter.setCurrentIndex(view.parameter.findData("X.length_um"))
    two = ("pore", "X.length_um")
    qtbot.waitUntil(
        lambda: tuple(view.learned.samples.space.names) == two and not view.busy, timeout=60_000
    )


def test_more_rows_keep_what_was_chosen(view) -> None:
    view.show_frame(frame(scenarios=4))
    view.property.setCurrentIndex(1)
    view.parameter.setCurrentIndex(1)
    view.show_frame(frame())
    assert (view.property.currentData(), view.parameter.currentData()) == (AREA, "X.length_um")


def _press(canvas, x: float, y: float):
    from matplotlib.backend_bases import MouseEvent

    return MouseEvent("button_press_event", canvas, x, y, button=1)
