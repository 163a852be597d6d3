"""NRRD and MetaImage, as their own libraries write them and as they are damaged."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.formats import binary
from napari_assb_twin.images.reading import read_image, sha256_of


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.uint8)


@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
@pytest.mark.parametrize("detached", [False, True])
def test_nrrd_of_its_own_library(
    tmp_path: Path, volume: np.ndarray, encoding: str, dtype: str, detached: bool
) -> None:
    path = tmp_path / ("v.nhdr" if detached else "v.nrrd")
    header: dict[str, Any] = {"encoding": encoding, "spacings": [0.1, 0.2, 0.3]}
    header["units"] = ["um", "um", "um"]
    nrrd.write(str(path), volume.astype(dtype), header, index_order="C")
    image = read_image(path)
    np.testing.assert_array_equal(image.array, volume)
    assert image.array.dtype == dtype
    assert image.voxel_size_um == pytest.approx((0.3, 0.2, 0.1))
    assert image.pixel_size_source == "the NRRD header"


def test_nrrd_space_directions_and_their_unit(tmp_path: Path, volume: np.ndarray) -> None:
    header = {
        "space dimension": 3,
        "space directions": np.array([[0, 20, 0], [30, 0, 0], [0, 0, -40.0]]),
        "space units": ["nm", "nm", "nm"],
    }
    nrrd.write(str(tmp_path / "v.nrrd"), volume, header, index_order="C")
    assert read_image(tmp_path / "v.nrrd").voxel_size_um == pytest.approx((0.04, 0.03, 0.02))


def write_nrrd(path: Path, volume: np.ndarray, *lines: str) -> None:
    sizes = " ".join(str(size) for size in volume.shape[::-1])
    header = ["NRRD0004", "type: uint8", f"dimension: {volume.ndim}", f"sizes: {sizes}", *lines]
    path.write_bytes("\n".join([*header, "", ""]).encode() + volume.tobytes())


def test_a_micro_sign_is_not_a_metre(tmp_path: Path, volume: np.ndarray) -> None:
    path = tmp_path / "v.nrrd"
    write_nrrd(path, volume, "encoding: raw", "spacings: 1 1 1", 'units: "µm" "µm" "µm"')
    assert read_image(path).voxel_size_um == (1, 1, 1)


@pytest.mark.parametrize(("spacing", "size"), [(1e-4, 0.1), (0.009, 9.0), (0.1, None), (1, None)])
def test_spacings_without_a_unit_are_millimetres_only_where_that_is_sure(
    tmp_path: Path, volume: np.ndarray, spacing: float, size: float | None
) -> None:
    nrrd.write(str(tmp_path / "v.nrrd"), volume, {"spacings": [spacing] * 3}, index_order="C")
    write_mha(tmp_path / "v.mha", volume, f"ElementSpacing = {spacing} {spacing} {spacing}")
    for name in ("v.nrrd", "v.mha"):
        image = read_image(tmp_path / name)
        assert image.voxel_size_um == (None if size is None else pytest.approx((size,) * 3))
        assert (image.pixel_size_source or "").endswith("ITK's millimetres") == (size is not None)


@pytest.mark.parametrize("suffix", ["v.nrrd", "v.mha"])
def test_large_raw_voxels_stay_in_the_file(
    tmp_path: Path, volume: np.ndarray, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "MAPPED_FROM", 1)
    if suffix == "v.nrrd":
        write_nrrd(tmp_path / suffix, volume, "encoding: raw")
    else:
        write_mha(tmp_path / suffix, volume)
    image = read_image(tmp_path / suffix)
    assert isinstance(image.array, np.memmap)
    np.testing.assert_array_equal(image.array, volume)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("encoding: hex",), "encoded as hex"),
        (("encoding: raw", "kinds: RGB-color domain domain"), "colour picture (6 samples"),
        (("encoding: raw", "data file: ../v.raw"), "only a file in the same folder"),
        (("encoding: raw", "data file: /etc/passwd"), "only a file in the same folder"),
        (("encoding: raw", "data file: gone.raw"), "not beside it"),
        (("encoding: raw", "data file: bad.nrrd"), "names itself"),
        (("encoding: raw", "encoding: raw"), "Duplicate header field"),
        ((), "says no encoding"),
        (("encoding: raw", "byte skip: 5"), "cut short"),
        (("encoding: gzip",), "damaged"),
    ],
)
def test_nrrd_that_is_refused(
    tmp_path: Path, volume: np.ndarray, lines: tuple[str, ...], words: str
) -> None:
    write_nrrd(tmp_path / "bad.nrrd", volume, *lines)
    with pytest.raises(InputError) as caught:
        read_image(tmp_path / "bad.nrrd")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_voxels_take_no_more_memory_than_the_header_states(
    tmp_path: Path, pack: Any
) -> None:
    """A hundred megabytes behind a header of 120 voxels are not unpacked."""
    path = tmp_path / "bomb.nrrd"
    encoding = "gzip" if pack is gzip.compress else "bzip2"
    header = f"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 6 5 4\nencoding: {encoding}\n\n"
    path.write_bytes(header.encode() + pack(bytes(100 << 20)))
    assert read_image(path).array.shape == (4, 5, 6)


def test_a_header_that_states_more_than_its_packed_bytes_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "lie.nrrd"
    header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4000 4000 4000\nencoding: gzip\n\n"
    path.write_bytes(header.encode() + gzip.compress(b"abc"))
    with pytest.raises(InputError, match="does not hold 4000 x 4000 x 4000"):
        read_image(path)


def write_mha(path: Path, volume: np.ndarray, *lines: str, kind: str = "MET_UCHAR") -> None:
    sizes = " ".join(str(size) for size in volume.shape[::-1])
    header = [
        "ObjectType = Image", f"NDims = {volume.ndim}", f"DimSize = {sizes}", *lines,
        f"ElementType = {kind}", "ElementDataFile = LOCAL",
    ]  # fmt: skip
    path.write_bytes("\n".join([*header, ""]).encode() + volume.tobytes())


@pytest.mark.parametrize("name", ["v.mha", "v.mhd"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_metaimage_of_itk(
    tmp_path: Path, volume: np.ndarray, name: str, packed: bool, dtype: str
) -> None:
    itk = pytest.importorskip("SimpleITK")
    written = itk.GetImageFromArray(volume.astype(dtype))
    written.SetSpacing((1e-4, 2e-4, 3e-4))
    itk.WriteImage(written, str(tmp_path / name), packed)
    image = read_image(tmp_path / name)
    np.testing.assert_array_equal(image.array, volume)
    assert image.array.dtype == dtype
    assert image.voxel_size_um == pytest.approx((0.3, 0.2, 0.1))


def test_metaimage_section_with_a_unit_and_other_byte_order(tmp_path: Path) -> None:
    section = np.arange(42).reshape(6, 7).astype(">u2")
    path = tmp_path / "s.mha"
    write_mha(
        path, section, "ElementByteOrderMSB = True", "ElementSpacing = 20 30",
        "DistanceUnits = nm", kind="MET_USHORT",
    )  # fmt: skip
    image = read_image(path)
    np.testing.assert_array_equal(image.array, section)
    assert image.voxel_size_um == pytest.approx((0.03, 0.02))


def test_metaimage_data_at_the_end_of_a_file(tmp_path: Path, volume: np.ndarray) -> None:
    """HeaderSize -1: whatever stands before the voxels."""
    (tmp_path / "v.raw").write_bytes(b"something" + volume.tobytes())
    (tmp_path / "v.mhd").write_text(
        "NDims = 3\nDimSize = 6 5 4\nHeaderSize = -1\nElementType = MET_UCHAR\n"
        "ElementDataFile = v.raw\n"
    )
    np.testing.assert_array_equal(read_image(tmp_path / "v.mhd").array, volume)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("ElementNumberOfChannels = 3",), "colour picture (3 samples"),
        (("BinaryData = False",), "as text"),
        (("CompressedData = True",), "damaged"),
        (("HeaderSize = 1000",), "cut short"),
        (("NDims = 99",), "sizes that no image has"),
        (("DimSize = 6 5 0",), "sizes that no image has"),
        (("DimSize = 6 5",), "sizes that no image has"),
        (("DimSize = six five four",), "damaged"),
        (("DimSize = 99999999 99999999 99999999",), "cut short"),
    ],
)
def test_metaimage_that_is_refused(
    tmp_path: Path, volume: np.ndarray, lines: tuple[str, ...], words: str
) -> None:
    write_mha(tmp_path / "bad.mha", volume, *lines)
    with pytest.raises(InputError) as caught:
        read_image(tmp_path / "bad.mha")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["../v.raw", "/etc/passwd", "sub/v.raw", "..\\v.raw", "gone.raw"])
def test_detached_data_lie_in_the_same_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "v.mhd").write_text(
        f"NDims = 2\nDimSize = 6 5\nElementType = MET_UCHAR\nElementDataFile = {name}\n"
    )
    with pytest.raises(InputError, match=r"same folder|not beside it"):
        read_image(tmp_path / "v.mhd")


def test_every_cut_of_a_file_is_refused(tmp_path: Path, volume: np.ndarray) -> None:
    write_mha(tmp_path / "v.mha", volume)
    write_nrrd(tmp_path / "v.nrrd", volume, "encoding: raw")
    nrrd.write(str(tmp_path / "z.nrrd"), volume, {"encoding": "gzip"}, index_order="C")
    for name in ("v.mha", "v.nrrd", "z.nrrd"):
        content = (tmp_path / name).read_bytes()
        for length in range(0, len(content) - 10, 3):
            (tmp_path / name).write_bytes(content[:length])
            with pytest.raises(InputError):
                read_image(tmp_path / name)


def test_the_sha256_of_a_header_covers_its_data(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "v.mhd").write_text(
        "NDims = 3\nDimSize = 6 5 4\nElementType = MET_UCHAR\nElementDataFile = v.raw\n"
    )
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    before = sha256_of(tmp_path / "v.mhd")
    assert sha256_of(tmp_path / "v.mhd") == before
    (tmp_path / "v.raw").write_bytes((2 - volume).astype(np.uint8).tobytes())
    assert sha256_of(tmp_path / "v.mhd") != before
