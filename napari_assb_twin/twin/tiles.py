"""Any window of the unbounded structure of a twin, made in tiles.

A tile is filtered on a torus of its own that holds the noise around it as far as the filter
reaches.  Tiles have fixed edges that follow from the twin alone, and are aligned to the first
voxel: what is computed, to the last bit, does not depend on the window that was asked for, nor on
who else computes at the same time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from napari_assb_twin.twin.cutting import cutting_rule
from napari_assb_twin.twin.device import Backend, Shape
from napari_assb_twin.twin.finite_filter import finite_filter, least_reach
from napari_assb_twin.twin.noise import around, noise_at, wrapped
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, RandomField, Twin

Labels = NDArray[np.uint8]
Index = tuple[int, int, int]
Region = tuple[slice, slice, slice]

EDGES = (128, 256)
"""Of a tile, in voxels: the first of at least three reaches, else the last.  Larger tiles compute
less of the surroundings again, but take memory and do not fit into a processor's cache."""

_BYTES_PER_VOXEL = 24
"""Of a tile's torus, while it is filtered: noise or field, spectrum, transform, and memory that
waits to be used again."""


@dataclass(frozen=True, eq=False)
class TileField:
    """How a field is filtered in every tile: the torus, and the transform of the kernel on it."""

    name: FieldName
    field: RandomField
    torus: Shape
    amplitude: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tiles:
    """All that the labels of a tile depend on; may be sent to another process.

    Attributes
    ----------
    twin
        With its seed; its window says whether the structure repeats, its shape after how many
        voxels.
    edge
        Voxels of a tile along each axis.
    truncation
        Largest difference of the covariance of a field from the model's (see `FiniteFilter`).
    """

    twin: Twin
    edge: int
    fields: tuple[TileField, ...]
    truncation: float

    @classmethod
    def of(cls, twin: Twin) -> Tiles:
        """The tiles of a twin.

        Raises
        ------
        InputError
            If a correlation reaches too far for a finite filter.
        """
        size = (twin.grid.voxel_size_um,) * 3
        filters = [finite_filter(twin.field(name).correlation, size) for name in FIELD_NAMES]
        edge, tori = _layout([one.reach for one in filters])
        fields = tuple(
            TileField(name, twin.field(name), torus, one.amplitude(torus))
            for name, one, torus in zip(FIELD_NAMES, filters, tori, strict=True)
        )
        return cls(twin, edge, fields, max(one.truncation for one in filters))

    @property
    def bytes_at_work(self) -> int:
        """Memory that making one tile takes, about."""
        return _bytes_at_work(self.edge, [field.torus for field in self.fields])

    def labels(self, index: Index, backend: Backend) -> Labels:
        """Phases of the tile at an index (z, y, x) in tiles."""
        x, y = (self._field(field, index, backend) for field in self.fields)
        planes = np.arange(index[0] * self.edge, (index[0] + 1) * self.edge)
        return backend.label(x, y, cutting_rule(self.twin, planes))[0]

    def window(self, origin: Index, shape: Shape, backend: Backend) -> Labels:
        """Phases in a window with its first voxel at ``origin``, which may be negative."""
        out = np.empty(shape, np.uint8)
        stop = tuple(o + n for o, n in zip(origin, shape, strict=True))
        ranges = (
            range(o // self.edge, -(-s // self.edge)) for o, s in zip(origin, stop, strict=True)
        )
        for z, y, x in itertools.product(*ranges):
            source, target = [], []
            for tile, o, s in zip((z, y, x), origin, stop, strict=True):
                first, last = max(o, tile * self.edge), min(s, (tile + 1) * self.edge)
                source.append(slice(first - tile * self.edge, last - tile * self.edge))
                target.append(slice(first - o, last - o))
            out[tuple(target)] = self.labels((z, y, x), backend)[tuple(source)]
        return out

    @property
    def count(self) -> int:
        """How many tiles the box of the twin lies in."""
        return math.prod(-(-n // self.edge) for n in self.twin.grid.shape)

    def indices(self) -> Iterator[Index]:
        """The tiles that the box of the twin lies in, in order."""
        z, y, x = (range(-(-n // self.edge)) for n in self.twin.grid.shape)
        return ((i, j, k) for i in z for j in y for k in x)

    def region(self, index: Index) -> Region:
        """The voxels of the box that a tile fills."""
        z, y, x = (
            slice(i * self.edge, min((i + 1) * self.edge, n))
            for i, n in zip(index, self.twin.grid.shape, strict=True)
        )
        return z, y, x

    def _field(self, field: TileField, index: Index, backend: Backend) -> Any:
        """X or Y in a tile: the Gaussian field, or the sum of the squares of its components."""
        where = [
            around(i * self.edge, (i + 1) * self.edge, n)
            for i, n in zip(index, field.torus, strict=True)
        ]
        if self.twin.grid.window == "periodic":
            edges = self.twin.grid.shape
            where = [wrapped(runs, n) for runs, n in zip(where, edges, strict=True)]
        total: Any = None
        for component in range(field.field.components):
            noise = noise_at(self.twin.seed, field.name, component, where)
            spectrum = backend.spectrum(noise)
            del noise
            values = backend.filtered(spectrum, field.amplitude, field.torus, field.torus)
            values = backend.crop(values, (self.edge,) * 3)
            if field.field.degrees_of_freedom == 0:
                return values
            total = backend.sum_of_squares(total, values)
        return total


def least_bytes_at_work(twin: Twin) -> int:
    """`Tiles.bytes_at_work` of a twin or somewhat less, before its filters are made.

    Raises
    ------
    InputError
        As `Tiles.of`.
    """
    size = (twin.grid.voxel_size_um,) * 3
    reaches = [least_reach(twin.field(name).correlation, size) for name in FIELD_NAMES]
    return _bytes_at_work(*_layout(reaches))


def _layout(reaches: Sequence[Shape]) -> tuple[int, list[Shape]]:
    """The edge of a tile, and the torus of each field, for filters that reach so far."""
    farthest = max(max(reach) for reach in reaches)
    edge = next((one for one in EDGES if one >= 3 * farthest), EDGES[-1])
    tori = []
    for reach in reaches:
        z, y, x = (2 * scipy.fft.next_fast_len(edge // 2 + r) for r in reach)
        tori.append((z, y, x))
    return edge, tori


def _bytes_at_work(edge: int, tori: Sequence[Shape]) -> int:
    return _BYTES_PER_VOXEL * max(map(math.prod, tori)) + 3 * 4 * edge**3
