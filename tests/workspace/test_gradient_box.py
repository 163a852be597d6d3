"""A gradient in the Morphology panel: switched on, moved, locked, undone, saved, drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtCore import Qt

from napari_assb_twin.session.session_file import load_session
from napari_assb_twin.twin.gradient_ends import END_PARAMETERS, at_end, end_value
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.workspace.curves_panel import OF_MEANS
from napari_assb_twin.workspace.edits import SMALLEST_SHARE
from napari_assb_twin.workspace.gradient_box import MEANS
from napari_assb_twin.workspace.morphology_panel import (
    FRACTIONS,
    MEAN_FRACTIONS,
    MorphologyPanel,
)
from napari_assb_twin.workspace.scales import STEPS

PORE, CAM = "gradient.pore.separator", "gradient.active_material.collector"


@pytest.fixture
def panel(controller, small_twin, qtbot):
    """The panel on the small box; nothing makes volumes."""
    controller.adopt(small_twin, "small box")
    one = MorphologyPanel(controller)
    one.set_theme({"text": "#ffffff"})
    qtbot.addWidget(one)
    one.resize(400, 900)
    one.show()
    one.folds["gradient"].setChecked(True)
    yield one
    one.pictures.close()


def drag(row, *positions: int) -> None:
    row.slider.setSliderDown(True)
    for position in positions:
        row.slider.setValue(position)
    row.slider.setSliderDown(False)


def test_it_is_off_and_begins_flat(panel, controller, small_twin):
    box = panel.gradient
    assert not box.graded.value
    assert not box.rows[PORE].slider.isVisible()
    box.graded.native.click()
    assert box.rows[PORE].slider.isVisible()
    for path, row in box.rows.items():
        phase = path.split(".")[1]
        assert row.entry.value() == pytest.approx(small_twin.volume_fractions[phase], abs=5e-4)
        assert not row.padlock.isVisible()
    assert MEANS in box.note.text()
    assert panel.sections[0].fold.text().endswith(MEAN_FRACTIONS)
    controller.undo()
    assert controller.twin == small_twin
    assert not box.graded.value
    assert not box.rows[PORE].slider.isVisible()
    assert panel.sections[0].fold.text().endswith(FRACTIONS)


def test_a_drag_is_one_step_and_the_means_follow(panel, controller):
    panel.gradient.graded.value = True
    before = controller.twin
    row = panel.gradient.rows[PORE]
    drag(row, 300, 200, 250)
    twin = controller.twin
    value = end_value(twin, PORE)
    assert value == pytest.approx(0.01 + 0.89 * 250 / STEPS, abs=1e-3)
    assert row.entry.value() == pytest.approx(value, abs=1e-3)
    collector = before.volume_fractions.pore
    assert end_value(twin, "gradient.pore.collector") == pytest.approx(collector)
    assert twin.volume_fractions.pore == pytest.approx((value + collector) / 2)
    assert panel.rows["pore"].entry.value() == pytest.approx(twin.volume_fractions.pore, abs=1e-3)
    rest = [at_end(twin, end)["solid_electrolyte"] for end in ("separator", "collector")]
    assert all(f"{share:.3f}" in panel.gradient.rest.text() for share in rest)
    controller.undo()
    assert controller.twin == before
    controller.redo()
    assert controller.twin == twin


def test_what_is_dragged_too_far_stops(panel, controller, qtbot):
    """Nothing is refused: each phase keeps a share at every depth."""
    refused = []
    controller.refused.connect(refused.append)
    panel.gradient.graded.value = True
    for path in END_PARAMETERS:
        drag(panel.gradient.rows[path], STEPS, 0, STEPS)
    for path in ("pore", "active_material", "solid_electrolyte"):
        drag(panel.rows[path], 0, STEPS, 0)
    controller.set_padlock("pore", True)
    for path in (*END_PARAMETERS, "active_material", "solid_electrolyte"):
        row = (panel.gradient.rows | panel.rows)[path]
        drag(row, 0, STEPS, STEPS // 3)
    assert refused == []
    for end in ("separator", "collector"):
        assert min(at_end(controller.twin, end).values()) >= SMALLEST_SHARE * (1 - 1e-6)


def test_a_typed_number_without_room_is_one_sentence(panel, controller):
    refused = []
    controller.refused.connect(refused.append)
    panel.gradient.graded.value = True
    before, row = controller.twin, panel.gradient.rows[PORE]
    row.entry.setValue(0.7)
    assert len(refused) == 1
    assert "solid_electrolyte is -" in refused[0]
    assert controller.twin == before
    assert row.entry.value() == pytest.approx(before.volume_fractions.pore, abs=5e-4)


def test_a_padlock_keeps_a_mean(panel, controller, small_twin):
    panel.gradient.graded.value = True
    panel.rows["pore"].padlock.click()
    controller.set_end(PORE, 0.16)
    assert controller.twin.volume_fractions.pore == pytest.approx(0.11)
    assert end_value(controller.twin, "gradient.pore.collector") == pytest.approx(0.06)


def test_a_double_click_goes_home(panel, controller, small_twin, qtbot):
    panel.gradient.graded.value = True
    controller.set_end(PORE, 0.2)
    controller.set_end(CAM, 0.3)
    row = panel.gradient.rows[PORE]
    assert "back to 0.11" in row.slider.toolTip()
    qtbot.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert end_value(controller.twin, PORE) == pytest.approx(0.11)
    assert end_value(controller.twin, CAM) == pytest.approx(0.3)
    controller.adopt(replace(controller.twin, seed=5), "another home")
    controller.set_end(CAM, 0.4)
    controller.set_gradient(None)
    panel.gradient.graded.value = True  # as the home had it
    assert end_value(controller.twin, CAM) == pytest.approx(
        end_value(controller.home, CAM)
        + controller.twin.volume_fractions.active_material
        - controller.home.volume_fractions.active_material
    )


def test_the_separator_side_and_names(panel, controller):
    panel.gradient.graded.value = True
    panel.gradient.side.value = "last"
    assert controller.twin.gradient.separator_side == "last"
    controller.rename("active_material", "NMC")
    row = panel.gradient.rows[CAM]
    assert row.label.text() == "NMC at collector"
    assert row.slider.accessibleName() == "Volume fraction: NMC at collector, slider"


def test_it_is_not_a_number_of_a_fit():
    assert not set(END_PARAMETERS) & set(PARAMETERS)


def test_the_volume_follows_and_is_saved(workspace, qtbot, tmp_path):
    """Porous at the separator, dense at the collector; twin file and session keep it."""
    controller = workspace.controller
    workspace.morphology.gradient.graded.value = True
    rest(qtbot, workspace)
    flat = controller.realisation.labels
    assert "mean over the depth" in workspace.view_bar.legend.phases["pore"].toolTip()
    assert workspace.curves.note.text() == OF_MEANS
    shown = []
    controller.realised.connect(lambda one, full: shown.append((one.twin, full)))
    for value in np.linspace(0.12, 0.4, 8):
        controller.set_end(PORE, float(value), dragging=True)
        qtbot.wait(20)
    controller.set_end("gradient.pore.collector", 0.02)
    rest(qtbot, workspace)
    assert any(not full for _, full in shown)
    labels = controller.realisation.labels
    pores = (labels == 0).mean(axis=(1, 2))
    quarter = len(pores) // 4
    assert pores[:quarter].mean() - pores[-quarter:].mean() > 0.15
    assert (np.asarray(flat) != labels).any()
    controller.save_twin(tmp_path / "g.twin.json")
    assert load_twin(tmp_path / "g.twin.json") == controller.twin
    workspace.files.write_session(tmp_path / "g.assb-session")
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
    assert load_session(tmp_path / "g.assb-session").twin == controller.twin
    workspace.morphology.gradient.graded.value = False
    rest(qtbot, workspace)
    assert controller.twin.gradient is None
    assert "mean over the depth" not in workspace.view_bar.legend.phases["pore"].toolTip()
