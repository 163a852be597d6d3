"""What opened images say, and answering by clicks, before anything counts."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import RawLayout, read_image, sha256_of
from napari_assb_twin.report import inputs
from napari_assb_twin.session.data_members import data_of, members_of
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
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

    def form_of(*arrays, size=0.1, layers=(), **known):
        images = tuple(
            Image(array, None if size is None else (size,) * array.ndim, f"image {number}", **known)
            for number, array in enumerate(arrays)
        )
        form = DataForm(Draft(images), PhaseNames(), COLOURS, worker, can_add=False, layers=layers)
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


def test_the_card_says_of_how_many_planes_the_shares_are(opened, section_data, volume, qtbot):
    form = opened(volume)
    found(qtbot, form)
    assert form.card.share.text() == "share, of\n4+4 planes"
    form.kind.value = "xy"
    qtbot.waitUntil(
        lambda: form.card.share.text() == "share, of\n4 of 40 sections", timeout=PATIENCE_MS
    )
    form = opened(section_data.images[0])
    found(qtbot, form)
    assert form.card.share.text() == "share"


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
    side = picture.width()
    left, corner = QPoint(side // 5, side // 2), QPoint(side * 4 // 5, side // 5)
    colour = picture.pixmap().toImage().pixel(left)
    from qtpy.QtTest import QTest

    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=left)
    assert {label: part.value for label, part in form.parts.items()} == {
        5: "pore",
        6: None,
        7: None,
    }
    assert picture.pixmap().toImage().pixel(left) != colour
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=corner)
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=corner)
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


def taken(form):
    """What the form answers, made at once."""
    answers = []
    form.answered.connect(lambda take, added: answers.append(take()))
    form.use.click()
    return answers[-1]


@pytest.fixture(scope="module")
def volume():
    twin = preset("isotropic")
    return WindowSampler(twin, Torus((40, 48, 56), (0.1,) * 3))(np.random.default_rng(0))


def test_the_source_of_the_voxel_size_is_told_until_another_is_typed(opened, section_data):
    form = opened(section_data.images[0], pixel_size_source="Zeiss tag 34118", tilt_degrees=52.0)
    assert form.source.text().startswith("Voxel size from Zeiss tag 34118.")
    assert "tilted by 52°" in form.source.text()
    form.sizes[2].native.lineEdit().setText("50nm")
    form.sizes[2].native.interpretText()
    assert form.source.text().startswith("Typed; from Zeiss tag 34118: 0.1 µm.")
    assert taken(form).measured[0].pixel_size_um == pytest.approx((0.1, 0.05))
    assert "does not say" in opened(section_data.images[0], size=None).source.text()


def test_pixels_of_slices_are_filled_in_where_only_their_distance_is_missing(opened, volume):
    stated = {"in_plane_um": (0.2, 0.1), "pixel_size_source": "the resolution that ImageJ wrote"}
    form = opened(volume, size=None, **stated)
    assert [field.value for field in form.sizes] == [0.0, 0.2, 0.1]
    said = "Size of the rows and columns from the resolution that ImageJ wrote."
    assert form.source.text() == said


def test_a_tilt_stretches_the_rows_and_is_written_down(opened, section_data):
    form = opened(section_data.images[0])
    form.part.tilt.value = 52.0
    data = taken(form)
    rows, columns = data.measured[0].pixel_size_um
    assert rows == pytest.approx(0.1 / np.sin(np.radians(52)))
    assert columns == pytest.approx(0.1)
    assert data.reading[0]["tilt_degrees"] == 52.0


def test_the_information_bar_is_left_out_unless_it_is_asked_for(opened, section_data):
    rng = np.random.default_rng(0)
    grey = np.array([20, 200, 110])[section_data.images[0]] + rng.integers(-9, 10, (128, 128))
    grey[112:] = 0
    form = opened(grey.astype(np.uint8), information_bar=(112, 128))
    assert form.bar.isVisibleTo(form)
    assert "the lowest 16 rows" in form.bar.text()
    data = taken(form)
    assert data.images[0].shape == (112, 128)
    assert data.reading[0]["information_bar"] == "left out"
    assert (data.images[0] == section_data.images[0][:112]).mean() > 0.99
    form.part.set_region([(10, 128), (0, 100)])
    assert taken(form).images[0].shape == (102, 100)
    assert form._textless.images[0].array.shape == (112, 128)  # the text parts no phases
    form.bar.setChecked(False)
    assert form._textless.images[0].array.shape == (128, 128)
    assert taken(form).images[0].shape == (118, 100)
    assert not opened(section_data.images[0]).bar.isVisibleTo(form)


def test_the_bar_of_any_of_several_images_is_asked_about(opened, section_data, worker, qtbot):
    """The first has none; what is cut is what the box and the record say."""
    image = section_data.images[0]
    form = opened(image, image)
    draft = form._draft
    barred = replace(draft.images[1], information_bar=(112, 128))
    form = DataForm(
        replace(draft, images=(draft.images[0], barred)),
        PhaseNames(),
        COLOURS,
        worker,
        can_add=False,
    )
    qtbot.addWidget(form)
    assert form.bar.isVisibleTo(form)
    assert "the lowest 16 rows" in form.bar.text()
    data = taken(form)
    assert [one.shape for one in data.images] == [(128, 128), (112, 128)]
    assert data.reading[0]["information_bar"] == "left out"
    form.part.set_region([(10, 128), (0, 100)])
    assert [one.shape for one in taken(form).images] == [(102, 100)] * 2
    form.part.all.click()
    form.bar.setChecked(False)
    data = taken(form)
    assert [one.shape for one in data.images] == [(128, 128)] * 2
    assert "information_bar" not in data.reading[0]


@pytest.mark.parametrize(
    ("way", "text", "numbers"),
    [("numbers", "3, 30 7", (3, 7, 30)), ("every", "20", (0, 20, 40)), ("evenly", "2", (12, 36))],
)
def test_planes_of_a_volume_become_sections(opened, volume, way, text, numbers):
    """Slices are z, so an xz plane holds slices and columns."""
    form = opened(volume)
    form.part.use.value = "xz"
    form.part.way.value = way
    form.part.numbers.native.setText(text)
    form.part.numbers.native.editingFinished.emit()
    data = taken(form)
    (stack,) = data.measured
    assert stack.plane == "xz"
    expected = Selection(planes=form.part.selection(planes=True, cut_bar=False).planes)
    assert data.reading[0]["planes"] == expected.record()["planes"]
    if way != "evenly":
        assert [image.tolist() for image in stack.images] == [
            volume[:, n].tolist() for n in numbers
        ]
    else:
        assert len(stack.images) == 2


def test_the_region_is_typed_and_taken_back(opened, volume, qtbot):
    form = opened(volume)
    for (first, end), (low, high) in zip(
        form.part.ranges, ((2, 40), (0, 40), (8, 56)), strict=True
    ):
        first.value, end.value = low, high
    data = taken(form)
    assert np.array_equal(data.measured.labels, volume[2:, :40, 8:])
    assert data.reading[0]["crop"] == "2:,:40,8:"
    form.part.ranges[1][0].value = 47
    form.part.ranges[1][1].value = 40
    assert "end behind its start" in form.card.note.text()
    form.part.all.click()
    assert np.array_equal(taken(form).measured.labels, volume)
    assert "crop" not in taken(form).reading[0]


@pytest.mark.parametrize(
    ("way", "text", "words"),
    [("numbers", "ten", "whole numbers"), ("every", "3,4", "one number"), ("evenly", "", "whole")],
)
def test_planes_that_cannot_be_understood_are_told(opened, volume, way, text, words):
    form = opened(volume)
    form.part.use.value = "yz"
    form.part.way.value = way
    form.part.numbers.native.setText(text)
    told = []
    form.refused.connect(told.append)
    form.use.click()
    assert words in told[0]
    form.kind.value = "xy"  # a stack of sections has no planes to choose
    form.part.numbers.native.editingFinished.emit()
    assert taken(form).measured[0].plane == "xy"


def test_a_mask_says_what_was_measured(opened, section_data, tmp_path, qtbot):
    image = section_data.images[0]
    mask = np.zeros(image.shape, np.uint8)
    mask[:, :64] = 1
    np.save(tmp_path / "mask.npy", mask)
    layer = Image(mask.T.copy(), None, "layer drawn")
    small = Image(mask[:50], None, "layer small")
    form = opened(image, layers=[("layer drawn", lambda: layer), ("layer small", lambda: small)])
    form.mask.choice.value = "layer drawn"
    assert (taken(form).images[0][64:] == OUTSIDE).all()
    told = []
    form.refused.connect(told.append)
    form.mask.choice.value = "layer small"
    assert "a mask has the size of the image" in told[0]
    assert form.mask.choice.value == "layer drawn"
    form.mask.read(str(tmp_path / "mask.npy"))
    assert form.mask.choice.value == "mask.npy"
    data = taken(form)
    assert (data.images[0][:, 64:] == OUTSIDE).all()
    assert np.array_equal(data.images[0][:, :64], image[:, :64])
    assert data.reading[0]["mask"]["file"].endswith("mask.npy")
    form.mask.choice.value = "none"
    assert np.array_equal(taken(form).images[0], image)


def test_what_was_read_is_kept_and_can_be_read_again(qtbot, worker, volume, tmp_path):
    """A RAW file with planes, region and tilt: through a session's description, and the report."""
    path = tmp_path / "v.raw"
    path.write_bytes(np.where(volume == 2, 7, volume).astype(">u2").tobytes())
    draft = Draft((read_image(path, raw=RawLayout(volume.shape, "uint16", big_endian=True)),))
    form = DataForm(draft, PhaseNames(), COLOURS, worker, can_add=False)
    qtbot.addWidget(form)
    for size in form.sizes:
        size.value = 0.1
    for part, phase in zip(form.parts.values(), COLOURS, strict=True):
        part.value = phase
    form.part.use.value = "yz"
    form.part.set_region([(4, 44), (0, 56)])
    form.part.tilt.value = 60.0
    data = taken(form)
    (stack,) = data.measured
    assert stack.images[0].shape == (40, 40)
    description, arrays = members_of(data)
    again = data_of(json.loads(json.dumps(description)), lambda name: arrays[name])
    reading = again.reading[0]
    assert reading["crop"] == ":,4:44,:"
    assert reading["planes"] == "yz=evenly:8"
    assert reading["files"][0]["sha256"] == sha256_of(path)
    read = inputs._read(VOLUME, [path], reading, tmp_path)
    assert read[0].pixel_size_um == pytest.approx(stack.pixel_size_um)
    for one, other in zip(read[0].images, stack.images, strict=True):
        assert np.array_equal(one, other)


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


