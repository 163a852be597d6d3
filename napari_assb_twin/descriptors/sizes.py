"""How wide a phase is, and how narrow where one must pass: phase sizes and constrictivity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS_PER_VOXEL = 2
"""Radii are tried in steps of half a voxel."""

MOST_RADII = 48
"""No more radii than these; wide phases are tried in longer steps."""


@dataclass(frozen=True, eq=False)
class PhaseSizes:
    """Continuous phase size distribution (Münch and Holzer 2008, J. Am. Ceram. Soc. 91, 4059).

    Attributes
    ----------
    radii_um
        Radii of balls, ascending from 0.
    filled
        Share of the phase's volume that is covered by balls of at least that radius which lie
        within it.
    entered
        By axis ``"z"``, ``"y"``, ``"x"``: share covered by such balls if each has to come from the
        first layer through the phase (simulated mercury intrusion).
    """

    radii_um: Floats
    filled: Floats
    entered: dict[str, Floats]

    @property
    def median_um(self) -> float:
        """r_max: half of the phase's volume is covered by balls of this radius."""
        return _half(self.radii_um, self.filled)

    def bottleneck_um(self, axis: str) -> float:
        """r_min: balls of this radius that come from the first layer cover half of the volume."""
        return _half(self.radii_um, self.entered[axis])

    def constrictivity(self, axis: str) -> float:
        """(r_min / r_max)^2, from 0 to 1: 1 where nothing is narrower than the typical width.

        Holzer et al. 2013, J. Mater. Sci. 48, 2934.
        """
        widest = self.median_um
        return (self.bottleneck_um(axis) / widest) ** 2 if widest > 0 else 0.0


def phase_sizes(
    inside: Mask,
    voxel_size_um: Sequence[float] = (1.0, 1.0, 1.0),
    axes: Sequence[str] = ("z", "y", "x"),
) -> PhaseSizes | None:
    """Sizes of a phase by morphological opening, and by intrusion along each axis.

    Distances are those of voxel centres to the nearest voxel outside the phase, less half a voxel
    in that direction; the phase is taken to go on beyond the faces of the box.  Balls that come in
    must pass over faces of voxels (6-neighbours).

    Parameters
    ----------
    inside
        Voxels of the phase, (z, y, x).
    voxel_size_um
        Edges of a voxel (z, y, x).
    axes
        Along which of them balls come in.

    Returns
    -------
    None for a phase without voxels, or one that fills the box.
    """
    total = int(inside.sum())
    if total in (0, inside.size):
        return None
    depth = _depth(inside, voxel_size_um)
    radii = _radii(float(depth.max()), min(voxel_size_um))
    filled, entered = [1.0], {axis: [_from_first(inside, axis).sum() / total] for axis in axes}
    for radius in radii[1:]:
        centres = depth >= radius
        filled.append(_covered(centres, radius, voxel_size_um, inside) / total)
        for axis in axes:
            reached = _from_first(centres, axis)
            covered = _covered(reached, radius, voxel_size_um, inside)
            entered[axis].append(covered / total)
    return PhaseSizes(
        np.asarray(radii),
        _falling(filled),
        {axis: _falling(shares) for axis, shares in entered.items()},
    )


def _falling(shares: Sequence[float]) -> Floats:
    """Covered by balls of at least a radius: on a grid a wider ball may cover a voxel more."""
    return np.maximum.accumulate(np.asarray(shares, dtype=float)[::-1])[::-1]


def _radii(largest: float, voxel: float) -> Floats:
    count = min(MOST_RADII, 1 + int(np.ceil(largest / voxel * STEPS_PER_VOXEL)))
    return np.linspace(0.0, largest, max(2, count))


def _covered(centres: Mask, radius: float, voxel_size_um: Sequence[float], inside: Mask) -> int:
    """Voxels of the phase within a radius of the centres."""
    if not centres.any():
        return 0
    return int(((_depth(~centres, voxel_size_um) < radius) & inside).sum())


def _depth(inside: Mask, voxel_size_um: Sequence[float]) -> Floats:
    """Micrometres from voxels of a mask to the nearest one outside, less half a voxel on the way.

    A way of d micrometres and of n voxels, both between centres, has d / n to a voxel.  Without
    that, unequal edges would count the half of the shortest along all axes.
    """
    if len(set(voxel_size_um)) == 1:
        away = ndimage.distance_transform_edt(inside, sampling=voxel_size_um)
        return np.asarray(away - 0.5 * voxel_size_um[0])
    away, nearest = ndimage.distance_transform_edt(
        inside, sampling=voxel_size_um, return_indices=True
    )
    voxels = np.zeros(inside.shape)
    for places, own in zip(nearest, np.ogrid[tuple(map(slice, inside.shape))], strict=True):
        voxels += np.square(places - own, dtype=float)
    np.sqrt(np.maximum(voxels, 1.0, out=voxels), out=voxels)
    return np.asarray(away * (1.0 - 0.5 / voxels))


def _from_first(inside: Mask, axis: str) -> Mask:
    """The part that is connected over faces to the first layer of an axis."""
    found, count = ndimage.label(inside)
    first = np.take(found, 0, "zyx".index(axis))
    kept = np.zeros(int(count) + 1, dtype=bool)
    kept[np.unique(first)] = True
    kept[0] = False
    return np.asarray(kept[found])


def _half(radii: Floats, shares: Floats) -> float:
    """The largest radius whose share is one half, between two radii by a straight line."""
    above = np.flatnonzero(shares >= 0.5)
    if above.size == 0:
        return 0.0
    i = int(above[-1])
    if i + 1 == shares.size:
        return float(radii[i])
    part = (shares[i] - 0.5) / (shares[i] - shares[i + 1])
    return float(radii[i] + part * (radii[i + 1] - radii[i]))
