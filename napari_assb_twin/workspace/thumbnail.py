"""A small picture of opened labels, in the colours of the list beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QImage, QPixmap

LABEL_COLOURS = (
    "#332288", "#cc6677", "#ddcc77", "#117733", "#88ccee", "#aa4499", "#44aa99", "#999933",
)  # fmt: skip
"""Tol's muted colours: telling labels apart before anybody knows which phase they are."""

SIDE = 400
"""Pixels per side that are looked at; larger images are thinned."""


def colour_of(index: int) -> str:
    """The colour of the label at a place in the list of labels."""
    return LABEL_COLOURS[index % len(LABEL_COLOURS)]


def seen(array: NDArray) -> NDArray:
    """The section, or the middle plane of a stack, thinned to at most `SIDE` pixels."""
    plane = array if array.ndim == 2 else array[array.shape[0] // 2]
    step = max(1, -(-max(plane.shape) // SIDE))
    return plane[::step, ::step]


def coloured(plane: NDArray, labels: Sequence[int], colours: Sequence[str]) -> NDArray[np.uint8]:
    """Red, green and blue of labels; black where there is none of them."""
    picture = np.zeros((*plane.shape, 3), np.uint8)
    for label, name in zip(labels, colours, strict=True):
        colour = QColor(name)
        picture[plane == label] = (colour.red(), colour.green(), colour.blue())
    return picture


def greys(plane: NDArray) -> NDArray[np.uint8]:
    """Red, green and blue of values from the lowest (black) to the highest (white)."""
    values = np.nan_to_num(plane.astype(np.float32))
    low, high = float(values.min()), float(values.max())
    picture = np.clip((values - low) * (255 / (high - low or 1)), 0, 255).astype(np.uint8)
    return np.repeat(picture[..., None], 3, axis=2)


def scaled(picture: NDArray[np.uint8], height: int, width: int) -> QPixmap:
    """A picture of red, green and blue, perhaps with opacity, scaled into a box."""
    rows, columns, channels = picture.shape
    whole = np.ascontiguousarray(picture)
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(whole.data, columns, rows, channels * columns, kind)
    return QPixmap.fromImage(image.copy()).scaled(
        width,
        height,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
