"""Fitting in the window, end to end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import PATIENCE_MS, rest
from superqt.utils import WorkerBase

from napari_assb_twin.calibration.result import CalibrationResult, Fit
from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES, Check, Verdict
from napari_assb_twin.calibration.verdict_lines import JUDGING, NOT_JUDGED, verdict_lines
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.workspace.asked_fit import DoneFit
from napari_assb_twin.workspace.calibrate_panel import OTHER_DATA, STOPPED
from napari_assb_twin.workspace.fit_options import NEWER


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


def test_a_padlock_on_the_field_correlation_needs_gaussian_fields(fitting):
    told = []
    controller = fitting.controller
    controller.refused.connect(told.append)
    controller.set_padlock("field_correlation", True)
    controller.load_preset("sheet-pores")
    fitting.calibrate.start()
    assert told == [
        "Voids at CAM surface cannot be kept: the fields are not both Gaussian; open the padlock."
    ]
    fitting.calibrate.options.model.value = "high-parametric"
    assert "cannot be kept" not in fitting.calibrate.locks.text()


@pytest.mark.each_binding
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


@pytest.mark.each_binding
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


def begin(qtbot, workspace):
    """Start a long fit and wait until it simulates data sets."""
    panel = workspace.calibrate
    panel.options.errors.value = True
    panel.options.samples.value = 200
    panel.fit.click()
    qtbot.waitUntil(lambda: "simulated data set" in panel.message.text(), timeout=PATIENCE_MS)
    return panel


def stop(qtbot, panel):
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.stop.click()


@pytest.mark.each_binding
def test_closing_while_it_runs(fitting, qtbot):
    panel = begin(qtbot, fitting)
    fitting.shutdown()
    assert not panel.job.running
    WorkerBase.await_workers(PATIENCE_MS)
    fitting.reopen()
    rest(qtbot, fitting)
    assert panel.message.text() == STOPPED
    assert not panel.fit.isHidden()


def test_closing_keeps_what_is_done(fitting, qtbot):
    finish(qtbot, fitting)
    panel = fitting.calibrate
    told = panel.message.text()
    fitting.shutdown()
    fitting.reopen()
    rest(qtbot, fitting)
    assert panel.message.text() == told
    assert not panel.results.isHidden()
    panel.revert.click()
    rest(qtbot, fitting)


def test_results_go_with_the_data_that_they_are_of(fitting, section_data, qtbot):
    finish(qtbot, fitting)
    panel = fitting.calibrate
    fitting.controller.set_value("pore", 0.2)  # the fit is still what it was
    assert not panel.results.isHidden()
    fitting.controller.set_data(replace(section_data, sources=("other",)))
    assert panel.results.isHidden()
    assert panel.message.text() == ""
    finish(qtbot, fitting)
    assert fitting.controller.twin.provenance["sources"] == ["other"]
    fitting.controller.set_data(None)
    assert panel.results.isHidden()
    panel.revert.click()
    assert panel.results.isHidden()
    rest(qtbot, fitting)


def test_results_go_with_another_session(fitting, qtbot):
    finish(qtbot, fitting)
    fitting.calibrate.accept.click()
    fitting.show_session(fitting.session_state.capture(), "same.assb-session")
    assert fitting.calibrate.results.isHidden()
    assert fitting.calibrate.message.text() == ""
    rest(qtbot, fitting)


def test_a_fit_ends_with_the_data_that_it_began_with(fitting, section_data, qtbot):
    fitting.calibrate.fit.click()
    with qtbot.waitSignal(fitting.calibrate.job.finished, timeout=120_000):
        fitting.controller.set_data(replace(section_data, sources=("other",)))
    panel = fitting.calibrate
    assert fitting.controller.twin.provenance["sources"] == ["synthetic"]
    assert panel.message.text().endswith(OTHER_DATA)
    assert not panel.results.isHidden()
    panel.revert.click()
    rest(qtbot, fitting)


def test_while_another_one_runs_the_tables_stay_those_of_the_last_fit(fitting, qtbot):
    finish(qtbot, fitting)
    panel = fitting.calibrate
    error = panel.results.table.item(0, 2).text()
    panel.accept.click()
    fitting.controller.set_padlock("pore", True)
    begin(qtbot, fitting)
    panel._on_revert()
    assert panel.results.table.item(0, 2).text() == error != "kept"
    stop(qtbot, panel)
    rest(qtbot, fitting)


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
    fitting.calibrate._on_finished(DoneFit(result=result, data=fitting.controller.data))
    rows = {path: row for row, path in enumerate(PARAMETERS)}
    table = fitting.calibrate.results.table
    assert table.item(rows["X.smoothness"], 2).text() == "at bound"
    assert table.item(rows["X.length_um"], 2).text() == "0.05"
    assert table.item(rows["Y.length_um"], 2).text() == "–"
    fitting.calibrate.revert.click()
    rest(qtbot, fitting)


@pytest.mark.each_binding
def test_the_verdict_stands_above_the_table_with_errors_and_doubt(fitting, qtbot):
    panel = fitting.calibrate
    panel.options.errors.value = True
    panel.options.samples.value = FEWEST_REPLICATES
    panel.options.wrong_pixels.value = True
    panel.options.doubt.value = 0.3
    steps = []
    panel.job.progressed.connect(lambda progress: steps.append(progress.message))
    finish(qtbot, fitting)
    assert "Moving the boundaries" in steps[0]  # within the job
    results, twin = panel.results, fitting.controller.twin
    assert results.verdict.headline.text()[3:] == verdict_lines(twin)[0]
    assert results.verdict.sentences.text().splitlines() == list(verdict_lines(twin)[1:])
    assert len(results.verdict.toolTip().splitlines()) == 5
    headings = [
        results.table.horizontalHeaderItem(column).text()
        for column in range(results.table.columnCount())
    ]
    assert headings == ["Parameter", "Value", "± error", "± doubt", "Unit"]
    spread = twin.provenance["segmentation"]["doubt"]["spread"]
    assert float(results.table.item(0, 3).text()) == pytest.approx(spread["pore"], rel=0.05)
    assert "95 % interval" in results.table.item(0, 1).toolTip()
    last = results.table.rowCount() - 1
    assert results.table.item(last, 0).text() == "Wrong pixels e"
    assert 0 <= float(results.table.item(last, 1).text()) < 0.1
    assert results.derived.rowCount() == 13
    assert results.derived.item(0, 0).text() == "Interface pore–CAM"
    assert panel.goodness.isEnabled()
    fitting.controller.rename("pore", "void")
    assert results.table.item(0, 0).text() == "φ void"
    assert results.derived.item(0, 0).text() == "Interface void–CAM"
    panel.revert.click()
    rest(qtbot, fitting)


def test_without_simulations_nothing_is_judged(fitting, qtbot):
    finish(qtbot, fitting)
    results = fitting.calibrate.results
    assert results.verdict.headline.text() == f"?  {NOT_JUDGED}"
    assert results.verdict.sentences.text() == JUDGING
    assert results.table.columnCount() == 4
    assert results.table.item(0, 2).text() == "–"
    fitting.calibrate.revert.click()
    rest(qtbot, fitting)


@pytest.mark.each_binding
def test_a_high_parametric_fit_shows_fractions_and_what_follows(fitting, qtbot):
    panel, told = fitting.calibrate, []
    fitting.controller.refused.connect(told.append)
    panel.options.model.value = "high-parametric"
    assert not panel.options.wrong_pixels.enabled
    fitting.controller.set_padlock("Y.anisotropy", True)
    assert "keeps volume fractions only" in panel.locks.text()
    panel.start()
    assert told == [panel.locks.text()]
    assert not panel.job.running
    fitting.controller.set_padlock("Y.anisotropy", False)
    finish(qtbot, fitting)
    table, derived = panel.results.table, panel.results.derived
    names = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert names == ["φ pore", "φ CAM", "φ SE"]
    assert "weights of field X and field Y" in panel.results.note.text()
    assert derived.rowCount() == 13
    panel.revert.click()
    rest(qtbot, fitting)


def test_options_of_an_older_session_are_as_they_were_then(fitting):
    options = fitting.calibrate.options
    older = {name: value for name, value in options.chosen.items() if name not in NEWER}
    newer = {"model": "high-parametric", "segmentation_error": True, "doubt_px": 0.5}
    fitting.calibrate.choose({**older, **newer})
    assert {name: options.chosen[name] for name in newer} == newer
    fitting.calibrate.choose(older)
    assert {name: options.chosen[name] for name in NEWER} == dict(NEWER)
    before = options.chosen
    with pytest.raises(InputError, match="doubt_px"):
        fitting.calibrate.choose({**older, "symmetry": "isotropic", "doubt_px": 99.0})
    assert options.chosen == before


def test_morphology_tells_the_verdict_of_the_twin(workspace, qtbot):
    line, controller = workspace.morphology.verdict, workspace.controller
    assert line.isHidden()
    check = Check(name="curves", z=9.0, level=2, sentence="The curves are missed.")
    record = {"verdict": Verdict(checks=(check,)).document()}
    fitted = replace(controller.twin.with_value("pore", 0.12), provenance=record)
    controller.adopt(fitted, "fit")
    assert line.text() == "✗  The twin does not fit."
    assert line.toolTip() == "✗ The curves are missed."
    controller.set_value("pore", 0.1)
    assert "Changed since it was fitted" in line.text()
    controller.undo()
    assert line.text() == "✗  The twin does not fit."
    controller.load_preset("layered")
    assert line.isHidden()
    rest(qtbot, workspace)


@pytest.mark.each_binding
def test_correlated_fields_are_offered_chosen_and_fitted(fitting, qtbot):
    panel = fitting.calibrate
    twin = fitting.controller.twin
    check = Check(name="contact shares", z=5.0, level=1, sentence="They touch otherwise.")
    fit = Fit(rms=0.01, max=0.02, method="coverage", seconds=1.0, lags=9, longest_lag_um=1.0)
    rejected = CalibrationResult(twin=twin, fit=fit, verdict=Verdict(checks=(check,)))
    names = fitting.controller.names
    panel.results.show_result(rejected, names, fixed=(), measured=None)
    assert not panel.results.offer.isHidden()
    assert "Voids at CAM surface" in panel.results.offer.text()
    assert panel.options.arguments(twin)["correlated_fields"] is False
    panel.results.offer.click()
    assert panel.options.arguments(twin)["correlated_fields"] is True
    finish(qtbot, fitting)
    fitted = fitting.controller.twin
    assert fitted.field_correlation != 0
    table = panel.results.table
    rows = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert "Voids at CAM surface" in rows
    assert panel.results.offer.isHidden()
    panel.revert.click()
    rest(qtbot, fitting)
