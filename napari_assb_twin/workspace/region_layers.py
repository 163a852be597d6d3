"""The opened image in the viewer, and a rectangle on it that is the region of interest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from napari_assb_twin.images.image import AnyArray
from napari_assb_twin.workspace import adapter, napari_layers, rectangle_layer
from napari_assb_twin.workspace.display import Display
from napari_assb_twin.workspace.views import View

IMAGE, REGION = "opened image", "region of interest"
Spans = list[tuple[int, int]]


class RegionLayers:
    """Both layers exist only while a region is drawn; ``changed`` hears of each rectangle."""

    def __init__(self, display: Display, changed: Callable[[Spans], None]) -> None:
        self._display, self._changed = display, changed
        self._viewer = display.viewer
        self._layers: list[Any] = []
        self._hidden: list[Any] = []
        self._view: View = "3D"

    def show(self, array: AnyArray, pixel_um: Sequence[float], spans: Spans | None) -> None:
        """Show an image (of a stack the middle slice) with the rectangle (rows, columns) on it."""
        self.hide()
        plane = array if array.ndim == 2 else array[array.shape[0] // 2]
        self._shape, self._view = plane.shape, self._display.state.view
        self._display.view("xy")
        self._hidden = napari_layers.hide_layers(self._viewer)
        image = napari_layers.add_picture(self._viewer, plane, IMAGE, pixel_um)
        region = rectangle_layer.add_rectangle(self._viewer, spans, REGION, pixel_um)
        self._layers = [image, region]
        region.events.data.connect(self._on_drawn)
        size = [count * edge for count, edge in zip(plane.shape, pixel_um, strict=True)]
        adapter.look_at(self._viewer, (0.0, 0.0), size)

    def place(self, spans: Spans | None) -> None:
        """Move the rectangle to what was typed."""
        if self._layers and spans != rectangle_layer.rectangle_of(self._layers[1], self._shape):
            with self._layers[1].events.data.blocker():
                rectangle_layer.place_rectangle(self._layers[1], spans)

    def hide(self) -> None:
        """Take both away and show what was seen before."""
        if not self._layers:
            return
        image, region = self._layers
        self._layers = []
        region.events.data.disconnect(self._on_drawn)
        for layer in (region, image):
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        napari_layers.show_layers(self._viewer, self._hidden)
        self._display.view(self._view)

    def _on_drawn(self, event: object = None) -> None:
        """The newest rectangle counts; an older one goes."""
        if not self._layers:
            return
        region = self._layers[1]
        spans = rectangle_layer.rectangle_of(region, self._shape)
        if spans is not None:
            with region.events.data.blocker():
                rectangle_layer.keep_last(region)
            self._changed(spans)
