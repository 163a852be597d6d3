"""What the four sides of a box are to what flows along its axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from napari_assb_twin.errors import InputError

Sides = Literal["open", "periodic"]
"""``"open"``: nothing flows through them; ``"periodic"``: what leaves at one comes in opposite."""

CUBIC = 1e-4
"""Voxels are cubic if their edges differ by less than this share."""


def check_sides(sides: Sides, voxel_size_um: Sequence[float]) -> None:
    """Refuse periodic sides of voxels that are not cubic, which TauFactor does not solve.

    Raises
    ------
    InputError
        With what to choose instead.
    """
    if sides == "periodic" and not cubic(voxel_size_um):
        raise InputError(
            "Transport with periodic sides needs cubic voxels; choose open sides, or resample the "
            "volume to one voxel size."
        )


def cubic(sizes: Sequence[float]) -> bool:
    """Whether the edges of a voxel are the same."""
    return max(sizes) - min(sizes) <= CUBIC * min(sizes)
