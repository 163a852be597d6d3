"""Refusing what cannot fit before it is started."""

from __future__ import annotations

import math
from collections.abc import Mapping

import psutil

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.fields import FieldName
from napari_assb_twin.twin.torus import Shape

_FIELD = 4
"""Bytes per voxel of a float32 field; a half spectrum takes about as many."""

_PLAIN_FFT = 32
"""Bytes per voxel of the plain FFT of a covariance, in double precision."""

_OCTANTS = 8
"""Arrays in double precision that a finite filter is found with, at most at once."""


def needed_bytes(shape: Shape, tori: Mapping[FieldName, Shape], spectra: int) -> int:
    """Memory of a volume while it is made, at most at once.

    Parameters
    ----------
    shape
        Voxels of the volume.
    tori
        Voxels of the torus of each field.
    spectra
        Bytes of the noise spectra that are kept.
    """
    largest = max(math.prod(torus) for torus in tori.values())
    kept = len(tori) * _FIELD * math.prod(shape)
    odd = any(n % 2 for torus in tori.values() for n in torus)
    work = _PLAIN_FFT if odd else 3 * _FIELD
    return spectra + kept + work * largest + math.prod(shape)


def require_memory(shape: Shape, tori: Mapping[FieldName, Shape], spectra: int) -> None:
    """Refuse a volume whose fields do not fit into the free memory of this machine.

    Parameters are those of `needed_bytes`.

    Raises
    ------
    InputError
        With the sizes, if more than nine tenths of the free memory were needed.
    """
    needed = needed_bytes(shape, tori, spectra)
    available = psutil.virtual_memory().available
    if needed > 0.9 * available:
        padded = ""
        if max(map(math.prod, tori.values())) > math.prod(shape):
            edges = max(tori.values(), key=math.prod)
            padded = f" (computed on {' x '.join(map(str, edges))} voxels for the open window)"
        raise InputError(
            f"A volume of {' x '.join(map(str, shape))} voxels{padded} needs about "
            f"{needed / 2**30:.2g} GiB, but {available / 2**30:.2g} GiB of memory are free; choose "
            "a smaller shape, or make it in blocks (assb-twin generate --blocks)."
        )


def require_filter_memory(octant: Shape) -> None:
    """Refuse a finite filter that cannot be found in the free memory of this machine.

    Parameters
    ----------
    octant
        Lags of 0 to half of the torus that it is found on.

    Raises
    ------
    InputError
        With the sizes, if more than nine tenths of the free memory were needed.
    """
    needed = _OCTANTS * 8 * math.prod(octant)
    available = psutil.virtual_memory().available
    if needed > 0.9 * available:
        raise InputError(
            "The filter that an open window or a volume in blocks is made with needs about "
            f"{needed / 2**30:.2g} GiB to be found, but {available / 2**30:.2g} GiB of memory are "
            "free; use larger voxels or shorten the correlation length."
        )
