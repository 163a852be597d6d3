"""Which part of a file is read: asked where it does not fit into memory, or where it is wanted."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile
from conftest import PATIENCE_MS
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication, QDialogButtonBox

from napari_assb_twin.images import room
from napari_assb_twin.images.crop import WHOLE, parse_crop
from napari_assb_twin.images.draft import VOLUME
from napari_assb_twin.images.reading import look_at
from napari_assb_twin.images.unopened import Unopened
from napari_assb_twin.images.unread import WORKING_BYTES
from napari_assb_twin.report import inputs
from napari_assb_twin.session.session_file import load_session, save_session
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.workspace.asked_files import AskedFiles
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.opening import Opening
from napari_assb_twin.workspace.part_dialog import PartDialog
from napari_assb_twin.workspace.raw_dialog import needs_layout

SHAPE = (100, 110, 120)
BYTES = (1 + WORKING_BYTES) * int(np.prod(SHAPE))


@pytest.fixture(scope="module")
def volume():
    return np.random.default_rng(0).integers(0, 3, SHAPE).astype(np.uint8)


@pytest.fixture
def file(volume, tmp_path):
    path = tmp_path / "v.tif"
    stated = {"axes": "ZYX", "spacing": 0.4, "unit": "um"}
    tifffile.imwrite(path, volume, imagej=True, resolution=(10, 5), metadata=stated)
    return path


@pytest.fixture
def memory(monkeypatch):
    """Let so many bytes of memory be free for images."""

    def limited_to(size):
        monkeypatch.setattr(room, "free_bytes", lambda: int(size))

    return limited_to


@pytest.fixture
def worker(qtbot):
    one = LatestWins("planes")
    yield one
    one.close()
    qtbot.waitUntil(lambda: not one.busy, timeout=PATIENCE_MS)


@pytest.fixture
def asked(qtbot, worker):
    """The dialog about some files, as the panel makes it; no viewer is needed for it."""

    def dialog_of(*paths):
        dialog = PartDialog(Unopened.of([look_at(path) for path in paths]), worker)
        qtbot.addWidget(dialog)
        return dialog

    return dialog_of


def choose(dialog, *spans):
    """Type first, end and step along every axis."""
    for (first, end), every, (low, high, step) in zip(
        dialog.ends, dialog.steps, spans, strict=True
    ):
        first.value, end.value, every.value = low, high, step


def can_open(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Open).isEnabled()


def test_only_what_fits_can_be_read(asked, file, memory):
    memory(BYTES / 2)
    dialog = asked(file)
    assert "v.tif: 100 × 110 × 120 voxels (uint8)" in dialog.about.text()
    assert f"{BYTES / 2**20:.3g} MiB of memory are needed" in dialog.about.text()
    assert can_open(dialog)  # with the slices that are proposed
    assert [one.value for one in dialog.ends[0]] == [39, 61]
    choose(dialog, (0, 100, 1), (0, 110, 1), (0, 120, 1))
    assert not can_open(dialog)
    assert "too much" in dialog.check.text()
    choose(dialog, (0, 100, 2), (0, 110, 1), (0, 120, 2))
    assert dialog.check.text().startswith("50 × 110 × 60 voxels: 967 KiB of the 1.89 MiB")
    assert can_open(dialog)
    assert dialog.region == parse_crop("::2,:,::2")
    choose(dialog, (0, 100, 1), (60, 50, 1), (0, 120, 1))
    assert not can_open(dialog)
    assert "The rows go from 60 to 50; let them end behind their start" in dialog.check.text()
    memory(2 * BYTES)
    choose(dialog, (0, 100, 1), (0, 110, 1), (0, 120, 1))
    assert dialog.region == WHOLE
    assert can_open(dialog)


def test_the_region_is_drawn_on_the_middle_slice(asked, file, volume, memory, worker, qtbot):
    memory(BYTES / 2)
    planes = []
    worker.finished.connect(planes.append)
    dialog = asked(file)
    qtbot.waitUntil(lambda: len(planes) == 1, timeout=PATIENCE_MS)
    assert np.array_equal(planes[0], volume[50])
    choose(dialog, (10, 20, 1), (0, 110, 1), (0, 120, 1))
    qtbot.waitUntil(lambda: np.array_equal(planes[-1], volume[15]), timeout=PATIENCE_MS)
    dialog.show()
    picture = dialog.picture
    place = picture._place.toRect()
    corner = place.topLeft() + QPoint(place.width() // 2, place.height() // 4)
    drag(picture, corner, place.bottomRight() + QPoint(30, 30))
    rows, columns = ([one.value for one in ends] for ends in dialog.ends[1:])
    assert rows == pytest.approx([110 / 4, 110], abs=1.5)
    assert columns == pytest.approx([60, 120], abs=1.5)
    assert dialog.check.text().startswith(f"10 × {rows[1] - rows[0]} × {120 - columns[0]} voxels")


def test_a_slice_that_is_too_large_is_told_and_narrowed(asked, file, memory, worker, qtbot):
    """Not even the picture of it is loaded."""
    memory(10_000)
    told = []
    worker.failed.connect(told.append)
    dialog = asked(file)
    assert [one.value for one in dialog.ends[0]] == [49, 50]
    assert not can_open(dialog)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert dialog.picture.text() == told[0]
    assert "v.tif needs" in told[0]
    choose(dialog, (49, 50, 1), (0, 110, 1), (10, 30, 1))
    assert can_open(dialog)


def test_another_file_takes_the_question_away(qtbot, file, tmp_path, volume, memory):
    opening = Opening()
    qtbot.addWidget(opening)
    files, drafts = AskedFiles(opening, opening), []
    files.opened.connect(drafts.append)
    memory(BYTES / 2)
    files.open([file], in_part=False)
    question = files.part
    assert question.isVisible()
    np.save(tmp_path / "section.npy", volume[0])
    files.open([tmp_path / "section.npy"], in_part=False)
    assert files.part is None
    assert not question.isVisible()
    (draft,) = drafts
    assert draft.sources == ("section.npy",)
    qtbot.waitUntil(lambda: not files.worker.busy, timeout=PATIENCE_MS)
    files.worker.close()


def drag(widget, *places):
    """Press the mouse, move it with the button down, and release it."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    steps = (
        (QMouseEvent.Type.MouseButtonPress, places[0], left, left),
        *((QMouseEvent.Type.MouseMove, place, none, left) for place in places),
        (QMouseEvent.Type.MouseButtonRelease, places[-1], left, none),
        (QMouseEvent.Type.MouseMove, places[0], none, none),
    )
    for kind, place, button, held in steps:
        where = QPointF(place), QPointF(widget.mapToGlobal(place))
        event = QMouseEvent(kind, *where, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(widget, event)


def test_rows_of_text_are_left_out_of_what_is_proposed(asked, tmp_path, memory):
    """A stack of micrographs with a bar of text below: as a smaller one loses it."""
    rng = np.random.default_rng(0)
    stack = rng.integers(60, 200, (12, 200, 240)).astype(np.uint8)
    stack[:, 170:] = 0
    stack[:, 180:190, 20:200:3] = 255
    tifffile.imwrite(tmp_path / "fib.tif", stack, photometric="minisblack")
    known = look_at(tmp_path / "fib.tif").image().information_bar
    assert known == (170, 200)
    memory(stack.size)
    dialog = asked(tmp_path / "fib.tif")
    assert "From row 170 on there is an information bar" in dialog.about.text()
    assert [one.value for one in dialog.ends[1]] == [0, 170]
    assert dialog.region.ranges[1] == (None, 170)


def test_several_files_share_a_region(asked, tmp_path, volume, memory):
    np.save(tmp_path / "a.npy", volume[0])
    np.save(tmp_path / "b.npy", volume[1, :90])
    memory(3 * volume[0].size)
    dialog = asked(tmp_path / "a.npy", tmp_path / "b.npy")
    assert "a.npy and 1 more: 90 × 120 voxels" in dialog.about.text()
    choose(dialog, (40, 90, 3), (0, 120, 2))
    assert dialog.region == parse_crop("40::3,::2")
    assert dialog._files.needed(dialog.region) == (2 + WORKING_BYTES) * 60 * (24 + 17)


def ask_for(workspace, qtbot, path):
    """Open a file in the window and wait for the question."""
    workspace.open_files([path])
    qtbot.waitUntil(lambda: workspace.data.files.part is not None, timeout=PATIENCE_MS)
    return workspace.data.files.part


def answer(workspace, qtbot, dialog):
    dialog.accept()
    assert workspace.data.files.part is None
    qtbot.waitUntil(lambda: workspace.data.form is not None, timeout=PATIENCE_MS)
    return workspace.data.form


@pytest.mark.each_binding
def test_a_file_larger_than_the_memory_is_read_in_part(
    workspace, file, volume, memory, qtbot, tmp_path
):
    """The window asks, reads, and of that the form takes a part; a session and a report know it."""
    memory(BYTES / 2)
    dialog = ask_for(workspace, qtbot, file)
    assert workspace.data.form is None
    choose(dialog, (4, 96, 2), (2, 102, 1), (8, 120, 3))
    form = answer(workspace, qtbot, dialog)
    assert "46 × 100 × 38 pixels" in _heading(form)
    assert "a part of the file: slices 4:96:2, rows 2:102, columns 8::3" in _heading(form)
    assert [size.value for size in form.sizes] == pytest.approx([0.4, 0.2, 0.1])
    assert "that of the file" in form.source.text()
    assert form.pixel_um == pytest.approx([0.2, 0.3])
    form.part.set_region([(2, 40), (10, 90), (1, 38)])
    form.use.click()
    qtbot.waitUntil(lambda: workspace.controller.data is not None, timeout=PATIENCE_MS)
    data = workspace.controller.data
    assert np.array_equal(data.measured.labels, volume[8:84:2, 12:92, 11::3])
    assert data.measured.voxel_size_um == pytest.approx((0.8, 0.2, 0.3))
    assert data.reading[0]["crop"] == "8:83:2,12:92,11::3"
    assert data.reading[0]["voxel_size_um"] == pytest.approx([0.4, 0.2, 0.1])

    save_session(workspace.session_state.capture(), tmp_path / "a.assb-session")
    workspace.controller.set_data(None)
    workspace.show_session(load_session(tmp_path / "a.assb-session"), "a")
    kept = workspace.controller.data
    assert np.array_equal(kept.measured.labels, data.measured.labels)
    reading = json.loads(json.dumps(kept.reading[0]))
    again = inputs._read(VOLUME, [file], reading, tmp_path)
    assert inputs._described(again) == inputs._described(data.measured)


def _heading(form):
    return form.layout().itemAt(0).widget().text()


@pytest.mark.each_binding
def test_cancelling_leaves_everything_as_it_was(
    workspace, file, section_data, tmp_path, memory, qtbot
):
    tifffile.imwrite(tmp_path / "section.tif", section_data.images[0])
    workspace.controller.set_data(section_data)
    workspace.open_files([tmp_path / "section.tif"])
    form, layers = workspace.data.form, list(workspace.display.viewer.layers)
    memory(BYTES / 2)
    dialog = ask_for(workspace, qtbot, file)
    dialog.reject()
    assert workspace.data.files.part is None
    assert workspace.data.form is form
    assert workspace.controller.data is section_data
    assert list(workspace.display.viewer.layers) == layers
    assert not workspace.data.opening.job.running
    qtbot.waitUntil(lambda: not workspace.data.files.worker.busy, timeout=PATIENCE_MS)


def test_what_fits_is_asked_about_only_where_that_is_wanted(workspace, file, volume, qtbot):
    workspace.open_files([file])
    qtbot.waitUntil(lambda: workspace.data.form is not None, timeout=PATIENCE_MS)
    assert workspace.data.files.part is None
    workspace.data.close_form()
    workspace.data.in_part.click()
    dialog = ask_for(workspace, qtbot, file)
    assert can_open(dialog)
    assert "are free" in dialog.about.text()
    form = answer(workspace, qtbot, dialog)
    assert np.array_equal(form.image, volume)
    assert form.region == WHOLE


def test_a_part_of_a_raw_file_whose_layout_is_typed(workspace, volume, tmp_path, memory, qtbot):
    """Both questions, one after the other; then the mask, which is as large as the file."""
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    mask = np.ones(SHAPE, np.uint8)
    mask[:40, :60] = 0
    np.save(tmp_path / "mask.npy", mask)
    assert needs_layout(tmp_path / "v.raw")
    memory(BYTES / 2)
    workspace.open_files([tmp_path / "v.raw"])
    for field, size in zip(workspace.data.files.raw.sizes, SHAPE, strict=True):
        field.value = size
    workspace.data.files.raw.accept()
    qtbot.waitUntil(lambda: workspace.data.files.part is not None, timeout=PATIENCE_MS)
    dialog = workspace.data.files.part
    choose(dialog, (30, 70, 1), (0, 110, 1), (0, 120, 1))
    form = answer(workspace, qtbot, dialog)
    form.kind.value = "xy"
    for size in form.sizes:
        size.value = 0.1
    form.mask.read(str(tmp_path / "mask.npy"))
    form.use.click()
    qtbot.waitUntil(lambda: workspace.controller.data is not None, timeout=PATIENCE_MS)
    data = workspace.controller.data
    assert np.array_equal(np.stack(data.images), np.where(mask == 0, OUTSIDE, volume)[30:70])
    assert data.reading[0]["crop"] == "30:70,:,:"
    assert data.reading[0]["raw"]["shape"] == SHAPE
    again = inputs._read("xy", [tmp_path / "v.raw"], data.reading[0], tmp_path)
    assert inputs._described(again) == inputs._described(data.measured)


def test_a_section_and_a_stack_that_do_not_fit_are_one_sentence(
    workspace, file, volume, tmp_path, memory, qtbot
):
    told = []
    workspace.controller.refused.connect(told.append)
    np.save(tmp_path / "one.npy", volume[0])
    memory(BYTES / 2)
    workspace.open_files([tmp_path / "one.npy", file])
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert "open one after the other" in told[0]
    assert workspace.data.files.part is None
