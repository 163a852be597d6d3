"""Fitting in the window, end to end."""

from __future__ import annotations

import pytest
from conftest import PATIENCE_MS, rest
from superqt.utils import WorkerBase

from napari_assb_twin.calibration.result import CalibrationResult, Fit
from napari_assb_twin.twin.parameters import PARAMETERS


@pytest.fixture
def fitting(workspace, section_data, qtbot):
    workspace.controller.set_data(section_data)
    workspace.calibrate.options.errors.value = False
    workspace.calibrate.options.first.value = "active_material"
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
    return workspace


def finish(qtbot, workspace):
    with qtbot.waitSignal(workspace.calibrate.job.finished, timeout=120_000):
        workspace.calibrate.fit.click()


def test_nothing_to_fit_to(workspace):
    assert not workspace.calibrate.fit.isEnabled()
    told = []
    workspace.controller.refused.connect(told.append)
    workspace.calibrate.start()
    assert "no data" in told[0]


def test_a_padlock_cannot_keep_what_a_high_parametric_field_has_not(fitting, qtbot):
    told = []
    fitting.controller.refused.connect(told.append)
    fitting.controller.load_preset("layered")
    fitting.controller.set_padlock("X.length_um", True)
    assert "replaces the weights of field X" in fitting.calibrate.locks.text()
    fitting.calibrate.start()
    assert told == [
        "Correlation length X cannot be kept: the field is high-parametric and has no such number; "
        "open the padlock."
    ]
    assert not fitting.calibrate.job.running
    fitting.controller.set_padlock("X.length_um", False)
    fitting.calibrate.options.fields.value = "kept"
    finish(qtbot, fitting)
    assert fitting.controller.twin.has("X.length_um")
    assert len(told) == 1
    rest(qtbot, fitting)


def test_fit_and_accept_is_one_step(fitting, qtbot):
    before = fitting.controller.twin
    steps = []
    fitting.calibrate.job.progressed.connect(steps.append)
    finish(qtbot, fitting)
    panel, fitted = fitting.calibrate, fitting.controller.twin
    assert steps
    assert fitted != before
    assert fitted.provenance["sources"] == ["synthetic"]
    assert "rms" in panel.message.text()
    assert panel.results.table.rowCount() == 11
    assert fitting.comparison.misfit[0] < 0.02
    assert not panel.accept.isHidden()
    panel.accept.click()
    assert panel.accept.isHidden()
    fitting.controller.undo()
    assert fitting.controller.twin == before
    fitting.controller.redo()
    assert fitting.controller.twin == fitted
    fitting.controller.undo()
    rest(qtbot, fitting)


def test_fit_and_revert(fitting, qtbot):
    before = fitting.controller.twin
    finish(qtbot, fitting)
    fitting.calibrate.revert.click()
    assert fitting.controller.twin == before
    rest(qtbot, fitting)


def test_padlocks_are_kept_by_the_fit(fitting, qtbot):
    fitting.controller.set_value("pore", 0.12)
    fitting.controller.set_padlock("pore", True)
    fitting.controller.set_padlock("X.smoothness", True)
    assert "φ pore = 0.12" in fitting.calibrate.locks.text()
    finish(qtbot, fitting)
    fitted = fitting.controller.twin
    assert fitted.volume_fractions["pore"] == pytest.approx(0.12)
    assert fitted.value("X.smoothness") == 2.5
    assert fitting.calibrate.results.table.item(0, 2).text() == "kept"
    fitting.calibrate.revert.click()
    rest(qtbot, fitting)


def test_stop_leaves_the_twin(fitting, qtbot):
    before = fitting.controller.twin
    panel = fitting.calibrate
    panel.options.errors.value = True
    panel.options.samples.value = 200
    panel.fit.click()
    qtbot.waitSignal(panel.job.progressed, timeout=PATIENCE_MS).wait()
    panel.pause.click()
    assert panel.pause.text() == "Continue"
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.stop.click()
    assert not panel.job.running
    assert panel.pause.text() == "Pause"
    assert fitting.controller.twin == before
    assert "Stopped" in panel.message.text()


def test_what_the_data_cannot_decide_is_told(fitting, qtbot, section_data):
    from napari_assb_twin.images.draft import Data
    from napari_assb_twin.measure.sections import SectionStack

    plan = SectionStack("xy", section_data.images, (0.1, 0.1))
    fitting.controller.set_data(Data((plan,), ("plan",)))
    fitting.calibrate.options.symmetry.value = "cylindrical"
    before = fitting.controller.twin
    with qtbot.waitSignal(fitting.controller.refused, timeout=PATIENCE_MS) as heard:
        fitting.calibrate.fit.click()
    assert "\n" not in heard.args[0]
    assert fitting.controller.twin == before
    qtbot.waitUntil(lambda: not fitting.busy, timeout=PATIENCE_MS)


def test_closing_while_it_runs(fitting, qtbot):
    fitting.calibrate.options.errors.value = True
    fitting.calibrate.options.samples.value = 200
    fitting.calibrate.fit.click()
    fitting.shutdown()
    assert not fitting.calibrate.job.running
    WorkerBase.await_workers(PATIENCE_MS)


def test_what_ends_at_a_bound_is_said(fitting, qtbot):
    twin = fitting.controller.twin
    fit = Fit(
        rms=1e-3,
        max=1e-2,
        method="coverage",
        seconds=1.0,
        lags=9,
        longest_lag_um=5.0,
        at_bounds=("X.smoothness",),
    )
    errors = {"X.smoothness": 0.0, "X.length_um": 0.05}
    result = CalibrationResult(twin=twin, fit=fit, uncertainty=errors)
    fitting.calibrate._on_finished(result)
    rows = {path: row for row, path in enumerate(PARAMETERS)}
    table = fitting.calibrate.results.table
    assert table.item(rows["X.smoothness"], 2).text() == "at bound"
    assert table.item(rows["X.length_um"], 2).text() == "0.05"
    assert table.item(rows["Y.length_um"], 2).text() == "–"
    fitting.calibrate.revert.click()
    rest(qtbot, fitting)
