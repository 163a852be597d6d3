"""Reading off the GUI thread, RAW files that nothing describes, layers, and what is dropped."""

from __future__ import annotations

import math
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile
from qtpy.QtCore import QMimeData, QPointF, Qt, QUrl
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QDialogButtonBox

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.tiff import write_tiff
from napari_assb_twin.images.arrays import image_of_array
from napari_assb_twin.images.reading import RawLayout
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.workspace import mask_row, opening
from napari_assb_twin.workspace.opening import Opening
from napari_assb_twin.workspace.raw_dialog import RawDialog, needs_layout
from napari_assb_twin.workspace.region_layers import IMAGE, REGION

PATIENCE_MS = 30_000


@pytest.fixture
def line(qtbot):
    one = Opening()
    qtbot.addWidget(one)
    yield one
    one.job.close()


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    paths = [tmp_path / f"{name}.tif" for name in "ab"]
    for path in paths:
        tifffile.imwrite(path, rng.integers(0, 3, (40, 50)).astype(np.uint8))
    return paths


def test_small_files_are_there_at_once(line, files):
    drafts = []
    line.read(files, drafts.append)
    assert [image.source for image in drafts[0].images] == ["a.tif", "b.tif"]
    assert not line.job.running


def test_large_files_are_read_elsewhere_and_told(line, files, qtbot, monkeypatch):
    monkeypatch.setattr(opening, "AT_ONCE", 0)
    drafts, said, threads = [], [], []
    line.job.progressed.connect(said.append)
    look = opening.look_at

    def noted(path, **how):
        threads.append(threading.current_thread())
        return look(path, **how)

    monkeypatch.setattr(opening, "look_at", noted)
    line.read(files, drafts.append)
    assert line.isVisibleTo(line.parentWidget())
    qtbot.waitUntil(lambda: bool(drafts), timeout=PATIENCE_MS)
    assert threading.main_thread() not in threads
    both = ("a.tif (1 of 2)…", "b.tif (2 of 2)…")
    looked, loaded = ([f"{word} {name}" for name in both] for word in ("Looking at", "Reading"))
    assert said == [*looked, *loaded, "Counting values…"]
    assert not line.isVisibleTo(line.parentWidget())
    assert drafts[0].labels.keys() == {0, 1, 2}


def test_reading_can_be_cancelled(line, files, qtbot, monkeypatch):
    monkeypatch.setattr(opening, "AT_ONCE", 0)
    go, began, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(path, **how):
        began.set()
        go.wait(20)
        ended.set()
        raise InputError("too late to be told")

    monkeypatch.setattr(opening, "look_at", slow)
    drafts, told = [], []
    line.refused.connect(told.append)
    line.read(files, drafts.append)
    qtbot.waitUntil(began.is_set, timeout=PATIENCE_MS)
    line.cancel.click()
    assert not line.job.running
    assert not line.isVisibleTo(line.parentWidget())
    go.set()
    qtbot.waitUntil(ended.is_set, timeout=PATIENCE_MS)
    monkeypatch.undo()
    line.read(files, drafts.append)
    assert len(drafts) == 1
    assert told == []


def test_a_bad_file_is_one_sentence(line, tmp_path, qtbot, monkeypatch):
    told = []
    line.refused.connect(told.append)
    line.read([tmp_path / "none.tif"], pytest.fail)
    assert "none.tif does not exist" in told[0]
    (tmp_path / "empty").mkdir()
    line.read([tmp_path / "empty"], pytest.fail)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=PATIENCE_MS)
    assert "\n" not in told[1]


@pytest.fixture
def raw_file(tmp_path):
    path = tmp_path / "tomogram.raw"
    path.write_bytes(bytes(20) + np.arange(24_000, dtype=">u2").tobytes())
    return path


