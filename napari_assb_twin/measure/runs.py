"""Runs of one phase along the lines of a section, and corners of its pixels: compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import OUTSIDE, PHASES

Counts = NDArray[np.int64]
Labels = NDArray[np.uint8]

WINDOW = len(PHASES)
"""Row of the runs inside the window, whatever their phases."""


def run_lengths(image: Labels) -> tuple[Counts, Counts]:
    """How many runs of each length lie along the columns and along the rows of a section.

    Returns
    -------
    For lines along axis 0 and along axis 1 an array (4, pixels of the line + 1): the number of
    maximal runs of each phase, by length, and in row `WINDOW` that of runs of measured pixels.
    """
    along: list[Counts] = []
    for lines in (np.ascontiguousarray(image.T), np.ascontiguousarray(image)):
        found = np.zeros((WINDOW + 1, lines.shape[1] + 1), dtype=np.int64)
        _runs(found, lines)
        along.append(found)
    return along[0], along[1]


def corners(image: Labels) -> tuple[Counts, int]:
    """Convex less concave corners of each phase, over all 2 x 2 pixels inside the window.

    Returns
    -------
    For each phase the number of 2 x 2 blocks with one of its pixels less that of blocks with
    three, and the number of blocks without a pixel outside.
    """
    found = np.zeros(WINDOW, dtype=np.int64)
    blocks = _corners(found, np.ascontiguousarray(image))
    return found, int(blocks)


@njit(cache=True, nogil=True)
def _runs(found: Any, lines: Any) -> None:
    for i in range(lines.shape[0]):
        before = OUTSIDE
        length = 0
        inside = 0
        for j in range(lines.shape[1]):
            here = lines[i, j]
            if here == before:
                length += 1
            else:
                if before != OUTSIDE:
                    found[before, length] += 1
                before = here
                length = 1
            if here != OUTSIDE:
                inside += 1
            elif inside:
                found[WINDOW, inside] += 1
                inside = 0
        if before != OUTSIDE:
            found[before, length] += 1
        if inside:
            found[WINDOW, inside] += 1


@njit(cache=True, nogil=True)
def _corners(found: Any, image: Any) -> int:
    blocks = 0
    for i in range(image.shape[0] - 1):
        for j in range(image.shape[1] - 1):
            a, b = image[i, j], image[i, j + 1]
            c, d = image[i + 1, j], image[i + 1, j + 1]
            if a == OUTSIDE or b == OUTSIDE or c == OUTSIDE or d == OUTSIDE:
                continue
            blocks += 1
            if a == b and a == c and a == d:
                continue
            for phase in range(found.size):
                members = (a == phase) + (b == phase) + (c == phase) + (d == phase)
                if members == 1:
                    found[phase] += 1
                elif members == 3:
                    found[phase] -= 1
    return blocks
