"""The canvas as a picture, and the camera that looks at it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.movie import turned
from napari_assb_twin.workspace import adapter
from napari_assb_twin.workspace.adapter import CameraView

WHOLE = 1.02
"""Zooms up to so many times the fitting one show all there is."""

TRIED = 16
"""Directions of a full turn in which it is seen whether all fits into the canvas."""


class Camera:
    """Pictures of a viewer's canvas."""

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer

    @property
    def flat(self) -> bool:
        """Whether a plane is shown: there is nothing to turn."""
        return bool(self._viewer.dims.ndisplay == 2)

    def picture(self) -> NDArray[np.uint8]:
        """The canvas as it is now (rows, columns, 4)."""
        return adapter.canvas_picture(self._viewer)

    def set_caption(self, text: str) -> None:
        """Words in the upper left corner of the canvas; none if empty."""
        adapter.set_text(self._viewer, text)

    @property
    def view(self) -> CameraView:
        """From where one looks."""
        return adapter.camera(self._viewer)

    @view.setter
    def view(self, view: CameraView) -> None:
        adapter.set_camera(self._viewer, view)

    def turntable(self, count: int) -> list[CameraView]:
        """A full turn about z in ``count`` steps, beginning at the present view.

        What is seen whole stays so from every side; a closer look stays as close.
        """
        start = self.view
        zoom = start.zoom
        if zoom <= WHOLE * self._fitting(start):
            zoom = min(self._fitting(_turned(start, i / TRIED)) for i in range(TRIED))
        return [replace(_turned(start, i / count), zoom=zoom) for i in range(count)]

    def _fitting(self, view: CameraView) -> float:
        """The zoom at which all layers fit into the canvas; the camera stays as it is."""
        before = self.view
        self.view = view
        self._viewer.fit_to_view()
        zoom = self.view.zoom
        self.view = before
        return zoom


def _turned(view: CameraView, part: float) -> CameraView:
    return replace(view, direction=turned(view.direction, part), up=turned(view.up, part))
