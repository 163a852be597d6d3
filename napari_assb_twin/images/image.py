"""One opened section or volume, as it lies in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from napari_assb_twin.images.crop import WHOLE, Crop
from napari_assb_twin.images.on_demand import OnDemand
from napari_assb_twin.twin.volume_note import VolumeNote

AnyArray = np.ndarray[Any, np.dtype[Any]]
Array = TypeVar("Array", AnyArray, OnDemand)


@dataclass(frozen=True, eq=False)
class ImageOf(Generic[Array]):
    """One section or one volume, as it lies in the file.

    Attributes
    ----------
    array
        Two axes (rows, columns) or three, of booleans, integers or floats.  A large file whose
        voxels lie in it as they are is a read-only ``numpy.memmap``; in a `VolumeFile` nothing is
        loaded yet.
    voxel_size_um
        Micrometres per voxel along each axis of the array, or None where the file does not say.
    source
        Name of the file, for messages.
    path
        The file (or folder) itself; None where the image came from elsewhere.
    pixel_size_source
        What said the voxel size, as it stands after "from", such as ``"Zeiss tag 34118 (Image
        Pixel Size)"``; None where it is not known.
    information_bar
        Rows (first, end) of the bar of text that a microscope writes below a micrograph; None
        where none was found.  They are still part of ``array``.
    tilt_degrees
        Tilt of the stage that the file states; nothing is corrected for it.
    crop
        The region of the file that the array is.
    cut_bar
        Whether this region leaves out an information bar that nobody cropped by hand.
    raw
        How the voxels lie in a RAW file whose layout was typed, for a provenance.
    note
        What a volume of a twin says of itself: at which end of its first axis the separator is.
    in_plane_um
        Of a stack whose file states no distance of its slices: micrometres per pixel of their
        rows and columns.
    """

    array: Array
    voxel_size_um: tuple[float, ...] | None
    source: str
    path: Path | None = None
    pixel_size_source: str | None = None
    information_bar: tuple[int, int] | None = None
    tilt_degrees: float | None = None
    crop: Crop = WHOLE
    cut_bar: bool = False
    raw: Mapping[str, Any] | None = None
    note: VolumeNote | None = None
    in_plane_um: tuple[float, ...] | None = None


Image = ImageOf[AnyArray]
"""An image in memory, or mapped from its file."""

VolumeFile = ImageOf[OnDemand]
"""A volume whose planes are loaded when they are asked for."""
