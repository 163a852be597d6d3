"""Voxel sizes that ImageJ and OME write into a TIFF, in micrometres."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from typing import Any

_UM_PER_UNIT = {
    "å": 1e-4,
    "angstrom": 1e-4,
    "pm": 1e-6,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "nanometre": 1e-3,
    "um": 1.0,
    "µm": 1.0,  # U+00B5
    "μm": 1.0,  # U+03BC
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
    "millimeter": 1e3,
    "millimetre": 1e3,
    "cm": 1e4,
    "m": 1e6,
}
"""Inches are left out: they come from the print size (72 dpi), not from a microscope."""


def voxel_size_um(tiff: Any, axes: str) -> tuple[float | None, ...]:
    """Size along each axis of a series, None where the file does not say.

    Parameters
    ----------
    tiff
        An open ``tifffile.TiffFile``.
    axes
        One letter per array axis as tifffile names them, for example ``"ZYX"``.

    Notes
    -----
    ImageJ leaves the slice spacing out when it was never set; it then counts as unknown.
    """
    sizes: dict[str, float | None] = {}
    if tiff.is_ome:
        sizes = _ome(tiff.ome_metadata)
    elif tiff.is_imagej:
        sizes = _imagej(tiff.imagej_metadata, tiff.pages[0].tags)
    return tuple(sizes.get(letter) for letter in axes)


def _imagej(metadata: dict[str, Any], tags: Any) -> dict[str, float | None]:
    unit = str(metadata.get("unit", "")).replace("\\u00B5", "µ")
    slices = _in_um(metadata.get("spacing"), unit)
    return {
        "X": _in_um(_pixel(tags, "XResolution"), unit),
        "Y": _in_um(_pixel(tags, "YResolution"), unit),
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
        axis: _in_um(pixels.get(f"PhysicalSize{axis}"), pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        for axis in "XYZ"
    }


def _in_um(value: str | float | None, unit: str) -> float | None:
    scale = _UM_PER_UNIT.get(unit.strip().lower())
    if value is None or scale is None:
        return None
    try:
        size = float(value) * scale
    except ValueError:
        return None
    # ImageJ stores resolutions as whole millionths: more digits than these are noise
    return float(f"{size:.7g}") if math.isfinite(size) and size > 0 else None
