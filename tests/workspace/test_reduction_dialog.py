"""From weights to four numbers in the window: the loss is shown before anything changes."""

from __future__ import annotations

import pytest
from conftest import PATIENCE_MS

from napari_assb_twin.calibration.reduction import reduce
from napari_assb_twin.twin.parameters import Correlation
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel


@pytest.fixture
def panel(controller, qtbot):
    controller.load_preset("layered")
    one = MorphologyPanel(controller)
    qtbot.addWidget(one)
    one.show()
    one.fields["X"].reduce_button.click()
    yield one
    one.close_dialogs()
    one.reducer.close()


def found(qtbot, panel) -> None:
    qtbot.waitUntil(lambda: panel.reduction.reduction is not None, timeout=PATIENCE_MS)


def test_the_loss_is_shown_and_nothing_has_changed(panel, controller, qtbot):
    dialog, before = panel.reduction, controller.twin
    assert not dialog.apply.isEnabled()
    found(qtbot, panel)
    expected = reduce(before)
    text = dialog.outcome.text()
    assert f"moves by {expected.correlation_rms['X']:.2g} (rms" in text
    assert f"{expected.curves_rms:.2g} (rms) and {expected.curves_max:.2g} (at most)" in text
    assert f"{expected.twin.value('X.length_um'):.3g} µm" in text
    assert "Field Y" not in text  # it has four numbers already
    assert controller.twin == before
    dialog.cancel.click()
    assert not dialog.isVisible()
    assert controller.twin == before


def test_reducing_is_one_step_of_undo_and_the_new_home(panel, controller, qtbot):
    before = controller.twin
    found(qtbot, panel)
    panel.reduction.apply.click()
    assert not panel.reduction.isVisible()
    assert isinstance(controller.twin.X.correlation, Correlation)
    assert controller.twin.Y == before.Y
    assert controller.undo_text == "reduction to four numbers"
    assert controller.home == controller.twin
    assert not panel.fields["X"].reduce_button.isVisible()
    controller.undo()
    assert controller.twin == before
    assert panel.fields["X"].reduce_button.isVisible()


def test_what_was_found_for_another_twin_is_not_applied(panel, controller, qtbot):
    found(qtbot, panel)
    changed = preset("layered").with_value("X.length_um", 0.6)
    controller.propose(changed)
    panel.reduction.apply.click()
    assert controller.twin == changed
    assert not panel.reduction.apply.isEnabled()
    found(qtbot, panel)
    panel.reduction.apply.click()
    assert controller.twin.value("X.length_um") == pytest.approx(
        reduce(changed).twin.value("X.length_um")
    )


def test_a_dialog_that_was_closed_takes_no_answer(panel, controller, qtbot):
    panel.reduction.cancel.click()
    qtbot.waitUntil(lambda: not panel.reducer.busy, timeout=PATIENCE_MS)
    assert panel.reduction.reduction is None
    assert controller.twin.X == preset("layered").X
    panel.fields["X"].reduce_button.click()
    found(qtbot, panel)
