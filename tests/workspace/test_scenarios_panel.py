"""Scenarios in the window: a plan from the form, its run, and the rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtCore import Qt

from napari_assb_twin import cluster
from napari_assb_twin.descriptors.bulk import Bulk, BulkValue
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.scenarios.folder import PARQUET
from napari_assb_twin.scenarios.lock import held
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.scenarios.plan_file import load_plan
from napari_assb_twin.scenarios.regenerate import regenerate
from napari_assb_twin.scenarios.results import table
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.scenarios_panel import ScenariosPanel


@pytest.fixture
def panel(qtbot, controller, small_twin, tmp_path):
    """Without a window around it, on a small box: two scenarios of the porosity."""
    controller.adopt(small_twin, "small box")
    job, learning = Job(), Job()
    one = ScenariosPanel(controller, job, learning)
    qtbot.addWidget(one)
    one.folder.value = tmp_path / "r"
    one.workers.value = 1
    for group, box in one.form.measured.groups.items():
        box.setChecked(group == "composition")
    row = one.form.varied.rows["pore"]
    row.tick.setChecked(True)
    row.low.value, row.high.value = 0.05, 0.15
    one.form.points.value, one.form.repeats.value = 2, 2
    yield one
    one.figures.close_dialog()
    job.close()


def run(qtbot, panel):
    with qtbot.waitSignal(panel.job.finished, timeout=PATIENCE_MS):
        panel.run.click()


def test_the_plan_is_what_the_form_says(panel, controller):
    form = panel.form
    form.varied.rows["Y.length_um"].tick.setChecked(True)
    form.varied.rows["Y.length_um"].log.setChecked(False)
    form.design.value, form.steps.value, form.seed.value = "grid", 4, 7
    for edge, count in zip(form.edges, (32, 40, 50), strict=True):
        edge.value = count
    for axis in ("y", "x"):
        form.measured.axes[axis].setChecked(True)
    plan = form.plan(controller.twin)
    assert [one.parameter for one in plan.varied] == ["pore", "Y.length_um"]
    assert plan.varied[0] == Varied(parameter="pore", low=0.05, high=0.15, steps=4)
    length = controller.twin.Y.correlation.length_um
    ends = plan.varied[1].low, plan.varied[1].high
    assert ends == pytest.approx((length / 2, length * 2), rel=1e-3)
    assert plan.varied[1].scale == "linear"
    assert (plan.design, plan.scenarios, plan.realisations, plan.seed) == ("grid", 16, 2, 7)
    assert plan.twin.grid.shape == (32, 40, 50)
    assert plan.choice == Choice(groups=("composition",), axes=("z", "y", "x"))
    assert panel.run.text() == "Run 32"


def test_a_spacing_is_typed_as_on_its_slider(panel, controller):
    row = panel.form.varied.rows["X.oscillation_per_um"]
    row.tick.setChecked(True)
    row.low.value, row.high.value = 2.0, 4.0
    varied = panel.form.plan(controller.twin).varied[1]
    assert (varied.low, varied.high) == pytest.approx((np.pi / 2, np.pi))
    row.show(varied)
    assert (row.low.value, row.high.value) == pytest.approx((2.0, 4.0))


def test_bulk_values_phases_and_sides_are_in_the_plan(panel, controller):
    measured = panel.form.measured
    measured.groups["transport"].setChecked(True)
    measured.phases["pore"].setChecked(False)
    measured.sides.value, measured.separator.value = "periodic", "last"
    measured.bulk["ionic"].value = "2mS/cm"
    assert panel.form.plan(controller.twin).choice == Choice(
        groups=("composition", "transport"),
        axes=("z",),
        phases=("active_material", "solid_electrolyte"),
        separator="last",
        sides="periodic",
        bulk=Bulk(ionic=BulkValue(2.0, "mS/cm")),
    )
    measured.bulk["ionic"].value = "2 volts"
    assert not panel.run.isEnabled()
    assert "give a number and one of mS/cm" in panel.run.toolTip()
    measured.bulk["ionic"].value = ""
    measured.bulk["diffusivity"].value = "1e-5m2/s"
    assert "while pore is not measured" in panel.run.toolTip()


def test_the_form_says_again_what_a_plan_measures(panel, controller, small_twin):
    choice = Choice(
        groups=("geodesic", "transport"),
        axes=("z", "x"),
        phases=("pore", "solid_electrolyte"),
        separator="last",
        sides="periodic",
        bulk=Bulk(ionic=BulkValue(1 / 3, "S/m"), diffusivity=BulkValue(1e-5, "m²/s")),
    )
    varied = (Varied(parameter="pore", low=0.1, high=0.2),)
    plan = Plan(twin=small_twin, varied=varied, points=4, choice=choice)
    panel.form.show_plan(plan, controller.names)
    assert panel.form.plan(small_twin) == plan


def test_nothing_to_vary_cannot_be_run(panel):
    panel.form.varied.rows["pore"].tick.setChecked(False)
    assert not panel.run.isEnabled()
    assert "nothing is varied" in panel.run.toolTip()
    panel.form.varied.rows["pore"].tick.setChecked(True)
    panel.form.design.value, panel.form.points.value = "sobol", 5
    assert "power of two, such as 4" in panel.run.toolTip()


def test_ranges_follow_the_twin_until_they_are_typed(panel, controller):
    controller.set_value("pore", 0.2)
    controller.set_value("X.length_um", 0.5)
    rows = panel.form.varied.rows
    assert (rows["pore"].low.value, rows["pore"].high.value) == (0.05, 0.15)
    assert (rows["X.length_um"].low.value, rows["X.length_um"].high.value) == (0.25, 1.0)


def test_rows_come_and_stand_in_the_files(panel, qtbot, tmp_path):
    frames = []
    panel.results_changed.connect(lambda: frames.append(table(panel.rows)))
    run(qtbot, panel)
    found = pandas.read_parquet(tmp_path / "r" / "results.parquet")
    pandas.testing.assert_frame_equal(frames[-1], found)
    assert panel.table.rows.rowCount() == 4
    head = [
        panel.table.rows.headerData(n, Qt.Orientation.Horizontal)
        for n in range(panel.table.rows.columnCount())
    ]
    assert head[:3] == ["scenario", "realisation", "pore"]
    assert "4 rows in results.parquet" in panel.message.text()
    assert panel.run.text() == "All measured"
    assert not panel.run.isEnabled()
    assert not panel.form.isEnabled()


def test_a_stopped_sweep_is_gone_on_with_in_another_window(panel, qtbot, controller, tmp_path):
    def stop(progress):
        if progress.step == 1:
            panel.cancel.click()

    panel.job.progressed.connect(stop)
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.run.click()
    left = int(panel.run.text().removeprefix("Go on with "))
    assert 1 <= left <= 3
    assert f"Stopped; {4 - left} rows are measured" in panel.message.text()
    other = ScenariosPanel(controller, Job(), Job())
    qtbot.addWidget(other)
    controller.set_value("X.length_um", 0.5)  # the plan in the folder counts
    other.folder.value = tmp_path / "r"
    assert f"{4 - left} of 4 realisations are measured there" in other.message.text()
    assert other.form.points.value == 2
    assert other.form.varied.rows["pore"].high.value == 0.15
    assert [name for name, box in other.form.measured.groups.items() if box.isChecked()] == [
        "composition"
    ]
    assert not other.form.isEnabled()
    other.workers.value = 1
    run(qtbot, other)
    assert len(pandas.read_parquet(tmp_path / "r" / "results.parquet")) == 4
    other.folder.value = tmp_path / "new"
    assert other.form.isEnabled()
    assert other.table.rows.rowCount() == 0


def test_it_is_held_and_goes_on(panel, qtbot):
    seen = []
    panel.job.progressed.connect(lambda progress: seen.append(progress.step))

    def hold(progress):
        if progress.step == 1 and not panel.pause.isChecked():
            panel.pause.click()

    panel.job.progressed.connect(hold)
    panel.run.click()
    qtbot.waitUntil(lambda: panel.pause.text() == "Go on", timeout=PATIENCE_MS)
    qtbot.wait(500)
    assert panel.job.running
    assert max(seen) < 4
    with qtbot.waitSignal(panel.job.finished, timeout=PATIENCE_MS):
        panel.pause.click()
    assert max(seen) == 4


def test_another_folder_is_refused_in_a_sentence(panel, qtbot, controller, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("kept")
    panel.folder.value = tmp_path / "mine"
    with qtbot.waitSignal(controller.refused) as refused:
        panel.run.click()
    assert "other files, such as thesis.txt" in refused.args[0]
    assert panel.form.isEnabled()


def test_a_folder_that_another_sweep_writes_to_is_refused(panel, qtbot, controller, tmp_path):
    (tmp_path / "r").mkdir()
    edges = [34, 36, 38]  # not those of the twin
    for edge, value in zip(panel.form.edges, edges, strict=True):
        edge.value = value
    with held(tmp_path / "r"), qtbot.waitSignal(controller.refused) as refused:
        panel.run.click()
    assert "Another sweep is writing to" in refused.args[0]
    assert panel.form.isEnabled()
    assert [edge.value for edge in panel.form.edges] == edges  # what was typed stays
    run(qtbot, panel)
    assert panel.table.rows.rowCount() == 4


def test_a_row_that_failed_says_why(panel, qtbot):
    rows = panel.form.varied.rows
    rows["active_material"].tick.setChecked(True)
    rows["active_material"].low.value, rows["active_material"].high.value = 0.5, 0.9
    panel.form.design.value, panel.form.steps.value, panel.form.repeats.value = "grid", 2, 1
    run(qtbot, panel)
    assert "1 failed; their rows say why" in panel.message.text()
    model = panel.table.rows
    head = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    texts = [model.data(model.index(n, head.index("error"))) for n in range(4)]
    assert [" and 0.9, 1 or more together" in text for text in texts].count(True) == 1
    assert texts.count("–") == 3


def test_what_the_fields_cannot_say_stays_in_the_plan(panel, controller, small_twin):
    far = Varied(parameter="X.oscillation_per_um", low=0.0, high=9.0)
    plan = Plan(twin=small_twin, varied=(far,), points=400, realisations=200)
    panel.form.show_plan(plan, controller.names)
    assert panel.form.points.value == 400
    assert panel.form.repeats.value == panel.form.repeats.max < plan.realisations


def test_all_rows_without_a_table_are_written_on_request(panel, qtbot, tmp_path):
    """A run may be killed after its last row."""
    panel.start()
    qtbot.waitUntil(lambda: not panel.job.running, timeout=PATIENCE_MS)
    assert panel.run.text() == "All measured"
    written = pandas.read_parquet(Path(panel.folder.value) / PARQUET)
    (Path(panel.folder.value) / PARQUET).unlink()
    panel.folder.changed.emit(panel.folder.value)
    assert panel.run.text() == "Write the tables"
    panel.run.click()
    qtbot.waitUntil(lambda: not panel.job.running, timeout=PATIENCE_MS)
    again = pandas.read_parquet(Path(panel.folder.value) / PARQUET)
    pandas.testing.assert_frame_equal(again, written)
    assert panel.run.text() == "All measured"


def test_a_point_of_another_table_is_not_asked_for(panel, controller):
    before = controller.twin
    panel.show_volume(7, 1)
    assert controller.twin is before


@pytest.mark.each_binding
def test_a_double_click_shows_the_very_volume(workspace, qtbot, tmp_path):
    """Of a plan from the command, with a box of its own."""
    twin = workspace.controller.twin
    plan = Plan(
        twin=replace(twin, grid=replace(twin.grid, shape=(40, 36, 32))),
        varied=(Varied(parameter="pore", low=0.1, high=0.2),),
        points=2,
        realisations=1,
        choice=Choice(groups=("composition",)),
    )
    from napari_assb_twin.scenarios.run import Sweep
    from napari_assb_twin.steps import finished

    finished(Sweep(plan, tmp_path / "r").run())
    workspace.scenarios_button.click()
    panel = workspace.scenarios.panel
    panel.folder.value = tmp_path / "r"
    panel.table.activated.emit(panel.table.rows.index(1, 0))
    rest(qtbot, workspace)
    labels = workspace.controller.realisation.labels
    assert np.array_equal(labels, regenerate(tmp_path / "r", 2, 1).labels)
    workspace.controller.undo()
    assert workspace.controller.twin == twin
    workspace.controller.seed_locked = True
    with qtbot.waitSignal(workspace.controller.refused) as refused:
        panel.table.activated.emit(panel.table.rows.index(0, 0))
    assert "unlock it first" in refused.args[0]


@pytest.mark.each_binding
def test_closing_the_workspace_ends_the_sweep_and_keeps_its_rows(workspace, qtbot, tmp_path):
    workspace.scenarios_button.click()
    panel = workspace.scenarios.panel
    assert workspace.scenarios.docked
    panel.folder.value = tmp_path / "r"
    panel.workers.value = 1
    panel.form.varied.rows["pore"].tick.setChecked(True)
    panel.form.points.value = 200
    with qtbot.waitSignal(panel.job.progressed, timeout=PATIENCE_MS):
        panel.run.click()
    assert workspace.busy
    workspace.shutdown()
    assert not workspace.scenarios.job.running
    assert not workspace.scenarios.docked
    assert load_plan(tmp_path / "r" / "plan.json").points == 200
    qtbot.wait(100)
    workspace.reopen()
    assert workspace.scenarios.open() is panel


def test_the_workers_of_a_cluster_measure(panel, qtbot, tmp_path):
    distributed = pytest.importorskip("distributed")
    run(qtbot, panel)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as local:
        panel.folder.value = tmp_path / "there"
        panel.scheduler.value = local.scheduler_address
        run(qtbot, panel)
    here, there = (
        pandas.read_parquet(tmp_path / name / "results.parquet").drop(columns="seconds")
        for name in ("r", "there")
    )
    pandas.testing.assert_frame_equal(here, there, check_exact=True)


def test_a_cluster_that_does_not_answer_is_said(panel, qtbot, controller, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    panel.scheduler.value = "tcp://127.0.0.1:1"
    with qtbot.waitSignal(controller.refused, timeout=PATIENCE_MS) as refused:
        panel.run.click()
    assert "No dask scheduler answers at tcp://127.0.0.1:1" in refused.args[0]
