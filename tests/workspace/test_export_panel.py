"""Files from the window."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from conftest import PATIENCE_MS, rest

from napari_assb_twin.calibration.verdict import Check, Verdict
from napari_assb_twin.export import raw
from napari_assb_twin.export.formats import FORMATS
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.workspace.export_panel import MEASURED, TWIN


def export(qtbot, panel, what, folder):
    panel.what.value, panel.folder.value = what, folder
    with qtbot.waitSignal(panel.job.finished, timeout=PATIENCE_MS):
        panel.write.click()
    assert "Written" in panel.message.text()


def test_geodict_bundle_along_x(workspace, qtbot, tmp_path):
    panel = workspace.export
    panel.what.value = "geodict"
    panel.rows.fields["through_axis"].value = "x"
    panel.rows.fields["separator_side"].value = "last"
    export(qtbot, panel, "geodict", tmp_path / "bundle")
    (raw,) = (tmp_path / "bundle").glob("*.raw")
    labels = workspace.controller.realisation.labels
    written = np.fromfile(raw, np.uint8).reshape(labels.shape)
    assert np.array_equal(np.swapaxes(written, 0, 2)[::-1], labels)
    assert "mirror image" in (tmp_path / "bundle" / "README_geodict.txt").read_text()
    assert (tmp_path / "bundle" / "import_cathode.py").exists()


def test_tiff_and_twin(workspace, qtbot, tmp_path):
    export(qtbot, workspace.export, "tiff", tmp_path)
    labels = tifffile.imread(tmp_path / "cathode.tif")
    assert np.array_equal(labels, workspace.controller.realisation.labels)
    workspace.export.what.value = TWIN
    assert workspace.export.message.isHidden()  # of the format before
    export(qtbot, workspace.export, TWIN, tmp_path)
    assert load_twin(tmp_path / "cathode.twin.json") == workspace.controller.twin


@pytest.mark.each_binding
def test_every_format_can_be_chosen_and_written(workspace, qtbot, tmp_path):
    panel = workspace.export
    assert list(panel.what.choices) == [*FORMATS, TWIN]
    for name in FORMATS:
        export(qtbot, panel, name, tmp_path / name)
        assert list((tmp_path / name).glob("*README*.txt"))
        size = sum(path.stat().st_size for path in (tmp_path / name).rglob("*") if path.is_file())
        assert f"({size / 1e6:.3g} MB)" in panel.message.text()


@pytest.mark.each_binding
def test_only_options_of_the_format_are_seen(workspace):
    panel = workspace.export
    workspace.viewer.window.show()
    workspace.tabs.setCurrentIndex(3)
    for name in (*FORMATS, TWIN):
        panel.what.value = name
        options = FORMATS[name].options if name != TWIN else ()
        seen = {key for key, field in panel.rows.fields.items() if field.native.isVisible()}
        assert seen == set(options)


def test_facts_follow_the_options(workspace):
    panel = workspace.export
    panel.what.value = "tiff"
    assert panel.facts.text().startswith("48 × 48 × 48 voxels (z × y × x) of 0.1 µm")
    assert "about 0.111 MB" in panel.facts.text()
    panel.what.value = "geodict"
    panel.rows.fields["resample_um"].value = 0.2
    assert panel.facts.text().startswith("24 × 24 × 24 voxels (z × y × x) of 0.2 µm")
    assert "faces periodic, separator at the first slice; about 0.0553 MB" in panel.facts.text()
    panel.rows.fields["resample_um"].value = 1e-6
    assert "choose a larger edge" in panel.facts.text()


def test_the_separator_follows_a_graded_twin_and_the_plain_one_after_it(workspace, qtbot, tmp_path):
    controller, panel = workspace.controller, workspace.export
    panel.what.value = "tiff"
    plain = controller.twin
    profile = {"depth": (0, 1), "pore": (0.2, 0.1), "active_material": (0.4, 0.4)}
    last = graded(plain, **profile, separator_side="last")
    for number, (twin, step) in enumerate(((plain, 1), (last, -1), (plain, 1))):
        controller.adopt(twin, "twin")
        rest(qtbot, workspace)
        assert panel.rows.fields["separator_side"].value is None
        assert f"separator at the {'first' if step > 0 else 'last'} slice" in panel.facts.text()
        assert ("faces open" in panel.facts.text()) == (step < 0)
        export(qtbot, panel, "tiff", tmp_path / str(number))
        written = tifffile.imread(tmp_path / str(number) / "cathode.tif")
        assert np.array_equal(written, controller.realisation.labels[::step])


@pytest.mark.each_binding
def test_cancel_leaves_nothing(workspace, qtbot, tmp_path, monkeypatch):
    """It is cancelled while the first plane is written, and ends at the next step."""
    pressed, append_planes = threading.Event(), raw.append_planes

    def waiting(*told):
        for progress in append_planes(*told):
            yield progress
            assert pressed.wait(PATIENCE_MS / 1000)

    monkeypatch.setattr(raw, "append_planes", waiting)
    panel = workspace.export
    panel.what.value, panel.folder.value = "raw", tmp_path / "out"
    workspace.tabs.setCurrentIndex(3)
    panel.write.click()
    qtbot.waitUntil(lambda: "Writing cathode" in panel.message.text(), timeout=PATIENCE_MS)
    assert list((tmp_path / "out").iterdir())
    assert not panel.write.isEnabled()
    assert not panel.cancel.isHidden()
    with qtbot.waitSignal(panel.job.stopped, timeout=PATIENCE_MS):
        panel.cancel.click()
        pressed.set()
    assert "nothing was written" in panel.message.text()
    assert panel.write.isEnabled()
    assert panel.cancel.isHidden()
    assert not list(tmp_path.iterdir())


def test_a_measured_volume_is_exported_too(workspace, qtbot, tmp_path):
    panel = workspace.export
    assert panel.source.native.isHidden()
    labels = np.random.default_rng(0).integers(0, 3, (34, 35, 36)).astype(np.uint8)
    workspace.controller.set_data(Data(Volume(labels, (0.2, 0.1, 0.1)), ("v.tif",)))
    panel.what.value = "tiff"
    assert not panel.source.native.isHidden()
    panel.source.value = MEASURED
    assert "0.2 × 0.1 × 0.1 µm" in panel.facts.text()
    assert "not known where the separator is" in panel.facts.text()
    export(qtbot, panel, "tiff", tmp_path)
    assert "Nobody said where the separator is" in (tmp_path / "cathode_README.txt").read_text()
    assert np.array_equal(tifffile.imread(tmp_path / "cathode.tif"), labels)
    assert "not made from a twin" in (tmp_path / "cathode_README.txt").read_text()
    panel.what.value = "geodict"
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as heard:
        panel.write.click()
    assert "--resample" in heard.args[0]
    workspace.controller.set_data(None)
    assert panel.source.native.isHidden()
    assert panel.facts.text().startswith("48 × 48 × 48")


def test_every_readme_tells_the_verdict_of_the_twin(workspace, qtbot, tmp_path):
    check = Check(name="curves", z=9.0, level=2, sentence="The curves are missed.")
    record = {"verdict": Verdict(checks=(check,)).document()}
    workspace.controller.adopt(replace(workspace.controller.twin, provenance=record), "fit")
    rest(qtbot, workspace)
    export(qtbot, workspace.export, "tiff", tmp_path)
    export(qtbot, workspace.export, "geodict", tmp_path)
    for name in ("cathode_README.txt", "README_geodict.txt"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "The twin does not fit.\n  - The curves are missed.\n" in text
    workspace.controller.set_value("pore", 0.12)
    workspace.controller.end_drag()
    rest(qtbot, workspace)
    export(qtbot, workspace.export, "tiff", tmp_path)
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


def test_a_file_in_the_way_is_told(workspace, qtbot, tmp_path):
    panel = workspace.export
    (tmp_path / "out").write_text("mine")
    panel.what.value, panel.folder.value = "tiff", tmp_path / "out"
    with qtbot.waitSignal(workspace.controller.refused, timeout=PATIENCE_MS) as heard:
        panel.write.click()
    assert "\n" not in heard.args[0]
    assert "Nothing was written" in panel.message.text()
    assert (tmp_path / "out").read_text() == "mine"
