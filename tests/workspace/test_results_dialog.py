"""The figures of a sweep beside its scenarios: they follow the rows, and lead to volumes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget, QMainWindow

from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.run import Sweep
from napari_assb_twin.steps import finished
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.scenarios_panel import ScenariosPanel


@pytest.fixture
def panel(qtbot, controller, small_twin, tmp_path):
    """A panel on a folder with four measured rows."""
    plan = Plan(
        twin=replace(small_twin, grid=replace(small_twin.grid, shape=(32, 32, 32))),
        varied=(Varied(parameter="X.length_um", low=0.3, high=0.6, scale="log"),),
        points=4,
        realisations=1,
        choice=Choice(groups=("composition",)),
    )
    controller.adopt(small_twin, "small box")
    job, learning = Job(), Job()
    one = ScenariosPanel(controller, job, learning)
    qtbot.addWidget(one)
    assert not one.figures.isEnabled()
    finished(Sweep(plan, tmp_path / "r").run())
    one.folder.value = tmp_path / "r"
    yield one
    one.figures.close_dialog()
    learning.close()


def test_the_figures_show_the_rows_and_lead_to_their_volumes(panel, controller, qtbot) -> None:
    panel.figures.click()
    view = panel.figures.dialog.view
    assert len(view.results) == 4
    assert view.results.space.logarithmic == (True,)
    row = view.results.rows.iloc[2]
    view.table.cellActivated.emit(2, 0)
    assert controller.twin.seed == row["seed"]
    assert controller.twin.value("X.length_um") == row["parameter.X.length_um"]


def test_more_rows_are_followed_until_it_is_closed(panel, monkeypatch) -> None:
    panel.figures.click()
    dialog = panel.figures.dialog
    view = dialog.view
    rows = panel.rows
    monkeypatch.setattr(ScenariosPanel, "rows", property(lambda _: rows[:3]))
    panel.results_changed.emit()
    assert len(view.results) == 3
    dialog.reject()
    assert panel.figures.dialog is None
    monkeypatch.setattr(ScenariosPanel, "rows", property(lambda _: rows))
    panel.results_changed.emit()
    assert len(view.results) == 3


def test_designing_from_too_few_rows_is_refused_and_ends_with_the_figures(panel, qtbot) -> None:
    panel.figures.click()
    figures = panel.figures.dialog
    figures.design.click()
    dialog = figures.designing
    dialog.wanted.rows[0].value.value = "0.1"
    with qtbot.waitSignal(dialog.job.refused, timeout=60_000):
        dialog.start.click()
    assert "needs 8" in dialog.message.text()
    assert dialog.designs is None
    assert figures.open_design() is dialog
    assert dialog.wanted.rows[0].value.value == "0.1"
    dialog.start.click()
    figures.reject()
    assert not dialog.job.running


def test_a_folder_of_another_plan_has_designs_of_its_own(panel, tmp_path) -> None:
    panel.figures.click()
    figures = panel.figures.dialog
    first = figures.open_design()
    assert first.plan == panel.plan
    panel.results_changed.emit()
    assert figures.open_design() is first
    varied = (Varied(parameter="pore", low=0.1, high=0.2),)
    other = replace(panel.plan, varied=varied)
    finished(Sweep(other, tmp_path / "b").run())
    panel.folder.value = tmp_path / "b"
    assert panel.figures.dialog is figures
    assert figures.designing is None
    assert not first.isVisible()
    second = figures.open_design()
    assert second is not first
    assert second.plan == panel.plan == other
    assert figures.view.results.space.names == ("pore",)


def test_nothing_is_designed_from_rows_that_cannot_be_shown(panel, monkeypatch) -> None:
    panel.figures.click()
    figures = panel.figures.dialog
    assert figures.design.isEnabled()
    rows = panel.rows
    monkeypatch.setattr(ScenariosPanel, "rows", property(lambda _: rows[:1]))
    panel.results_changed.emit()
    assert "one value only" in figures.view.note.text()
    assert not figures.design.isEnabled()


def test_the_figures_stand_over_the_main_window_though_the_dock_floats(panel, qtbot) -> None:
    window, dock = QMainWindow(), QDockWidget()
    qtbot.addWidget(window)
    dock.setWidget(panel)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    dock.setFloating(True)
    assert panel.window() is dock
    panel.figures.click()
    assert panel.figures.dialog.parent() is window
    panel.figures.close_dialog()
    panel.setParent(None)
