"""A greyscale section in the viewer, its phases over it, and a layer to paint examples in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer

from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.workspace import adapter, napari_layers

GREY, PHASES_OVER, EXAMPLES = "grey section", "phases over it", "examples"
OPACITY = 0.45
GAP = 0.15
"""Distance from what else is in the world, in widths of the section."""


class GreyLayers:
    """Layers that exist only while somebody looks; the section stands left of the twin."""

    def __init__(self, viewer: Any, colours: Mapping[Phase, str]) -> None:
        self._viewer = viewer
        self._colours = {code(phase) + 1: colours[phase] for phase in PHASES}
        self._pixel_um = (1.0, 1.0)
        self._layers: dict[str, Any] = {}
        self._before: tuple[int, tuple[float, ...], frozenset[str]] | None = None
        self._fit = QTimer()
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._look)

    @property
    def theme(self) -> dict[str, str]:
        """Colours of the viewer's theme."""
        return adapter.theme_colours(self._viewer)

    @property
    def layers(self) -> dict[str, Any]:
        """Those that are in the viewer, by name."""
        return {name: one for name, one in self._layers.items() if one in self._viewer.layers}

    def follow_theme(self, slot: Callable[[object], None]) -> None:
        """Call ``slot`` with each change of the theme."""
        self._viewer.events.theme.connect(slot)

    def leave_theme(self, slot: Callable[[object], None]) -> None:
        """Do not call it any more."""
        self._viewer.events.theme.disconnect(slot)

    def set_pixel_um(self, pixel_um: Sequence[float]) -> None:
        """The edges of a pixel along rows and columns."""
        new = float(pixel_um[0]), float(pixel_um[1])
        if new == self._pixel_um:
            return
        self._pixel_um = new
        for layer in self.layers.values():
            napari_layers.place(layer, **self._placed(layer.data.shape))
        self._look()

    def show_plane(self, plane: NDArray[Any], pixel_um: Sequence[float]) -> None:
        """Show a section, and turn the viewer to it."""
        self.set_pixel_um(pixel_um)
        if self._before is None:
            self._before = (
                adapter.dimensions_shown(self._viewer),
                adapter.point_shown(self._viewer),
                self._others(),
            )
        grey = self.layers.get(GREY)
        if grey is None:
            options = self._placed(plane.shape)
            self._layers[GREY] = napari_layers.add_grey(self._viewer, plane, GREY, **options)
            self._fit.start(0)  # once the workspace has followed
            adapter.show_dimensions(self._viewer, 2)
        elif grey.data is not plane:
            moved = grey.data.shape != plane.shape
            grey.data = plane
            if moved:
                napari_layers.place(grey, **self._placed(plane.shape))
            napari_layers.fit_contrast(grey)

    def show_phases(self, phases: NDArray[np.uint8]) -> None:
        """Show phases over the section, or other ones."""
        over = self.layers.get(PHASES_OVER)
        if over is not None and over.data.shape == phases.shape:
            napari_layers.write_labels(over, phases + np.uint8(1))
            return
        self._remove(PHASES_OVER)
        self._layers[PHASES_OVER] = napari_layers.add_marks(
            self._viewer,
            phases + np.uint8(1),
            PHASES_OVER,
            self._colours,
            opacity=OPACITY,
            **self._placed(phases.shape),
        )
        if EXAMPLES in self.layers:
            napari_layers.raise_layer(self._viewer, self._layers[EXAMPLES])

    def hide_phases(self) -> None:
        """Take the phases away; the section stays."""
        self._remove(PHASES_OVER)

    def paint_on(self, marks: NDArray[np.uint8]) -> None:
        """Offer a layer to paint in: 1, 2, 3 for the phases.  Its array is ``marks`` itself."""
        there = self.layers.get(EXAMPLES)
        if there is not None and np.may_share_memory(there.data, marks):
            return
        self._remove(EXAMPLES)
        self._layers[EXAMPLES] = napari_layers.add_marks(
            self._viewer,
            marks,
            EXAMPLES,
            self._colours,
            opacity=0.8,
            **self._placed(marks.shape),
        )
        napari_layers.paint(self._viewer, self._layers[EXAMPLES])

    def choose_phase(self, phase: Phase) -> None:
        """The phase that the brush paints."""
        if EXAMPLES in self.layers:
            napari_layers.paint(self._viewer, self._layers[EXAMPLES], code(phase) + 1)

    def hide_examples(self) -> None:
        """Take the layer of examples away."""
        self._remove(EXAMPLES)

    def hide(self) -> None:
        """Take everything away, and turn the viewer back unless somebody else has turned it."""
        self._fit.stop()
        if not adapter.is_open(self._viewer):
            return
        shown = bool(self.layers)
        for name in (EXAMPLES, PHASES_OVER, GREY):
            self._remove(name)
        if shown and self._before is not None:
            dimensions, point, others = self._before
            if self._others() == others:
                adapter.show_dimensions(self._viewer, dimensions)
            adapter.show_point(self._viewer, point)
            adapter.look_at_all(self._viewer)
        self._layers.clear()
        self._before = None

    def _remove(self, name: str) -> None:
        layer = self.layers.get(name)
        if layer is not None:
            self._viewer.layers.remove(layer)

    def _others(self) -> frozenset[str]:
        return frozenset(
            one.name for one in self._viewer.layers if one not in self._layers.values()
        )

    def _look(self) -> None:
        grey = self.layers.get(GREY)
        if grey is not None:
            size = [n * d for n, d in zip(grey.data.shape, self._pixel_um, strict=True)]
            adapter.look_at(self._viewer, grey.translate, size)

    def _placed(self, shape: Sequence[int]) -> dict[str, Any]:
        """Scale, and translation to the left of the origin."""
        rows, columns = self._pixel_um
        return {
            "voxel_size_um": (rows, columns),
            "translate": (0.0, -(1 + GAP) * columns * shape[1]),
        }
