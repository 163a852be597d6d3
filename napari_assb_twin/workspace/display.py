"""The volume and the measured data in a viewer: layers, view, theme.

With `adapter` the only module that touches napari.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.twin.realisation import Realisation
from napari_assb_twin.workspace.adapter import (
    SOLID_PORE,
    dress,
    is_pixels,
    labels_options,
    phase_colormap,
    theme_colours,
)
from napari_assb_twin.workspace.plates import Plate, plates_of

TWIN_LAYER = "twin"
MEASURED_LAYER = "measured"
METADATA = "assb_twin_phases"
"""Key of a layer's metadata under which the phases stand as they are, whatever is shown."""

Labels = NDArray[np.uint8]

SEEN = frozenset({"active_material", "solid_electrolyte"})
"""Phases drawn as solids at first: one looks into the pores."""

VIEW_DIRECTION = (0.5, 1.0, 0.5)
UP_DIRECTION = (-1.0, 0.0, 0.0)
"""One looks obliquely at the box (z, y, x), z downwards as in the rows of a cross-section."""

ORDERS = {"3D": (0, 1, 2), "xy": (0, 1, 2), "xz": (1, 0, 2), "yz": (2, 0, 1)}
"""Views, and the axes of the world in the order slider, rows, columns."""


class Display:
    """The twin's labels layer and the measured one in a viewer.

    A layer that the user deleted is made again when there is something to draw.
    """

    def __init__(self, viewer) -> None:
        self._viewer = viewer
        self._layer: Any = self._own_layer(TWIN_LAYER)
        self._measured_layer: Any = self._own_layer(MEASURED_LAYER)
        self._plates: tuple[Plate, ...] = ()
        self._plate = 0
        self._shown: Realisation | None = None
        self._scheme = "paper"
        self._seen: frozenset[Phase] = frozenset(SEEN)
        self._theme_slot: Callable[[], None] | None = None
        self._connected = False
        dress(viewer)
        self.open()

    # the twin

    def show(self, realisation: Realisation) -> None:
        """Draw a realisation: in place where shape and voxels are those of the last one."""
        before, self._shown = self._shown, realisation
        phases = realisation.labels
        drawn = self._drawn(phases)
        layer = self._layer
        if layer is None or layer not in self._viewer.layers:
            self._layer = self._new_layer(drawn, realisation.voxel_size_um, TWIN_LAYER)
            self._look_obliquely()
        elif layer.data.shape == drawn.shape:
            layer.data[...] = drawn
            layer.refresh(thumbnail=False, highlight=False, extent=False)
        else:
            layer.data = drawn
        layer = self._layer
        if not np.allclose(layer.scale, realisation.voxel_size_um, rtol=1e-9):
            layer.scale = realisation.voxel_size_um
        layer.metadata = {METADATA: phases, "twin": realisation.twin}
        if before is None or _box_um(before) != _box_um(realisation):
            self._place_measured()
            self._centre_slices()
            self._viewer.reset_view(reset_camera_angle=False)

    @property
    def twin_layer(self) -> Any:
        """The labels layer of the twin, or None."""
        return self._layer

    @property
    def drawn_twin(self) -> Twin | None:
        """The twin that an earlier workspace left drawn in this viewer, or None."""
        return None if self._layer is None else self._layer.metadata.get("twin")

    # the measured data

    def show_measured(self, measured: Measured | None) -> None:
        """Draw measured data beside the twin, of several sections the first; None removes them."""
        if self._measured_layer is not None and self._measured_layer in self._viewer.layers:
            self._viewer.layers.remove(self._measured_layer)
        self._plates, self._plate, self._measured_layer = plates_of(measured), 0, None
        if not self._plates:
            return
        plate = self._plates[0]
        drawn = self._drawn(plate.labels)
        self._measured_layer = self._new_layer(drawn, plate.voxel_size_um, MEASURED_LAYER)
        self._measured_layer.metadata = {METADATA: plate.labels}
        self._place_measured()
        self._viewer.reset_view(reset_camera_angle=False)

    def show_section(self, number: int) -> None:
        """Draw another one of several sections, counted from 0."""
        before, self._plate = self._plate, number
        layer = self._measured_layer
        if layer is None or layer not in self._viewer.layers:
            return
        labels = self._plates[number].labels
        layer.data = self._drawn(labels)
        layer.metadata = {METADATA: labels}
        self._place_measured()
        if self._plates[before].normal != self._plates[number].normal:
            self._viewer.reset_view(reset_camera_angle=False)

    def _place_measured(self) -> None:
        layer = self._measured_layer
        if not self._plates or layer not in self._viewer.layers:
            return
        box = (0.0, 0.0, 0.0) if self._shown is None else _box_um(self._shown)
        flat = self._viewer.dims.ndisplay == 2
        layer.scale, layer.translate = self._plates[self._plate].placed(box, flat=flat)

    # look

    def set_scheme(self, name: str) -> None:
        """Colour the phases by one of `SCHEMES`."""
        self._scheme = name
        for layer in self._layers():
            layer.colormap = phase_colormap(name)

    def set_seen(self, phases: Collection[Phase]) -> None:
        """Draw these phases as solids and see through the others."""
        self._seen = frozenset(phases)
        self._redraw()

    def view(self, name: str) -> None:
        """``3D``, or a plane: ``xy`` (plan view), ``xz`` or ``yz`` (cross-sections)."""
        dims = self._viewer.dims
        dims.order = ORDERS[name]
        if dims.ndisplay != (3 if name == "3D" else 2):
            dims.ndisplay = 3 if name == "3D" else 2  # goes on in _on_ndisplay
        else:
            self._on_ndisplay()
        self._look_obliquely()

    def open(self) -> None:
        """Follow the viewer's own buttons and theme."""
        if not self._connected:
            self._connected = True
            self._viewer.dims.events.ndisplay.connect(self._on_ndisplay)
            self._viewer.events.theme.connect(self._on_theme)

    def close(self) -> None:
        """Disconnect from the viewer; the layers stay."""
        if self._connected:
            self._connected = False
            self._viewer.dims.events.ndisplay.disconnect(self._on_ndisplay)
            self._viewer.events.theme.disconnect(self._on_theme)

    @property
    def theme(self) -> dict[str, str]:
        """Colours of the theme, for example ``text`` and ``background``."""
        return theme_colours(self._viewer)

    def on_theme(self, slot: Callable[[], None]) -> None:
        """Call ``slot`` when the theme changes."""
        self._theme_slot = slot

    def label_layers(self) -> list:
        """Label and image layers of the viewer that are not the workspace's own."""
        return [
            layer
            for layer in self._viewer.layers
            if is_pixels(layer) and METADATA not in layer.metadata
        ]

    # inside

    def _look_obliquely(self) -> None:
        if self._viewer.dims.ndisplay == 3:
            self._viewer.scene.camera.set_view_direction(VIEW_DIRECTION, UP_DIRECTION)

    def _on_theme(self, event: object = None) -> None:
        if self._theme_slot is not None:
            self._theme_slot()

    def _on_ndisplay(self, event: object = None) -> None:
        self._redraw()
        self._place_measured()
        self._centre_slices()
        self._viewer.reset_view(reset_camera_angle=False)

    def _redraw(self) -> None:
        for layer in self._layers():
            layer.data[...] = self._drawn(layer.metadata[METADATA])
            layer.refresh(thumbnail=False, highlight=False, extent=False)

    def _own_layer(self, name: str) -> Any:
        """A layer that an earlier workspace left, or None."""
        own = [
            layer
            for layer in self._viewer.layers
            if layer.name == name and METADATA in layer.metadata
        ]
        return own[0] if own else None

    def _layers(self) -> list:
        both = (self._layer, self._measured_layer)
        return [layer for layer in both if layer is not None and layer in self._viewer.layers]

    def _drawn(self, phases: Labels) -> Labels:
        """What stands in the layer: a copy in which phases that are not seen are background.

        A plane view shows all phases.
        """
        table = np.zeros(256, np.uint8)
        for phase in self._seen if self._viewer.dims.ndisplay == 3 else PHASES:
            table[code(phase)] = SOLID_PORE if phase == "pore" else code(phase)
        return np.take(table, phases)

    def _new_layer(self, drawn: Labels, voxel_size_um: Sequence[float], name: str) -> Any:
        options = labels_options(drawn, voxel_size_um, self._scheme)
        return self._viewer.add_labels(drawn, name=name, **options)

    def _centre_slices(self) -> None:
        if self._shown is None:
            return
        for axis, size in enumerate(_box_um(self._shown)):
            self._viewer.dims.set_point(axis, size / 2)


def _box_um(realisation: Realisation) -> tuple[float, float, float]:
    return realisation.twin.grid.size_um
