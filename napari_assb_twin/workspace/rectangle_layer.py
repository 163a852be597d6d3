"""A layer of the viewer in which one rectangle of voxels is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from napari_assb_twin.workspace.napari_layers import METADATA
from napari_assb_twin.workspace.views import AXES

COLOUR = "#ffd500"


def add_rectangle(
    viewer: Any,
    spans: Sequence[tuple[int, int]] | None,
    name: str,
    voxel_size_um: Sequence[float],
) -> Any:
    """A layer to draw one rectangle in, with that of some voxels; without one it waits for it."""
    layer = viewer.add_shapes(
        name=name,
        ndim=2,
        edge_color=COLOUR,
        face_color="transparent",
        edge_width=2,
        scale=tuple(voxel_size_um),
        units=("µm",) * 2,
        axis_labels=AXES[-2:],
        metadata={METADATA: None},
    )
    viewer.layers.selection.active = layer
    place_rectangle(layer, spans)
    return layer


def place_rectangle(layer: Any, spans: Sequence[tuple[int, int]] | None) -> None:
    """Put the rectangle of a layer around these voxels; without any, wait for one."""
    layer.selected_data = set(range(len(layer.data)))
    layer.remove_selected()
    if spans is not None:
        (top, bottom), (left, right) = ((first - 0.5, end - 0.5) for first, end in spans)
        corners = [[top, left], [top, right], [bottom, right], [bottom, left]]
        layer.add_rectangles(np.array(corners), edge_color=COLOUR, face_color="transparent")
    layer.mode = "add_rectangle" if spans is None else "select"


def rectangle_of(layer: Any, shape: Sequence[int]) -> list[tuple[int, int]] | None:
    """First and end of the voxels that the newest rectangle holds; None without any."""
    if not len(layer.data):
        return None
    corners = np.asarray(layer.data[-1])[:, -2:] + 0.5
    low, high = np.rint(corners.min(axis=0)), np.rint(corners.max(axis=0))
    spans = []
    for start, stop, size in zip(low, high, shape, strict=True):
        first = int(min(max(start, 0), size - 1))
        spans.append((first, int(min(max(stop, first + 1), size))))
    return spans


def keep_last(layer: Any) -> None:
    """Drop all but the newest shape of a layer, and take hold of that."""
    if len(layer.data) > 1:
        layer.selected_data = set(range(len(layer.data) - 1))
        layer.remove_selected()
    layer.mode = "select"
