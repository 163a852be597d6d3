"""The functions of napari that the window calls; none of them keeps anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.reading import Image
from napari_assb_twin.twin.phases import PHASES, code
from napari_assb_twin.workspace.colours import SCHEMES

AXES = ("z", "y", "x")
SOLID_PORE = 3
"""Pores that are drawn as a solid: label 0 is the background of a 3D view."""

PLUGIN = "napari-assb-twin"
"""Name of the plugin in napari."""

THEME = ("text", "background", "foreground", "secondary", "warning")


def labels_options(
    labels: NDArray[np.uint8], voxel_size_um: Sequence[float], scheme: str = "paper"
) -> dict[str, Any]:
    """Arguments of a labels layer of phases: size, units, colours, rendering."""
    return {
        "scale": tuple(voxel_size_um),
        "units": ("µm",) * labels.ndim,
        "axis_labels": AXES[-labels.ndim :],
        "opacity": 1.0,
        "colormap": phase_colormap(scheme),
        "rendering": "iso_categorical",
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


def image_of(layer: Any) -> Image:
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
