"""Files from the window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tifffile
from conftest import PATIENCE_MS, rest

from napari_assb_twin.calibration.verdict import Check, Verdict
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.workspace.export_panel import GEODICT, TIFF, TWIN


def export(qtbot, panel, what, folder):
    panel.what.value, panel.folder.value = what, folder
    with qtbot.waitSignal(panel.job.finished, timeout=PATIENCE_MS):
        panel.write.click()
    assert "Written" in panel.message.text()


def test_geodict_bundle_along_x(workspace, qtbot, tmp_path):
    workspace.export.axis.value = "x"
    export(qtbot, workspace.export, GEODICT, tmp_path / "bundle")
    (raw,) = (tmp_path / "bundle").glob("*.raw")
    labels = workspace.controller.realisation.labels
    written = np.fromfile(raw, np.uint8).reshape(labels.shape)
    assert np.array_equal(np.swapaxes(written, 0, 2), labels)
    assert (tmp_path / "bundle" / "README_geodict.txt").exists()


def test_tiff_and_twin(workspace, qtbot, tmp_path):
    export(qtbot, workspace.export, TIFF, tmp_path)
    labels = tifffile.imread(tmp_path / "cathode.tif")
    assert np.array_equal(labels, workspace.controller.realisation.labels)
    export(qtbot, workspace.export, TWIN, tmp_path)
    assert load_twin(tmp_path / "cathode.twin.json") == workspace.controller.twin


def test_every_readme_tells_the_verdict_of_the_twin(workspace, qtbot, tmp_path):
    check = Check(name="curves", z=9.0, level=2, sentence="The curves are missed.")
    record = {"verdict": Verdict(checks=(check,)).document()}
    workspace.controller.adopt(replace(workspace.controller.twin, provenance=record), "fit")
    rest(qtbot, workspace)
    export(qtbot, workspace.export, TIFF, tmp_path)
    export(qtbot, workspace.export, GEODICT, tmp_path)
    for name in ("cathode_README.txt", "README_geodict.txt"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "The twin does not fit.\n  - The curves are missed.\n" in text
    workspace.controller.set_value("pore", 0.12)
    workspace.controller.end_drag()
    rest(qtbot, workspace)
    export(qtbot, workspace.export, TIFF, tmp_path)
    text = (tmp_path / "cathode_README.txt").read_text(encoding="utf-8")
    assert "No verdict: this twin has no record of a fit" in text


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_bad_name_writes_nothing(workspace, tmp_path, name):
    told = []
    workspace.controller.refused.connect(told.append)
    workspace.export.folder.value, workspace.export.name.value = tmp_path, name
    workspace.export.write.click()
    assert len(told) == 1
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_told(workspace, qtbot, tmp_path):
    panel = workspace.export
    panel.what.value, panel.folder.value = TIFF, tmp_path / "missing"
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as heard:
        panel.write.click()
    assert "\n" not in heard.args[0]
    assert "Nothing was written" in panel.message.text()
