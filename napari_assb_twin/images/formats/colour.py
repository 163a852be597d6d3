"""Colour pictures are refused: their colours are no phases."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from napari_assb_twin.errors import InputError


def refuse_colour(path: Path, samples: int) -> NoReturn:
    """Say that a picture has several samples per pixel."""
    raise InputError(
        f"{path.name} is a colour picture ({samples} samples per pixel); segment it, or save the "
        "labels as a single channel of whole numbers."
    )
