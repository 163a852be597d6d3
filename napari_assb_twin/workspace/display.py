"""The volume and the measured data in a viewer: layers, views, theme.

What napari itself is asked for stands in `adapter`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from qtpy.QtCore import QTimer

from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.twin.realisation import PlaneRealisation, Realisation
from napari_assb_twin.workspace import adapter, napari_layers
from napari_assb_twin.workspace.camera import Camera
from napari_assb_twin.workspace.measured_layer import MeasuredLayer
from napari_assb_twin.workspace.napari_layers import METADATA
from napari_assb_twin.workspace.section_layers import SectionLayers
from napari_assb_twin.workspace.twin_layer import TwinLayer
from napari_assb_twin.workspace.views import ORDERS, PLANES, Cut, Look, View, ViewState
from napari_assb_twin.workspace.world_axes import WorldAxes

VIEW_DIRECTION = (0.5, 1.0, 0.5)
UP_DIRECTION = (-1.0, 0.0, 0.0)
"""One looks obliquely at the box (z, y, x), z downwards as in the rows of a cross-section."""


class Display:
    """The twin's labels layer in a viewer, and the layers that some views add to it."""

    def __init__(self, viewer) -> None:
        self._viewer = viewer
        self.camera = Camera(viewer)
        self._axes = WorldAxes(viewer)
        self._twin = TwinLayer(viewer)
        self._measured = MeasuredLayer(viewer)
        self._sections = SectionLayers(viewer)
        self._shown: Realisation | None = None
        self._view: View = "3D"
        self._look = Look()
        self._theme_slot: Callable[[], None] | None = None
        self._view_slot: Callable[[], None] | None = None
        self._connected = False
        self._turned = False
        self._later = QTimer()
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._follow)
        adapter.dress(viewer)
        self.open()

    # the twin

    def show(self, realisation: Realisation) -> None:
        """Draw a realisation: in place where shape and voxels are those of the last one."""
        before, self._shown = self._shown, realisation
        if self._twin.show(realisation, self._look, section=self._of_sections):
            self._twin.set_visible(self._view != "sections")
            self._look_obliquely()
        if before is None or before.twin.grid.size_um != realisation.twin.grid.size_um:
            self._centre_slices()
            self._draw_others()
            self._fit()
            self._tell()
        elif self._view == "sections":
            self._draw_others()

    def show_plane(self, plane: PlaneRealisation) -> None:
        """Draw one plane of a volume, if it is still the one that is looked at."""
        if self.plane == (plane.axis, plane.index):
            self._twin.show_plane(plane, self._look)

    @property
    def twin_layer(self) -> Any:
        """The labels layer of the twin, or None."""
        return self._twin.layer

    @property
    def drawn_twin(self) -> Twin | None:
        """The twin that an earlier workspace left drawn in this viewer, or None."""
        return self._twin.drawn_twin

    # the measured data

    def show_measured(self, measured: Measured | None) -> None:
        """Take measured data and show them beside the twin; None removes them."""
        self._measured.take(measured)
        if self._measured.plate is not None:
            self.view("beside")
        elif self._view == "beside":
            self.view("3D")
        else:
            self._tell()

    def show_section(self, number: int) -> None:
        """Show another one of several sections, counted from 0, beside the twin."""
        before = self._measured.view
        self._measured.choose(number)
        if self._view == "beside" and before == self._measured.view:
            self._draw_others()
        else:
            self.view("beside")

    @property
    def measured_layer(self) -> Any:
        """The labels layer of the measured data while it is shown, else None."""
        return self._measured.layer

    # views

    def view(self, name: View) -> None:
        """One of `VIEWS`; ``beside`` does nothing without data."""
        if name == "beside" and self._measured.plate is None:
            self._tell()
            return
        before, was_flat = self._view, self._axes.flat
        self._view = name
        base = self._measured.view if name == "beside" else name
        with self._axes.arranged():
            self._axes.look_along(ORDERS[base], flat=base in PLANES)
        self._draw()
        if was_flat or before == name:
            self._look_obliquely()
        if was_flat or {before, name} != {"3D", "sections"}:
            self._fit()
        self._tell()

    @property
    def plane(self) -> tuple[int, int] | None:
        """Axis (z, y, x) across a plane view and the voxel of the twin's grid in it, else None."""
        if not self._axes.flat or self._shown is None:
            return None
        axis = self._axes.across
        return axis, self.slices[axis]

    @property
    def slices(self) -> tuple[int, int, int]:
        """Voxels of the twin's grid (z, y, x) through which sections go."""
        if self._shown is None:
            return 0, 0, 0
        return self._axes.voxel(self._shown.twin.grid)

    def set_slice(self, axis: int, index: int) -> None:
        """Move the section across an axis to a voxel of the twin's grid."""
        if self._shown is not None:
            point = list(self._axes.point_um)
            point[axis] = index * self._shown.twin.grid.voxel_size_um
            self._axes.point_um = point

    @property
    def state(self) -> ViewState:
        """What is shown, for the bar above the panels."""
        return ViewState(
            view=self._view,
            flat=self._axes.flat,
            seen=self._look.seen(section=self._of_sections),
            has_data=self._measured.plate is not None,
            grid=None if self._shown is None else self._shown.twin.grid,
            slices=self.slices,
        )

    def on_view(self, slot: Callable[[], None]) -> None:
        """Call ``slot`` when another view, box or slice is shown, or data come or go."""
        self._view_slot = slot

    # look

    @property
    def scheme(self) -> str:
        """The name of the colours of the phases."""
        return self._look.scheme

    def set_scheme(self, name: str) -> None:
        """Colour the phases by one of `SCHEMES`."""
        self._look = replace(self._look, scheme=name)
        self._twin.set_scheme(name)
        self._measured.set_scheme(name)
        self._sections.set_scheme(name)

    def set_seen(self, phases: Collection[Phase]) -> None:
        """Draw these phases and see through the others: in 3D, or in all sections."""
        self._look = self._look.seeing(frozenset(phases), section=self._of_sections)
        self._draw()

    def set_cut(self, cut: Cut | None) -> None:
        """Take a part of what is drawn in 3D away, or show all of it."""
        self._look = replace(self._look, cut=cut)
        self._draw()

    # life

    def open(self) -> None:
        """Follow the viewer's own buttons, sliders and theme."""
        if not self._connected:
            self._connected = True
            self._viewer.dims.events.ndisplay.connect(self._on_ndisplay)
            self._viewer.dims.events.point.connect(self._on_point)
            self._viewer.events.theme.connect(self._on_theme)
            if self._shown is not None:
                self._draw()

    def tidy(self) -> None:
        """Leave the twin alone in the viewer, for whoever comes next."""
        self._measured.hide()
        self._sections.hide()
        self._twin.set_visible(True)

    def close(self) -> None:
        """Disconnect from the viewer; the layers stay."""
        if self._connected:
            self._connected = False
            self._later.stop()
            self._viewer.dims.events.ndisplay.disconnect(self._on_ndisplay)
            self._viewer.dims.events.point.disconnect(self._on_point)
            self._viewer.events.theme.disconnect(self._on_theme)

    @property
    def theme(self) -> dict[str, str]:
        """Colours of the theme, for example ``text`` and ``background``."""
        return adapter.theme_colours(self._viewer)

    def on_theme(self, slot: Callable[[], None]) -> None:
        """Call ``slot`` when the theme changes."""
        self._theme_slot = slot

    @property
    def viewer(self) -> Any:
        """The viewer that is drawn in."""
        return self._viewer

    def label_layers(self) -> list:
        """Label and image layers of the viewer that are not the workspace's own."""
        return [
            layer
            for layer in self._viewer.layers
            if napari_layers.is_pixels(layer) and METADATA not in layer.metadata
        ]

    # inside

    @property
    def _of_sections(self) -> bool:
        return self._axes.flat or self._view == "sections"

    def _draw(self) -> None:
        """Draw everything again, after the view or the look has changed."""
        self._twin.redraw(self._look, section=self._of_sections)
        self._twin.set_visible(self._view != "sections")
        self._draw_others()

    def _draw_others(self) -> None:
        """The layers that the view adds to the twin's, or none."""
        shown, point = self._shown, self._axes.point_um
        with self._axes.arranged():
            if self._view == "beside":
                box = (0.0, 0.0, 0.0) if shown is None else shown.twin.grid.size_um
                self._measured.show(box, self._look, self.theme["text"], flat=self._axes.flat)
            else:
                self._measured.hide()
            if self._view == "sections" and shown is not None:
                self._sections.show(shown, point, self._look)
            else:
                self._sections.hide()
            self._follow_captions(point)

    def _look_obliquely(self) -> None:
        if not self._axes.flat:
            self._viewer.scene.camera.set_view_direction(VIEW_DIRECTION, UP_DIRECTION)

    def _fit(self) -> None:
        self._viewer.reset_view(reset_camera_angle=False)

    def _centre_slices(self) -> None:
        if self._shown is not None and self._connected:
            self._axes.point_um = [size / 2 for size in self._shown.twin.grid.size_um]

    def _follow_captions(self, point: Sequence[float]) -> None:
        if self._axes.flat:
            axis = self._axes.across
            self._measured.follow(axis, point[axis])

    def _tell(self) -> None:
        if self._view_slot is not None:
            self._view_slot()

    def _on_theme(self, event: object = None) -> None:
        self._measured.set_colour(self.theme["text"])
        if self._theme_slot is not None:
            self._theme_slot()

    def _on_ndisplay(self, event: object = None) -> None:
        """The viewer's own button for 2D and 3D was pressed."""
        if not self._axes.arranging:
            self._turned = True
            self._later.start()

    def _turn(self) -> None:
        """Go on in the number of dimensions that the viewer was turned to."""
        flat = self._axes.flat
        if self._view != "beside":
            self._view = PLANES[self._axes.across] if flat else "3D"
        base = self._measured.view if self._view == "beside" and flat else self._view
        with self._axes.arranged():
            self._axes.look_along(ORDERS.get(base, ORDERS["3D"]), flat=flat)
        self._centre_slices()
        self._draw()
        self._look_obliquely()
        self._fit()
        self._tell()

    def _on_point(self, event: object = None) -> None:
        """Layers follow in a turn of their own: napari may be in the middle of a change."""
        if not self._axes.arranging and self._shown is not None:
            self._later.start()

    def _follow(self) -> None:
        turned, self._turned = self._turned, False
        if turned:
            self._turn()
        elif self._view == "sections" and self._sections.layers:
            self._draw_others()
        elif self._view == "beside" and self._measured.layer is not None:
            with self._axes.arranged():
                self._follow_captions(self._axes.point_um)
        self._tell()
