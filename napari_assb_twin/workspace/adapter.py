"""The functions of napari that the window calls; none of them keeps anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.image import Image
from napari_assb_twin.twin.phases import PHASES, code
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.views import AXES, SOLID_PORE

METADATA = "assb_twin_phases"
"""Key of a layer's metadata under which the phases stand as they are, whatever is shown."""

CAPTION_POINTS = 13

PLUGIN = "napari-assb-twin"
"""Name of the plugin in napari."""

THEME = ("text", "background", "foreground", "secondary", "warning")


def labels_options(
    labels: NDArray[np.uint8],
    voxel_size_um: Sequence[float],
    scheme: str = "paper",
    *,
    shaded: bool = True,
) -> dict[str, Any]:
    """Arguments of a labels layer of phases: size, units, colours, rendering.

    In 3D a volume is shaded; a section keeps the colours of the legend.
    """
    return {
        "scale": tuple(voxel_size_um),
        "units": ("µm",) * labels.ndim,
        "axis_labels": AXES[-labels.ndim :],
        "opacity": 1.0,
        "colormap": phase_colormap(scheme),
        "rendering": "iso_categorical" if shaded else "translucent",
        "iso_gradient_mode": "fast",
    }


def phase_colormap(scheme: str) -> Any:
    """Colours of the phases as they stand in a labels layer."""
    from napari.utils.colormaps import DirectLabelColormap

    colours = SCHEMES[scheme].phases
    table = {code(phase): colours[phase] for phase in PHASES[1:]}
    table[SOLID_PORE] = colours["pore"]
    return DirectLabelColormap(color_dict={0: "transparent", None: "transparent", **table})


def notify_error(sentence: str) -> None:
    """A notification that something was refused."""
    from napari.utils.notifications import show_error

    show_error(sentence)


def theme_colours(viewer: Any) -> dict[str, str]:
    """Some colours of the viewer's theme by name."""
    from napari.utils.theme import get_theme

    theme = get_theme(viewer.theme)
    return {name: getattr(theme, name).as_hex("long") for name in THEME}


def dress(viewer: Any) -> None:
    """Three dimensions, and a scale bar."""
    viewer.dims.ndisplay = 3
    bar = viewer.canvas.overlays.scale_bar
    bar.visible = True
    bar.box = True


def is_pixels(layer: Any) -> bool:
    """Whether a layer holds an image or labels."""
    from napari import layers

    return isinstance(layer, layers.Image | layers.Labels)


def image_of(layer: Any) -> Callable[[], Image]:
    """What loads a layer as if it came from a file; it may be called on any thread.

    Of several resolutions the finest is taken.

    Raises
    ------
    InputError
        If it is a colour picture.
    """
    from napari_assb_twin.images.arrays import image_of_array

    if getattr(layer, "rgb", False):
        raise InputError(
            f"The layer {layer.name} is a colour picture; use one of labels or grey values."
        )
    data = layer.data[0] if getattr(layer, "multiscale", False) else layer.data
    units = [str(unit) for unit in layer.units]
    scale = [float(size) for size in layer.scale]
    return partial(image_of_array, data, scale, units, source=f"layer {layer.name}")


def hide_layers(viewer: Any) -> list[Any]:
    """Hide all layers; those that were seen."""
    seen = [layer for layer in viewer.layers if layer.visible]
    for layer in seen:
        layer.visible = False
    return seen


def show_layers(viewer: Any, layers: Sequence[Any]) -> None:
    """Show these layers, as far as they are still there."""
    for layer in layers:
        if layer in viewer.layers:
            layer.visible = True


def add_picture(viewer: Any, plane: NDArray[Any], name: str, voxel_size_um: Sequence[float]) -> Any:
    """A section at the origin in grey, from its lowest value to its highest, as labels need it."""
    layer = add_grey(viewer, plane, name, voxel_size_um=voxel_size_um, translate=(0.0, 0.0))
    low, high = float(plane.min()), float(plane.max())
    layer.contrast_limits = (low, high if high > low else low + 1)
    return layer


def own_layers(viewer: Any, *names: str) -> list[Any]:
    """Layers that a workspace made in this viewer, perhaps an earlier one."""
    return [one for one in viewer.layers if one.name in names and METADATA in one.metadata]


def write_labels(layer: Any, drawn: NDArray[np.uint8]) -> None:
    """Other labels in a layer: in place where the shape is that of the last ones."""
    if layer.data.shape == drawn.shape:
        layer.data[...] = drawn
        layer.refresh(thumbnail=False, highlight=False, extent=False)
    else:
        layer.data = drawn


