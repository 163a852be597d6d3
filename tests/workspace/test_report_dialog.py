"""Goodness of fit in the window: pictures, the report, and what is copied."""

from __future__ import annotations

from dataclasses import replace

import pytest
from qtpy.QtCore import Qt, QThreadPool
from qtpy.QtWidgets import QApplication, QLabel

from napari_assb_twin.images.draft import Data
from napari_assb_twin.report.words import LIMITS, provenance
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.report_dialog import NOTHING, GoodnessButton, GoodnessOfFit

PATIENCE_MS = 60_000
RECORD = {
    "method": "coverage",
    "model": "low-parametric",
    "data": [{"plane": "xz", "sections": [[128, 128]], "pixel_size_um": [0.1, 0.1]}],
    "files": [{"file": "section.tif", "plane": "xz", "sha256": "ab" * 32}],
    "seed": 3,
    "verdict": {
        "word": "does not fit",
        "checks": [{"name": "curves", "z": 9.1, "sentence": "The curves are missed.", "level": 2}],
    },
}


@pytest.fixture(autouse=True)
def _threads_at_rest(qtbot):
    """A dialog that was closed leaves a thread that ends with its present picture."""
    yield
    assert QThreadPool.globalInstance().waitForDone(PATIENCE_MS)


@pytest.fixture
def judged(controller):
    """A controller whose twin has a verdict."""
    controller.adopt(replace(preset("pressed"), provenance=RECORD), "fitted")
    return controller


@pytest.fixture
def dialog(judged, section_data, qtbot):
    judged.set_data(section_data)
    one = GoodnessOfFit(judged)
    qtbot.addWidget(one)
    qtbot.waitUntil(lambda: not one.job.running, timeout=PATIENCE_MS)
    yield one
    one.reject()


def test_the_verdict_and_the_pictures_are_shown(dialog):
    assert "does not fit" in dialog.verdict.text()
    assert "✗ The curves are missed (z = +9.1)." in dialog.checks.text()
    assert list(dialog.pictures) == ["curves in-plane", "curves through-plane", "sections",
                                     "contacts"]  # fmt: skip
    for name, picture in dialog.pictures.items():
        assert picture.pixmap().width() > 600, name
        assert picture.accessibleName()
        assert picture.accessibleDescription()
    captions = " ".join(label.text() for label in dialog.area.findChildren(QLabel))
    assert "Measured and simulated sections" in captions
    assert "seed 3" in captions


def test_limits_and_provenance_are_folded_below_the_pictures(dialog):
    parts = {part.fold.accessibleName(): part for part in dialog.text.parts}
    assert list(parts) == ["What the model cannot show", "Provenance"]
    shown = (dialog.text.limits, dialog.text.provenance)
    dialog.show()
    assert not any(text.isVisible() for text in shown)
    for part in parts.values():
        part.fold.click()
    assert all(text.isVisible() for text in shown)
    assert dialog.text.pos().y() > max(one.pos().y() for one in dialog.pictures.values())
    assert all(limit in dialog.text.limits.text() for limit in LIMITS)
    lines = dialog.text.provenance.text().splitlines()
    assert lines[0] == f"section.tif, xz, {'ab' * 32}"
    assert lines[1:] == [f"{name}: {value}" for name, value in provenance(dialog.evidence)]
    assert "seed of the fit: 3" in lines
    assert shown[1].textFormat() == Qt.TextFormat.PlainText
    assert dialog.area.horizontalScrollBar().maximum() == 0


def test_the_report_is_saved_with_the_data_at_hand(dialog, qtbot, tmp_path):
    dialog.save_as(str(tmp_path / "my cathode"))
    assert not dialog.save.isEnabled()
    qtbot.waitUntil(lambda: not dialog.job.running, timeout=PATIENCE_MS)
    written = tmp_path / "my cathode.html"
    assert str(written) in dialog.message.text()
    text = written.read_text(encoding="utf-8")
    assert "Goodness of fit: my cathode" in text
    assert "Measured and simulated sections" in text
    assert dialog.save.isEnabled()


def test_a_report_that_cannot_be_written_is_said(dialog, qtbot, tmp_path):
    dialog.save_as(str(tmp_path / "nowhere" / "report.html"))
    qtbot.waitUntil(lambda: not dialog.job.running, timeout=PATIENCE_MS)
    assert "does not exist" in dialog.message.text()
    assert dialog.save.isEnabled()


def test_methods_and_bibtex_are_copied(dialog):
    dialog.methods.click()
    assert "1 cross-section (xz; 128 × 128 pixels" in QApplication.clipboard().text()
    dialog.bibtex.click()
    assert QApplication.clipboard().text().startswith("@misc{furat2025generative")
    assert dialog.message.text() == "BibTeX copied."


def test_own_names_of_the_phases_are_used(judged, section_data, qtbot):
    judged.set_data(section_data)
    judged.rename("pore", "void")
    one = GoodnessOfFit(judged)
    qtbot.addWidget(one)
    qtbot.waitUntil(lambda: "sections" in one.pictures, timeout=PATIENCE_MS)
    assert one.evidence is not None
    assert one.evidence.names["pore"] == "void"
    one.reject()


def test_closing_stops_the_drawing(judged, qtbot):
    one = GoodnessOfFit(judged)
    qtbot.addWidget(one)
    assert one.job.running
    one.reject()
    assert not one.job.running


def test_other_data_than_those_of_the_fit_are_not_shown(judged, section_data, qtbot):
    stack = section_data.measured[0]
    judged.set_data(Data((replace(stack, images=stack.images * 2),), ("other",)))
    one = GoodnessOfFit(judged)
    qtbot.addWidget(one)
    qtbot.waitUntil(lambda: one.evidence is not None, timeout=PATIENCE_MS)
    assert "not those that were fitted" in one.evidence.plates_note
    one.reject()


def test_the_button_waits_for_a_verdict(controller, qtbot):
    button = GoodnessButton(controller)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    assert button.toolTip() == NOTHING
    controller.adopt(replace(preset("pressed"), provenance=RECORD), "fitted")
    assert button.isEnabled()
    controller.set_value("pore", 0.2)  # no longer the twin that was fitted
    assert not button.isEnabled()


def test_the_button_opens_one_dialog_and_closes_it(judged, qtbot):
    button = GoodnessButton(judged)
    qtbot.addWidget(button)
    button.click()
    first = button.dialog
    assert first is not None
    assert first.isVisible()
    button.close_dialog()
    assert button.dialog is None
    assert not first.job.running
    button.close_dialog()
