"""Trainings in the window, end to end and in their parts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest

from napari_assb_twin.calibration.training_record import CRITIC
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.progress import Losses, SectionPair, TrainingProgress
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace import stopwatch
from napari_assb_twin.workspace.calibrate_panel import ACCEPT, ACCEPT_SO_FAR
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.training_course import TrainingCourse
from napari_assb_twin.workspace.training_options import METHODS, TrainingBox
from napari_assb_twin.workspace.training_rows import judged_rows, judged_sentences, moving_rows
from napari_assb_twin.workspace.training_view import TrainingView

FOREVER = 50_000


@pytest.fixture
def training(workspace, section_data, qtbot):
    """A workspace that is about to train three steps."""
    workspace.controller.set_data(section_data)
    options = workspace.calibrate.options
    options.errors.value = False
    options.first.value = "active_material"
    options.method.value = "combined"
    options.training.steps.value = 3
    options.training.width.value = 8
    rest(qtbot, workspace)
    return workspace


def finish(qtbot, workspace):
    with qtbot.waitSignal(workspace.calibrate.job.finished, timeout=120_000):
        workspace.calibrate.fit.click()


def begin(qtbot, workspace, steps: int = 2):
    """Start a long training and wait for some of its steps."""
    panel = workspace.calibrate
    panel.options.training.steps.value = FOREVER
    panel.fit.click()
    qtbot.waitUntil(lambda: len(panel.training.course.steps) >= steps, timeout=120_000)
    return panel


def proposed(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.job.running, timeout=PATIENCE_MS)
    assert not panel.accept.isHidden()


def told(step, *, losses=None, misfit=0.01, twin=None, pair=None, total=20):
    twin = twin or preset("pressed")
    return TrainingProgress(
        step,
        total,
        f"step {step}",
        twin,
        misfit,
        moving=twin.with_value("X.length_um", 0.5),
        losses=losses or Losses(0.05, 0.7, 0.69),
        pair=pair,
        start=twin,
        start_misfit=0.02,
    )


# the run


@pytest.mark.each_binding
def test_a_training_ends_with_a_twin_that_is_one_step_of_undo(training, qtbot):
    panel, before = training.calibrate, training.controller.twin
    heard = []
    panel.job.progressed.connect(heard.append)
    finish(qtbot, training)
    trained = training.controller.twin
    steps = {one.steps_taken for one in heard if isinstance(one, TrainingProgress)}
    assert steps == {0, 1, 2, 3}
    assert panel.training.course.steps == [1, 2, 3]
    assert panel.training.course.has("coverage")
    assert panel.training.course.has("discriminator")
    record = trained.provenance["training"]
    assert (record["method"], record["steps_taken"], record["width"]) == ("combined", 3, 8)
    assert (record["start"], record["threshold"]) == ("least-squares", "straight-through")
    table = panel.results.judged.table
    assert not panel.results.judged.isHidden()
    assert table.item(0, 0).text() == "Misfit of the curves, rms"
    assert float(table.item(0, 2).text()) == pytest.approx(record["after"]["misfit"], abs=1e-4)
    assert panel.accept.text() == ACCEPT[0]
    panel.accept.click()
    training.controller.undo()
    assert training.controller.twin == before
    training.controller.redo()
    assert training.controller.twin == trained
    training.controller.undo()
    rest(qtbot, training)


def test_what_it_has_so_far_can_be_accepted(training, qtbot):
    before = training.controller.twin
    panel = begin(qtbot, training)
    assert panel.options.isHidden()
    assert not panel.training_part.isHidden()
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.stop.click()
    proposed(qtbot, panel)
    assert not panel.options.isHidden()
    assert panel.accept.text() == ACCEPT_SO_FAR[0]
    averaged = training.controller.twin
    assert averaged != before
    record = averaged.provenance["training"]
    assert record["finished"] is False
    assert 2 <= record["steps_taken"] < FOREVER
    assert averaged.provenance["method"] == "combined"
    assert averaged.provenance["sources"] == ["synthetic"]
    assert f"Stopped after {record['steps_taken']} steps" in panel.message.text()
    panel.accept.click()
    training.controller.undo()
    assert training.controller.twin == before
    rest(qtbot, training)


def test_a_training_that_is_stopped_while_errors_are_simulated_is_finished(training, qtbot):
    panel = training.calibrate
    panel.options.errors.value = True
    panel.options.samples.value = 200
    panel.fit.click()
    qtbot.waitUntil(lambda: "simulated data set" in panel.message.text(), timeout=120_000)
    trained_s = panel._trained_s
    panel.stop.click()
    proposed(qtbot, panel)
    record = training.controller.twin.provenance["training"]
    assert (record["finished"], record["steps_taken"]) == (True, 3)
    assert record["seconds"] == pytest.approx(trained_s, abs=0.5)
    assert "Stopped after all 3 steps, before the errors were known." in panel.message.text()
    assert panel.accept.text() == ACCEPT[0]
    panel.revert.click()
    rest(qtbot, training)


def test_pauses_are_not_counted(monkeypatch):
    now = 0.0
    monkeypatch.setattr(stopwatch.time, "monotonic", lambda: now)
    watch = stopwatch.Stopwatch()
    now = 3.0
    watch.hold(True)
    now = 10.0
    assert watch.seconds == 3.0
    watch.hold(False)
    watch.hold(False)
    now = 12.0
    assert watch.seconds == 5.0
    watch.start()
    now = 13.0
    assert watch.seconds == 1.0


def test_what_it_has_so_far_can_be_forgotten(training, qtbot):
    before = training.controller.twin
    panel = begin(qtbot, training)
    panel.stop.click()
    qtbot.waitUntil(lambda: not panel.accept.isHidden(), timeout=PATIENCE_MS)
    panel.revert.click()
    assert training.controller.twin == before
    assert training.controller.undo_text != "fit to sections"
    rest(qtbot, training)


def test_the_same_numbers_as_without_a_window(training, qtbot, section_data):
    from napari_assb_twin.calibration.run import calibration
    from napari_assb_twin.methods import refinement
    from napari_assb_twin.steps import finished

    finish(qtbot, training)
    options = {"steps": 3, "width": 8, "device": "cpu"}
    run = calibration(
        section_data.measured,
        first_phase="active_material",
        bootstrap=0,
        refine=refinement("combined", options),
    )
    assert training.controller.twin == finished(run).twin
    training.calibrate.revert.click()
    rest(qtbot, training)


@pytest.mark.each_binding
def test_a_pause_holds_it_and_two_quick_clicks_do_not(training, qtbot):
    panel = begin(qtbot, training)
    course = panel.training.course
    panel.pause.click()
    qtbot.waitUntil(lambda: panel.job._worker.is_paused, timeout=PATIENCE_MS)
    qtbot.wait(50)
    held = len(course.steps)
    qtbot.wait(1000)
    assert len(course.steps) == held
    panel.pause.click()
    qtbot.waitUntil(lambda: len(course.steps) > held, timeout=PATIENCE_MS)
    panel.pause.click()
    panel.pause.click()
    held = len(course.steps)
    qtbot.waitUntil(lambda: len(course.steps) > held + 1, timeout=PATIENCE_MS)
    panel.stop.click()
    proposed(qtbot, panel)
    panel.revert.click()
    rest(qtbot, training)


def test_a_session_that_is_opened_meanwhile_hears_nothing_of_it(training, qtbot):
    session = training.session_state.capture()
    panel = begin(qtbot, training)
    training.show_session(session, "other.assb-session")
    qtbot.waitUntil(lambda: not panel.job.running, timeout=PATIENCE_MS)
    rest(qtbot, training)
    assert panel.accept.isHidden()
    assert panel.training_part.isHidden()
    assert panel.message.text() == ""
    assert training.controller.twin == session.twin


def test_sections_too_small_for_a_discriminator_are_said_in_the_panel(training, qtbot):
    striped = training.controller.data.images[0].copy()
    striped[::25] = OUTSIDE
    stack = SectionStack("xz", (striped,), (0.1, 0.1))
    training.controller.set_data(Data((stack,), ("stripes",)))
    panel, before = training.calibrate, training.controller.twin
    with qtbot.waitSignal(training.controller.refused, timeout=120_000) as heard:
        panel.fit.click()
    assert "larger one, or calibrate with the method simulated-coverage" in panel.message.text()
    assert heard.args == [panel.message.text()]
    assert training.controller.twin == before
    assert not panel.options.isHidden()
    assert panel.training_part.isHidden()
    rest(qtbot, training)


@pytest.mark.each_binding
def test_a_checkpoint_goes_on_and_that_of_another_run_is_refused(training, qtbot, tmp_path):
    row = training.calibrate.options.training.checkpoint
    row.set_path(tmp_path / "run")
    assert row.path == tmp_path / "run.checkpoint"
    assert row.name.text() == "run.checkpoint (new)"
    finish(qtbot, training)
    first = training.controller.twin
    assert row.path.exists()
    assert row.name.text() == "run.checkpoint (goes on from it)"
    heard = []
    training.calibrate.job.progressed.connect(heard.append)
    finish(qtbot, training)
    assert any("Going on from run.checkpoint" in one.message for one in heard)
    assert training.controller.twin == first
    training.calibrate.options.training.width.value = 16
    training.calibrate.fit.click()
    qtbot.waitUntil(lambda: not training.calibrate.job.running, timeout=120_000)
    assert "checkpoint of another run: the widths" in training.calibrate.message.text()
    row.without.click()
    assert row.path is None
    assert row.without.isHidden()
    training.calibrate.revert.click()
    rest(qtbot, training)


# its parts


def test_the_form_leaves_out_what_a_method_has_not(training):
    options = training.calibrate.options
    assert not options.wrong_pixels.enabled
    assert not options.training_fold.isHidden()
    assert options.training.isHidden()
    options.training_fold.setChecked(True)
    assert not options.training.isHidden()
    options.method.value = "coverage"
    assert options.training_fold.isHidden()
    assert options.training.isHidden()
    assert options.wrong_pixels.enabled
    assert options.job(training.controller.data, training.controller.twin, ()).method == (
        "coverage"
    )


@pytest.mark.parametrize("method", METHODS)
def test_the_form_and_its_defaults_are_those_of_the_options(qtbot, method):
    box = TrainingBox()
    qtbot.addWidget(box)
    box.set_method(method)
    box.set_device("cpu")
    arguments = box.arguments()
    if method == "coverage":
        assert arguments == {}
        return
    options = TrainingOptions(method=method, **arguments)
    assert options == TrainingOptions(method=method, device="cpu")
    assert ("width" in arguments) is options.uses_discriminator
    assert box.width.native.isHidden() is not options.uses_discriminator
    box.begin.value, box.steps.value, box.threshold.value = "random", 7, "soft"
    options = TrainingOptions(method=method, **box.arguments())
    assert (options.start, options.steps, options.threshold) == ("random", 7, "soft")
    assert str(TrainingOptions(start="random").number_of_steps) in (
        box.steps.native.specialValueText()
    )


def test_a_course_counts_each_step_once():
    course = TrainingCourse()
    begun = replace(told(0, losses=Losses()), misfit=0.02)
    assert course.add(begun)
    assert not course.add(begun)
    assert (course.steps, course.misfits, course.seconds_left) == ([], [0.02], None)
    for step in range(5):
        one = told(step, misfit=0.01 if step else 0.02)
        assert course.add(one)
        assert not course.add(one)
    assert course.steps == [1, 2, 3, 4, 5]
    assert (course.misfit_steps, course.misfits) == ([0, 2], [0.02, 0.01])
    assert course.seconds_left >= 0
    assert not TrainingCourse().has("twin")


def test_a_run_that_goes_on_begins_where_it_was():
    course = TrainingCourse()
    course.add(told(12, losses=Losses()))
    course.add(told(12, losses=Losses(coverage=0.1)))
    assert (course.misfit_steps, course.steps) == ([12], [13])
    assert course.has("coverage")
    assert not course.has("twin")


def test_numbers_that_move_are_those_that_are_free():
    names = PhaseNames()
    rows = moving_rows(told(3), ("pore", "X.smoothness"), names)
    cells = {row.cells[0]: row.cells[1:] for row in rows}
    assert cells["Correlation length X"][1] == "0.5"
    assert "φ pore" not in cells
    assert "Smoothness X" not in cells
    assert "Smoothness Y" in cells
    assert {"φ CAM", "φ SE"} <= set(cells)
    isotropic = told(3, twin=replace(preset("isotropic"), symmetry="isotropic"))
    assert not any("Anisotropy" in row.cells[0] for row in moving_rows(isotropic, (), names))
    kept = moving_rows(told(3), ("pore", "active_material"), names)
    assert not any(row.cells[0].startswith("φ") for row in kept)
    correlated = told(3, twin=replace(preset("pressed"), field_correlation=0.3))
    more = {row.cells[0] for row in moving_rows(correlated, (), names)}
    fewer = {row.cells[0] for row in moving_rows(told(3), (), names)}
    assert len(more - fewer) == 1
    layered = told(3, twin=preset("layered"))
    layered = replace(layered, moving=layered.twin)
    assert "Structure size X" in [row.cells[0] for row in moving_rows(layered, (), names)]


def test_a_record_may_lack_parts():
    assert judged_rows({}) == []
    bare = {"before": {"misfit": 0.0123}, "after": {"misfit": 0.0045}}
    assert [row.cells for row in judged_rows(bare)] == [
        ("Misfit of the curves, rms", "0.0123", "0.0045", "")
    ]
    assert CRITIC not in judged_sentences(bare)
    whole = {
        "method": "combined",
        "steps_taken": 150,
        "steps": 150,
        "seconds": 42.4,
        "finished": True,
        "before": {"misfit": 0.01, "z": 3.21, "critic": {"plan": {"accuracy": 0.9}}},
        "after": {"misfit": 0.01, "z": None, "critic": {"plan": None, "cross": None}},
    }
    rows = judged_rows(whole)
    assert [row.cells[1:3] for row in rows] == [("0.0100", "0.0100"), ("3.2", "–"), ("0.90", "–")]
    assert rows[2].cells[0] == "Critic's accuracy, plan views"
    first, second = judged_sentences(whole)
    assert "150 steps, 42 s" in first
    assert second == CRITIC


def test_the_view_draws_what_it_was_told(qtbot):
    view = TrainingView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.show()
    view.begin(())
    view.show_progress(replace(told(0, losses=Losses()), misfit=0.02))
    assert view.told == "step 0"
    section = np.zeros((40, 40), dtype=np.uint8)
    pair = SectionPair(False, section, section + np.uint8(1))
    for step in range(12):
        losses = Losses(0.5 / (1 + step), 0.7 + 0.1 * math.sin(step), 0.69)
        view.show_progress(told(step, losses=losses, pair=pair if step else None))
    assert view.misfit.text() == "misfit 0.02, at the start 0.02"
    assert view.table.rowCount() == 11
    qtbot.waitUntil(
        lambda: view.misfit.text() == "misfit 0.01, at the start 0.02", timeout=PATIENCE_MS
    )
    assert view.told.startswith("step 12 of 20, about")
    lines = view.figure.lines
    assert list(lines["coverage"].get_xdata()) == list(range(1, 13))
    assert lines["even"].get_ydata()[0] == pytest.approx(math.log(2))
    bottom, top = view.figure.axes.get_ylim()
    assert bottom <= 0.5 / 12
    assert top >= 0.5
    assert view.figure.player_axes.get_ylim()[1] > 0.8
    assert not view.note.isHidden()
    measured, simulated = (
        label.pixmap().toImage().pixelColor(20, 20).name()
        for label in (view.pictures.measured, view.pictures.simulated)
    )
    assert (measured, simulated) == ("#000000", "#d62728")
    view.set_scheme("colour-blind safe")
    assert view.pictures.measured.pixmap().toImage().pixelColor(20, 20).name() == "#0072b2"


def test_without_a_discriminator_there_are_no_players(qtbot):
    view = TrainingView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.show()
    view.begin(())
    for step in range(3):
        view.show_progress(told(step, losses=Losses(coverage=0.1)))
    qtbot.waitUntil(lambda: view.table.rowCount() > 0, timeout=PATIENCE_MS)
    visible = {name for name, line in view.figure.lines.items() if line.get_visible()}
    assert visible == {"coverage", "start", "misfit"}
    assert view.note.isHidden()
