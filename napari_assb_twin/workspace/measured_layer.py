"""Measured data beside the simulated volume: same colours, same scale, a caption over each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.workspace.napari_layers import (
    METADATA,
    add_captions,
    add_labels,
    own_layers,
    phase_colormap,
    write_labels,
)
from napari_assb_twin.workspace.plates import Plate, plates_of
from napari_assb_twin.workspace.views import ORDERS, PLANES, Look, View

MEASURED_LAYER = "measured"
CAPTIONS_LAYER = "captions"
CAPTIONS = ("simulated", "measured")
ABOVE, ABOVE_3D = 0.06, 0.45
"""Distance of a caption from what it names, in the largest edge of both; in 3D from the middle of
the upper face."""


class MeasuredLayer:
    """The layers of the view *measured beside simulated*; they exist only while it is shown."""

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._plates: tuple[Plate, ...] = ()
        self._number = 0
        self._layer: Any = None
        self._captions: Any = None
        for left in own_layers(viewer, MEASURED_LAYER, CAPTIONS_LAYER):
            viewer.layers.remove(left)

    def take(self, measured: Measured | None) -> None:
        """Other data, of several sections the first; None for none.  They are not drawn yet."""
        self.hide()
        self._plates, self._number = plates_of(measured), 0

    def choose(self, number: int) -> None:
        """Another one of several sections, counted from 0."""
        self._number = number

    @property
    def plate(self) -> Plate | None:
        """What is drawn, or would be; None without data."""
        return self._plates[self._number] if self._plates else None

    @property
    def view(self) -> View:
        """The view that suits the data: the plane of a section, 3D for a volume."""
        plate = self.plate
        return "3D" if plate is None or plate.normal is None else PLANES[plate.normal]

    @property
    def layer(self) -> Any:
        """The layer of the data while it is in the viewer, else None."""
        return self._layer if self._layer in self._viewer.layers else None

    def show(self, box_um: Sequence[float], look: Look, colour: str, *, flat: bool) -> None:
        """Draw the data beside a box."""
        plate = self.plate
        if plate is None:
            return
        drawn = look.drawn(plate.labels, section=flat or plate.normal is not None)
        if self.layer is None:
            self._layer = add_labels(
                self._viewer,
                drawn,
                plate.voxel_size_um,
                MEASURED_LAYER,
                look.scheme,
                shaded=plate.normal is None,
            )
        write_labels(self._layer, drawn)
        self._layer.metadata = {METADATA: plate.labels}
        self._layer.scale, self._layer.translate = plate.placed(box_um, flat=flat)
        points = self._caption_points(box_um, flat=flat)
        if self._captions in self._viewer.layers:
            self._captions.data = points
        else:
            self._captions = add_captions(self._viewer, points, CAPTIONS, colour, CAPTIONS_LAYER)

    def hide(self) -> None:
        """Take them out of the viewer."""
        for layer in (self._layer, self._captions):
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        self._layer = self._captions = None

    def set_scheme(self, name: str) -> None:
        """Colour the phases otherwise."""
        if self.layer is not None:
            self._layer.colormap = phase_colormap(name)

    def set_colour(self, colour: str) -> None:
        """Write the captions in another colour."""
        if self._captions in self._viewer.layers:
            self._captions.text.color = colour

    def follow(self, axis: int, at_um: float) -> None:
        """Keep the captions in the plane that a plane view shows."""
        if self._captions in self._viewer.layers:
            points = self._captions.data.copy()
            points[:, axis] = at_um
            self._captions.data = points

    def _caption_points(self, box_um: Sequence[float], *, flat: bool) -> Any:
        """Over the middle of each of the two; rows run downwards."""
        rows = ORDERS[self.view][1] if flat else 0
        scale, corner = np.array(self._layer.scale), np.array(self._layer.translate)
        size = scale * self._layer.data.shape
        points = np.stack([np.array(box_um) / 2, corner + (size - scale) / 2])
        above = (ABOVE if flat else ABOVE_3D) * max(*box_um, *size)
        points[:, rows] = [-above, corner[rows] - scale[rows] / 2 - above]
        return points
