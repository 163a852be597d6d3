"""Layers of a viewer: how they are made, written to and found; nothing here keeps anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
