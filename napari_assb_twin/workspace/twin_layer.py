"""The labels layer of the simulated volume: one layer, reused, written in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.realisation import PlaneRealisation, Realisation
from napari_assb_twin.workspace.napari_layers import (
    METADATA,
    add_labels,
    own_layers,
    phase_colormap,
    write_labels,
    write_part,
)
from napari_assb_twin.workspace.views import Look

TWIN_LAYER = "twin"


class TwinLayer:
    """A layer that the user deleted is made again when there is something to draw."""

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        own = own_layers(viewer, TWIN_LAYER)
        self._layer: Any = own[0] if own else None

    @property
    def layer(self) -> Any:
        """The layer while it is in the viewer, else None."""
        return self._layer if self._layer in self._viewer.layers else None

    @property
    def drawn_twin(self) -> Twin | None:
        """The twin that is or was drawn last, or None."""
        return None if self._layer is None else self._layer.metadata.get("twin")

    def show(self, realisation: Realisation, look: Look, *, section: bool) -> bool:
        """Draw a realisation; whether a new layer was made for it."""
        drawn = look.drawn(realisation.labels, section=section)
        voxel = realisation.voxel_size_um
        new = self.layer is None
        if new:
            self._layer = add_labels(self._viewer, drawn, voxel, TWIN_LAYER, look.scheme)
        else:
            write_labels(self._layer, drawn)
        if not np.allclose(self._layer.scale, voxel, rtol=1e-9):
            self._layer.scale = voxel
        self._layer.metadata = {METADATA: realisation.labels, "twin": realisation.twin}
        return new

    def show_plane(self, plane: PlaneRealisation, look: Look) -> None:
        """Draw one plane of a volume at its place; the rest is drawn when the sliders rest."""
        grid = plane.twin.grid
        if self.layer is None:
            return
        if self._layer.data.shape != grid.shape:
            self._layer.data = np.zeros(grid.shape, np.uint8)
            self._layer.scale = (grid.voxel_size_um,) * len(grid.shape)
        where = [slice(None)] * len(grid.shape)
        where[plane.axis] = slice(plane.index, plane.index + 1)
        write_part(self._layer, tuple(where), look.drawn(plane.labels, section=True))

    def redraw(self, look: Look, *, section: bool) -> None:
        """Draw the same phases with another look."""
        if self.layer is not None:
            phases = self._layer.metadata[METADATA]
            write_labels(self._layer, look.drawn(phases, section=section))

    def set_visible(self, visible: bool) -> None:
        """Hide the volume, for example where sections stand for it."""
        if self.layer is not None and self._layer.visible != visible:
            self._layer.visible = visible

    def set_scheme(self, name: str) -> None:
        """Colour the phases otherwise."""
        if self.layer is not None:
            self._layer.colormap = phase_colormap(name)
