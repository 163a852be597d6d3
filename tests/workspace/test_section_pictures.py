"""A measured section beside a simulated one."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.section_pictures import SectionPictures

SIDE = 80


@pytest.fixture
def pictures(qtbot):
    one = SectionPictures(side=SIDE)
    one.setStyleSheet("background-color: #405060")
    qtbot.addWidget(one)
    measured = np.zeros((40, 40), np.uint8)
    measured[:, 20:] = OUTSIDE
    one.show_pair(measured, np.zeros_like(measured), "a twin")
    one.show()
    qtbot.waitExposed(one)
    return one


def test_what_was_not_measured_has_the_colour_of_the_background(pictures):
    pore = next(iter(SCHEMES.values())).phases["pore"]
    drawn = pictures.measured.grab().toImage()
    left = (drawn.width() - SIDE) // 2
    middle = drawn.height() // 2
    assert drawn.pixelColor(left + SIDE // 4, middle).name() == pore
    assert drawn.pixelColor(left + 3 * SIDE // 4, middle).name() == "#405060"


def test_the_simulated_section_is_drawn_whole(pictures):
    image = pictures.simulated.pixmap().toImage()
    assert {image.pixelColor(x, SIDE // 2).alpha() for x in range(SIDE)} == {255}
