"""Pixel size, tilt and bar of micrographs, from tags and texts laid out as the makers do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from napari_assb_twin.images.reading import read_image

FEI = """[User]
Date=03/14/2022

[System]
SystemType=Helios NanoLab

[Scan]
InternalScan=true
PixelWidth=2.5e-009
PixelHeight=3.0e-009
HorFieldsize=2.56e-007

[Stage]
StageX=0.0113813
StageT=0.90756

[Image]
ResolutionX=128
ResolutionY=100

[PrivateFei]
DatabarHeight=12
"""
ZEISS = (
    "0\r\n0\r\n0\r\n4.0e-009\r\n"
    "AP_PIXEL_SIZE\r\nPixel Size = 99.0 nm\r\n"
    "{}"
    "AP_STAGE_AT_T\r\nStage at T =  36.0 \xb0\r\n"
    "DP_DETECTOR_CHANNEL\r\nSignal A = InLens\r\n"
)
ZEISS_IMAGE = "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 558.2 pm\r\n"
TESCAN = (
    "[MAIN]\r\nDevice=GAIA3\r\nImageStripSize=14\r\nMagnification=5000\r\n"
    "PixelSizeX=1.25e-08\r\nPixelSizeY=1.5e-08\r\n[SEM]\r\nHV=5000\r\nStageTilt=55.0\r\n"
)
JEOL = (
    "$CM_FORMAT JEOL-SEM\r\n$CM_VERSION 1.0\r\n$CM_MAG 10000\r\n$CM_FULL_SIZE 128 100\r\n"
    "$$SM_MICRON_BAR 80\r\n$$SM_MICRON_MARKER 1um\r\n"
)
HITACHI = "[SemImageFile]\r\nInstructName=SU8000\r\nDataSize=128x100\r\nPixelSize=9.921875\r\n"


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 250, (112, 128)).astype(np.uint8)


def write(path: Path, picture: np.ndarray, code: int, text: str, **options: Any) -> None:
    tag = (code, 7, 0, text.encode("cp1252"), True)
    tifffile.imwrite(path, picture, extratags=[tag], **options)


@pytest.mark.parametrize("code", [34680, 34682])
def test_fei(tmp_path: Path, picture: np.ndarray, code: int) -> None:
    write(tmp_path / "a.tif", picture, code, FEI)
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((0.003, 0.0025))
    assert image.pixel_size_source == f"FEI tag {code} ([Scan] PixelWidth)"
    assert image.tilt_degrees == pytest.approx(52.0, abs=0.01)
    assert image.information_bar == (100, 112)
    np.testing.assert_array_equal(image.array, picture)  # nothing is cut on reading


def test_the_bar_of_a_cropped_fei_picture_is_not_believed(
    tmp_path: Path, picture: np.ndarray
) -> None:
    write(tmp_path / "a.tif", picture[:, :100], 34682, FEI)
    assert read_image(tmp_path / "a.tif").information_bar is None


def test_labels_are_never_said_to_have_a_bar(tmp_path: Path, picture: np.ndarray) -> None:
    write(tmp_path / "a.tif", picture % 3, 34682, FEI)
    image = read_image(tmp_path / "a.tif")
    assert image.information_bar is None
    assert image.voxel_size_um == pytest.approx((0.003, 0.0025))


def test_zeiss_has_the_pixel_of_the_image_not_of_the_monitor(
    tmp_path: Path, picture: np.ndarray
) -> None:
    write(tmp_path / "a.tif", picture, 34118, ZEISS.format(ZEISS_IMAGE))
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((0.0005582, 0.0005582))
    assert image.pixel_size_source == "Zeiss tag 34118 (Image Pixel Size)"
    assert image.tilt_degrees == 36.0


def test_older_zeiss_files_state_the_scale_of_1024_pixels(
    tmp_path: Path, picture: np.ndarray
) -> None:
    write(tmp_path / "a.tif", picture, 34118, ZEISS.format(""))
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((0.032, 0.032))  # 4 nm * 1024 / 128
    assert image.pixel_size_source == "Zeiss tag 34118 (scale of the image)"


@pytest.mark.parametrize("before", ["", "\x00\x01binary\xff"])
def test_tescan_tag(tmp_path: Path, picture: np.ndarray, before: str) -> None:
    write(tmp_path / "a.tif", picture, 50431, before + TESCAN)
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((0.015, 0.0125))
    assert image.pixel_size_source == "Tescan tag 50431 (PixelSizeX)"
    assert image.tilt_degrees == 55.0
    assert image.information_bar == (98, 112)


@pytest.mark.parametrize("name", ["a-tif.hdr", "a.hdr"])
def test_tescan_text_beside(tmp_path: Path, picture: np.ndarray, name: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", picture)
    (tmp_path / name).write_text(TESCAN, newline="")
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((0.015, 0.0125))
    assert image.pixel_size_source == f"{name} (PixelSizeX)"


@pytest.mark.parametrize(("marker", "um"), [("1um", 1.0), ("500nm", 0.5), ("0.1mm", 100.0)])
def test_jeol_text_beside(tmp_path: Path, picture: np.ndarray, marker: str, um: float) -> None:
    tifffile.imwrite(tmp_path / "a.tif", picture)
    (tmp_path / "a.txt").write_text(JEOL.replace("1um", marker), newline="")
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == pytest.approx((um / 80, um / 80))
    assert image.pixel_size_source == "a.txt (scale bar of JEOL)"
    assert image.information_bar == (100, 112)


def test_a_png_beside_its_text(tmp_path: Path, picture: np.ndarray) -> None:
    """Its own resolution is that of a screen."""
    Pillow.fromarray(picture).save(tmp_path / "a.png", dpi=(72, 72))
    assert read_image(tmp_path / "a.png").voxel_size_um is None
    (tmp_path / "a.txt").write_text(HITACHI, newline="")
    image = read_image(tmp_path / "a.png")
    assert image.voxel_size_um == pytest.approx((0.009921875, 0.009921875))
    assert image.pixel_size_source == "a.txt (PixelSize of Hitachi)"


def test_what_imagej_states_comes_before_the_microscope(
    tmp_path: Path, picture: np.ndarray
) -> None:
    """Somebody calibrated it since."""
    tifffile.imwrite(
        tmp_path / "a.tif", picture, imagej=True, resolution=(4, 2), metadata={"unit": "um"}
    )
    (tmp_path / "a.txt").write_text(JEOL, newline="")
    image = read_image(tmp_path / "a.tif")
    assert image.voxel_size_um == (0.5, 0.25)
    assert image.pixel_size_source == "the resolution that ImageJ wrote"


def test_the_print_size_of_a_plain_tiff_is_no_pixel_size(
    tmp_path: Path, picture: np.ndarray
) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", picture, resolution=(1e5, 1e5), resolutionunit="CENTIMETER"
    )
    image = read_image(tmp_path / "a.tif")
    assert (image.voxel_size_um, image.pixel_size_source) == (None, None)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (34682, FEI.replace("3.0e-009", "nan").replace("0.90756", "inf").replace("100", "inf")),
        (34682, "[Scan\nPixelWidth\n[Image]\nResolutionY=-4\n"),
        (34682, ""),
        (34118, "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = many nm\r\n"),
        (34118, "\x00\x00"),
        (50431, "[MAIN]\r\nPixelSizeX=\r\nImageStripSize=9999\r\n"),
        (50431, "garbage"),
    ],
)
def test_tags_that_say_nonsense_say_nothing(
    tmp_path: Path, picture: np.ndarray, code: int, text: str
) -> None:
    write(tmp_path / "a.tif", picture, code, text)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array, picture)
    assert image.voxel_size_um is None
    assert image.information_bar is None


@pytest.mark.parametrize("text", ["notes on this sample = good", "", "$$SM_MICRON_BAR 0\n"])
def test_a_text_that_no_microscope_wrote(tmp_path: Path, picture: np.ndarray, text: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", picture)
    (tmp_path / "a.txt").write_text(text)
    assert read_image(tmp_path / "a.tif").voxel_size_um is None
