"""From where a viewer is looked at, as numbers that can be kept: axes, slices, camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from napari_assb_twin.session.state import Camera, View

AXES = 3


@dataclass(frozen=True)
class Viewpoint:
    """Dimensions, order and point of the axes (z, y, x), and the camera; as in `View`."""

    dimensions: int
    order: tuple[int, int, int]
    point_um: tuple[float, float, float]
    camera: Camera


def viewpoint_of(viewer: Any) -> Viewpoint:
    """Where the viewer is looked at from; axes that other layers add are left out."""
    dims, camera = viewer.dims, viewer.scene.camera
    others = max(0, dims.ndim - AXES)
    order = tuple(int(axis) - others for axis in dims.order[-AXES:])
    a, b, c = (float(angle) for angle in camera.angles)
    z, y, x = (0.0, *map(float, camera.center))[-AXES:]
    i, j, k = (0.0, 0.0, *map(float, dims.point))[-AXES:]
    return Viewpoint(
        int(dims.ndisplay),
        order if sorted(order) == list(range(AXES)) else (0, 1, 2),
        (i, j, k),
        Camera(angles=(a, b, c), center_um=(z, y, x), zoom=float(camera.zoom)),
    )


def look_from(viewer: Any, view: View) -> None:
    """Look at a viewer as a kept view says."""
    dims, camera = viewer.dims, viewer.scene.camera
    others = dims.ndim - AXES
    if others < 0:
        return
    order = (*range(others), *(others + axis for axis in view.order))
    if tuple(dims.order) != order:
        dims.order = order
    if dims.ndisplay != view.dimensions:
        dims.ndisplay = view.dimensions
    if view.point_um is not None:
        for axis, value in enumerate(view.point_um):
            dims.set_point(others + axis, value)
    if view.camera is not None:
        camera.angles = view.camera.angles
        camera.center = view.camera.center_um
        camera.zoom = view.camera.zoom
