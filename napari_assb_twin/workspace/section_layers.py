"""Three orthogonal sections of one volume, as thin plates in a 3D view.

Plates of one voxel instead of three `depiction="plane"` of the whole volume: three slices are
uploaded and drawn, not three volumes (a frame in a fifth of the time with software rendering).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.workspace.napari_layers import (
    METADATA,
    add_labels,
    own_layers,
    phase_colormap,
    write_labels,
)
from napari_assb_twin.workspace.views import PLANES, Look
from napari_assb_twin.workspace.world_axes import nearest

NAMES = tuple(f"section {plane}" for plane in PLANES)


class SectionLayers:
    """The layers of the view of three sections; they exist only while it is shown."""

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._layers: list[Any] = own_layers(viewer, *NAMES)
        self._indices: dict[int, int] = {}
        self._realisation: Realisation | None = None
        self._look: Look | None = None
        self.hide()

    @property
    def layers(self) -> list[Any]:
        """Those that are in the viewer."""
        return [layer for layer in self._layers if layer in self._viewer.layers]

    def show(self, realisation: Realisation, point_um: Sequence[float], look: Look) -> None:
        """Draw the sections of a volume through a point (z, y, x), those that are not yet."""
        if len(self.layers) < len(NAMES):
            self.hide()
        same = self._realisation is realisation and self._look == look
        self._realisation, self._look = realisation, look
        for axis in range(3):
            edge, count = realisation.voxel_size_um[axis], realisation.labels.shape[axis]
            index = nearest(point_um[axis], edge, count)
            if not same or self._indices.get(axis) != index:
                self._indices[axis] = index
                self._show(axis, realisation, index, look)

    def hide(self) -> None:
        """Take them out of the viewer."""
        for layer in self.layers:
            self._viewer.layers.remove(layer)
        self._layers, self._indices, self._realisation = [], {}, None

    def set_scheme(self, name: str) -> None:
        """Colour the phases otherwise."""
        for layer in self.layers:
            layer.colormap = phase_colormap(name)

    def _show(self, axis: int, realisation: Realisation, index: int, look: Look) -> None:
        phases, voxel_size_um = realisation.labels, realisation.voxel_size_um
        section = phases[
            tuple(slice(index, index + 1) if i == axis else slice(None) for i in range(3))
        ]
        drawn = look.drawn(section, section=True)
        if axis == len(self._layers):
            self._layers.append(
                add_labels(
                    self._viewer, drawn, voxel_size_um, NAMES[axis], look.scheme, shaded=False
                )
            )
        layer = self._layers[axis]
        write_labels(layer, drawn)
        layer.metadata = {METADATA: section}
        if not np.allclose(layer.scale, voxel_size_um, rtol=1e-9):
            layer.scale = tuple(voxel_size_um)
        corner = np.zeros(3)
        corner[axis] = index * voxel_size_um[axis]
        if not np.allclose(layer.translate, corner, rtol=1e-9):
            layer.translate = corner
