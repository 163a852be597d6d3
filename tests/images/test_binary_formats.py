"""NPY and RAW: mapped where large, refused where the sizes do not fit the file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.geodict import export_geodict
from napari_assb_twin.images.crop import parse_crop
from napari_assb_twin.images.formats import binary
from napari_assb_twin.images.formats.raw import RawLayout
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (4, 5, 6)).astype(np.uint8)


@pytest.fixture
def all_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every array counts as large."""
    monkeypatch.setattr(binary, "MAPPED_FROM", 1)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["uint8", ">u2", "<i4", "float64"])
@pytest.mark.usefixtures("all_mapped")
def test_a_mapped_npy_has_the_values_of_the_file(
    tmp_path: Path, volume: np.ndarray, dtype: str, order: str
) -> None:
    path = tmp_path / "v.npy"
    np.save(path, np.asarray(volume.astype(dtype), order=order))
    image = read_image(path)
    np.testing.assert_array_equal(image.array, volume)
    assert image.array.dtype.isnative
    assert isinstance(image.array, np.memmap) == (order == "C" and np.dtype(dtype).isnative)
    part = read_image(path, selection=Selection(parse_crop("1:3,:,2:"))).array
    np.testing.assert_array_equal(part, volume[1:3, :, 2:])


def test_small_files_are_not_mapped(tmp_path: Path, volume: np.ndarray) -> None:
    np.save(tmp_path / "v.npy", volume)
    image = read_image(tmp_path / "v.npy")
    assert not isinstance(image.array, np.memmap)
    image.array[0, 0, 0] = 9  # and are the caller's own


def test_an_npy_header_larger_than_the_file_is_refused_before_memory_is_taken(
    tmp_path: Path,
) -> None:
    path = tmp_path / "huge.npy"
    with path.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (10**6, 10**6, 10**6)}
        np.lib.format.write_array_header_1_0(file, header)
        file.write(b"abc")
    with pytest.raises(InputError, match=r"huge\.npy is cut short: 1000000 x 1000000 x 1000000"):
        read_image(path)


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32"])
@pytest.mark.parametrize("header", [0, 13])
def test_a_typed_raw(
    tmp_path: Path, volume: np.ndarray, dtype: str, header: int, big_endian: bool
) -> None:
    path = tmp_path / "bytes.dat"
    stored = volume.astype(np.dtype(dtype).newbyteorder(">" if big_endian else "<"))
    path.write_bytes(b"h" * header + stored.tobytes())
    layout = RawLayout((4, 5, 6), dtype, header, big_endian)  # type: ignore[arg-type]
    np.testing.assert_array_equal(read_image(path, raw=layout).array, volume)


@pytest.mark.usefixtures("all_mapped")
def test_a_large_raw_stays_in_its_file(tmp_path: Path, volume: np.ndarray) -> None:
    path = tmp_path / "v.raw"
    path.write_bytes(volume.tobytes())
    image = read_image(path, raw=RawLayout((4, 5, 6)))
    assert isinstance(image.array, np.memmap)
    np.testing.assert_array_equal(image.array, volume)


@pytest.mark.parametrize("layout", [RawLayout((4, 5, 7)), RawLayout((4, 5, 6), "uint16")])
def test_a_raw_of_other_sizes_is_refused(
    tmp_path: Path, volume: np.ndarray, layout: RawLayout
) -> None:
    path = tmp_path / "v.raw"
    path.write_bytes(volume.tobytes())
    with pytest.raises(InputError, match=r"v\.raw has 120 bytes, but"):
        read_image(path, raw=layout)


@pytest.mark.parametrize(
    ("shape", "dtype", "header", "words"),
    [((4,), "uint8", 0, "--raw-shape"), ((4, 0, 6), "uint8", 0, "--raw-shape"),
     ((4, 5, 6), "complex64", 0, "--raw-type"), ((4, 5, 6), "uint8", -1, "header")],
)  # fmt: skip
def test_layouts_that_no_file_has(
    shape: tuple[int, ...], dtype: str, header: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        RawLayout(shape, dtype, header)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "dtype", "edge"),
    [("v_6x5x4_0.1um_8bit.raw", "uint8", 0.1), ("v_6x5x4_20nm_16bit.raw", "<u2", 0.02),
     ("v-6x5x4.raw", "<u2", None), ("v_6x5x4.raw", "uint8", None),
     ("v_6x5x4_32bit.bin", "<f4", None)],
)  # fmt: skip
def test_the_sizes_in_a_name_are_taken_if_they_fit_the_file(
    tmp_path: Path, volume: np.ndarray, name: str, dtype: str, edge: float | None
) -> None:
    (tmp_path / name).write_bytes(volume.astype(dtype).tobytes())
    image = read_image(tmp_path / name)
    np.testing.assert_array_equal(image.array, volume)
    assert image.voxel_size_um == (None if edge is None else (edge,) * 3)
    assert image.pixel_size_source == (None if edge is None else "the name of the file")


