"""Mean geodesic tortuosity: how much longer the shortest paths through a phase are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.descriptors.paths import paths_from_first

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Geodesic:
    """Shortest paths through a phase from the first to the last layer of a volume.

    Attributes
    ----------
    ratios
        Length of the shortest path from any voxel of the phase in the first layer over the
        distance of the two layers, for each voxel of the phase in the last layer that is reached:
        1 for straight paths.
    reached
        Share of the phase's voxels in the last layer that are reached.
    """

    ratios: Floats
    reached: float

    @property
    def mean(self) -> float:
        """Mean of the ratios."""
        return float(self.ratios.mean())

    @property
    def standard_deviation(self) -> float:
        """Of the ratios."""
        return float(self.ratios.std())


def geodesic_tortuosity(
    inside: Mask, axis: int, voxel_size_um: Sequence[float] = (1.0, 1.0, 1.0)
) -> Geodesic | None:
    """Mean geodesic tortuosity of a phase along an axis (Stenzel et al. 2016, AIChE J. 62, 1834).

    Paths step from a voxel to any of its 26 neighbours in the phase, along straight lines between
    their centres.  This is not the tortuosity factor of transport, which sees bottlenecks too.

    Parameters
    ----------
    inside
        Voxels of the phase, (z, y, x).
    axis
        0, 1, 2 for z, y, x; paths lead from its first layer to its last.
    voxel_size_um
        Edges of a voxel (z, y, x).

    Returns
    -------
    None where no path leads through, or the volume has one layer only.
    """
    turned = np.moveaxis(inside, axis, 0)
    sizes = [voxel_size_um[axis], *(d for i, d in enumerate(voxel_size_um) if i != axis)]
    if len(turned) < 2 or not turned[0].any() or not turned[-1].any():
        return None
    lengths = paths_from_first(turned, sizes).lengths
    ends = lengths[-1][turned[-1]]
    arrived = ends[np.isfinite(ends)] / (sizes[0] * (len(turned) - 1))
    if arrived.size == 0:
        return None
    return Geodesic(ratios=arrived, reached=arrived.size / ends.size)
