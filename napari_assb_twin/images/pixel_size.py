"""What a TIFF says of the size of its voxels: ImageJ, OME, or the tags of a microscope."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.images.micrograph import from_tags, from_text_beside
from napari_assb_twin.images.units import in_um


@dataclass(frozen=True)
class Scale:
    """Sizes per axis of a series, and what a microscope says of the picture.

    Attributes
    ----------
    sizes
        Micrometres along each axis, None where the file does not say.
    source
        Where they stand; None if nowhere.
    information_bar
        Rows (first, end) of text below the picture that the file states.
    tilt_degrees
        Tilt of the stage that the file states.
    """

    sizes: tuple[float | None, ...]
    source: str | None = None
    information_bar: tuple[int, int] | None = None
    tilt_degrees: float | None = None


def tiff_scale(tiff: Any, path: Path, series: Any) -> Scale:
    """What is known of a series of an opened TIFF; what ImageJ or OME state comes first.

    Parameters
    ----------
    tiff
        An open ``tifffile.TiffFile``.
    path
        The file, beside which Tescan and JEOL write a text.
    series
        The image, with one letter per axis as tifffile names them, for example ``"ZYX"``.

    Notes
    -----
    The resolution of a plain TIFF is that of a print and says nothing of the object.  ImageJ
    leaves the slice spacing out when it was never set; it then counts as unknown.
    """
    axes, shape = series.axes, dict(zip(series.axes, series.shape, strict=True))
    height, width = shape.get("Y", 0), shape.get("X", 0)
    sizes: dict[str, float | None] = {}
    source = None
    if tiff.is_ome:
        sizes, source = _ome(tiff.ome_metadata), "the OME metadata"
    elif tiff.is_imagej:
        tags = tiff.pages[0].tags
        sizes, source = _imagej(tiff.imagej_metadata, tags), "the resolution that ImageJ wrote"
    seen = from_tags(tiff, height, width) or from_text_beside(path, height)
    bar, tilt = None, None
    if seen is not None:
        if not any(sizes.values()):
            sizes = dict(zip("YX", seen.pixel_um, strict=True))
            source = seen.source
        bar, tilt = seen.bar(height), seen.tilt_degrees
    found = tuple(sizes.get(letter) for letter in axes)
    return Scale(found, source if any(found) else None, bar, tilt)


def _imagej(metadata: dict[str, Any], tags: Any) -> dict[str, float | None]:
    unit = str(metadata.get("unit", "")).replace("\\u00B5", "µ")
    slices = in_um(metadata.get("spacing"), unit)
    return {
        "X": in_um(_pixel(tags, "XResolution"), unit),
        "Y": in_um(_pixel(tags, "YResolution"), unit),
        "Z": slices,
        "I": slices,  # a plain stack: tifffile cannot tell slices from frames
    }


def _pixel(tags: Any, name: str) -> float | None:
    """Edge of a pixel: TIFF stores pixels per unit as a ratio."""
    if name not in tags:
        return None
    numerator, denominator = tags[name].value
    return denominator / numerator if numerator else None


def _ome(text: str) -> dict[str, float | None]:
    pixels = ElementTree.fromstring(text).find(".//{*}Pixels")
    if pixels is None:
        return {}
    return {
        axis: in_um(pixels.get(f"PhysicalSize{axis}"), pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        for axis in "XYZ"
    }