def test_a_raw_file_is_asked_for_until_the_sizes_fit(qtbot, raw_file):
    assert needs_layout(raw_file)
    dialog = RawDialog([raw_file])
    qtbot.addWidget(dialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Open)
    assert not ok.isEnabled()
    for field, value in zip(dialog.sizes, (20, 30, 40), strict=True):
        field.value = value
    assert "24,020 more than these sizes need" in dialog.check.text()
    dialog.type.value = "uint16"
    assert "48,020 bytes, 20 more" in dialog.check.text()
    dialog.header.value = 20
    dialog.order.value = True
    assert ok.isEnabled()
    assert dialog.check.text() == "The sizes fit: 48,020 bytes."
    layout = dialog.layout_of_files
    image = opening.read_image(raw_file, raw=layout)
    assert np.array_equal(image.array.reshape(-1), np.arange(24_000))
    assert image.array.shape == (20, 30, 40)
    dialog.sizes[0].value = 0
    dialog.sizes[1].value = 600
    assert ok.isEnabled()
    assert dialog.layout_of_files.shape == (600, 40)


def test_a_raw_cube_is_guessed_and_a_described_one_not_asked_for(qtbot, tmp_path):
    cube = tmp_path / "cube.raw"
    cube.write_bytes(bytes(40**3))
    dialog = RawDialog([cube])
    qtbot.addWidget(dialog)
    assert dialog.layout_of_files.shape == (40, 40, 40)
    named = tmp_path / "cube_40x40x40_50nm_8bit.raw"
    named.write_bytes(bytes(40**3))
    assert not needs_layout(named)
    assert not needs_layout(tmp_path / "section.tif")


def test_an_empty_raw_file_is_told_and_not_asked_about(line, tmp_path):
    (tmp_path / "empty.raw").write_bytes(b"")
    assert not needs_layout(tmp_path / "empty.raw")
    told = []
    line.refused.connect(told.append)
    line.read([tmp_path / "empty.raw"], pytest.fail)
    assert told == ["empty.raw is empty; copy or export it again."]


def test_a_typed_layout_is_for_bare_voxels_only(line, files, tmp_path):
    """A TIFF that is called .raw, and one beside a RAW file, are read as what they are."""
    named, bare = tmp_path / "named.raw", tmp_path / "bare.raw"
    named.write_bytes(files[0].read_bytes())
    voxels = tifffile.imread(files[1])
    bare.write_bytes(voxels.tobytes())
    described = tmp_path / "d_50x40x3_8bit.raw"
    described.write_bytes(np.stack([voxels] * 3).tobytes())
    assert not needs_layout(named)
    assert needs_layout(bare)
    drafts = []
    line.read([named, bare, files[0], described], drafts.append, RawLayout((40, 50), "uint8"))
    (draft,) = drafts
    for image, path in zip(draft.images, (files[0], files[1], files[0]), strict=False):
        assert np.array_equal(image.array, tifffile.imread(path))
    assert draft.images[3].array.shape == (3, 40, 50)
    assert [image.raw is not None for image in draft.images] == [False, True, False, False]


@pytest.mark.parametrize("header", ["v.mhd", "v.nhdr"])
def test_headers_are_as_large_as_their_data(tmp_path, header):
    size = "5 4 3"
    (tmp_path / "v.bin").write_bytes(bytes(60))
    text = {
        "v.mhd": f"NDims = 3\nDimSize = {size}\nElementType = MET_UCHAR\nElementDataFile = v.bin\n",
        "v.nhdr": f"NRRD0004\ntype: uint8\ndimension: 3\nsizes: {size}\nencoding: raw\n"
        "data file: v.bin\n",
    }[header]
    (tmp_path / header).write_text(text)
    assert opening.size_of(tmp_path / header) == len(text) + 60
    assert opening.size_of(tmp_path / "not there.tif") == 0
    assert opening.size_of(tmp_path) == math.inf


def test_a_section_and_a_stack_open_together(workspace, section_data, tmp_path):
    section = section_data.images[0]
    write_tiff(tmp_path / "one.tif", section, voxel_size_um=0.1)
    write_tiff(tmp_path / "many.tif", np.stack([section] * 3), voxel_size_um=0.1)
    workspace.open_files([tmp_path / "one.tif", tmp_path / "many.tif"])
    form = workspace.data.form
    assert [end.value for _, end in form.part.ranges] == [3, 128, 128]
    form.kind.value = "xz"
    form.use.click()
    assert len(workspace.controller.data.images) == 4


