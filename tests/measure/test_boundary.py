"""Lengths and areas of boundaries against those of disks, lines and balls."""

import math

import numpy as np
import pytest

from napari_assb_twin.measure.boundary import boundary


def disk(radius, edges, shape, centre=0.3):
    """A disk or a ball of phase 1 in phase 2, on pixels of any edges."""
    axes = [(np.arange(n) - n / 2 + centre) * edge for n, edge in zip(shape, edges, strict=True)]
    squares = sum(np.square(axis) for axis in np.meshgrid(*axes, indexing="ij"))
    return np.where(squares <= radius**2, 1, 2).astype(np.uint8)


@pytest.mark.parametrize("edges", [(1.0, 1.0), (2.0, 1.0), (0.1, 0.15)])
def test_a_disk_has_its_circumference(edges):
    radius = 30 * min(edges)
    image = disk(radius, edges, (128, 128))
    length = boundary(image, 1, edges) * math.prod(edges)
    assert length == pytest.approx(2 * math.pi * radius, rel=0.04)


@pytest.mark.parametrize("edges", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0)])
def test_a_ball_has_its_surface(edges):
    image = disk(20, edges, (48, 64, 64))
    area = boundary(image, 1, edges) * math.prod(edges)
    assert area == pytest.approx(4 * math.pi * 20**2, rel=0.04)


@pytest.mark.parametrize("slope", [0.0, 0.2, 0.41, 0.7, 1.0])
def test_a_straight_line_has_its_length_in_every_direction(slope):
    rows, columns = np.mgrid[:400, :400]
    image = np.where(rows - 200 > slope * (columns - 200) + 0.3, 0, 1).astype(np.uint8)
    length = 400 * math.hypot(1, slope)
    assert boundary(image, 0, (1.0, 1.0)) == pytest.approx(length, rel=0.07)


def test_the_edge_of_the_window_is_no_boundary():
    image = np.full((64, 64), 255, np.uint8)
    image[10:50, 10:50] = 1
    assert boundary(image, 1, (1.0, 1.0)) == 0
    image[10:50, 30:50] = 2
    assert boundary(image, 1, (1.0, 1.0)) == pytest.approx(40, rel=0.07)
