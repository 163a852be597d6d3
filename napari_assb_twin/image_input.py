"""Image files and the options that describe them, as measured data."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import orient_volume, orient_voxel_size, parse_lengths
from napari_assb_twin.images.labels import parse_phases, to_phases
from napari_assb_twin.images.reading import Image, read_image
from napari_assb_twin.measure.sections import Measured, Plane, SectionStack, Volume

Labels = NDArray[np.uint8]


def load_measured(options: Namespace) -> tuple[Measured, list[str]]:
    """The data that ``--xy``, ``--xz``, ``--yz`` or ``--volume`` name, and the files' names."""
    sections: list[tuple[Plane, list[Path]]] = [
        ("xy", options.xy),
        ("xz", options.xz),
        ("yz", options.yz),
    ]
    files = [file for _, group in sections for file in group]
    if options.volume is not None:
        if files:
            raise InputError("Give either --volume or sections (--xy, --xz, --yz), not both.")
        return load_volume(options.volume, options), [options.volume.name]
    if not files:
        raise InputError("There is nothing to fit; give --volume V.tif or sections with --yz IMG.")
    stacks = tuple(load_sections(plane, group, options) for plane, group in sections if group)
    return stacks, [file.name for file in files]


def load_volume(path: Path, options: Namespace) -> Volume:
    """A volume file as measured data."""
    labels, (z, y, x) = load_labels(path, options)
    return Volume(labels, (z, y, x))


def load_labels(path: Path, options: Namespace) -> tuple[Labels, tuple[float, ...]]:
    """A volume file as phases (z, y, x), turned to the pressing axis, with its voxel edges."""
    image = read_image(path)
    if image.array.ndim != 3:
        raise InputError(
            f"{image.source} has {image.array.ndim} axes, but a volume has 3; for a section say "
            "which plane it shows."
        )
    sizes = orient_voxel_size(_sizes(image, options, 3), options.pressing_axis)
    labels = orient_volume(_phases(image, options), options.pressing_axis)
    return labels, tuple(sizes)


def load_sections(plane: Plane, paths: Sequence[Path], options: Namespace) -> SectionStack:
    """Files of one plane, each a section or a stack of them, as measured data."""
    files = [read_image(path) for path in paths]
    _check_one_pixel_size(files)
    rows, columns = _sizes(files[0], options, 2)
    spacing = getattr(options, "section_spacing_um", None)
    return SectionStack(plane, _sections(files, options), (rows, columns), spacing)


def _sections(files: Sequence[Image], options: Namespace) -> tuple[Labels, ...]:
    """All sections of some files; a phase may be missing in one of them, not in all."""
    source = files[0].source if len(files) == 1 else "the sections together"
    pixels = np.concatenate([file.array.reshape(-1) for file in files])
    labels = _phases(Image(pixels, None, source), options)
    parts = np.split(labels, np.cumsum([file.array.size for file in files])[:-1])
    sections: list[Labels] = []
    for file, part in zip(files, parts, strict=True):
        image = part.reshape(file.array.shape)
        sections += list(image) if image.ndim == 3 else [image]
    return tuple(sections)


def _check_one_pixel_size(files: Sequence[Image]) -> None:
    known = [(file.source, file.voxel_size_um[-2:]) for file in files if file.voxel_size_um]
    for source, size in known[1:]:
        first, first_size = known[0]
        if not np.allclose(size, first_size, rtol=1e-3):
            raise InputError(
                f"{first} has pixels of {_listed(first_size)} µm but {source} of "
                f"{_listed(size)} µm; rescale the sections to one pixel size."
            )


def _phases(image: Image, options: Namespace) -> Labels:
    mapping = None if options.phases is None else parse_phases(options.phases)
    return to_phases(image.array, mapping, source=image.source)


def _sizes(image: Image, options: Namespace, count: int) -> tuple[float, ...]:
    if options.voxel_size_um is not None:
        return parse_lengths(options.voxel_size_um, count)
    own = image.voxel_size_um
    if own is None:
        raise InputError(f"{image.source} holds no pixel size; give it with --voxel-size-um 0.1.")
    return tuple(own[-count:])


def _listed(sizes: Any) -> str:
    return " x ".join(f"{size:g}" for size in sizes)