@pytest.mark.parametrize("value", [0, 5, 0.25])
def test_a_region_is_drawn_on_a_slice_of_one_value(workspace, tmp_path, value):
    volume = np.zeros((3, 40, 40), np.float32)
    volume[0, :20], volume[2] = 1, 2
    volume[1] = value
    if value % 1 == 0:
        volume = volume.astype(np.uint8)
    np.save(tmp_path / "v.npy", volume)
    workspace.open_files([tmp_path / "v.npy"])
    workspace.data.form.part.draw.click()
    low, high = workspace.display.viewer.layers[IMAGE].contrast_limits
    assert low == value
    assert high > low
    workspace.data.form.part.draw.click()


class Lazy:
    """Like an array of dask: numpy may load it."""

    def __init__(self, array, factor=1):
        self._array, self.dtype = array, array.dtype
        self.shape = (array.shape[0] * factor, *array.shape[1:])

    def __array__(self, dtype=None, copy=None):
        return self._array


def test_a_lazy_layer_is_loaded_without_its_single_axes():
    voxels = np.random.default_rng(0).integers(0, 3, (1, 7, 1, 8, 9)).astype(np.uint8)
    units = ("pixel", "nanometer", "pixel", "micrometer", "millimeter")
    image = image_of_array(Lazy(voxels), (1, 50, 1, 0.05, 2e-5), units, source="layer x")
    assert np.array_equal(image.array, voxels[0, :, 0])
    assert image.voxel_size_um == pytest.approx((0.05, 0.05, 0.02))
    unknown = image_of_array(voxels[0, :, 0], (1, 1, 1), ("pixel",) * 3, source="layer x")
    assert unknown.voxel_size_um is None


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (Lazy(np.zeros((2, 64, 64), np.float64), 10**9), "free"),
        (np.zeros((2, 3, 64, 64), np.uint8), "4 axes"),
        (np.zeros((64, 64), complex), "complex128"),
    ],
)
def test_layers_that_cannot_be_used_are_told_so(array, words):
    with pytest.raises(InputError, match=words):
        image_of_array(
            array,
            (1,) * array.ndim if hasattr(array, "ndim") else (1,) * 3,
            ("pixel",) * 4,
            source="layer x",
        )


def test_the_finest_resolution_of_a_layer_is_used():
    from napari_assb_twin.workspace.napari_layers import image_of

    fine = np.random.default_rng(0).integers(0, 3, (64, 64)).astype(np.uint8)
    layer = SimpleNamespace(
        data=[fine, fine[::2, ::2]],
        multiscale=True,
        units=("nanometer",) * 2,
        scale=(20, 20),
        name="pyramid",
        rgb=False,
    )
    image = image_of(layer)()
    assert image.array.shape == (64, 64)
    assert image.voxel_size_um == pytest.approx((0.02, 0.02))
    assert image.source == "layer pyramid"


