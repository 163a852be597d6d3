"""Where measured data stand beside the twin: a volume, or one section as a thin plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.measure.sections import Measured, Volume

GAP = 0.08
"""Distance of the measured data from the twin, in edges of the twin."""

NORMALS = {"xy": 0, "xz": 1, "yz": 2}
"""Axis of the world (z, y, x) across a section."""


@dataclass(frozen=True)
class Plate:
    """Labels (z, y, x) with their voxel size in micrometres.

    ``normal`` is the axis across a section, None for a volume.
    """

    labels: NDArray[np.uint8]
    voxel_size_um: tuple[float, float, float]
    normal: int | None = None

    def placed(
        self, box_um: Sequence[float], *, flat: bool
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Scale and translation beside a box: along x, a yz section along y.

        A volume in 3D stands farther away by half its depth, so that the box does not hide it
        from the usual oblique view.
        A section lies in the near face of the box; in a plane view (``flat``) it is as thick as
        the box, so that every slice shows it.
        """
        voxel = self.voxel_size_um
        size = [n * d for n, d in zip(self.labels.shape, voxel, strict=True)]
        corner = [(b - s) / 2 for b, s in zip(box_um, size, strict=True)]
        scale = list(voxel)
        if self.normal is not None:
            corner[self.normal] = 0.0
            if flat:
                scale[self.normal] = max(box_um[self.normal], voxel[self.normal])
        beside = 1 if self.normal == NORMALS["yz"] else 2
        corner[beside] = box_um[beside] * (1 + GAP)
        if self.normal is None and not flat:
            corner[beside] += size[1] / 2
        # voxel centres stand on the grid: a corner lies half a voxel before
        return tuple(scale), tuple(c + d / 2 for c, d in zip(corner, scale, strict=True))


def plates_of(measured: Measured | None) -> tuple[Plate, ...]:
    """The volume, or every section in the order in which they were opened."""
    if measured is None:
        return ()
    if isinstance(measured, Volume):
        return (Plate(measured.labels, measured.voxel_size_um),)
    return tuple(
        _plate(image, NORMALS[stack.plane], stack.pixel_size_um)
        for stack in measured
        for image in stack.images
    )


def _plate(image: NDArray[np.uint8], normal: int, pixel_size_um: tuple[float, float]) -> Plate:
    voxel = list(pixel_size_um)
    voxel.insert(normal, min(voxel))
    return Plate(np.expand_dims(image, normal), (voxel[0], voxel[1], voxel[2]), normal)