@pytest.fixture
def half_dark(section_data):
    """Grey values of a section of which the left half has a third of the brightness."""
    rng = np.random.default_rng(0)
    grey = np.array([20, 200, 110])[section_data.images[0]] + rng.integers(-9, 10, (128, 128))
    grey[:, :64] //= 3
    return grey.astype(np.uint8)


def at_rest(qtbot, form):
    qtbot.waitUntil(lambda: not form.grey.busy, timeout=PATIENCE_MS)
    return form.grey


def seen_phases(qtbot, form):
    """What the picture shows, with what is taken at once and what is taken at rest."""
    hasty = taken(form)
    grey = at_rest(qtbot, form)
    data = taken(form)
    assert np.array_equal(hasty.images[0], data.images[0])
    assert data.reading[0]["thresholds"] == list(grey.cut.thresholds)
    assert data.reading[0]["thresholds_chosen_by"] == "multi-Otsu"
    return grey._parted.phases, data.images[0]


def test_what_is_seen_of_grey_values_is_what_the_region_gives(opened, half_dark, qtbot):
    """Contrast and thresholds are those of the part that counts, in the picture as in the data."""
    form = opened(half_dark)
    at_rest(qtbot, form)
    form.grey.steps.contrast.value = True
    form.grey.steps.noise.value = "median"
    whole = at_rest(qtbot, form).cut.thresholds
    form.part.set_region([(0, 128), (0, 64)])
    assert form.grey.steps.contrast.value
    seen, used = seen_phases(qtbot, form)
    assert seen.shape == (128, 64)
    assert np.array_equal(seen, used)
    assert form.grey.cut.thresholds != whole
    form.part.all.click()
    seen, used = seen_phases(qtbot, form)
    assert np.array_equal(seen, used)
    assert form.grey.cut.thresholds == whole


