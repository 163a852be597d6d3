"""NPY files, mapped where they are large."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.damage import damage_named
from napari_assb_twin.images.formats.binary import read_voxels
from napari_assb_twin.images.formats.colour import refuse_colour
from napari_assb_twin.images.formats.content import Content


def read_npy(path: Path) -> Content:
    """The array of an NPY file; it may hold neither Python objects nor text."""
    with damage_named(path):
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            if version == (1, 0):
                shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
            elif version == (2, 0):
                shape, fortran, dtype = np.lib.format.read_array_header_2_0(file)
            else:
                raise InputError(
                    f"{path.name} is an NPY file of version {version[0]}.{version[1]}; save it "
                    "with plain numbers (version 1.0)."
                )
            offset = file.tell()
        if dtype.hasobject or dtype.kind not in "biuf":
            what = "Python objects" if dtype.hasobject else str(dtype)
            raise InputError(f"{path.name} holds {what}; give an image of whole-number labels.")
        array = read_voxels(path, shape, dtype, offset, order="F" if fortran else "C")
    if array.ndim == 3 and array.shape[2] in (3, 4) and min(array.shape[:2]) >= 16:
        refuse_colour(path, array.shape[2])
    return Content(array, (None,) * array.ndim)