@pytest.mark.each_binding
def test_folders_of_slices_and_described_files_open_in_the_window(workspace, tmp_path, qtbot):
    """One window for all: a folder, a dropped NRRD, and a RAW file through its dialog."""
    import nrrd

    told = []
    workspace.controller.refused.connect(told.append)
    labels = np.random.default_rng(0).integers(0, 3, (40, 48, 56)).astype(np.uint8)
    (tmp_path / "slices").mkdir()
    for number, plane in enumerate(labels):
        tifffile.imwrite(tmp_path / "slices" / f"slice_{number}.tif", plane)
    nrrd.write(
        str(tmp_path / "v.nrrd"),
        labels,
        {"space directions": np.diag([5e-5] * 3), "space units": ["mm"] * 3, "space dimension": 3},
        index_order="C",
    )
    (tmp_path / "v.raw").write_bytes(labels.tobytes())
    workspace.open_files([tmp_path / "slices"])
    qtbot.waitUntil(lambda: workspace.data.form is not None, timeout=PATIENCE_MS)
    assert np.array_equal(workspace.data.form._draft.images[0].array, labels)
    workspace.data.close_form()

    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "v.nrrd"))])
    args = (QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    event = QDropEvent(*args, Qt.KeyboardModifier.NoModifier)
    assert workspace.acceptDrops()
    workspace.dropEvent(event)
    form = workspace.data.form
    assert np.array_equal(form._draft.images[0].array, labels)
    assert [field.value for field in form.sizes] == pytest.approx([0.05] * 3)

    workspace.open_files([tmp_path / "v.raw"])
    dialog = workspace.data.files.raw
    for field, value in zip(dialog.sizes, labels.shape, strict=True):
        field.value = value
    dialog.accept()
    assert workspace.data.files.raw is None
    assert np.array_equal(workspace.data.form._draft.images[0].array, labels)
    assert told == []


@pytest.mark.each_binding
def test_a_region_is_drawn_in_the_viewer(workspace, section_data, tmp_path):
    """The rectangle follows the numbers, and they follow it; nothing of it stays."""
    viewer, panel = workspace.display.viewer, workspace.data
    write_tiff(tmp_path / "section.tif", section_data.images[0], voxel_size_um=0.1)
    workspace.open_files([tmp_path / "section.tif"])
    part = panel.form.part
    before = workspace.display.state.view
    part.draw.click()
    assert [layer.name for layer in viewer.layers] == ["twin", IMAGE, REGION]
    assert not workspace.display.twin_layer.visible
    region = viewer.layers[REGION]
    assert region.mode == "add_rectangle"
    region.add_rectangles(np.array([[10, 20], [10, 80], [70, 80], [70, 20]]) - 0.5)
    assert part.drawn == [(10, 70), (20, 80)]
    assert region.mode == "select"
    part.ranges[0][0].value = 30
    assert np.allclose(region.data[-1].min(axis=0), (29.5, 19.5))
    region.add_rectangles(np.array([[-40, 50], [-40, 300], [90, 300], [90, 50]]))
    assert len(region.data) == 1
    assert part.drawn == [(0, 90), (50, 128)]
    part.draw.click()
    assert [layer.name for layer in viewer.layers] == ["twin"]
    assert workspace.display.twin_layer.visible
    assert workspace.display.state.view == before
    part.draw.click()
    panel.close_dialogs()  # as the end of the workspace does
    assert [layer.name for layer in viewer.layers] == ["twin"]
    part.draw.click()
    panel.form.use.click()
    assert workspace.controller.data.images[0].shape == (90, 78)
    assert {IMAGE, REGION}.isdisjoint(layer.name for layer in viewer.layers)


def test_a_large_mask_is_read_elsewhere_and_waited_for(
    workspace, section_data, tmp_path, qtbot, monkeypatch
):
    image, told, threads = section_data.images[0], [], []
    workspace.controller.refused.connect(told.append)
    write_tiff(tmp_path / "section.tif", image, voxel_size_um=0.1)
    mask = np.zeros(image.shape, np.uint8)
    mask[:, :64] = 1
    np.save(tmp_path / "mask.npy", mask)
    np.save(tmp_path / "small.npy", mask[:50])
    panel = workspace.data
    workspace.open_files([tmp_path / "section.tif"])
    form, read = panel.form, opening.read_image

    def noted(path, **how):
        threads.append(threading.current_thread())
        return read(path, **how)

    monkeypatch.setattr(mask_row, "AT_ONCE", 0)
    monkeypatch.setattr(opening, "read_image", noted)
    form.mask.read(str(tmp_path / "mask.npy"))
    assert not form.isEnabled()
    qtbot.waitUntil(lambda: form.mask.choice.value == "mask.npy", timeout=PATIENCE_MS)
    assert form.isEnabled()
    assert threads[0] is not threading.main_thread()
    form.mask.read(str(tmp_path / "small.npy"))
    qtbot.waitUntil(lambda: len(told) == 1, timeout=PATIENCE_MS)
    assert "a mask has the size of the image" in told[0]
    assert form.mask.choice.value == "mask.npy"
    form.use.click()
    used = workspace.controller.data.images[0]
    assert (used[:, 64:] == OUTSIDE).all()
    assert np.array_equal(used[:, :64], image[:, :64])
