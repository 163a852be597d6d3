"""The bar of text below a micrograph is found, and nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageDraw
from scipy import ndimage

from napari_assb_twin.images.information_bar import find_information_bar
from napari_assb_twin.images.reading import read_image


def micrograph(rows: int = 480, columns: int = 640, seed: int = 0) -> np.ndarray:
    """Grains of three grey levels with noise."""
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.standard_normal((rows, columns)), 8)
    grains = np.digitize(field, np.quantile(field, [0.2, 0.6]))
    grey = np.array([25, 110, 190])[grains] + rng.normal(0, 8, (rows, columns))
    return np.clip(grey, 0, 255).astype(np.uint8)


def with_bar(picture: np.ndarray, height: int, background: int, ink: int) -> np.ndarray:
    """A bar of two lines of text, a scale bar and a line on top, as microscopes draw them."""
    bar = Pillow.new("L", (picture.shape[1], height), background)
    pen = ImageDraw.Draw(bar)
    pen.line((0, 0, picture.shape[1], 0), fill=ink)
    words = "HV 5.00 kV  WD 4.1 mm  mag 25 000 x  HFW 5.97 um  tilt 52  curr 0.40 nA"
    pen.text((6, 4), words, fill=ink)
    pen.text((6, height // 2), "Helios G4  Signal = InLens  12:31:07", fill=ink)
    pen.rectangle(
        (picture.shape[1] - 160, height // 2, picture.shape[1] - 20, height // 2 + 5), ink
    )
    return np.vstack([picture, np.asarray(bar)])


@pytest.mark.parametrize(("background", "ink"), [(0, 255), (255, 0), (40, 255)])
@pytest.mark.parametrize("height", [28, 44, 70])
def test_a_bar_is_found_to_the_row(height: int, background: int, ink: int) -> None:
    picture = micrograph()
    whole = with_bar(picture, height, background, ink)
    found = find_information_bar(whole)
    assert found is not None
    first, end = found
    assert end == len(whole)
    assert abs(first - len(picture)) <= 1  # the line on top may stay with the picture
    whole16 = whole.astype(np.uint16) * 257
    assert find_information_bar(whole16) == found


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_without_a_bar(seed: int) -> None:
    assert find_information_bar(micrograph(seed=seed)) is None


def test_what_looks_a_little_like_a_bar() -> None:
    picture = micrograph()
    dark = picture.copy()
    dark[-40:] = 0  # nothing is written on it: a shadow, or the edge of the sample
    assert find_information_bar(dark) is None
    saturated = np.where(picture < 60, 0, picture)  # a fifth of all pixels is black
    saturated[-60:, :500] = 0
    assert find_information_bar(saturated) is None
    high = with_bar(picture[:200], 150, 0, 255)  # no maker writes so much
    assert find_information_bar(high) is None
    assert find_information_bar(picture[:20]) is None


def test_labels_have_no_bar() -> None:
    labels = np.digitize(micrograph(), [60, 150]).astype(np.uint8)
    assert find_information_bar(with_bar(labels, 44, 0, 2)) is None
    assert find_information_bar(labels, (400, 480)) is None


@pytest.mark.parametrize(
    "name",
    [
        "samba_greyscale_sections/sem_electrode_grey_8bit.tif",
        "samba_greyscale_sections/two_phase_alloy_grey_16bit.tif",
        "nrel_nmc111_section/nrel_nmc111_segmented_phases.tif",
        "taufactor_electrode_256/electrode.tiff",
        "imagerep_segstack_100/seg_stack.tiff",
        "nmc_binary_128/nmc_binary_128.tif",
    ],
)
def test_real_images_without_a_bar(real_data: Callable[[str], Path], name: str) -> None:
    assert read_image(real_data(name)).information_bar is None
