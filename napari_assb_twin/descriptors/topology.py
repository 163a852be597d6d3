"""Euler number of a phase: clusters less tunnels plus enclosed cavities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def euler_number(inside: NDArray[np.bool_]) -> int:
    """Euler number of a phase in its box, voxels connected over faces (6-neighbours).

    The box is closed at its faces: the number is that of the phase within it, so that pieces and
    tunnels which the faces cut count as they are seen.
    """
    from skimage import measure

    counted: Any = measure.euler_number
    return int(counted(inside, connectivity=1))


def euler_density_per_um3(
    inside: NDArray[np.bool_], voxel_size_um: Sequence[float] = (1.0, 1.0, 1.0)
) -> float:
    """Euler number per volume of the whole, in 1/um^3 for voxels in um."""
    return euler_number(inside) / (inside.size * float(np.prod(voxel_size_um)))
