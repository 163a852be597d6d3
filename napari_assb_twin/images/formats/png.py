"""PNG files; the resolution that some hold is that of a screen or of paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.colour import refuse_colour
from napari_assb_twin.images.formats.content import Content
from napari_assb_twin.images.micrograph import from_text_beside


def read_png(path: Path) -> Content:
    """The grey values or the indices of a palette, and what a microscope wrote beside them."""
    from PIL import Image as Pillow

    with damage_named(path):
        try:
            with Pillow.open(path, formats=["PNG"]) as picture:
                if len(picture.getbands()) > 1:
                    refuse_colour(path, len(picture.getbands()))
                array = np.array(picture)
        except Pillow.DecompressionBombError as error:
            raise InputError(f"{path.name} is too large for a PNG; save it as TIFF.") from error
        seen = from_text_beside(path, len(array))
    if seen is None:
        return Content(array, (None, None))
    return Content(array, seen.pixel_um, seen.source, seen.bar(len(array)), seen.tilt_degrees)
