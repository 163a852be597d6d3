"""The Morphology panel without a viewer: a hand on its sliders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS
from PIL import Image
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtGui import QHelpEvent
from qtpy.QtWidgets import QApplication, QToolTip

from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.morphology_panel import MorphologyPanel
from napari_assb_twin.workspace.scales import STEPS
from napari_assb_twin.workspace.tips import illustrated, sentences


@pytest.fixture
def panel(controller, small_twin, qtbot):
    """The panel on the small box; nothing makes volumes."""
    controller.adopt(small_twin, "small box")
    one = MorphologyPanel(controller)
    one.set_theme({"text": "#ffffff"})
    qtbot.addWidget(one)
    one.resize(400, 700)
    one.show()
    yield one
    QToolTip.hideText()
    one.pictures.close()


def test_keys_on_one_slider_are_one_step(panel, controller, qtbot):
    before = controller.twin
    slider = panel.rows["X.length_um"].slider
    for _ in range(7):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert controller.twin.value("X.length_um") == pytest.approx(0.7 * 1.01**17, rel=5e-3)
    qtbot.keyClick(panel.rows["pore"].slider, Qt.Key.Key_Left)
    controller.undo()
    controller.undo()
    assert controller.twin == before


def test_a_click_in_the_slider_begins_another_step(panel, controller, qtbot):
    slider = panel.rows["X.length_um"].slider
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    keyed = controller.twin
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, 5))
    assert controller.twin.value("X.length_um") > 1.05 * keyed.value("X.length_um")
    controller.undo()
    assert controller.twin == keyed


@pytest.mark.parametrize("part", ["label", "slider"])
@pytest.mark.parametrize("path", ["X.length_um", "Y.smoothness", "Y.oscillation_per_um", "pore"])
def test_a_double_click_goes_home_in_one_step(panel, controller, qtbot, part, path):
    row = panel.rows[path]
    home = controller.home.value(path)
    controller.set_value(path, 0.3 if path == "pore" else None if "smooth" in path else 1.9)
    moved = controller.twin
    qtbot.mouseDClick(getattr(row, part), Qt.MouseButton.LeftButton)
    assert controller.twin.value(path) == pytest.approx(home)
    controller.undo()
    assert controller.twin == moved


def test_the_tooltip_follows_home(panel, controller):
    row = panel.rows["X.length_um"]
    assert "back to 0.7 µm" in row.slider.toolTip()
    controller.load_preset("fine-electrolyte")
    assert "back to 0.95 µm" in row.slider.toolTip()
    controller.undo()
    assert "back to 0.7 µm" in row.slider.toolTip()


def test_sliders_follow_the_box_and_values_stay(panel, controller):
    before = {path: row.entry.shown() for path, row in panel.rows.items()}
    at = panel.rows["X.length_um"].slider.value()
    controller.set_grid(replace(controller.twin.grid, voxel_size_um=0.3))
    assert panel.rows["X.length_um"].slider.value() < at
    assert {path: row.entry.shown() for path, row in panel.rows.items()} == before
    controller.undo()
    assert panel.rows["X.length_um"].slider.value() == at


def test_the_most_used_stand_in_sight_and_the_rest_is_folded(panel, controller):
    seen = {path for path, row in panel.rows.items() if row.slider.isVisible()}
    assert seen == {
        *("pore", "active_material", "solid_electrolyte"),
        *("X.length_um", "X.anisotropy", "Y.length_um", "Y.anisotropy"),
        "field_correlation",
    }
    assert not panel.symmetry.native.isVisible()
    panel.folds["Y advanced"].click()
    panel.folds["order"].click()
    assert panel.rows["Y.smoothness"].slider.isVisible()
    assert panel.fields["Y"].kind.native.isVisible()
    assert panel.symmetry.native.isVisible()
    controller.load_preset("isotropic")
    assert panel.rows["Y.smoothness"].slider.isVisible()  # folds stay as they are
    assert not panel.rows["Y.anisotropy"].slider.isVisible()
    assert panel.fields["Y"].note.isVisible()
    panel.folds["Y"].click()
    assert not panel.fields["Y"].advanced.isVisible()


def test_marks_come_with_a_fit_and_go_with_a_change(panel, controller, small_twin):
    fitted = replace(
        small_twin,
        seed=4,
        uncertainty={"pore": 0.001, "X.smoothness": 9.0, "Y.length_um": 0.4},
        provenance={"at_bounds": ["Y.anisotropy"]},
    )
    doubtful = {"X.smoothness", "Y.length_um", "Y.anisotropy"}

    def marked():
        return {path for path, row in panel.rows.items() if not row.mark.isHidden()}

    controller.propose(fitted)
    assert marked() == doubtful
    controller.accept()
    controller.set_seed(5)
    assert marked() == doubtful
    assert panel.folds["X advanced"].text().endswith("?")
    assert not panel.folds["Y advanced"].text().endswith("?")
    assert "infinity" in panel.rows["X.smoothness"].mark.toolTip()
    controller.set_value("pore", 0.2)
    assert marked() == set()
    assert not panel.folds["X advanced"].text().endswith("?")
    controller.undo()
    assert marked() == doubtful


def test_plan_views_are_said_not_to_tell_about_the_anisotropy(panel, controller):
    fitted = replace(preset("isotropic"), provenance={"data": [{"plane": "xy"}]})
    controller.adopt(fitted, "file")
    assert "plan views cannot tell" in panel.fields["X"].note.text()
    controller.set_value("pore", 0.2)
    assert "plan views" not in panel.fields["X"].note.text()


def test_a_mark_speaks_when_it_is_pressed(panel, controller, small_twin, qtbot):
    controller.adopt(replace(small_twin, seed=4, uncertainty={"Y.length_um": 0.4}), "file")
    panel.rows["Y.length_um"].mark.click()
    assert "80% of its value" in QToolTip.text()


def test_a_moving_slider_does_not_offer_the_phases_again(panel, controller, qtbot):
    kept = []
    panel.first.native.model().rowsRemoved.connect(lambda *_: kept.append("removed"))
    for value in (0.1, 0.2, 0.3):
        controller.set_value("pore", value, dragging=True)
    assert not kept
    panel.first.value = "pore"
    assert kept
    assert panel.second.value == "active_material"


def test_a_refused_number_is_put_back(panel, controller, qtbot):
    controller.set_padlock("active_material", True)
    row = panel.rows["pore"]
    row.moved.emit("pore", 0.8, False)
    assert row.entry.shown() == pytest.approx(0.11)
    row.slider.setValue(STEPS)
    assert controller.twin.value("pore") == pytest.approx(0.11)
    assert row.slider.value() < STEPS / 2


def test_hovering_brings_pictures_under_the_words(panel, controller, qtbot):
    controller.open()
    qtbot.waitUntil(lambda: controller.realisation is not None, timeout=PATIENCE_MS)

    def hover(path):
        label, where = panel.rows[path].label, QPoint(3, 3)
        event = QHelpEvent(QEvent.Type.ToolTip, where, label.mapToGlobal(where))
        QApplication.sendEvent(label, event)

    hover("X.anisotropy")
    assert "Anisotropy" in QToolTip.text()
    assert "<img" not in QToolTip.text()
    qtbot.waitUntil(lambda: "<img" in QToolTip.text(), timeout=PATIENCE_MS)
    drawn = QToolTip.text()
    assert drawn.count("data:image/png") == 3
    assert "Anisotropy" in drawn
    QToolTip.hideText()
    hover("X.anisotropy")  # kept
    assert QToolTip.text() == drawn
    panel.set_scheme("colour-blind safe")
    hover("X.anisotropy")
    assert QToolTip.text() != drawn


def test_pictures_are_captioned_and_coloured():
    import base64
    import io
    import re

    from napari_assb_twin.twin.sketch import Sketcher
    from napari_assb_twin.workspace.scales import scale_of

    twin, path = preset("pressed"), "Y.oscillation_per_um"
    scale = scale_of(path, twin.grid)
    sketches = Sketcher()(twin, path)
    text = illustrated(sentences(path, scale, twin.grid, 0.0), sketches, scale, "paper")
    captions = re.findall(r"<b>(\w+)</b><br>([\d.]+) µm", text)
    assert [word for word, _ in captions] == ["lower", "now", "higher"]
    numbers = [float(number) for _, number in captions]
    assert numbers == sorted(numbers)
    assert "back to off." in text
    code = re.findall(r"base64,([^\"]+)", text)[1]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(code))).convert("RGB"))
    red = [int(SCHEMES["paper"].phases["active_material"][n : n + 2], 16) for n in (1, 3, 5)]
    assert np.array_equal((pixels == red).all(axis=2), sketches[1].labels == 1)
