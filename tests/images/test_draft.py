"""From opened images to measured data, without a window."""

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import VOLUME, Data, Draft
from napari_assb_twin.images.image import Image
from napari_assb_twin.measure.sections import Volume

PARTS = {0: "pore", 127: "active_material", 254: "solid_electrolyte"}


def image(shape, source="a.tif", sizes=None):
    rng = np.random.default_rng(0)
    return Image(rng.choice(np.array([0, 127, 254], np.uint8), shape), sizes, source)


def test_a_volume_is_turned_to_its_pressing_axis():
    draft = Draft((image((40, 50, 60)),))
    data = draft.apply(kind=VOLUME, pressing_axis=2, voxel_size_um=(0.1, 0.2, 0.3), parts=PARTS)
    assert isinstance(data.measured, Volume)
    assert data.measured.labels.shape == (60, 40, 50)
    assert data.measured.voxel_size_um == (0.3, 0.1, 0.2)
    assert sum(data.volume_fractions.values()) == pytest.approx(1)
    assert "60 × 40 × 50" in data.summary()[0]
    (reading,) = data.reading
    assert reading["pressing_axis"] == 2
    assert reading["phases"] == {"pore": [0], "active_material": [127], "solid_electrolyte": [254]}


def test_sections_with_z_along_the_columns_are_turned():
    draft = Draft((image((40, 50)),))
    data = draft.apply(kind="xz", pressing_axis=1, voxel_size_um=(0.1, 0.2), parts=PARTS)
    (stack,) = data.measured
    assert stack.images[0].shape == (50, 40)
    assert stack.pixel_size_um == (0.2, 0.1)


def test_a_stack_and_single_sections_become_one_list():
    draft = Draft((image((3, 40, 40)), image((40, 40), "b.tif")))
    data = draft.apply(kind="xy", pressing_axis=0, voxel_size_um=(0.1, 0.1), parts=PARTS)
    assert len(data.measured[0].images) == 4
    assert data.sources == ("a.tif", "b.tif")


def test_planes_are_joined_and_volumes_are_not():
    one = Draft((image((40, 40)),))
    xy, yz = (
        one.apply(kind=kind, pressing_axis=0, voxel_size_um=(0.1, 0.1), parts=PARTS)
        for kind in ("xy", "yz")
    )
    assert [stack.plane for stack in xy.joined(yz).measured] == ["xy", "yz"]
    assert [reading["kind"] for reading in xy.joined(yz).reading] == ["xy", "yz"]
    volume = Draft((image((40, 40, 40)),)).apply(
        kind=VOLUME, pressing_axis=0, voxel_size_um=(0.1,) * 3, parts=PARTS
    )
    with pytest.raises(InputError):
        xy.joined(volume)
    assert isinstance(volume, Data)
    assert not volume.takes_more


def test_labels_that_are_the_codes_are_guessed():
    draft = Draft((Image(np.array([[0, 1], [2, 255]], np.uint8), None, "a"),))
    guesses = [draft.guess(label) for label in draft.labels]
    assert guesses == ["pore", "active_material", "solid_electrolyte", "outside"]
    assert Draft((image((4, 4)),)).guess(127) is None


@pytest.mark.parametrize(
    ("array", "parts"),
    [
        (np.zeros((40, 40), np.uint8), {0: "pore"}),
        (np.random.default_rng(0).integers(0, 3, (20, 20), np.uint8), None),
        (np.random.default_rng(0).integers(0, 3, (40, 40), np.uint8), {0: "pore", 1: "pore"}),
    ],
)
def test_what_cannot_be_measured_is_refused(array, parts):
    draft = Draft((Image(array, None, "a"),))
    parts = parts or {label: draft.guess(label) for label in draft.labels}
    with pytest.raises(InputError):
        draft.apply(kind="xz", pressing_axis=0, voxel_size_um=(0.1, 0.1), parts=parts)


def test_a_grey_picture_is_no_draft():
    grey = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    with pytest.raises(InputError, match="grey"):
        _ = Draft((Image(grey, None, "a"),)).labels


def test_a_phase_may_be_missing_in_one_of_several_sections():
    without = Image(np.random.default_rng(0).choice(np.array([127, 254]), (40, 40)), None, "b")
    data = Draft((image((40, 40)), without)).apply(
        kind="xz", pressing_axis=0, voxel_size_um=(0.1, 0.1), parts=PARTS
    )
    assert len(data.measured[0].images) == 2


def test_files_with_different_pixel_sizes_are_refused_with_both():
    with pytest.raises(InputError, match=r"0\.1 µm but b\.tif of 0\.2"):
        Draft((image((40, 40), sizes=(0.1, 0.1)), image((40, 40), "b.tif", (0.2, 0.2))))
