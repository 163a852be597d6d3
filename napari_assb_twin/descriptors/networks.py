"""Which active material works: reached by electrons from one face, by ions from the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_assb_twin.measure.interfaces import measured_interfaces
from napari_assb_twin.measure.sections import Labels, Volume
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import OUTSIDE, code

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Networks:
    """Active material and electrolyte as a cathode needs them: from one face each, not through.

    Voxels are connected over faces (6-neighbours); the side faces of the box are open.

    Attributes
    ----------
    electrolyte_connected
        Share of the electrolyte's voxels in clusters that touch the separator's face.
    active_material_connected
        Share of the active material's voxels in clusters that touch the collector's face.
    active_material_utilised
        Share of the active material's voxels in clusters that touch the collector's face *and*,
        over at least one face of a voxel, electrolyte that is connected to the separator.
    active_area_per_um
        Interface of utilised active material with connected electrolyte per volume of the whole,
        in 1/um, by the crossings of lines along the three axes (see `measured_interfaces`).
    """

    electrolyte_connected: float | None
    active_material_connected: float | None
    active_material_utilised: float | None
    active_area_per_um: float


def networks(volume: Volume, *, separator: SeparatorSide = "first") -> Networks:
    """Connected electrolyte, connected and utilised active material.

    Parameters
    ----------
    volume
        Phases (z, y, x), z the pressing direction.
    separator
        Whether the separator lies at the first or at the last layer of z; the collector lies at
        the other.
    """
    labels = volume.labels
    electrolyte, active = labels == code("solid_electrolyte"), labels == code("active_material")
    ions, electrons, utilised = connected(labels, separator)
    seen = np.where(labels == OUTSIDE, labels, np.uint8(code("pore")))
    seen[ions], seen[utilised] = code("solid_electrolyte"), code("active_material")
    areas = measured_interfaces(Volume(seen, volume.voxel_size_um)).area_per_um
    return Networks(
        electrolyte_connected=_share(ions, electrolyte),
        active_material_connected=_share(electrons, active),
        active_material_utilised=_share(utilised, active),
        active_area_per_um=areas["active_material", "solid_electrolyte"],
    )


def connected(labels: Labels, separator: SeparatorSide) -> tuple[Mask, Mask, Mask]:
    """Connected electrolyte, connected active material, and that part of it which is utilised."""
    electrolyte, active = labels == code("solid_electrolyte"), labels == code("active_material")
    near, far = (0, -1) if separator == "first" else (-1, 0)
    ions = _touching(electrolyte, _layer(electrolyte, near))
    electrons = _touching(active, _layer(active, far))
    return ions, electrons, _touching(electrons, electrons & _next_to(ions))


def _layer(mask: Mask, index: int) -> Mask:
    only = np.zeros_like(mask)
    only[index] = mask[index]
    return only


def _touching(inside: Mask, seeds: Mask) -> Mask:
    """The clusters of a phase that hold a seed."""
    found, count = ndimage.label(inside)
    kept = np.zeros(int(count) + 1, dtype=bool)
    kept[np.unique(found[seeds])] = True
    kept[0] = False
    return np.asarray(kept[found])


def _next_to(mask: Mask) -> Mask:
    """Voxels that share a face with one of the mask."""
    return np.asarray(ndimage.binary_dilation(mask) & ~mask)


def _share(part: Mask, whole: Mask) -> float | None:
    total = int(whole.sum())
    return int(part.sum()) / total if total else None
