"""The functions of napari that the window calls; none of them keeps anything.

Those of layers are in `napari_layers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLUGIN = "napari-assb-twin"
"""Name of the plugin in napari."""

THEME = ("text", "background", "foreground", "secondary", "warning")


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