def write_part(layer: Any, where: tuple[slice, ...], drawn: NDArray[np.uint8]) -> None:
    """Other labels in a part of a layer."""
    layer.data[where] = drawn
    layer.refresh(thumbnail=False, highlight=False, extent=False)


def add_labels(
    viewer: Any,
    drawn: NDArray[np.uint8],
    voxel_size_um: Sequence[float],
    name: str,
    scheme: str,
    *,
    shaded: bool = True,
) -> Any:
    """A new layer of phases; the one that was selected stays so."""
    active = viewer.layers.selection.active
    options = labels_options(drawn, voxel_size_um, scheme, shaded=shaded)
    layer = viewer.add_labels(drawn, name=name, **options)
    if active is not None:
        viewer.layers.selection.active = active
    return layer


def add_grey(
    viewer: Any,
    plane: NDArray[Any],
    name: str,
    *,
    voxel_size_um: Sequence[float],
    translate: Sequence[float],
) -> Any:
    """A new layer of grey values; it belongs to the workspace."""
    return viewer.add_image(
        plane,
        name=name,
        colormap="gray",
        scale=tuple(voxel_size_um),
        translate=tuple(translate),
        units=("µm",) * plane.ndim,
        axis_labels=AXES[-plane.ndim :],
        metadata={METADATA: None},
    )


def fit_contrast(layer: Any) -> None:
    """Show an image from its darkest to its brightest grey value."""
    layer.reset_contrast_limits()


def add_marks(
    viewer: Any,
    marks: NDArray[Any],
    name: str,
    colours: Mapping[int, str] | None,
    *,
    opacity: float,
    over_all: bool = False,
    voxel_size_um: Sequence[float],
    translate: Sequence[float],
) -> Any:
    """A new layer of labels, seen through; the one that was selected stays so.

    Labels have these colours; None gives each the next one of napari's.  ``over_all``: nothing
    that lies before them in a scene hides them.
    """
    from napari.utils.colormaps import DirectLabelColormap, label_colormap

    clear = {0: "transparent", None: "transparent"}

    active = viewer.layers.selection.active
    layer = viewer.add_labels(
        marks,
        name=name,
        colormap=(
            label_colormap()
            if colours is None
            else DirectLabelColormap(color_dict={**clear, **colours})
        ),
        opacity=opacity,
        blending="translucent_no_depth" if over_all else "translucent",
        scale=tuple(voxel_size_um),
        translate=tuple(translate),
        units=("µm",) * marks.ndim,
        axis_labels=AXES[-marks.ndim :],
        metadata={METADATA: None},
    )
    if active is not None:
        viewer.layers.selection.active = active
    return layer


def set_opacity(layer: Any, opacity: float) -> None:
    """From 0, not seen, to 1."""
    layer.opacity = opacity


def remove_layer(viewer: Any, layer: Any) -> None:
    """Take a layer out of the viewer, if it is still there."""
    if layer in viewer.layers:
        viewer.layers.remove(layer)


def place(layer: Any, *, voxel_size_um: Sequence[float], translate: Sequence[float]) -> None:
    """Give a layer another size, and another place in the world."""
    layer.scale, layer.translate = tuple(voxel_size_um), tuple(translate)


def paint(viewer: Any, layer: Any, label: int | None = None) -> None:
    """Select a layer of labels and its brush, for a label or the one that is chosen."""
    viewer.layers.selection.active = layer
    if label is not None:
        layer.selected_label = label
    if layer.mode != "paint":
        layer.mode = "paint"


def raise_layer(viewer: Any, layer: Any) -> None:
    """Draw a layer over all others."""
    viewer.layers.move(viewer.layers.index(layer), len(viewer.layers))


def dimensions_shown(viewer: Any) -> int:
    """2 for planes, 3 for a scene."""
    return int(viewer.dims.ndisplay)


def show_dimensions(viewer: Any, count: int) -> None:
    """Planes (2) or a scene (3)."""
    if viewer.dims.ndisplay != count:
        viewer.dims.ndisplay = count


def point_shown(viewer: Any) -> tuple[float, ...]:
    """Where sections go through the world."""
    return tuple(float(at) for at in viewer.dims.point)


def show_point(viewer: Any, point: Sequence[float]) -> None:
    """Let sections go through a point again, if the world has its axes still."""
    if len(point) == viewer.dims.ndim:
        viewer.dims.set_point(tuple(range(len(point))), tuple(point))


