"""Opening images in the window; bad ones are told and change nothing."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from conftest import PATIENCE_MS

from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.workspace.display import METADATA


@pytest.fixture
def told(workspace):
    sentences = []
    workspace.controller.refused.connect(sentences.append)
    return sentences


def measured(workspace, qtbot):
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
    return workspace.comparison.curves["measured"]


@pytest.mark.each_binding
def test_a_section_is_asked_for_and_measured(workspace, section_data, qtbot, tmp_path):
    image = section_data.images[0]
    write_tiff(tmp_path / "section.tif", image, voxel_size_um=0.1)
    workspace.open_files([tmp_path / "section.tif"])
    form = workspace.data.form
    assert [field.value for field in form.sizes[1:]] == pytest.approx([0.1, 0.1])
    assert "from the resolution that ImageJ wrote" in form.source.text()
    assert [part.value for part in form.parts.values()] == [
        "pore",
        "active_material",
        "solid_electrolyte",
    ]
    form.kind.value = "xz"
    form.use.click()
    assert workspace.data.form is None
    assert "section.tif" in workspace.data.summary.text()
    assert "12.8 × 12.8 µm" in workspace.data.summary.text()
    curves = measured(workspace, qtbot)
    assert curves["pore", "pore"][0] == pytest.approx((image == 0).mean())
    assert len(workspace.curves.figure.lines["measured", 0].get_xdata()) > 10
    assert workspace.comparison.residual[0] == "measured"
    assert "rms" in workspace.curves.note.text()
    layers = [layer.name for layer in workspace.display._viewer.layers]
    assert layers == ["twin", "measured", "captions"]
    workspace.data.remove.click()
    assert [layer.name for layer in workspace.display._viewer.layers] == ["twin"]
    assert workspace.comparison.curves["measured"] is None


@pytest.mark.each_binding
def test_labels_need_a_phase_each_and_a_size(workspace, section_data, told, tmp_path):
    grey = np.array([0, 127, 254], np.uint8)[section_data.images[0]]
    tifffile.imwrite(tmp_path / "grey.tif", grey)
    workspace.data.open_files([tmp_path / "grey.tif"])
    form = workspace.data.form
    form.use.click()
    assert "Say which phase" in told[-1]
    for part, phase in zip(
        form.parts.values(), ("pore", "active_material", "solid_electrolyte"), strict=True
    ):
        part.value = phase
    form.use.click()
    assert "voxel size" in told[-1]
    assert workspace.controller.data is None
    for size in form.sizes[1:]:
        size.value = 0.05
    form.use.click()
    assert workspace.controller.data.measured[0].pixel_size_um == (0.05, 0.05)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b"no image"),
        lambda path: tifffile.imwrite(path, np.zeros((40, 40, 3), np.uint8), photometric="rgb"),
        lambda path: tifffile.imwrite(path, np.full((40, 40), np.nan, np.float32)),
        lambda path: np.save(path.open("wb"), np.zeros((2, 3, 40, 40), np.uint8)),
    ],
)
def test_bad_files_are_one_sentence(workspace, told, tmp_path, write, section_data):
    workspace.controller.set_data(section_data)
    path = tmp_path / "bad.tif"
    write(path)
    workspace.data.open_files([path])
    assert len(told) == 1
    assert "\n" not in told[0]
    assert workspace.data.form is None
    assert workspace.controller.data is section_data


@pytest.mark.each_binding
def test_a_layer_of_the_viewer_is_used(workspace, section_data, qtbot):
    viewer = workspace.display._viewer
    viewer.add_labels(section_data.images[0], name="mine", scale=(0.1, 0.1), units=("µm",) * 2)
    workspace.data.list_layers()
    assert workspace.data.layer.current_choice == "mine"
    workspace.data.use_layer.click()
    form = workspace.data.form
    assert form.sizes[1].value == pytest.approx(0.1)
    form.kind.value = "yz"
    form.use.click()
    assert workspace.controller.data.measured[0].plane == "yz"
    assert measured(workspace, qtbot) is not None


def test_sections_of_a_second_plane_are_added(workspace, section_data, tmp_path):
    workspace.controller.set_data(section_data)
    write_tiff(tmp_path / "plan.tif", section_data.images[0], voxel_size_um=0.1)
    workspace.data.open_files([tmp_path / "plan.tif"])
    workspace.data.form.kind.value = "xy"
    workspace.data.form.add.click()
    planes = [stack.plane for stack in workspace.controller.data.measured]
    assert planes == ["xz", "xy"]


def test_plan_views_have_no_through_plane_curves(workspace, section_data, qtbot, tmp_path):
    write_tiff(tmp_path / "plan.tif", section_data.images[0], voxel_size_um=0.1)
    workspace.data.open_files([tmp_path / "plan.tif"])
    workspace.data.form.kind.value = "xy"
    workspace.data.form.use.click()
    assert measured(workspace, qtbot) is not None
    workspace.curves.direction.value = "through-plane"
    assert measured(workspace, qtbot) is None
    assert "no through-plane" in workspace.curves.note.text()


@pytest.mark.each_binding
def test_the_section_that_is_drawn_is_chosen(workspace, section_data, qtbot):
    image = section_data.images[0]
    both = (
        SectionStack("xz", (image, image[::-1].copy()), (0.1, 0.1)),
        SectionStack("yz", (image[:, :100].copy(),), (0.1, 0.1)),
    )
    workspace.controller.set_data(section_data)
    assert workspace.data.shown.native.isVisibleTo(workspace.data) is False
    workspace.controller.set_data(Data(both, ("a", "b")))
    panel, layer = workspace.data, workspace.display.measured_layer
    assert panel.shown.native.isVisibleTo(panel)
    assert panel.count.text() == "of 3"
    assert layer.data.shape == (128, 1, 128)
    panel.shown.value = 2
    assert np.array_equal(layer.metadata[METADATA][:, 0], image[::-1])
    panel.shown.value = 3
    assert layer.data.shape == (128, 100, 1)
    assert layer.translate[1] > 4.8
    workspace.controller.set_data(section_data)
    assert panel.shown.value == 1
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)
