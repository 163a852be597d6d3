"""Length of the lines where all three phases meet, counted on the planes of voxels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import PHASES

Labels = NDArray[np.uint8]

LABEL_BIAS = 1.057
"""How many blocks of 2 x 2 pixels with three label changes there are for each point where a plane
meets a triple line, whatever the resolution: the mean over excursion sets of four models, between
1.035 and 1.10 (label3trans_ratio in tests/reference_values.json)."""


def triple_phase_boundary(
    labels: Labels, voxel_size_um: Sequence[float] = (1.0, 1.0, 1.0)
) -> float:
    """Length of triple lines per volume of the whole, in 1/um^2 for voxels in um.

    L_V = 2 P_A, with P_A the number of points per area in which planes meet the lines, the mean
    over planes in the three orientations of the grid: exact for isotropic lines (Underwood 1970,
    Quantitative Stereology).  A point is a block of 2 x 2 pixels with exactly three changes of the
    label around it; their number is divided by `LABEL_BIAS`.  Blocks with a voxel outside are
    left out of count and area alike; nothing is periodic.
    """
    lengths = []
    for axis in range(3):
        rows, columns = (d for i, d in enumerate(voxel_size_um) if i != axis)
        lengths.append(triple_line_of_planes(np.moveaxis(labels, axis, 0), (rows, columns)))
    return float(np.mean(lengths))


def triple_line_of_planes(planes: Iterable[Labels], pixel_size_um: tuple[float, float]) -> float:
    """The same from planes in one orientation, (rows, columns) each: 2 P_A, in 1/um^2."""
    points, blocks = _points(planes)
    rows, columns = pixel_size_um
    return 2.0 * points / (blocks * rows * columns) / LABEL_BIAS if blocks else 0.0


def _points(planes: Iterable[Labels]) -> tuple[int, int]:
    """Blocks in which three phases meet, and blocks inside the window, over all planes."""
    points = blocks = 0
    for plane in planes:
        corners = plane[:-1, :-1], plane[:-1, 1:], plane[1:, 1:], plane[1:, :-1]
        inside = np.logical_and.reduce([corner < len(PHASES) for corner in corners])
        changes = sum((corners[i] != corners[i - 1]).astype(np.uint8) for i in range(len(corners)))
        points += int(((changes == 3) & inside).sum())
        blocks += int(inside.sum())
    return points, blocks
