"""Validating the open volume in the window."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from qtpy.QtCore import QThreadPool
from qtpy.QtWidgets import QLabel

from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.descriptors.definitions import GROUPS
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.validation.options import ValidationOptions
from napari_assb_twin.workspace import validate_dialog
from napari_assb_twin.workspace.validate_dialog import (
    NO_VOLUME,
    QUICK,
    ValidateButton,
    ValidateDialog,
)

PATIENCE_MS = 240_000


@pytest.fixture(autouse=True)
def _threads_at_rest(qtbot):
    """A dialog that was closed leaves a thread that ends with its present step."""
    yield
    assert QThreadPool.globalInstance().waitForDone(PATIENCE_MS)


@pytest.fixture(scope="module")
def volume_data() -> Data:
    box = Torus((64, 64, 64), (0.1, 0.1, 0.1))
    labels = WindowSampler(preset("pressed"), box)(np.random.default_rng(2))
    return Data(Volume(labels, (0.1, 0.1, 0.1)), ("box.tif",))


@pytest.fixture
def dialog(volume_data, qtbot):
    one = ValidateDialog(volume_data)
    qtbot.addWidget(one)
    yield one
    one.reject()


def test_the_form_begins_with_the_options_of_the_command(dialog):
    assert dialog.options == ValidationOptions()
    assert dialog.options.groups == GROUPS
    dialog.fields["axis"].value = "x"
    dialog.fields["planes"].value = 3
    dialog.fields["fields"].value = "auto"
    dialog.measure.value = QUICK
    expected = ValidationOptions(axis="x", planes=3, fields="auto", groups=QUICK)
    assert dialog.options == expected


def test_it_ends_with_verdicts_pictures_and_a_folder(dialog, qtbot, tmp_path):
    dialog.fields["planes"].value = 6
    dialog.fields["realisations"].value = 2
    dialog.measure.value = QUICK
    dialog.begin()
    assert not dialog.start.isEnabled()
    qtbot.waitUntil(lambda: not dialog.job.running, timeout=PATIENCE_MS)
    assert dialog.validation is not None
    said = dialog.verdicts.text()
    assert "Low-parametric twin: " in said
    assert "High-parametric twin: " in said
    names = ["sections", "scores", "curves_in-plane", "curves_through-plane", "chords"]
    assert list(dialog.area.pictures) == names
    for picture in dialog.area.pictures.values():
        assert picture.pixmap().width() > 600
        assert picture.accessibleDescription()
    captions = " ".join(label.text() for label in dialog.area.findChildren(QLabel))
    assert "A twin has the statistics of the data" in captions
    dialog.save_in(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: not dialog.job.running, timeout=PATIENCE_MS)
    assert dialog.message.text() == f"Saved in {tmp_path / 'out'}"
    written = json.loads((tmp_path / "out" / "validation.json").read_text())
    assert written["sources"] == ["box.tif"]
    assert (tmp_path / "out" / "validation.html").stat().st_size > 100_000


def test_more_planes_than_there_are_are_told(dialog, qtbot):
    dialog.fields["planes"].value = 65
    dialog.measure.value = QUICK
    dialog.begin()
    qtbot.waitUntil(lambda: not dialog.job.running, timeout=PATIENCE_MS)
    assert "65 are asked for" in dialog.message.text()
    assert dialog.start.isEnabled()
    assert not dialog.save.isEnabled()


def test_it_can_be_stopped(dialog, qtbot):
    dialog.measure.value = QUICK
    dialog.begin()
    with qtbot.waitSignal(dialog.job.stopped, timeout=PATIENCE_MS):
        dialog.stop.click()
    assert dialog.message.text() == "Stopped."
    assert dialog.start.isEnabled()
    assert dialog.validation is None


def test_the_button_wants_a_volume(controller, section_data, volume_data, qtbot):
    button = ValidateButton(controller)
    qtbot.addWidget(button)
    assert not button.isEnabled()
    controller.set_data(section_data)
    assert not button.isEnabled()
    assert button.toolTip() == NO_VOLUME
    controller.set_data(volume_data)
    assert button.isEnabled()
    dialog = button.open_dialog()
    assert dialog.isVisible()
    button.close_dialog()
    assert button.dialog is None


def test_transport_is_computed_on_the_device_of_the_window(
    controller, volume_data, qtbot, monkeypatch
):
    """As if there were a GPU."""
    asked = []

    def chosen(device):
        asked.append(device)
        return SimpleNamespace(name="cuda")

    def told(*given, device, **more):
        yield Progress(0, 1, "")
        raise InputError(f"on {device}")

    monkeypatch.setattr(validate_dialog, "choose_backend", chosen)
    monkeypatch.setattr(validate_dialog, "validation", told)
    button = ValidateButton(controller)
    qtbot.addWidget(button)
    controller.set_data(volume_data)
    for device in ("auto", "cpu"):
        controller.set_device(device)
        dialog = button.open_dialog()
        dialog.begin()
        qtbot.waitUntil(lambda one=dialog: not one.job.running, timeout=PATIENCE_MS)
        assert dialog.message.text() == "on cuda"
        button.close_dialog()
    assert asked == ["auto", "cpu"]
