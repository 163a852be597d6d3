"""The bar of text that a microscope writes below a micrograph: found, never cut silently."""

from __future__ import annotations

import numpy as np

from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.images.labels import MOST_LABELS

FLATTEST, HIGHEST = 0.02, 0.2
"""Height of a bar as a share of the rows."""

_BACKGROUND, _ABOVE = 0.5, 0.25
"""Shares of one value: in the rows of a bar at least, in the rows above it at most."""

_TEXT = (0.005, 0.45)
"""Share of the bar that is written on."""

_LINES = 4
"""So many rows that are lined or full of text do not end a bar."""


def is_grey(array: AnyArray) -> bool:
    """Whether an image has more values than labels have."""
    return array.dtype.kind in "iuf" and len(np.unique(array)) > MOST_LABELS


def find_information_bar(
    section: AnyArray, stated: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """Rows (first, end) of the bar below a micrograph; None where there is surely none.

    Parameters
    ----------
    section
        Two axes (rows, columns).  Labels have no bar, whatever they look like.
    stated
        Rows that the file itself names; they are believed of grey values.

    Notes
    -----
    A bar has one background value in every row, text on it, and a sharp edge above: the share of
    that value falls from more than a half to what a picture has.
    """
    rows = section.shape[0]
    if not is_grey(section):
        return None
    if stated is not None:
        return stated
    lowest = max(8, round(FLATTEST * rows))
    if rows < 4 * lowest:
        return None
    values, counts = np.unique(section[-lowest:], return_counts=True)
    shares = np.mean(section == values[np.argmax(counts)], axis=1)
    first = _first_row(shares)
    height = rows - first
    if not lowest <= height <= HIGHEST * rows:
        return None
    above, bar = shares[max(0, first - 2 * height) : first], shares[first:]
    written = 1.0 - float(np.mean(bar))
    if float(np.max(above)) > _ABOVE or not _TEXT[0] <= written <= _TEXT[1]:
        return None
    return first, rows


def _first_row(shares: AnyArray) -> int:
    """The first row of the bar that ends with the last one."""
    first, missing = len(shares), 0
    for row in range(len(shares) - 1, -1, -1):
        if shares[row] >= _BACKGROUND:
            first, missing = row, 0
            continue
        missing += 1
        if missing > _LINES:
            break
    return first
