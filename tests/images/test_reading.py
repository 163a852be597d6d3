"""Images come in whole with their voxel sizes, or are refused with one sentence."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import parse_crop
from napari_assb_twin.images.formats import binary, tiff
from napari_assb_twin.images.planes import Selection
from napari_assb_twin.images.reading import read_image, sha256_of

RealData = Callable[[str], Path]


@pytest.fixture
def stack() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (5, 40, 50)).astype(np.uint8)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_image(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "lzw"},
        {"compression": "zlib", "predictor": True},
        {"compression": "packbits"},
        {"tile": (16, 16)},
        {"bigtiff": True},
        {"byteorder": ">"},
        {"metadata": None},
    ],
)
def test_tiff_variants_come_in_whole(tmp_path: Path, stack: np.ndarray, options: Any) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack", **options)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array, stack)
    assert image.voxel_size_um is None
    assert image.source == "a.tif"


def test_a_grey_jpeg_in_a_tiff_comes_in_nearly_as_it_was(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:64, :80]
    grey = (100 + 60 * np.sin(rows / 9) * np.cos(columns / 7)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", grey, compression="jpeg", compressionargs={"level": 95})
    read = read_image(tmp_path / "a.tif").array
    assert read.dtype == np.uint8
    assert np.abs(read.astype(int) - grey).max() <= 4


def test_a_colour_jpeg_in_a_tiff_is_refused(tmp_path: Path) -> None:
    colours = np.zeros((64, 80, 3), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", colours, photometric="rgb", compression="jpeg")
    assert "colour picture" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"imagej": True}, {"byteorder": ">"}])
def test_large_plain_tiffs_stay_in_their_file(
    tmp_path: Path, stack: np.ndarray, options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (binary, tiff):
        monkeypatch.setattr(module, "MAPPED_FROM", 1)
    wide = stack.astype(np.uint16)
    plain = {} if "imagej" in options else {"photometric": "minisblack"}
    tifffile.imwrite(tmp_path / "a.tif", wide, **plain, **options)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array, wide)
    turned = options.get("byteorder") == ">"  # for this machine
    assert isinstance(image.array, np.memmap) != turned
    part = read_image(tmp_path / "a.tif", selection=Selection(parse_crop("1:3,:,4:"))).array
    np.testing.assert_array_equal(part, wide[1:3, :, 4:])


@pytest.mark.parametrize("options", [{"compression": "zlib"}, {"tile": (16, 16)}, {}])
def test_of_a_packed_stack_only_the_pages_of_a_region_are_unpacked(
    tmp_path: Path, stack: np.ndarray, options: Any
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack", **options)
    part = read_image(tmp_path / "a.tif", selection=Selection(parse_crop("2:4,1:,:7"))).array
    np.testing.assert_array_equal(part, stack[2:4, 1:, :7])


def test_an_image_larger_than_the_memory_is_refused_before_it_is_loaded(
    tmp_path: Path, stack: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack, compression="zlib", photometric="minisblack")

    class Full:
        available = 5000

    monkeypatch.setattr("psutil.virtual_memory", Full)
    assert "GiB of memory are free; read a part of it (--crop" in refusal(tmp_path / "a.tif")
    part = read_image(tmp_path / "a.tif", selection=Selection(parse_crop("2:4,:,:")))
    np.testing.assert_array_equal(part.array, stack[2:4])


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint16", "float32", "bool", ">i4"])
def test_values_and_native_types_are_kept(tmp_path: Path, dtype: str) -> None:
    lowest = -1 if np.dtype(dtype).kind == "i" else 0
    array = np.arange(12).reshape(3, 4) % 2 + lowest
    np.save(tmp_path / "a.npy", array.astype(dtype))
    read = read_image(tmp_path / "a.npy").array
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype).newbyteorder("=")
    assert read.dtype.isnative


@pytest.mark.parametrize(
    ("unit", "um"), [("um", 1.0), ("micron", 1.0), ("\\u00B5m", 1.0), ("nm", 1e-3), ("mm", 1e3)]
)
def test_imagej_voxel_sizes(tmp_path: Path, stack: np.ndarray, unit: str, um: float) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        stack,
        imagej=True,
        resolution=(1 / 0.25, 1 / 0.5),
        metadata={"axes": "ZYX", "spacing": 2.0, "unit": unit},
    )
    assert read_image(tmp_path / "a.tif").voxel_size_um == pytest.approx((2 * um, um / 2, um / 4))


def test_imagej_section_and_unknown_spacing(tmp_path: Path, stack: np.ndarray) -> None:
    known = {"imagej": True, "resolution": (4, 2)}
    tifffile.imwrite(tmp_path / "section.tif", stack[0], metadata={"unit": "um"}, **known)
    assert read_image(tmp_path / "section.tif").voxel_size_um == pytest.approx((0.5, 0.25))
    tifffile.imwrite(tmp_path / "v.tif", stack, metadata={"axes": "ZYX", "unit": "um"}, **known)
    image = read_image(tmp_path / "v.tif")
    assert (image.voxel_size_um, image.in_plane_um) == (None, pytest.approx((0.5, 0.25)))


@pytest.mark.parametrize("metadata", [{}, {"unit": "inch"}, {"unit": "pixel"}])
def test_print_sizes_are_not_voxel_sizes(tmp_path: Path, stack: np.ndarray, metadata: Any) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", stack[0], imagej=True, resolution=(72, 72), metadata=metadata
    )
    assert read_image(tmp_path / "a.tif").voxel_size_um is None


def test_ome_voxel_sizes(tmp_path: Path, stack: np.ndarray) -> None:
    sizes = {"PhysicalSizeX": 20, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.03}
    sizes |= {"PhysicalSizeZ": 1e-3, "PhysicalSizeZUnit": "mm"}
    tifffile.imwrite(
        tmp_path / "a.ome.tif", stack, photometric="minisblack", metadata={"axes": "ZYX", **sizes}
    )
    assert read_image(tmp_path / "a.ome.tif").voxel_size_um == pytest.approx((1.0, 0.03, 0.02))


@pytest.mark.parametrize("mode", ["L", "P", "1", "I;16"])
def test_png_labels(tmp_path: Path, mode: str) -> None:
    labels = np.random.default_rng(1).integers(0, 2, (8, 6))
    picture = Pillow.fromarray(labels.astype(np.uint16 if mode == "I;16" else np.uint8))
    if mode == "P":
        picture = picture.convert("P")
        picture.putdata(labels.ravel().tolist())
        picture.putpalette([9, 9, 9, 200, 0, 0])
    elif mode == "1":
        picture = Pillow.fromarray(labels.astype(bool))
    picture.save(tmp_path / "a.png")
    with Pillow.open(tmp_path / "a.png") as saved:
        assert saved.mode == mode
    np.testing.assert_array_equal(read_image(tmp_path / "a.png").array, labels)


def test_content_decides_not_the_name(tmp_path: Path, stack: np.ndarray) -> None:
    tifffile.imwrite(tmp_path / "a.png", stack)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png").array, stack)


@pytest.mark.parametrize("shape", [(1, 6, 7), (1, 1, 6, 7), (6, 7, 1), (6, 1, 7)])
def test_single_axes_are_dropped(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "a.npy", np.arange(42).reshape(shape))
    np.testing.assert_array_equal(read_image(tmp_path / "a.npy").array, np.arange(42).reshape(6, 7))


def test_an_imagej_stack_of_one_is_a_section(tmp_path: Path, stack: np.ndarray) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        stack[:1],
        imagej=True,
        resolution=(4, 2),
        metadata={"axes": "ZYX", "unit": "um", "spacing": 3},
    )
    image = read_image(tmp_path / "a.tif")
    assert image.array.shape == (40, 50)
    assert image.voxel_size_um == pytest.approx((0.5, 0.25))


@pytest.mark.parametrize("compression", [None, "lzw", "zlib"])
@pytest.mark.parametrize("imagej", [False, True])
def test_no_cut_of_a_stack_passes_for_a_smaller_image(
    tmp_path: Path, stack: np.ndarray, compression: str | None, imagej: bool
) -> None:
    whole = io.BytesIO()
    tifffile.imwrite(whole, stack, photometric="minisblack", compression=compression, imagej=imagej)
    content = whole.getvalue()
    path = tmp_path / "cut.tif"
    for length in (*range(0, 30, 3), *range(30, len(content), len(content) // 40)):
        path.write_bytes(content[:length])
        refusal(path)


def test_an_imagej_file_with_one_directory_and_too_few_pages(tmp_path: Path) -> None:
    """Stacks over 4 GiB name their pages in the description only."""
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path,
        np.zeros((6, 7), np.uint8),
        description="ImageJ=1.54f\nimages=5\nslices=5\n",
        metadata=None,
    )
    assert "incomplete" in refusal(path)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("b", "incomplete"),
        ("../b", "leads out of its folder"),
        ("/b", "leads out of its folder"),
        ("..&#47;b", "leads out of its folder"),
    ],
)
def test_an_ome_file_whose_other_slices_are_in_a_missing_file(
    tmp_path: Path, other: str, words: str
) -> None:
    """tifffile fills missing pages with zeros, which would pass for pores."""
    assert words in refusal(ome_of_two_files(tmp_path, other))


def test_an_ome_file_whose_other_slices_are_in_a_file_beside_it(tmp_path: Path) -> None:
    """The SHA-256 of the provenance is that of one file, so all pixels come from it."""
    path = ome_of_two_files(tmp_path, "b")
    tifffile.imwrite(tmp_path / "b.ome.tif", np.full((6, 7), 77, np.uint8), metadata=None)
    assert tifffile.imread(path).max() == 77
    assert "spread over several files; save it as one" in refusal(path)


def test_an_ome_file_that_was_renamed(tmp_path: Path, stack: np.ndarray) -> None:
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, photometric="minisblack")
    path = (tmp_path / "a.ome.tif").rename(tmp_path / "c.ome.tif")
    np.testing.assert_array_equal(read_image(path).array, stack)


def ome_of_two_files(folder: Path, other: str) -> Path:
    """The first of the two files; the second one is not written."""
    path = folder / "a.ome.tif"
    planes = "".join(
        f'<TiffData FirstZ="{z}" IFD="0" PlaneCount="1">'
        f'<UUID FileName="{name}.ome.tif">urn:uuid:{z}</UUID></TiffData>'
        for z, name in enumerate(("a", other))
    )
    ome = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:0">'
        '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="7" '
        f'SizeY="6" SizeC="1" SizeZ="2" SizeT="1">{planes}</Pixels></Image></OME>'
    )
    tifffile.imwrite(path, np.ones((6, 7), np.uint8), description=ome, metadata=None)
    return path


def test_cut_png_and_npy(tmp_path: Path, stack: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", stack)
    Pillow.fromarray(stack[0]).save(tmp_path / "a.png")
    for name in ("a.npy", "a.png"):
        content = (tmp_path / name).read_bytes()
        for length in range(0, len(content) - 20, len(content) // 50):
            (tmp_path / name).write_bytes(content[:length])
            refusal(tmp_path / name)


def test_a_damaged_file_is_one_refusal_and_no_log_line(tmp_path: Path, stack: np.ndarray) -> None:
    path = tmp_path / "cut.tif"
    tifffile.imwrite(path, stack, compression="lzw", photometric="minisblack")
    path.write_bytes(path.read_bytes()[:-3000])
    code = (
        "import sys\nfrom napari_assb_twin.errors import InputError\n"
        "from napari_assb_twin.images.reading import read_image\n"
        "try: read_image(sys.argv[1])\nexcept InputError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("refused\n", "")


@pytest.mark.parametrize("photometric", ["rgb", "minisblack"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("samples", [3, 4])
def test_colour_tiff(tmp_path: Path, photometric: str, planar: str, samples: int) -> None:
    shape = (20, 30, samples) if planar == "contig" else (samples, 20, 30)
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.zeros(shape, np.uint8),
        photometric=photometric,
        planarconfig=planar,
        metadata=None,
    )
    assert "colour picture" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_colour_png(tmp_path: Path, mode: str) -> None:
    Pillow.new(mode, (6, 5)).save(tmp_path / "a.png")
    assert "colour picture" in refusal(tmp_path / "a.png")


def test_colour_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((20, 30, 3), np.uint8))
    assert "colour picture" in refusal(tmp_path / "a.npy")


def test_channels_are_not_slices(tmp_path: Path) -> None:
    channels = np.zeros((3, 20, 30), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", channels, imagej=True, metadata={"axes": "CYX"})
    assert "3 channels" in refusal(tmp_path / "a.tif")


def test_pages_of_different_size(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for shape in ((6, 7), (6, 7), (3, 4)):
            writer.write(np.zeros(shape, np.uint8))
    assert "images of different kind or size" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(9), "1 axes"),
        (np.zeros((2, 3, 4, 5)), "4 axes (2 x 3 x 4 x 5)"),
        (np.zeros((0, 5)), "no voxels"),
        (np.zeros((3, 4), complex), "complex128"),
        (np.array([["a", "b"]]), "<U1"),
        (np.array([[{}, None]]), "Python objects"),
    ],
)
def test_arrays_that_are_no_images(tmp_path: Path, array: np.ndarray, words: str) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    assert words in refusal(tmp_path / "a.npy")


def test_four_axes_in_a_tiff(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.zeros((2, 5, 6, 7), np.uint8),
        imagej=True,
        metadata={"axes": "TZYX"},
    )
    assert "4 axes (2 x 5 x 6 x 7)" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("text.tif", b"these are my labels\n", "not a TIFF"),
        ("photo.png", b"\xff\xd8\xff\xe0 JPEG", "not a TIFF, PNG, NPY"),
        ("zip.npy", b"PK\x03\x04", "not a TIFF, PNG, NPY"),
        ("empty.tif", b"", "is empty"),
        ("header.tif", b"II*\0", "damaged"),
    ],
)
def test_files_that_are_no_images(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert words in refusal(tmp_path / name)


def test_missing_folder_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not exist" in refusal(tmp_path / "none.tif")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "a.tif").write_bytes(b"II*\0")
    assert "cannot be opened (not a directory)" in refusal(tmp_path / "a.tif" / "b.tif")

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    assert "permission denied" in refusal(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("name", "shape", "dtype"),
    [
        ("imagerep_segstack_100/seg_stack.tiff", (100, 100, 100), "uint8"),
        ("taufactor_electrode_256/electrode.tiff", (256, 256, 256), "uint8"),
        ("nrel_nmc111_section/nrel_nmc111_segmented_phases.tif", (1150, 2000), "uint8"),
        ("nmc_binary_128/nmc_binary_128.tif", (128, 128, 128), "int8"),
        ("samba_greyscale_sections/two_phase_alloy_grey_16bit.tif", (512, 512), "uint16"),
    ],
)
def test_real_images(real_data: RealData, name: str, shape: tuple[int, ...], dtype: str) -> None:
    image = read_image(real_data(name))
    assert (image.array.shape, image.array.dtype, image.voxel_size_um) == (shape, dtype, None)


def test_every_real_file_is_read_or_refused_with_a_sentence(real_data: RealData) -> None:
    """The colour picture and nothing else is refused; texts are no images."""
    folder = real_data("README.md").parent
    refused = []
    for path in sorted(folder.rglob("*.tif*")):
        try:
            image = read_image(path)
        except InputError as error:
            refused.append(str(error))
        else:
            assert min(image.array.shape) >= 32
            assert image.information_bar is None
    (sentence,) = refused
    assert sentence.startswith("nrel_nmc111_grayscale_cropped.tif is a colour picture")
    assert "\n" not in sentence
    for path in (*folder.glob("*.md"), *folder.rglob("*.txt"), *folder.rglob("*.json")):
        assert "is not a TIFF" in refusal(path)


def test_a_real_colour_picture_is_refused(real_data: RealData) -> None:
    path = real_data("nrel_nmc111_section/nrel_nmc111_grayscale_cropped.tif")
    assert "colour picture (3 samples per pixel)" in refusal(path)


def test_a_tiff_of_a_header_alone_is_damaged(tmp_path):
    path = tmp_path / "head.tif"
    path.write_bytes(b"II*\0xxxx")
    with pytest.raises(InputError, match=r"head\.tif is damaged or cut short"):
        read_image(path)


def test_the_sha256_of_a_file_is_that_of_its_bytes(tmp_path):
    """The known digest of the three letters abc (FIPS 180-2, appendix B.1)."""
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(path) == digest
    with pytest.raises(InputError, match="cannot be read"):
        sha256_of(tmp_path / "gone")
