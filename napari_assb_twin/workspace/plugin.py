"""What the manifest names: reader, writer and sample data; the widget is `TwinWorkspace`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.errors import InputError

WORKSPACE = "ASSB Twin workspace"
SAMPLE_EDGE = 64
IMAGES = (".nrrd", ".nhdr", ".mha", ".mhd", ".raw")
LayerData = tuple[Any, dict[str, Any], str]


def twin_reader(path: str | list[str]) -> Callable[[str | list[str]], list[LayerData]] | None:
    """A reader of twin files, or None for other files."""
    from napari_assb_twin.twin.twin_file import SUFFIX

    paths = [path] if isinstance(path, str) else path
    return _read_twins if all(str(one).endswith(SUFFIX) for one in paths) else None


def session_reader(path: str | list[str]) -> Callable[[str | list[str]], list[Any]] | None:
    """A reader of one session file, or None for other files."""
    from napari_assb_twin.session.session_file import SUFFIX

    paths = [path] if isinstance(path, str) else path
    return _open_session if len(paths) == 1 and str(paths[0]).endswith(SUFFIX) else None


def image_reader(path: str | list[str]) -> Callable[[str | list[str]], list[LayerData]] | None:
    """A reader of images that napari itself does not open, or None for other files."""
    paths = [path] if isinstance(path, str) else path
    known = all(Path(one).suffix.lower() in IMAGES for one in paths)
    return _read_images if known else None


def write_labels(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """Write a labels layer as TIFF with its voxel size.

    A layer of the workspace is written with its phases as codes 0, 1, 2, whatever is seen of it.

    Raises
    ------
    InputError
        If the layer is no uint8 image, its voxel size is not known, or the file cannot be written.
    """
    from napari_assb_twin.export.tiff import write_tiff
    from napari_assb_twin.images.units import in_um
    from napari_assb_twin.workspace.display import METADATA

    phases = meta.get("metadata", {}).get(METADATA)
    labels = np.asarray(data if phases is None else phases)
    if labels.dtype != np.uint8 and labels.size and labels.min() >= 0 and labels.max() <= 255:
        labels = labels.astype(np.uint8)
    scale = np.atleast_1d(meta.get("scale", 1.0))[-labels.ndim :]
    units = [str(unit) for unit in meta.get("units") or ()][-labels.ndim :]
    sizes = [in_um(float(size), unit) for size, unit in zip(scale, units, strict=False)]
    known = tuple(size for size in sizes if size is not None)
    if len(known) != labels.ndim:
        raise InputError(
            "The layer does not say its voxel size along every axis; set its scale, and its units "
            "to lengths such as µm."
        )
    write_tiff(path, labels, voxel_size_um=known)
    return [path]


def sample_pressed() -> list[LayerData]:
    """Sample data: the preset of a pressed cathode."""
    return _sample("pressed")


def sample_isotropic() -> list[LayerData]:
    """Sample data: the preset of an isotropic cathode."""
    return _sample("isotropic")


def sample_sheet_pores() -> list[LayerData]:
    """Sample data: the preset with sheet-like pores."""
    return _sample("sheet-pores")


def sample_blobs() -> list[LayerData]:
    """Sample data: the preset with blob-like active material."""
    return _sample("blobs")


def sample_fine_electrolyte() -> list[LayerData]:
    """Sample data: the preset with a fine electrolyte."""
    return _sample("fine-electrolyte")


def sample_dense() -> list[LayerData]:
    """Sample data: the preset of a dense cathode."""
    return _sample("dense")


def sample_layered() -> list[LayerData]:
    """Sample data: the preset of grains in layers."""
    return _sample("layered")


def _read_images(path: str | list[str]) -> list[LayerData]:
    """Labels where the values may be labels, else images; with their voxel size in micrometres."""
    from napari_assb_twin.images.labels import found_labels
    from napari_assb_twin.images.reading import read_image

    layers: list[LayerData] = []
    for one in [path] if isinstance(path, str) else path:
        image = read_image(one)
        options: dict[str, Any] = {"name": Path(one).name}
        if image.voxel_size_um is not None:
            options |= {"scale": image.voxel_size_um, "units": ("µm",) * image.array.ndim}
        kind = "labels"
        try:
            found_labels(image.array, source=image.source)
        except InputError:
            kind = "image"
        whole = kind == "labels" and image.array.dtype.kind == "f"
        layers.append((image.array.astype(int) if whole else image.array, options, kind))
    return layers


def _read_twins(path: str | list[str]) -> list[LayerData]:
    from napari_assb_twin.twin.twin_file import SUFFIX, load_twin

    paths = [path] if isinstance(path, str) else path
    return [_layer(load_twin(one), Path(one).name.removesuffix(SUFFIX)) for one in paths]


def _open_session(path: str | list[str]) -> list[Any]:
    """Go on in the workspace of the current viewer, docked if need be; no layer of its own."""
    from napari_assb_twin.session.session_file import load_session
    from napari_assb_twin.workspace.adapter import current_viewer, dock_plugin_widget, docked
    from napari_assb_twin.workspace.widget import TwinWorkspace

    file = Path(path if isinstance(path, str) else path[0])
    session, viewer = load_session(file), current_viewer()
    if viewer is None:
        return [_layer(session.twin, file.stem)]
    open_ones = [one for one in docked(viewer) if isinstance(one, TwinWorkspace)]
    workspace = open_ones[0] if open_ones else dock_plugin_widget(viewer, WORKSPACE)
    workspace.show_session(session, file.name)
    return [(None,)]


def _sample(name: str) -> list[LayerData]:
    from napari_assb_twin.twin.presets import PRESETS

    twin = PRESETS[name].twin
    twin = replace(twin, grid=replace(twin.grid, shape=(SAMPLE_EDGE,) * 3))
    return [_layer(twin, PRESETS[name].title)]


def _layer(twin: Any, name: str) -> LayerData:
    """A realisation of a twin as a labels layer, coloured and scaled."""
    from napari_assb_twin.twin.synthesis import realise
    from napari_assb_twin.workspace.napari_layers import labels_options

    realisation = realise(twin)
    options = labels_options(realisation.labels, realisation.voxel_size_um)
    return realisation.labels, {"name": name, **options}, "labels"
