"""What opened images say, and answering by clicks, before anything counts."""

from __future__ import annotations

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.data_form import DataForm
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.length_field import LengthField
from napari_assb_twin.workspace.phase_names import PhaseNames

COLOURS = SCHEMES["paper"].phases
PATIENCE_MS = 30_000


@pytest.fixture
def worker(qtbot):
    one = LatestWins("preview")
    yield one
    one.close()
    qtbot.waitUntil(lambda: not one.busy, timeout=PATIENCE_MS)


@pytest.fixture
def opened(qtbot, worker):
    """Open the form on arrays, as the panel does; no viewer is needed for it."""

    def form_of(*arrays, size=0.1, source=None):
        sizes = [None if size is None else (size,) * array.ndim for array in arrays]
        images = tuple(
            Image(array, known, f"image {number}", pixel_size_source=source)
            for number, (array, known) in enumerate(zip(arrays, sizes, strict=True))
        )
        form = DataForm(Draft(images), PhaseNames(), COLOURS, worker, can_add=False)
        qtbot.addWidget(form)
        return form

    return form_of


def found(qtbot, form):
    qtbot.waitUntil(lambda: form.card.found is not None, timeout=PATIENCE_MS)
    return form.card.found


def test_the_card_says_what_the_images_say(opened, section_data, qtbot):
    image = section_data.images[0]
    form = opened(image)
    said = found(qtbot, form)
    for phase, cells in form.card.cells.items():
        name, share, flat, along = (cell.text() for cell in cells)
        assert name == PhaseNames()[phase]
        assert share == f"{section_data.volume_fractions[phase]:.1%}"
        for text, direction in ((flat, "in-plane"), (along, "through-plane")):
            reach = said.reach(phase, direction)
            assert text == f"{reach.length_um:.3g} ({reach.pixels:.1f} px)"
    assert form.card.edges[0].text().startswith("12.8 (")
    assert form.card.doubts.isVisibleTo(form)
    assert "Too few pixels: the correlation length of pore along z" in form.card.doubts.text()
    form.set_names(PhaseNames().renamed("pore", "void"))
    assert "of void along z" in form.card.doubts.text()


def test_other_answers_are_looked_at_again(opened, section_data, qtbot):
    form = opened(section_data.images[0])
    before = found(qtbot, form).reach("pore", "through-plane")
    form.sizes[1].value = 0.2
    qtbot.waitUntil(lambda: form.card.edges[1].text().startswith("25.6"), timeout=PATIENCE_MS)
    after = form.card.found.reach("pore", "through-plane")
    assert after.length_um == pytest.approx(2 * before.length_um)
    form.kind.value = "xy"
    qtbot.waitUntil(
        lambda: form.card.cells["pore"][3].text() == "–",
        timeout=PATIENCE_MS,
    )


def test_the_card_says_what_is_missing(opened, section_data, qtbot):
    labels = np.array([0, 127, 254], np.uint8)[section_data.images[0]]
    form = opened(labels, size=None)
    assert "Say which phase the labels 0, 127, 254" in form.card.note.text()
    for part, phase in zip(form.parts.values(), COLOURS, strict=True):
        part.value = phase
    assert "voxel size" in form.card.note.text()
    for size in form.sizes[1:]:
        size.value = 0.1
    found(qtbot, form)
    form.parts[254].value = "pore"
    assert "No label is solid electrolyte (SE)" in form.card.note.text()
    assert form.card.found is None


def test_a_click_on_a_swatch_gives_the_next_phase(opened, section_data):
    labels = np.array([3, 7, 9], np.uint8)[section_data.images[0]]
    form = opened(labels)
    swatch, part = form.labels.swatches[7], form.parts[7]
    seen = []
    for _ in range(5):
        swatch.click()
        seen.append(part.value)
    assert seen == ["pore", "active_material", "solid_electrolyte", "outside", "pore"]
    swatch.setFocus()
    from qtpy.QtTest import QTest

    QTest.keyClick(swatch, Qt.Key.Key_Space)
    assert part.value == "active_material"


def test_a_click_on_the_picture_gives_that_label_a_phase(opened):
    """The left half is label 5, the right half 6 and 7."""
    labels = np.full((100, 100), 5, np.uint8)
    labels[:, 50:] = 6
    labels[:50, 50:] = 7
    form = opened(labels)
    picture = form.labels.picture
    colour = picture.pixmap().toImage().pixel(20, 50)
    from qtpy.QtTest import QTest

    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(20, 50))
    assert {label: part.value for label, part in form.parts.items()} == {
        5: "pore",
        6: None,
        7: None,
    }
    assert picture.pixmap().toImage().pixel(20, 50) != colour
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(80, 20))
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(80, 20))
    assert form.parts[7].value == "active_material"


def test_labels_of_one_phase_look_alike(opened):
    labels = np.repeat(np.arange(4, dtype=np.uint8), 40)[None].repeat(160, 0) + 1
    form = opened(labels)
    for label, phase in zip(
        form.parts, ("pore", "active_material", "solid_electrolyte", "pore"), strict=True
    ):
        form.parts[label].value = phase
    picture = form.labels.picture.pixmap().toImage()
    row, width = picture.height() // 2, picture.width()
    left, second, _, right = (picture.pixel(width * (2 * i + 1) // 8, row) for i in range(4))
    assert left == right
    assert left != second


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("0.05", 0.05),
        ("0,05", 0.05),
        ("0.05 µm", 0.05),
        ("0.05um", 0.05),
        ("20nm", 0.02),
        ("20 nm", 0.02),
        ("", 0.0),
    ],
)
def test_lengths_are_read_as_typed(qtbot, typed, length):
    field = LengthField("Edge", "of a voxel")
    qtbot.addWidget(field.native)
    field.value = 1.0
    told = []
    field.changed.connect(told.append)
    field.native.lineEdit().setText(typed)
    field.native.interpretText()
    assert field.value == pytest.approx(length)
    assert told == [pytest.approx(length)]


@pytest.mark.parametrize("typed", ["twenty", "-3", "1e9", "nan"])
def test_what_is_no_length_is_not_taken(qtbot, typed):
    field = LengthField("Edge", "of a voxel")
    qtbot.addWidget(field.native)
    field.value = 1.0
    field.native.lineEdit().setText(typed)
    field.native.interpretText()
    assert field.value == 1.0
    assert field.native.text() == "1 µm"