def look_at(viewer: Any, corner: Sequence[float], size: Sequence[float]) -> None:
    """Bring a rectangle of a plane (rows, columns; µm) into the middle, as large as the canvas."""
    middle = [low + length / 2 for low, length in zip(corner, size, strict=True)]
    room = [pixels / length for pixels, length in zip(viewer.canvas.size, size, strict=True)]
    viewer.scene.camera.center = (0.0, *middle)
    viewer.scene.camera.zoom = 0.95 * min(room)


def look_at_all(viewer: Any) -> None:
    """Bring everything into sight."""
    viewer.fit_to_view()


def is_open(viewer: Any) -> bool:
    """Whether the window of a viewer is not closed."""
    return hasattr(viewer.window, "_qt_window")


def add_captions(viewer: Any, points: Any, texts: Sequence[str], colour: str, name: str) -> Any:
    """Words that stand at points of the world (micrometres)."""
    active = viewer.layers.selection.active
    layer = viewer.add_points(
        points,
        name=name,
        size=1e-3,
        face_color="transparent",
        border_color="transparent",
        text={"string": list(texts), "color": colour, "size": CAPTION_POINTS, "anchor": "center"},
        units=("µm",) * 3,
        axis_labels=AXES,
        metadata={METADATA: None},
    )
    if active is not None:
        viewer.layers.selection.active = active
    return layer


@dataclass(frozen=True)
class CameraView:
    """Where a 3D camera looks from: world directions (z, y, x), centre, and pixels per µm."""

    direction: tuple[float, float, float]
    up: tuple[float, float, float]
    centre: tuple[float, float, float]
    zoom: float


def camera(viewer: Any) -> CameraView:
    """The camera as it is."""
    one = viewer.scene.camera
    return CameraView(
        tuple(one.view_direction), tuple(one.up_direction), tuple(one.center), float(one.zoom)
    )


def set_camera(viewer: Any, view: CameraView) -> None:
    """Look from there."""
    one = viewer.scene.camera
    one.set_view_direction(view.direction, view.up)
    one.center, one.zoom = view.centre, view.zoom


def set_text(viewer: Any, text: str) -> None:
    """Words in the upper left corner of the canvas; none if empty."""
    overlay = viewer.canvas.overlays.text
    overlay.text, overlay.visible = text, bool(text)


def canvas_picture(viewer: Any) -> NDArray[np.uint8]:
    """The canvas as it is now, without the window around it (rows, columns, 4)."""
    return np.asarray(viewer.screenshot(path=None, canvas_only=True, flash=False))


def run_event_loop() -> None:
    """Hand over to Qt until the last window is closed."""
    import napari

    napari.run()


def new_viewer(*, show: bool, title: str):
    """An empty viewer."""
    import napari

    return napari.Viewer(show=show, title=title)


def enlarge(viewer, width: int, height: int) -> None:
    """Make the window as large as asked, but no larger than the screen."""
    from qtpy.QtGui import QGuiApplication

    room = QGuiApplication.primaryScreen().availableGeometry()
    viewer.window.resize(min(width, room.width()), min(height, room.height()))


def plugin_settings(group: str) -> Any:
    """A group of the preferences that napari keeps for this plugin; None if it is not registered.

    Its attributes are the properties of the manifest, its ``events`` tell of changes.
    """
    from napari.settings import get_plugin_settings

    try:
        return getattr(get_plugin_settings(PLUGIN), group)
    except KeyError:
        return None


def current_viewer() -> Any:
    """The viewer that is in use, or None."""
    import napari

    return napari.current_viewer()


def docked(viewer: Any) -> list[Any]:
    """The widgets that stand in docks of a viewer."""
    return list(viewer.window.dock_widgets.values())


def dock_plugin_widget(viewer: Any, name: str) -> Any:
    """Dock a widget of this plugin as its menu does."""
    return viewer.window.add_plugin_dock_widget(PLUGIN, name)[1]


def dock_behind(viewer: Any, widget: Any, name: str) -> None:
    """Dock a widget at the right, as a page over those that are there."""
    dock = viewer.window.add_dock_widget(widget, name=name, area="right", tabify=True)
    dock.show()
    dock.raise_()


def undock(viewer: Any, widget: Any) -> None:
    """Take a widget out of its dock; it stays alive."""
    viewer.window.remove_dock_widget(widget)
