"""View by view: which layers there are, what stands in them, where they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtWidgets import QApplication

from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.workspace.display import METADATA
from napari_assb_twin.workspace.section_layers import NAMES
from napari_assb_twin.workspace.views import PLANES, SOLID_PORE, Cut, Look


@pytest.fixture(scope="module")
def tomogram():
    """A measured volume that is larger than the small box, with other voxels."""
    labels = generate(preset("isotropic"), seed=5, device="cpu", shape=(40, 36, 60))
    return Data(Volume(labels, (0.2, 0.2, 0.2)), ("tomogram",))


def viewer_of(workspace):
    return workspace.display._viewer


def names(workspace):
    return [layer.name for layer in viewer_of(workspace).layers]


def labels_of(workspace):
    return workspace.display.twin_layer.metadata[METADATA]


def as_section(labels):
    return np.where(labels == 0, SOLID_PORE, labels)


def extent(layer):
    """Lower and upper corner in micrometres, outer faces of the voxels."""
    scale, corner = np.array(layer.scale), np.array(layer.translate)
    return corner - scale / 2, corner + scale * (np.array(layer.data.shape) - 0.5)


@pytest.mark.each_binding
def test_three_sections_are_slices_of_the_volume(workspace, qtbot):
    bar, display = workspace.view_bar, workspace.display
    bar.views["sections"].click()
    assert names(workspace) == ["twin", *NAMES]
    assert not display.twin_layer.visible
    assert viewer_of(workspace).dims.ndisplay == 3
    assert bar.sections_row.isVisibleTo(bar)
    assert not bar.clip.isEnabled()
    layers = [viewer_of(workspace).layers[name] for name in NAMES]

    def check():
        phases = labels_of(workspace)
        for axis, layer in enumerate(layers):
            index = display.slices[axis]
            assert np.array_equal(layer.data, as_section(np.take(phases, [index], axis)))
            assert layer.translate[axis] == pytest.approx(index * 0.1)
            assert np.allclose(layer.scale, 0.1)

    assert display.slices == (24, 24, 24)
    check()
    bar.sections_row.sliders[1].setValue(7)
    QApplication.processEvents()
    assert display.slices == (24, 7, 24)
    assert bar.sections_row.places[1].text() == "0.7 µm"
    check()
    before = layers[0].data.copy()
    workspace.controller.set_seed(11)
    rest(qtbot, workspace)
    assert [viewer_of(workspace).layers[name] for name in NAMES] == layers
    assert not np.array_equal(layers[0].data, before)
    check()
    bar.views["xz"].click()
    assert names(workspace) == ["twin"]
    assert display.twin_layer.visible
    assert display.plane == (1, 7)
    assert workspace.data.layer.choices == ()


def test_sections_follow_another_box_and_a_deleted_layer(workspace, qtbot):
    workspace.view_bar.views["sections"].click()
    viewer = viewer_of(workspace)
    viewer.layers.remove(NAMES[1])
    grid = replace(workspace.controller.twin.grid, shape=(40, 48, 56), voxel_size_um=0.2)
    workspace.controller.set_grid(grid)
    rest(qtbot, workspace)
    assert [viewer.layers[name].data.shape for name in NAMES] == [
        (1, 48, 56),
        (40, 1, 56),
        (40, 48, 1),
    ]
    assert np.allclose(viewer.layers[NAMES[2]].scale, 0.2)
    assert [slider.maximum() for slider in workspace.view_bar.sections_row.sliders] == [39, 47, 55]
    assert workspace.display.slices == (20, 24, 28)


@pytest.mark.parametrize("axis", range(3))
def test_a_plane_view_knows_its_axis_and_slice(workspace, axis):
    display, viewer = workspace.display, viewer_of(workspace)
    assert display.plane is None
    workspace.view_bar.views[PLANES[axis]].click()
    assert display.plane == (axis, 24)
    viewer.dims.set_point(axis, 1.3)
    assert display.plane == (axis, 13)
    display.set_slice(axis, 30)
    assert viewer.dims.point[axis] == pytest.approx(3.0)
    assert display.plane == (axis, 30)


@pytest.mark.each_binding
def test_the_viewers_own_button_is_followed(workspace):
    bar, viewer = workspace.view_bar, viewer_of(workspace)
    viewer.dims.ndisplay = 2
    QApplication.processEvents()
    assert bar.views["xy"].isChecked()
    bar.views["yz"].click()
    viewer.dims.ndisplay = 3
    QApplication.processEvents()
    assert bar.views["3D"].isChecked()
    assert tuple(viewer.dims.order) == (0, 1, 2)


@pytest.mark.each_binding
def test_a_section_stands_beside_the_twin_in_its_plane(workspace, section_data, qtbot):
    bar, display, viewer = workspace.view_bar, workspace.display, viewer_of(workspace)
    assert not bar.views["beside"].isEnabled()
    assert "Open sections" in bar.views["beside"].toolTip()
    workspace.controller.set_data(section_data)
    assert bar.views["beside"].isChecked()
    assert names(workspace) == ["twin", "measured", "captions"]
    assert viewer.dims.ndisplay == 2
    assert display.plane == (1, 24)
    measured = display.measured_layer
    assert np.array_equal(measured.data[:, 0], as_section(section_data.images[0]))
    assert np.allclose(measured.scale[[0, 2]], 0.1)
    assert measured.colormap.color_dict.keys() == display.twin_layer.colormap.color_dict.keys()
    (low, high), (twin_low, twin_high) = extent(measured), extent(display.twin_layer)
    assert low[2] > twin_high[2]
    captions = viewer.layers["captions"]
    assert list(captions.text.values) == ["simulated", "measured"]
    assert captions.data[0, 2] == pytest.approx((twin_low[2] + twin_high[2]) / 2, abs=0.1)
    assert captions.data[1, 2] == pytest.approx((low[2] + high[2]) / 2)
    assert captions.data[0, 0] < twin_low[0]
    assert captions.data[1, 0] < low[0]
    viewer.dims.set_point(1, 2.0)
    QApplication.processEvents()
    assert np.allclose(captions.data[:, 1], 2.0)
    bar.views["3D"].click()
    assert names(workspace) == ["twin"]
    assert display.measured_layer is None
    bar.views["beside"].click()
    assert names(workspace) == ["twin", "measured", "captions"]
    workspace.controller.set_data(None)
    assert names(workspace) == ["twin"]
    assert bar.views["3D"].isChecked()
    assert not bar.views["beside"].isEnabled()
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


def test_both_are_inside_the_canvas(workspace, section_data, qtbot):
    workspace.controller.set_data(section_data)
    viewer, camera = viewer_of(workspace), viewer_of(workspace).scene.camera
    for layer in (workspace.display.twin_layer, workspace.display.measured_layer):
        for corner in extent(layer):
            for axis, side in ((0, 0), (2, 1)):
                away = abs(corner[axis] - camera.center[1 + side]) * camera.zoom
                assert away <= viewer.canvas.size[side] / 2
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


@pytest.mark.each_binding
def test_a_tomogram_stands_beside_the_twin_in_3d(workspace, tomogram, qtbot):
    workspace.controller.set_data(tomogram)
    display, viewer = workspace.display, viewer_of(workspace)
    assert viewer.dims.ndisplay == 3
    measured = display.measured_layer
    assert measured.data.shape == (40, 36, 60)
    assert np.allclose(measured.scale, 0.2)
    assert set(np.unique(measured.data)) == {0, 1, 2}
    workspace.view_bar.phases["pore"].click()
    assert set(np.unique(measured.data)) == {1, 2, SOLID_PORE}
    assert extent(measured)[0][2] > extent(display.twin_layer)[1][2]
    viewer.dims.ndisplay = 2
    assert workspace.view_bar.views["beside"].isChecked()
    qtbot.waitUntil(lambda: display.plane == (0, 24), timeout=PATIENCE_MS)
    assert np.allclose(viewer.layers["captions"].data[:, 0], viewer.dims.point[0])
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


def test_choosing_a_section_of_another_plane_turns_the_view(workspace, section_data, qtbot):
    image = section_data.images[0]
    both = (SectionStack("xz", (image,), (0.1, 0.1)), SectionStack("xy", (image,), (0.1, 0.1)))
    workspace.controller.set_data(Data(both, ("a", "b")))
    assert workspace.display.plane[0] == 1
    workspace.view_bar.views["3D"].click()
    workspace.data.shown.value = 2
    assert workspace.view_bar.views["beside"].isChecked()
    assert workspace.display.plane[0] == 0
    assert workspace.display.measured_layer.data.shape == (1, 128, 128)
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


@pytest.mark.each_binding
def test_a_cut_is_kept_through_updates_shapes_and_views(workspace, tomogram, qtbot):
    bar, display, controller = workspace.view_bar, workspace.display, workspace.controller
    assert not bar.cut_row.isVisibleTo(bar)
    bar.clip.click()
    assert bar.cut_row.isVisibleTo(bar)

    def check(layer, axis, lowest, highest):
        filled = np.flatnonzero(layer.data.any(axis=tuple({0, 1, 2} - {axis})))
        assert (filled[0], filled[-1]) == (lowest, highest)
        true = layer.metadata[METADATA]
        kept = np.arange(lowest, highest + 1)
        assert np.array_equal(layer.data.take(kept, axis), true.take(kept, axis))
        assert true.any(axis=tuple({0, 1, 2} - {axis})).all()

    check(display.twin_layer, 1, 24, 47)
    bar.cut_row.position.setValue(50)
    assert bar.cut_row.place.text() == "1.2 µm"
    check(display.twin_layer, 1, 12, 47)
    bar.cut_row.side.click()
    bar.cut_row.axis.value = 2
    check(display.twin_layer, 2, 0, 11)
    controller.set_seed(8)
    rest(qtbot, workspace)
    check(display.twin_layer, 2, 0, 11)
    controller.set_grid(replace(controller.twin.grid, shape=(96, 96, 96)))
    rest(qtbot, workspace)
    check(display.twin_layer, 2, 0, 23)
    controller._live._full_seconds = {(96, 96, 96): 1.0}
    controller.set_value("pore", 0.3, dragging=True)
    qtbot.waitUntil(lambda: display.twin_layer.data.shape == (48, 48, 48), timeout=PATIENCE_MS)
    check(display.twin_layer, 2, 0, 11)
    controller.end_drag()
    rest(qtbot, workspace)
    controller.set_data(tomogram)
    check(display.measured_layer, 2, 0, 14)
    bar.views["xy"].click()
    assert not bar.cut_row.isVisibleTo(bar)
    assert (display.twin_layer.data > 0).all()
    bar.views["3D"].click()
    check(display.twin_layer, 2, 0, 23)
    bar.clip.click()
    check(display.twin_layer, 2, 0, 95)
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


@pytest.mark.parametrize(("position", "flipped", "left"), [(0, False, 8), (1, False, 0), (1, 1, 8)])
def test_a_cut_at_a_face_takes_all_or_nothing(position, flipped, left):
    look = Look(in_volume=frozenset(PHASES), cut=Cut(0, position, bool(flipped)))
    drawn = look.drawn(np.ones((8, 3, 5), np.uint8), section=False)
    assert drawn.any(axis=(1, 2)).sum() == left
    assert look.drawn(np.ones((8, 3, 5), np.uint8), section=True).all()


def test_phases_are_hidden_one_by_one_in_sections_apart_from_3d(workspace):
    bar, layer = workspace.view_bar, workspace.display.twin_layer
    assert not bar.phases["pore"].isChecked()
    assert "solid" in bar.phases["pore"].toolTip()
    bar.views["xy"].click()
    assert all(button.isChecked() for button in bar.phases.values())
    assert "sections" in bar.phases["pore"].toolTip()
    bar.phases["active_material"].click()
    assert set(np.unique(layer.data)) == {0, 2, SOLID_PORE}
    bar.views["3D"].click()
    assert bar.phases["active_material"].isChecked()
    assert set(np.unique(layer.data)) == {0, 1, 2}


def test_the_legend_says_the_fractions_of_what_is_drawn(workspace, section_data, qtbot):
    bar, controller = workspace.view_bar, workspace.controller

    def texts(shares):
        return [f"{name} {100 * shares[p]:.1f} %" for p, name in zip(PHASES, called, strict=True)]

    called = ["pore", "CAM", "SE"]
    shown = [button.text() for button in bar.phases.values()]
    assert shown == texts(controller.realisation.volume_fractions)
    previews = []
    controller.realised.connect(lambda one, full: previews.append((one, full)))
    controller.set_value("pore", 0.4, dragging=True)
    qtbot.waitUntil(lambda: bool(previews), timeout=PATIENCE_MS)
    realisation, full = previews[0]
    assert not full
    shown = [button.text() for button in bar.phases.values()]
    assert shown == texts(realisation.volume_fractions)
    controller.end_drag()
    rest(qtbot, workspace)
    assert "Measured" not in bar.phases["pore"].toolTip()
    controller.set_data(section_data)
    share = section_data.volume_fractions["pore"]
    assert f"Measured: {100 * share:.2f} %" in bar.phases["pore"].toolTip()
    controller.rename("active_material", "nickel manganese cobalt")
    called[1] = "nickel manganese cobalt"
    button = bar.phases["active_material"]
    assert button.text().startswith("nickel")
    assert "…" in button.text()
    assert "nickel manganese cobalt" in button.toolTip()
    assert "nickel manganese cobalt" in button.accessibleName()
    assert bar.minimumSizeHint().width() <= 416
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


def test_colours_reach_every_layer(workspace, section_data, qtbot):
    workspace.controller.set_data(section_data)
    bar = workspace.view_bar
    bar.scheme.value = "colour-blind safe"
    orange = pytest.approx((0.902, 0.624, 0), abs=0.01)
    layers = [workspace.display.twin_layer, workspace.display.measured_layer]
    assert all(layer.colormap.color_dict[1][:3] == orange for layer in layers)
    bar.views["sections"].click()
    bar.scheme.value = "paper"
    red = pytest.approx((0.839, 0.153, 0.157), abs=0.01)
    layers = [viewer_of(workspace).layers[name] for name in NAMES]
    assert all(layer.colormap.color_dict[1][:3] == red for layer in layers)
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


@pytest.mark.each_binding
def test_captions_follow_the_theme(workspace, section_data, qtbot):
    workspace.controller.set_data(section_data)
    viewer = viewer_of(workspace)
    for theme, dark in (("light", True), ("dark", False)):
        viewer.theme = theme
        colour = viewer.layers["captions"].text.color.constant[:3]
        assert (np.mean(colour) < 0.4) == dark
    qtbot.waitUntil(lambda: not workspace.busy, timeout=PATIENCE_MS)


@pytest.mark.each_binding
def test_closing_leaves_the_twin_alone_and_opening_brings_the_view_back(workspace, qtbot):
    workspace.view_bar.views["sections"].click()
    workspace.shutdown()
    assert names(workspace) == ["twin"]
    assert workspace.display.twin_layer.visible
    workspace.reopen()
    rest(qtbot, workspace)
    assert names(workspace) == ["twin", *NAMES]
