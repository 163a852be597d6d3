"""A part of a file that is opened, and of it again a part: offsets and steps add up."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tifffile

from napari_assb_twin.errors import InputError
from napari_assb_twin.images import room
from napari_assb_twin.images.crop import WHOLE, Crop, parse_crop, region_of
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.formats import binary
from napari_assb_twin.images.geometry import Kind
from napari_assb_twin.images.planes import Selection, parse_planes
from napari_assb_twin.images.reading import look_at, read_image
from napari_assb_twin.images.unread import WORKING_BYTES, Unread
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.report import inputs
from napari_assb_twin.session.data_members import data_of, members_of

SIZES = (0.1, 0.2, 0.3)
PHASES = {0: "pore", 1: "active_material", 2: "solid_electrolyte"}


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (40, 44, 48)).astype(np.uint8)


def test_a_thinned_region_is_written_as_python_writes_it(volume: np.ndarray) -> None:
    crop = parse_crop("2:38:3, :, 5::2")
    np.testing.assert_array_equal(volume[crop.slices(volume.shape, "v")], volume[2:38:3, :, 5::2])
    assert crop.record() == "2:38:3,:,5::2"
    assert parse_crop(crop.record()) == crop
    assert parse_crop("1:4:1,:,:") == parse_crop("1:4,:,:")
    for text in ("1:4:0,:,:", "::-1,:,:", f"{10**13}:,:,:"):
        with pytest.raises(InputError, match="one in every 2"):
            parse_crop(text)


def random_region(rng: np.random.Generator, shape: tuple[int, ...]) -> Crop:
    ranges: list[tuple[int | None, int | None]] = []
    for size in shape:
        first = int(rng.integers(0, size))
        end = int(rng.integers(first + 1, size + 1))
        ranges.append((first or None, None if end == size else end))
    return region_of(ranges, [int(step) for step in rng.integers(1, 4, len(shape))])


def test_a_region_of_a_region_is_a_region_of_the_file(volume: np.ndarray) -> None:
    """A hundred random pairs, each against numpy."""
    rng = np.random.default_rng(1)
    for _ in range(100):
        outer = random_region(rng, volume.shape)
        part = volume[outer.slices(volume.shape, "v")]
        inner = random_region(rng, part.shape)
        both = inner.inside(outer)
        np.testing.assert_array_equal(
            part[inner.slices(part.shape, "v")], volume[both.slices(volume.shape, "v")]
        )
        numbers = np.arange(volume.shape[1])[outer.slices(volume.shape, "v")[1]]
        assert [outer.number_in_file(1, n) for n in range(len(numbers))] == list(numbers)
        np.testing.assert_allclose(both.thinned(SIZES), outer.thinned(inner.thinned(SIZES)))
    assert WHOLE.inside(outer) == outer == outer.inside(WHOLE)


HALF = "4:96:2,:,8:"
THIRD = "4:,2:108:3,8::2"


@pytest.mark.parametrize(
    ("kind", "region", "selected"),
    [
        (VOLUME, HALF, Selection()),
        ("xy", HALF, Selection()),
        (VOLUME, HALF, Selection(parse_crop("1:40,3:,:50"))),
        ("xy", HALF, Selection(parse_crop("1:40,3:,:50"))),
        (VOLUME, THIRD, Selection(planes=parse_planes("xz=3,7"))),
        (VOLUME, THIRD, Selection(parse_crop(":,1:,2:"), parse_planes("yz=every:5"))),
        (VOLUME, THIRD, Selection(planes=parse_planes("xy=evenly:4"))),
    ],
)
def test_a_part_of_what_was_opened_is_recorded_in_voxels_of_the_file(
    tmp_path: Path, kind: Kind, region: str, selected: Selection
) -> None:
    """What is taken, what a session keeps, and what a report reads again are the same."""
    volume = np.random.default_rng(0).integers(0, 3, (100, 110, 120)).astype(np.uint8)
    path = tmp_path / "v.npy"
    np.save(path, volume)
    draft = Draft((read_image(path, selection=Selection(parse_crop(region))),))
    data = draft.apply(
        kind=kind,
        pressing_axis=1 if kind == VOLUME else 0,
        voxel_size_um=SIZES if kind == VOLUME else SIZES[1:],
        parts=PHASES,  # type: ignore[arg-type]
        selection=selected,
    )
    description, arrays = members_of(data)
    kept = data_of(json.loads(json.dumps(description)), lambda name: arrays[name])
    again = inputs._read(kind, [path], kept.reading[0], tmp_path)
    assert inputs._described(again) == inputs._described(data.measured)
    if selected == Selection():
        crop = parse_crop(kept.reading[0]["crop"])
        assert crop == parse_crop(region)
        expected = volume[crop.slices(volume.shape, "v")]
        if isinstance(data.measured, Volume):
            np.testing.assert_array_equal(data.measured.labels, np.moveaxis(expected, 1, 0))
            assert data.measured.voxel_size_um == pytest.approx((0.2, 0.2, 0.3))
        else:
            np.testing.assert_array_equal(np.stack(data.images), expected)


def test_sizes_are_those_of_the_thinned_voxels(volume: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "v_48x44x40_50nm_8bit.raw"
    path.write_bytes(volume.tobytes())
    image = read_image(path, selection=Selection(parse_crop("::4,:,::2"), tilt_degrees=None))
    assert image.voxel_size_um == pytest.approx((0.2, 0.05, 0.1))
    assert image.crop.unthinned(image.voxel_size_um or ()) == pytest.approx((0.05,) * 3)


def written(folder: Path, name: str, volume: np.ndarray) -> Path:
    """A file or folder of every format that can hold a volume."""
    path = folder / name
    if name == "packed.tif":
        tifffile.imwrite(path, volume, compression="zlib", photometric="minisblack")
    elif name == "plain.tif":
        tifffile.imwrite(path, volume, photometric="minisblack")
    elif name == "v.npy":
        np.save(path, volume)
    elif name == "slices":
        path.mkdir()
        for number, plane in enumerate(volume):
            tifffile.imwrite(path / f"s{number}.tif", plane)
    elif name == "v.zarr":
        import zarr

        zarr.create_array(path, data=volume, chunks=(8, 44, 20))
    elif name.endswith("nrrd"):
        import nrrd

        packing = {"raw.nrrd": "raw", "gzip.nrrd": "gzip", "bzip2.nrrd": "bzip2"}[name]
        nrrd.write(str(path), volume, {"encoding": packing}, index_order="C")
    elif name == "v.mha":
        import SimpleITK

        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(volume), str(path), useCompression=True)
    else:
        path.write_bytes(volume.tobytes())
    return path


@pytest.mark.parametrize(
    "name",
    ["packed.tif", "plain.tif", "v.npy", "slices", "v.zarr", "raw.nrrd", "gzip.nrrd",
     "bzip2.nrrd", "v.mha", "v_48x44x40_8bit.raw"],
)  # fmt: skip
def test_a_part_of_a_file_larger_than_the_memory_is_read(
    volume: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = written(tmp_path, name, volume)
    monkeypatch.setattr(binary, "MAPPED_FROM", 1)  # as a large file is
    monkeypatch.setattr("napari_assb_twin.images.formats.tiff.MAPPED_FROM", 1)
    monkeypatch.setattr(room, "free_bytes", lambda: volume.nbytes // 2)
    unread = look_at(path)
    assert (unread.shape, unread.dtype) == (volume.shape, volume.dtype)
    assert not room.fits(unread.needed())
    region = parse_crop("3:11:2,5:,:40")
    assert room.fits(unread.needed(region))
    part = unread.image(Selection(region))
    np.testing.assert_array_equal(part.array, volume[3:11:2, 5:, :40])
    np.testing.assert_array_equal(unread.thin_plane(7, 20), volume[7, ::3, ::3])
    assert unread.quick_to_see == (name not in ("gzip.nrrd", "bzip2.nrrd", "v.mha"))


def test_what_is_needed_is_the_part_and_its_phases(volume: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", volume.astype(np.uint16))
    unread = look_at(tmp_path / "v.npy")
    assert unread.needed() == volume.size * (2 + WORKING_BYTES)
    assert unread.needed(parse_crop("::2,4:,:")) == 20 * 40 * 48 * (2 + WORKING_BYTES)


def test_mapped_slices_stay_in_the_file(
    volume: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "MAPPED_FROM", 1)
    np.save(tmp_path / "v.npy", volume)
    unread: Unread = look_at(tmp_path / "v.npy")
    for region, own in (("4:9,:,:", 0), ("4:9,1:,:", 1), ("::2,:,:", 1)):
        crop = parse_crop(region)
        part = unread.image(Selection(crop)).array
        assert isinstance(part, np.memmap) == (own == 0)
        assert unread.needed(crop) == part.size * (own + WORKING_BYTES)


def test_packed_planes_are_unpacked_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 32 MiB, three planes: less than 8 MiB are held at a time."""
    volume = np.random.default_rng(0).integers(0, 3, (64, 512, 1024)).astype(np.uint8)
    header = "NRRD0004\ntype: uint8\ndimension: 4\nsizes: 1024 512 64 1\nencoding: gzip\n\n"
    path = tmp_path / "v.nrrd"
    path.write_bytes(header.encode() + gzip.compress(volume.tobytes(), 1))
    monkeypatch.setattr(room, "free_bytes", lambda: volume.nbytes // 2)
    selection = Selection(parse_crop("20:26:2,:,:"))
    look_at(path)  # imports what it needs
    tracemalloc.start()
    part = read_image(path, selection=selection).array
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(part, volume[20:26:2])
    assert peak < 8 << 20
    with pytest.raises(InputError, match="read a part of it"):
        read_image(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 4])
    with pytest.raises(InputError, match="cut short"):
        read_image(path, selection=selection)


def test_a_packed_page_that_does_not_fit_is_said_to_be_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = np.zeros((200, 300), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", section, compression="zlib")
    monkeypatch.setattr(room, "free_bytes", lambda: 30_000)
    with pytest.raises(InputError, match="packed in one piece: save it uncompressed"):
        look_at(tmp_path / "a.tif")


def test_evenly_spread_planes_of_a_thinned_axis_lie_on_it() -> None:
    within = range(40)[slice(3, 37, 4)]
    assert parse_planes("xz=evenly:3").positions(within, "v") == (7, 19, 31)
    assert parse_planes("xz=every:2").positions(within, "v") == (3, 11, 19, 27, 35)