@pytest.mark.parametrize("name", ["v.raw", "v_6x5x5_8bit.raw", "v_0x5x4.raw", "v_6x5.raw"])
def test_a_raw_without_sizes_says_how_to_give_them(
    tmp_path: Path, volume: np.ndarray, name: str
) -> None:
    (tmp_path / name).write_bytes(volume.tobytes())
    with pytest.raises(InputError, match="holds bytes only; give its sizes as --raw-shape"):
        read_image(tmp_path / name)


def test_the_raw_of_an_own_export_comes_back(tmp_path: Path) -> None:
    labels = np.random.default_rng(1).integers(0, 3, (8, 9, 10)).astype(np.uint8)
    export_geodict(labels, tmp_path / "out", voxel_size_um=0.25, stem="a_b")
    (raw,) = (tmp_path / "out").glob("*.raw")
    image = read_image(raw)
    np.testing.assert_array_equal(image.array, labels)
    assert image.voxel_size_um == (0.25, 0.25, 0.25)


def test_the_json_of_an_export_tells_the_layout_where_the_name_does_not(
    tmp_path: Path, volume: np.ndarray
) -> None:
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    facts = {
        "format": "assb-twin-geodict",
        "voxels": {"NX": 6, "NY": 5, "NZ": 4},
        "voxel_length_um": 0.5,
        "raw": {"file": "v.raw", "header_bytes": 0, "type": "uint8"},
    }
    (tmp_path / "v.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
    image = read_image(tmp_path / "v.raw")
    np.testing.assert_array_equal(image.array, volume)
    assert (image.voxel_size_um, image.pixel_size_source) == ((0.5, 0.5, 0.5), "v.json")


@pytest.mark.parametrize(
    ("unit", "factor"), [("METER", 1e-6), ("MILLIMETER", 1e-3), ("Density", None)]
)
def test_the_lines_of_dragonfly_beside_a_raw(
    tmp_path: Path, volume: np.ndarray, unit: str, factor: float | None
) -> None:
    (tmp_path / "v.raw").write_bytes(volume.astype("<u2").tobytes())
    edges = [one * (factor or 1) for one in (0.1, 0.2, 0.3)]
    (tmp_path / "v.dat").write_text(
        "ObjectFileName: v.raw\nResolution: 6 5 4\nFormat: USHORT\n"
        f"SliceThickness: {edges[0]} {edges[1]} {edges[2]}\nMeasurementUnit: {unit}\n"
    )
    image = read_image(tmp_path / "v.raw")
    np.testing.assert_array_equal(image.array, volume)
    if factor is None:
        assert image.voxel_size_um is None
    else:
        assert image.voxel_size_um == pytest.approx((0.3, 0.2, 0.1))
        assert image.pixel_size_source == "v.dat"


def test_the_xml_of_dragonfly_beside_a_raw(tmp_path: Path, volume: np.ndarray) -> None:
    """Its spacings have no documented unit."""
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    (tmp_path / "v.xml").write_text(
        "<RAWFileData><DataFileName>v.raw</DataFileName><Format>UCHAR</Format>"
        '<Resolution X="6" Y="5" Z="4" T="1" /><Spacing X="1" Y="1" Z="1" /></RAWFileData>'
    )
    image = read_image(tmp_path / "v.raw")
    np.testing.assert_array_equal(image.array, volume)
    assert image.voxel_size_um is None


def test_a_metaimage_header_beside_a_raw(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    (tmp_path / "v.mhd").write_text(
        "NDims = 3\nDimSize = 6 5 4\nElementType = MET_UCHAR\nElementSpacing = 1e-4 2e-4 3e-4\n"
        "ElementDataFile = v.raw\n"
    )
    image = read_image(tmp_path / "v.raw")
    np.testing.assert_array_equal(image.array, volume)
    assert image.voxel_size_um == pytest.approx((0.3, 0.2, 0.1))


def test_a_sidecar_of_another_file_does_not_count(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    (tmp_path / "v.dat").write_text("ObjectFileName: w.raw\nResolution: 6 5 4\nFormat: UCHAR\n")
    with pytest.raises(InputError, match="holds bytes only"):
        read_image(tmp_path / "v.raw")


def test_a_sidecar_that_does_not_fit_the_file(tmp_path: Path, volume: np.ndarray) -> None:
    (tmp_path / "v.raw").write_bytes(volume.tobytes())
    (tmp_path / "v.dat").write_text("ObjectFileName: v.raw\nResolution: 6 5 3\nFormat: UCHAR\n")
    with pytest.raises(InputError, match=r"v\.raw has 120 bytes, but 3 x 5 x 6"):
        read_image(tmp_path / "v.raw")
