"""Surfaces of the phases as triangles, closed at the faces of the box.

The surface of a phase is where its indicator, blurred, is one half, found by marching cubes
(Lewiner et al., J. Graph. Tools 8 (2003) 1-15, of scikit-image).  Two phases that touch share it to
a thousandth of a voxel, as their indicators sum to one; along lines where three meet, gaps of about
the width of the blur remain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.export.progress import Progress, Steps
from napari_assb_twin.export.volume import ExportVolume

SLAB = 64
"""Planes of which a part of the surface is made at once."""

_REACH = 4.0
"""Standard deviations at which the blur ends."""

_LEVEL = 0.4995
"""Half, but for a share of a voxel that nobody sees.

At one half itself, where two voxels of a phase touch along an edge the surface is undecided, and
two cells of the grid may decide it differently: a hole.
"""

_NEAREST = 1e-3
"""Least distance of the blurred indicator from one half.

It keeps vertices away from the corners of the grid, by about a thousandth of a voxel: two that fell
onto one point would tear the surface in a file that keeps points only, as STL does.
"""

_PAD = 2
"""Layers around the box: its outermost voxels again, and what is outside."""

_OUTSIDE = -1.0

AT_ONCE = 2**20
"""Triangles whose corners are gathered at once."""


@dataclass(frozen=True)
class Surface:
    """Vertices (n, 3) as x, y, z in voxels from the corner of the box, and triangles (m, 3).

    The corners of a triangle are in the order that has its normal outward.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]

    @property
    def enclosed(self) -> float:
        """Volume inside in voxels, by Gauss' theorem."""
        total = 0.0
        for start in range(0, len(self.faces), AT_ONCE):
            corners = self.vertices[self.faces[start : start + AT_ONCE]].astype(float)
            a, b, c = np.moveaxis(corners, 1, 0)
            total += float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6
        return total


def phase_surface(volume: ExportVolume, label: int, smoothing: float) -> Steps[Surface]:
    """The closed surface of a phase, slab by slab.

    Parameters
    ----------
    label
        Code of the phase in ``volume``.
    smoothing
        Standard deviation of the blur in voxels; 0: none.  At the faces of the box the outermost
        voxels go on.
    """
    layers = volume.shape[0] + 2 * _PAD
    starts = range(0, layers - 1, SLAB)
    vertices: list[NDArray[np.float32]] = []
    faces: list[NDArray[np.int32]] = []
    count = 0
    for number, start in enumerate(starts):
        stop = min(start + SLAB, layers - 1)
        block = _block(volume, label, smoothing, start, stop)
        if block.min() < 0 < block.max():
            points, corners = _marching_cubes(block)
            points[:, 0] += start
            vertices.append(points)
            faces.append(corners + count)
            count += len(points)
        yield Progress(number + 1, len(starts), "Drawing the surface")
    if not vertices:
        return Surface(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))
    return _closed(np.concatenate(vertices), np.concatenate(faces), volume.shape)


def voxels_at_once(volume: ExportVolume, smoothing: float) -> int:
    """Voxels of the planes of which a part of the surface is made."""
    planes, rows, columns = volume.shape
    around = 2 * (_PAD + int(_REACH * smoothing + 0.5)) + 1
    return min(planes, SLAB + around) * rows * columns


def estimated_triangles(volume: ExportVolume) -> float:
    """About how many triangles the surfaces of all phases have, from a piece in the middle."""
    piece = volume.middle(64)
    steps = [
        np.count_nonzero(np.diff(piece.astype(np.int16), axis=axis))
        / np.diff(piece, axis=axis).size
        for axis in range(3)
        if piece.shape[axis] > 1
    ]
    nz, ny, nx = volume.shape
    box = 2.0 * (nz * ny + nz * nx + ny * nx)
    return 2 * _TRIANGLES_PER_STEP * sum(steps) * volume.size + 2 * box


_TRIANGLES_PER_STEP = 1.8
"""Triangles of one phase for each pair of neighbouring voxels that a surface parts.

1.74 to 1.89 for the presets, in boxes of 80 voxels and with the smoothing of the default.
"""


def _block(
    volume: ExportVolume, label: int, smoothing: float, start: int, stop: int
) -> NDArray[np.float32]:
    """Blurred indicator less one half, in layers ``start`` to ``stop`` of the padded box."""
    n = volume.shape[0]
    first, last = (min(max(layer - _PAD, 0), n - 1) for layer in (start, stop))
    reach = int(_REACH * smoothing + 0.5)
    low, high = max(0, first - reach), min(n, last + reach + 1)
    field = (volume.slab(low, high) == label).astype(np.float32)
    if smoothing:
        from scipy.ndimage import gaussian_filter

        field = gaussian_filter(field, smoothing, mode="nearest", truncate=_REACH)
    field -= _LEVEL
    field = np.where(field < 0, np.minimum(field, -_NEAREST), np.maximum(field, _NEAREST))
    planes = np.clip(np.arange(start, stop + 1) - _PAD, 0, n - 1) - low
    padded = np.pad(field[planes], ((0, 0), (1, 1), (1, 1)), mode="edge")
    padded = np.pad(padded, ((0, 0), (1, 1), (1, 1)), constant_values=_OUTSIDE)
    for layer in (0, n + 2 * _PAD - 1):
        if start <= layer <= stop:
            padded[layer - start] = _OUTSIDE
    return padded.astype(np.float32, copy=False)


def _marching_cubes(block: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Vertices (z, y, x) in layers of the block, and triangles."""
    from skimage.measure import marching_cubes

    vertices, faces, _, _ = marching_cubes(  # type: ignore[no-untyped-call]
        block, 0.0, gradient_direction="descent"
    )
    return vertices.astype(np.float32), faces.astype(np.int32)


def _closed(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], shape: tuple[int, int, int]
) -> Surface:
    """Join the slabs, and press what lies in the padding onto the faces of the box."""
    on_seam = vertices[:, 0] % SLAB == 0
    # centre of voxel i is at layer i + _PAD, its distance from the corner of the box i + 1/2
    points = vertices - np.float32(_PAD - 0.5)
    for axis, edge in enumerate(shape):
        on_seam |= (points[:, axis] < 0) | (points[:, axis] > edge)
        np.clip(points[:, axis], 0, edge, out=points[:, axis])
    seam = np.flatnonzero(on_seam)
    _, first, inverse = np.unique(points[seam], axis=0, return_index=True, return_inverse=True)
    joined = np.arange(len(points), dtype=np.int32)
    joined[seam] = seam[first][inverse.ravel()]
    faces = joined[faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    used = np.zeros(len(points), bool)
    used[faces] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    # z, y, x to x, y, z is a mirror image, which turns the inward normals of this order outward
    return Surface(points[used][:, ::-1].copy(), number[faces])
