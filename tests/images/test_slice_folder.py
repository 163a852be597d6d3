"""A folder of numbered slices is one volume, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import parse_crop
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.formats import folder as folder_module
from napari_assb_twin.images.planes import Selection, parse_planes
from napari_assb_twin.images.reading import read_image, sha256_of


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (12, 6, 7)).astype(np.uint8)


def write(folder: Path, volume: np.ndarray, names: list[str]) -> None:
    for name, plane in zip(names, volume, strict=True):
        if name.endswith("png"):
            Pillow.fromarray(plane).save(folder / name)
        else:
            tifffile.imwrite(folder / name, plane)


@pytest.mark.parametrize("pattern", ["s_{}.tif", "run7 z{:03d}.png", "{:05d}.TIFF", "a_{}_b2.tif"])
def test_slices_are_ordered_by_their_number(
    tmp_path: Path, volume: np.ndarray, pattern: str
) -> None:
    """Not by their names, in which 10 comes before 2."""
    write(tmp_path, volume, [pattern.format(i) for i in range(3, 15)])
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / ".hidden_3.tif").write_bytes(b"")
    image = read_image(tmp_path)
    np.testing.assert_array_equal(image.array, volume)
    assert image.source == tmp_path.name
    part = read_image(tmp_path, selection=Selection(parse_crop("4:6,1:,:3")))
    np.testing.assert_array_equal(part.array, volume[4:6, 1:, :3])


def test_the_pixels_of_slices_whose_distance_is_not_known(
    tmp_path: Path, volume: np.ndarray
) -> None:
    """As sections they need nothing else; as a volume the distance is typed."""
    for number, plane in enumerate(volume):
        known = {"imagej": True, "resolution": (4, 2), "metadata": {"unit": "um"}}
        tifffile.imwrite(tmp_path / f"s{number}.tif", plane, **known)
    image = read_image(tmp_path)
    assert (image.voxel_size_um, image.in_plane_um) == (None, pytest.approx((0.5, 0.25)))
    assert image.pixel_size_source == "the resolution that ImageJ wrote"
    draft = Draft((image,))
    assert draft.stated_sizes("xz") == pytest.approx((0.5, 0.25))
    assert draft.stated_sizes("volume") is None
    tilted = Selection(parse_crop(":,1:,:"), tilt_degrees=30)
    for part in (read_image(tmp_path, selection=tilted), tilted.of(image, 0)):
        assert part.in_plane_um == pytest.approx((1.0, 0.25))
    planes = Selection(planes=parse_planes("yz=2"))
    assert read_image(tmp_path, selection=planes).in_plane_um is None


def test_only_the_slices_that_are_asked_for_are_opened(tmp_path: Path, volume: np.ndarray) -> None:
    write(tmp_path, volume, [f"s{i}.tif" for i in range(12)])
    (tmp_path / "s9.tif").write_bytes(b"II*\0 damaged")
    part = read_image(tmp_path, selection=Selection(parse_crop("2:5,:,:")))
    np.testing.assert_array_equal(part.array, volume[2:5])
    with pytest.raises(InputError, match=r"s9\.tif is damaged"):
        read_image(tmp_path)


def test_what_is_no_set_of_slices(tmp_path: Path, volume: np.ndarray) -> None:
    def sentence(*names: str) -> str:
        for old in tmp_path.iterdir():
            old.unlink()
        write(tmp_path, volume[: len(names)], list(names))
        with pytest.raises(InputError) as caught:
            read_image(tmp_path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "without images" in sentence()
    assert "with one image" in sentence("s1.tif")
    assert "between s2.tif and s4.tif the slices 3 are missing" in sentence(
        "s1.tif", "s2.tif", "s4.tif"
    )
    assert "slices 2 to 8 are missing" in sentence("s1.tif", "s9.tif")
    assert "images of different names" in sentence("s1.tif", "s2.tif", "overview.tif")
    assert "images of different names" in sentence("s1.tif", "s2.png")
    assert "differ in 2 numbers" in sentence("a1_s1.tif", "a2_s2.tif")
    assert "have the same number" in sentence("s1.tif", "s01.tif")


@pytest.mark.parametrize(
    ("other", "words"),
    [(np.zeros((6, 8), np.uint8), "has 6 x 8 pixels of uint8, but s0.tif 6 x 7 of uint8"),
     (np.zeros((6, 7), np.uint16), "has 6 x 7 pixels of uint16, but"),
     (np.zeros((2, 6, 7), np.uint8), "has 2 x 6 x 7 pixels")],
)  # fmt: skip
def test_slices_of_other_size_or_type(
    tmp_path: Path, volume: np.ndarray, other: np.ndarray, words: str
) -> None:
    write(tmp_path, volume[:3], ["s0.tif", "s1.tif", "s2.tif"])
    tifffile.imwrite(tmp_path / "s1.tif", other, photometric="minisblack")
    with pytest.raises(InputError) as caught:
        read_image(tmp_path)
    assert words in str(caught.value)
    assert "s1.tif" in str(caught.value)


def test_a_folder_of_stacks(tmp_path: Path, volume: np.ndarray) -> None:
    write(tmp_path, np.stack([volume, volume]), ["s0.tif", "s1.tif"])
    with pytest.raises(InputError, match=r"s0\.tif in .* has 3 axes"):
        read_image(tmp_path)


def test_the_sha256_of_a_folder_is_that_of_its_slices(tmp_path: Path, volume: np.ndarray) -> None:
    write(tmp_path, volume[:2], ["s0.tif", "s1.tif"])
    before = sha256_of(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert sha256_of(tmp_path) == before
    tifffile.imwrite(tmp_path / "s1.tif", volume[2])
    assert sha256_of(tmp_path) != before


def test_a_folder_that_does_not_fit_into_memory(
    tmp_path: Path, volume: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, volume, [f"s{i}.tif" for i in range(12)])

    class Full:
        available = 300

    monkeypatch.setattr("psutil.virtual_memory", Full)
    with pytest.raises(InputError, match=r"needs .* GiB, but .* read a part of it \(--crop"):
        read_image(tmp_path)
    part = read_image(tmp_path, selection=Selection(parse_crop("0:2,:,:")))
    assert part.array.shape == (2, 6, 7)
    assert folder_module.slice_files(tmp_path)[-1].name == "s11.tif"
