"""All that is asked of napari: layers, view, notifications, theme.

Every napari name that may move between versions stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.reading import Image
from napari_assb_twin.measure.sections import Measured, SectionStack, Volume
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.twin.synthesis import Realisation
from napari_assb_twin.workspace.colours import SCHEMES

TWIN_LAYER = "twin"
MEASURED_LAYER = "measured"
SOLID_PORE = 3
"""Pores that are drawn as a solid: label 0 is the background of a 3D view."""

METADATA = "assb_twin_phases"
"""Key of a layer's metadata under which the phases stand as they are, whatever is shown."""

Labels = NDArray[np.uint8]

AXES = ("z", "y", "x")
GAP = 0.08
"""Distance of the measured data from the twin, in edges of the twin."""

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
        self._measured: Measured | None = None
        self._shown: Realisation | None = None
        self._scheme = "paper"
        self._seen: frozenset[Phase] = frozenset(SEEN)
        self._theme_slot: Callable[[], None] | None = None
        self._connected = False
        self._dress()
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
        """Draw measured data beside the twin; None removes them."""
        if self._measured_layer is not None and self._measured_layer in self._viewer.layers:
            self._viewer.layers.remove(self._measured_layer)
        self._measured, self._measured_layer = measured, None
        if measured is None:
            return
        labels, voxel = _as_volume(measured)
        self._measured_layer = self._new_layer(self._drawn(labels), voxel, MEASURED_LAYER)
        self._measured_layer.metadata = {METADATA: labels}
        self._place_measured()
        self._viewer.reset_view(reset_camera_angle=False)

    def _place_measured(self) -> None:
        """Beside the twin: along x, a yz section along y.

        A section lies in the near face of the box; in a plane view it is as thick as the box, so
        that every slice shows it.
        """
        layer, measured = self._measured_layer, self._measured
        if measured is None or layer not in self._viewer.layers:
            return
        _, voxel = _as_volume(measured)
        box = (0.0, 0.0, 0.0) if self._shown is None else _box_um(self._shown)
        size = [n * d for n, d in zip(layer.data.shape, voxel, strict=True)]
        scale, normal = list(voxel), _normal(measured)
        corner = [(b - s) / 2 for b, s in zip(box, size, strict=True)]
        if normal is not None:
            corner[normal] = 0.0
            if self._viewer.dims.ndisplay == 2:
                scale[normal] = max(box[normal], voxel[normal])
        beside = 1 if normal == 2 else 2
        corner[beside] = box[beside] * (1 + GAP)
        layer.scale = scale
        # voxel centres stand on the grid: a corner lies half a voxel before
        layer.translate = [c + d / 2 for c, d in zip(corner, scale, strict=True)]

    # look

    def set_scheme(self, name: str) -> None:
        """Colour the phases by one of `SCHEMES`."""
        self._scheme = name
        for layer in self._layers():
            layer.colormap = _colormap(name)

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
        """Colours of the theme: ``text``, ``background``, ``secondary``, ``warning``."""
        from napari.utils.theme import get_theme

        theme = get_theme(self._viewer.theme)
        names = ("text", "background", "foreground", "secondary", "warning")
        return {name: getattr(theme, name).as_hex("long") for name in names}

    def on_theme(self, slot: Callable[[], None]) -> None:
        """Call ``slot`` when the theme changes."""
        self._theme_slot = slot

    def label_layers(self) -> list:
        """Label and image layers of the viewer that are not the workspace's own."""
        from napari import layers

        kinds = layers.Image | layers.Labels
        return [
            layer
            for layer in self._viewer.layers
            if isinstance(layer, kinds) and METADATA not in layer.metadata
        ]

    def image_of(self, layer: Any) -> Image:
        """What a layer holds, as if it came from a file.

        Raises
        ------
        InputError
            If it is a colour picture, or has fewer than two or more than three axes.
        """
        array = np.asarray(layer.data)
        while array.ndim > 2 and 1 in array.shape:
            array = array.squeeze(array.shape.index(1))
        if getattr(layer, "rgb", False) or array.ndim not in (2, 3):
            raise InputError(
                f"The layer {layer.name} is a colour picture or has {array.ndim} axes; use one of "
                "labels with two or three axes."
            )
        in_um = all(str(unit) in ("micrometer", "micron", "um", "µm") for unit in layer.units)
        sizes = tuple(float(size) for size in layer.scale[-array.ndim :]) if in_um else None
        return Image(array, sizes, f"layer {layer.name}")

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

    def _dress(self) -> None:
        viewer = self._viewer
        viewer.dims.ndisplay = 3
        bar = viewer.canvas.overlays.scale_bar
        bar.visible = True
        bar.box = True


def labels_options(
    labels: Labels, voxel_size_um: Sequence[float], scheme: str = "paper"
) -> dict[str, Any]:
    """Arguments of a labels layer of phases: size, units, colours, rendering."""
    return {
        "scale": tuple(voxel_size_um),
        "units": ("µm",) * labels.ndim,
        "axis_labels": AXES[-labels.ndim :],
        "opacity": 1.0,
        "colormap": _colormap(scheme),
        "rendering": "iso_categorical",
        "iso_gradient_mode": "fast",
    }


def _colormap(scheme: str) -> Any:
    from napari.utils.colormaps import DirectLabelColormap

    colours = SCHEMES[scheme].phases
    table = {code(phase): colours[phase] for phase in PHASES[1:]}
    table[SOLID_PORE] = colours["pore"]
    return DirectLabelColormap(color_dict={0: "transparent", None: "transparent", **table})


def notify_error(sentence: str) -> None:
    """A notification that something was refused."""
    from napari.utils.notifications import show_error

    show_error(sentence)


def notify_warning(sentence: str) -> None:
    """A notification of a reservation."""
    from napari.utils.notifications import show_warning

    show_warning(sentence)


def run_event_loop() -> None:
    """Hand over to Qt until the last window is closed."""
    import napari

    napari.run()


def new_viewer(*, show: bool, title: str):
    """An empty viewer."""
    import napari

    return napari.Viewer(show=show, title=title)


def _box_um(realisation: Realisation) -> tuple[float, float, float]:
    return realisation.twin.grid.size_um


def _normal(measured: Measured | None) -> int | None:
    """Axis of the world across a section; None for a volume."""
    if measured is None or isinstance(measured, Volume):
        return None
    return {"xy": 0, "xz": 1, "yz": 2}[measured[0].plane]


def _as_volume(measured: Measured) -> tuple[Labels, tuple[float, float, float]]:
    """Measured data as one array (z, y, x): a volume, or the first section as a thin plate."""
    if isinstance(measured, Volume):
        return measured.labels, measured.voxel_size_um
    stack: SectionStack = measured[0]
    normal = _normal(measured)
    voxel = list(stack.pixel_size_um)
    voxel.insert(normal, min(voxel))
    return np.expand_dims(stack.images[0], normal), tuple(voxel)