def test_what_is_seen_of_grey_values_knows_the_mask(opened, half_dark, qtbot):
    mask = np.zeros(half_dark.shape, np.uint8)
    mask[:, :64] = 1
    form = opened(half_dark, layers=[("drawn", lambda: Image(mask, None, "drawn"))])
    form.grey.steps.noise.value = "median"
    whole = at_rest(qtbot, form).cut.thresholds
    form.mask.choice.value = "drawn"
    seen, used = seen_phases(qtbot, form)
    assert np.array_equal(seen, used)
    assert (seen[:, 64:] == OUTSIDE).all()
    assert form.grey.cut.thresholds[1] < whole[1]
    shares = [label.text().split(": ")[1] for label in form.grey.seen.shares]
    order = (0, 2, 1)
    assert shares == [f"{(used[:, :64] == index).mean():.1%}" for index in order]


def test_planes_of_a_grey_volume_are_seen_one_by_one(opened, volume, qtbot):
    """Light is taken out of the planes that are used, not of the slices of the file."""
    rng = np.random.default_rng(0)
    grey = np.array([20, 200, 110])[volume] + rng.integers(-9, 10, volume.shape)
    form = opened(grey.astype(np.uint8))
    at_rest(qtbot, form)
    form.grey.steps.light.value = True
    form.part.use.value = "xz"
    form.part.numbers.native.setText("3")
    form.part.numbers.native.editingFinished.emit()
    box = at_rest(qtbot, form)
    assert (box.section.value, box.section.max) == (2, 3)
    data = taken(form)
    assert np.array_equal(box._parted.phases, data.images[1])


def test_a_forest_learns_from_the_whole_whatever_the_region(opened, half_dark, qtbot):
    form = opened(half_dark)
    form.part.set_region([(0, 128), (0, 64)])
    at_rest(qtbot, form)
    form.grey.way.value = "examples"
    assert at_rest(qtbot, form)._treated.plane.shape == (128, 128)
    assert form.grey.examples.marks(0).shape == (128, 128)
    form.grey.way.value = "thresholds"
    assert at_rest(qtbot, form)._treated.plane.shape == (128, 64)
