"""Greyscale images in the window: thresholds, treatment, examples, and what is seen of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import tifffile

from napari_assb_twin.images.segmentation import GreySegmentation
from napari_assb_twin.images.treatment import Denoising
from napari_assb_twin.workspace.data_form import GREY, LABELS
from napari_assb_twin.workspace.grey_box import EXAMPLES, THRESHOLDS

ORDER = ("pore", "solid_electrolyte", "active_material")
PATIENCE_MS = 60_000


@pytest.fixture
def greys(section_data, tmp_path):
    """A grey picture of the section: pore 20, electrolyte 110, active material 200, and noise."""
    middle = np.array([20, 200, 110])[section_data.images[0]]
    noise = np.random.default_rng(0).integers(-9, 10, middle.shape)
    path = tmp_path / "sem.tif"
    tifffile.imwrite(path, (middle + noise).astype(np.uint8))
    return path


@pytest.fixture
def opened(workspace, greys, qtbot):
    """The form of that picture, at rest."""
    workspace.data.open_files([greys])
    form = workspace.data.form
    rest(form.grey, qtbot)
    return form


def rest(grey, qtbot):
    qtbot.waitUntil(lambda: not grey.busy, timeout=PATIENCE_MS)


def use(form, size_um=0.1):
    for size in form.sizes[1:]:
        size.value = size_um
    form.use.click()


def names_of(viewer):
    return [layer.name for layer in viewer.layers]


def viewer_of(workspace):
    return workspace.display._viewer


def test_a_grey_picture_is_cut_by_two_thresholds(workspace, section_data, opened):
    told = []
    workspace.controller.refused.connect(told.append)
    grey = opened.grey
    assert opened.values.choices == (GREY,)
    assert grey.isVisibleTo(opened)
    assert 29 < grey.low.value <= 101
    assert 119 < grey.high.value <= 191
    shares = section_data.volume_fractions
    assert [label.text().split(": ")[1] for label in grey.seen.shares] == [
        f"{shares[phase]:.1%}" for phase in ORDER
    ]
    low, high = grey.low.value, grey.high.value
    grey.doubt.value = 5
    use(opened)
    assert told == []
    data = workspace.controller.data
    assert np.array_equal(data.images[0], section_data.images[0])
    assert len(data.alternatives) == 4
    assert data.reading[0]["thresholds"] == [low, high]
    assert data.reading[0]["thresholds_chosen_by"] == "multi-Otsu"
    assert data.reading[0]["threshold_doubt"] == 5


@pytest.mark.each_binding
def test_the_picture_and_shares_follow_thresholds_order_and_names(workspace, opened, qtbot):
    grey = opened.grey
    before = grey.seen.pictures[1].pixmap().toImage()
    grey.high.value = 205
    rest(grey, qtbot)
    assert grey.seen.pictures[1].pixmap().toImage() != before
    assert not grey.seen.refusal.isVisibleTo(grey)
    assert not grey.segmentation.automatic
    grey.order.value = ("active_material", "pore", "solid_electrolyte")
    rest(grey, qtbot)
    assert [label.text().split(":")[0] for label in grey.seen.shares] == ["CAM", "pore", "SE"]
    names = workspace.controller.names
    workspace.controller.set_names(names.renamed("pore", "void"))
    assert grey.seen.shares[1].text().startswith("void")
    assert grey.examples.brushes["pore"].text() == "void"
    assert grey.order.value == ("active_material", "pore", "solid_electrolyte")
    grey.low.value = 206
    assert "the lower first" in grey.seen.refusal.text()
    use(opened)
    assert workspace.controller.data is None
    grey.cut.auto.click()
    rest(grey, qtbot)
    assert not grey.seen.refusal.isVisibleTo(grey)
    assert grey.segmentation.automatic


def drag(histogram, start, end):
    """The mouse takes what stands at a grey value to another one."""
    places = histogram.axes.transData.transform([(start, 0), (end, 0)])[:, 0]
    events = [
        SimpleNamespace(button=1, x=x, xdata=value)
        for x, value in zip(places, (start, end), strict=True)
    ]
    histogram._on_press(events[0])
    histogram._on_motion(events[1])
    histogram._on_release(events[1])


@pytest.mark.each_binding
def test_lines_of_the_histogram_are_dragged_and_follow_the_fields(opened, qtbot):
    grey = opened.grey
    histogram = grey.cut.histogram
    histogram.resize(400, 120)
    low, high = grey.cut.thresholds
    assert histogram.thresholds == (low, high)
    drag(histogram, low, low + 20)
    assert grey.low.value == pytest.approx(low + 20, abs=1)
    assert histogram.thresholds[0] == grey.low.value
    drag(histogram, high, low - 30)
    assert grey.high.value == grey.low.value + 1
    grey.high.value = 180
    assert histogram.thresholds[1] == 180
    drag(histogram, 70, 150)
    assert grey.cut.thresholds == (low + 20, 180)
    rest(grey, qtbot)


def test_steps_are_seen_recorded_and_part_of_the_data(workspace, opened, qtbot):
    grey = opened.grey
    before = grey.seen.pictures[0].pixmap().toImage()
    grey.steps.noise.value = "median"
    grey.steps.amount.value = 2
    grey.steps.contrast.value = True
    grey.steps.smallest.value = 9
    rest(grey, qtbot)
    assert grey.seen.pictures[0].pixmap().toImage() != before
    how = grey.segmentation
    assert how.treatment.denoise == Denoising("median", 2)
    assert how.treatment.contrast == (1, 99)
    assert how.min_object_px == 9
    assert 0 < grey.low.value < grey.high.value < 255
    use(opened)
    data = workspace.controller.data
    read = data.reading[0]
    assert {key: read[key] for key in ("denoise", "contrast", "min_object_px")} == {
        "denoise": "median:2",
        "contrast": [1.0, 99.0],
        "min_object_px": 9,
    }
    whole = GreySegmentation(thresholds=how.thresholds, treatment=how.treatment, min_object_px=9)
    path = read["files"][0]["file"]
    assert np.array_equal(data.images[0], whole.phases(tifffile.imread(path))[0])


def test_typed_thresholds_stay_while_the_scale_does(opened, qtbot):
    grey = opened.grey
    grey.low.value, grey.high.value = 60, 170
    grey.steps.noise.value = "median"
    rest(grey, qtbot)
    assert grey.cut.thresholds == (60, 170)
    grey.steps.contrast.value = True
    rest(grey, qtbot)
    assert grey.cut.thresholds != (60, 170)
    assert grey.segmentation.automatic


def test_percentiles_that_cannot_be_are_told(opened, qtbot):
    grey = opened.grey
    grey.steps.contrast.value = True
    grey.steps.lower.value = 99.5
    assert "the lower first, as 1,99" in grey.seen.refusal.text()
    grey.steps.lower.value = 0
    rest(grey, qtbot)
    assert not grey.seen.refusal.isVisibleTo(grey)


@pytest.mark.each_binding
def test_phases_lie_over_the_section_while_the_form_is_open(workspace, opened, qtbot):
    grey, viewer = opened.grey, viewer_of(workspace)
    before, shown, slices = names_of(viewer), viewer.dims.ndisplay, workspace.display.slices
    grey.seen.over.click()
    rest(grey, qtbot)
    assert names_of(viewer) == [*before, "grey section", "phases over it"]
    assert viewer.dims.ndisplay == 2
    layer = viewer.layers["phases over it"]
    assert 0 < layer.opacity < 1
    assert np.array_equal(layer.data, grey._parted.phases + 1)
    array, first = layer.data, layer.data.copy()
    grey.low.value = 115
    rest(grey, qtbot)
    assert viewer.layers["phases over it"].data is array
    assert not np.array_equal(array, first)
    assert workspace.display.label_layers() == []
    opened.sizes[-1].value, opened.sizes[-2].value = 0.2, 0.1
    assert tuple(viewer.layers["grey section"].scale) == (0.1, 0.2)
    assert tuple(layer.scale) == (0.1, 0.2)
    assert layer.extent.world[1][1] < 0
    grey.seen.over.click()
    assert names_of(viewer) == before
    assert viewer.dims.ndisplay == shown
    assert workspace.display.slices == slices
    grey.seen.over.click()
    workspace.data.close_form()
    qtbot.waitUntil(lambda: names_of(viewer) == before, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: viewer.dims.ndisplay == shown, timeout=PATIENCE_MS)


def paint(grey, section, strokes=30):
    """Squares of each phase where it is."""
    marks, random = grey.examples.marks(0), np.random.default_rng(0)
    for index in range(3):
        places = np.argwhere(section == index)
        for row, column in places[random.choice(len(places), strokes, replace=False)]:
            square = (slice(max(0, row - 1), row + 2), slice(max(0, column - 1), column + 2))
            marks[square] = np.where(section[square] == index, index + 1, marks[square])
    return marks


@pytest.mark.each_binding
def test_a_forest_learns_from_what_is_painted(workspace, section_data, opened, qtbot):
    told = []
    workspace.controller.refused.connect(told.append)
    grey, viewer = opened.grey, viewer_of(workspace)
    before = names_of(viewer)
    grey.way.value = EXAMPLES
    assert not grey.cut.isVisibleTo(grey)
    use(opened)
    assert "not trained yet" in told[-1]
    grey.examples.train.click()
    assert "Nothing is painted yet" in grey.seen.refusal.text()
    grey.examples.paint.click()
    rest(grey, qtbot)
    assert names_of(viewer) == [*before, "grey section", "examples"]
    layer = viewer.layers["examples"]
    assert viewer.layers.selection.active.name == layer.name
    assert (layer.mode, layer.selected_label) == ("paint", 1)
    grey.examples.brushes["solid_electrolyte"].click()
    assert layer.selected_label == 3
    layer.paint((40, 40), 3)
    assert grey.examples.marks(0)[40, 40] == 3
    grey.examples.train.click()
    assert "0 of pore" in grey.seen.refusal.text()
    section = section_data.images[0]
    paint(grey, section)
    layer.brush_size = 4
    grey.seen.over.click()
    assert viewer.layers["examples"].brush_size == 4
    grey.examples.train.click()
    assert grey.examples.job.running
    rest(grey, qtbot)
    assert "of them rightly" in grey.examples.told.text()
    assert "phases over it" in names_of(viewer)
    assert viewer.layers.selection.active.name == layer.name
    wrong = (viewer.layers["phases over it"].data - 1 != section).mean()
    assert wrong < 0.1
    use(opened)
    data = workspace.controller.data
    assert (data.images[0] != section).mean() == pytest.approx(wrong)
    counts = data.reading[0]["random_forest"]["scribbled_pixels"]
    assert all(count > 100 for count in counts.values())
    qtbot.waitUntil(lambda: "examples" not in names_of(viewer), timeout=PATIENCE_MS)


def test_a_forest_of_other_steps_is_not_used(section_data, opened, qtbot):
    grey = opened.grey
    grey.way.value = EXAMPLES
    rest(grey, qtbot)
    paint(grey, section_data.images[0])
    grey.examples.train.click()
    rest(grey, qtbot)
    trained = grey.segmentation
    grey.steps.smallest.value = 5
    with pytest.raises(Exception, match="train it again"):
        _ = grey.segmentation
    grey.way.value = THRESHOLDS
    assert grey.segmentation.min_object_px == 5
    grey.way.value = EXAMPLES
    grey.steps.smallest.value = 0
    assert grey.segmentation is trained
    rest(grey, qtbot)


@pytest.mark.each_binding
def test_sections_of_a_stack_are_seen_one_by_one(workspace, section_data, tmp_path, qtbot):
    levels = np.array([20, 200, 110], np.uint8)
    stack = np.stack([levels[np.roll(section_data.images[0], 7 * n, 0)] for n in range(3)])
    tifffile.imwrite(tmp_path / "stack.tif", stack, photometric="minisblack")
    workspace.data.open_files([tmp_path / "stack.tif"])
    form = workspace.data.form
    form.values.value = GREY
    grey = form.grey
    rest(grey, qtbot)
    assert grey.section.value == 2
    assert grey.section.native.isVisibleTo(grey)
    before = grey.seen.pictures[0].pixmap().toImage()
    grey.section.value = 3
    rest(grey, qtbot)
    assert grey._treated.number == 2
    assert grey.seen.pictures[0].pixmap().toImage() != before
    grey.way.value = EXAMPLES
    grey.examples.paint.click()
    rest(grey, qtbot)
    viewer = viewer_of(workspace)
    viewer.layers["examples"].paint((5, 5), 2)
    grey.section.value = 1
    rest(grey, qtbot)
    assert np.array_equal(viewer.layers["grey section"].data, stack[0])
    viewer.layers["examples"].paint((9, 9), 3)
    painted = np.argwhere(grey.examples._arrays[0])
    assert set(painted[:, 0].tolist()) == {0, 2}


def test_32_bit_floats_are_grey_values(workspace, section_data, greys, tmp_path, qtbot):
    floats = tifffile.imread(greys).astype(np.float32) / 1000
    tifffile.imwrite(tmp_path / "floats.tif", floats)
    workspace.data.open_files([tmp_path / "floats.tif"])
    form = workspace.data.form
    assert form.values.choices == (GREY,)
    rest(form.grey, qtbot)
    assert 0.029 < form.grey.low.value <= 0.101
    use(form)
    assert np.array_equal(workspace.controller.data.images[0], section_data.images[0])


def test_labels_may_be_grey_values_and_back(workspace, section_data, tmp_path, qtbot):
    tifffile.imwrite(tmp_path / "labels.tif", section_data.images[0] * np.uint8(100))
    workspace.data.open_files([tmp_path / "labels.tif"])
    form = workspace.data.form
    assert form.values.choices == (LABELS, GREY)
    assert form.grey is None
    form.values.value = GREY
    assert form.grey.isVisibleTo(form)
    assert not form.parts[0].native.isVisibleTo(form)
    form.values.value = LABELS
    assert form.parts[0].native.isVisibleTo(form)
    assert not form.grey.isVisibleTo(form)
    rest(form.grey, qtbot)


def test_two_labels_are_no_grey_values(workspace, section_data, tmp_path):
    told = []
    workspace.controller.refused.connect(told.append)
    tifffile.imwrite(tmp_path / "two.tif", (section_data.images[0] > 0).astype(np.uint8))
    workspace.data.open_files([tmp_path / "two.tif"])
    form = workspace.data.form
    form.values.value = GREY
    assert "fewer than three grey values" in told[-1]
    assert form.values.value == LABELS
    assert form.parts[0].native.isVisibleTo(form)


@pytest.mark.each_binding
def test_the_window_may_close_while_a_section_is_shown_and_a_forest_grows(
    section_data, opened, qtbot
):
    """Nothing is left behind, nor raised: the fixtures look for both."""
    grey = opened.grey
    grey.way.value = EXAMPLES
    grey.examples.paint.click()
    grey.seen.over.click()
    rest(grey, qtbot)
    paint(grey, section_data.images[0])
    grey.examples.train.click()
    assert grey.examples.job.running
