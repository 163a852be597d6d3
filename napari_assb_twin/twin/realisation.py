"""What a synthesis returns: a volume, or one plane of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import Phase

Labels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Realisation:
    """One realisation of a twin.

    Attributes
    ----------
    labels
        Phases, uint8, shape (z, y, x).
    voxel_size_um
        Edges of a voxel (z, y, x); larger than the twin's in a preview.
    volume_fractions
        Shares of the phases in this realisation.
    twin
        The twin that was realised, with the grid and the seed that were used.
    device
        ``"cpu"`` or ``"cuda"``.
    seconds
        Time by stage: ``noise``, ``spectrum``, ``filter``, ``label``; absent stages were kept.
    reservations
        Sentences on a box that is small for the correlation.
    """

    labels: Labels
    voxel_size_um: tuple[float, float, float]
    volume_fractions: Mapping[Phase, float]
    twin: Twin
    device: str
    seconds: Mapping[str, float]
    reservations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlaneRealisation:
    """One plane of a realisation, made without the rest of the volume.

    Attributes
    ----------
    labels
        Phases, uint8, with the shape of the volume but one voxel along ``axis``.
    axis, index
        The axis (0, 1, 2 for z, y, x) across the plane, and its place along it in voxels.
    volume_fractions
        Shares of the phases in this plane.
    twin
        The twin that was realised.
    seconds
        Time by stage, as in `Realisation`.
    """

    labels: Labels
    axis: int
    index: int
    volume_fractions: Mapping[Phase, float]
    twin: Twin
    seconds: Mapping[str, float]
