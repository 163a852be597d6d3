"""Units of length as files and people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

UM_PER_UNIT = {
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
    "meter": 1e6,
    "metre": 1e6,
}
"""Inches are left out: they come from the print size (72 dpi), not from a microscope."""


def in_um(value: str | float | None, unit: str) -> float | None:
    """A length in micrometres; None if it is no positive number or the unit no length."""
    scale = UM_PER_UNIT.get(unit.strip().lower())
    if value is None or scale is None:
        return None
    try:
        size = float(value) * scale
    except (TypeError, ValueError):
        return None
    # ImageJ stores resolutions as whole millionths: more digits than these are noise
    return float(f"{size:.7g}") if math.isfinite(size) and size > 0 else None


def in_um_by_convention(spacings: Sequence[float | str]) -> tuple[float | None, ...]:
    """Spacings that have no unit, in micrometres if they are surely ITK's millimetres.

    Headers of MetaImage and NRRD often name no unit; ITK and what is built on it take
    millimetres.  Other programs write micrometres there.  Voxels of more than 10 µm do not
    resolve a cathode, and hardly any are smaller than 10 nm: numbers under 0.01 are taken as
    millimetres, larger ones as unknown.
    """
    lengths = tuple(in_um(spacing, "mm") for spacing in spacings)
    if all(length is not None and length < _LARGEST_VOXEL_UM for length in lengths):
        return lengths
    return (None,) * len(lengths)


_LARGEST_VOXEL_UM = 10.0


def parse_length(text: str) -> float | None:
    """A length in micrometres from ``"20nm"``, ``"0.05 µm"`` or a bare number of µm; or None."""
    match = _LENGTH.fullmatch(text.strip())
    scale = UM_PER_UNIT.get((match["unit"] or "um").lower()) if match else None
    if match is None or scale is None:
        return None
    try:
        length = float(match["number"])
    except ValueError:
        return None
    length = float(f"{length * scale:.12g}")
    return length if math.isfinite(length) and length > 0 else None


_LENGTH = re.compile(r"(?P<number>[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(?P<unit>[^\W\d_]*)")
