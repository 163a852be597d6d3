"""Shortest paths through a phase from the first layer of a volume.

By Dijkstra's algorithm, as ``skimage.graph.MCP_Geometric`` has it, which a test holds this to; but
that does not let go of the interpreter, and a window would stand still for seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import product
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Paths:
    """Shortest paths from the first layer of axis 0, in steps to 26 neighbours.

    Attributes
    ----------
    lengths
        Of the path to each voxel; infinite where none leads.
    """

    lengths: Floats
    _before: NDArray[np.int64]

    def to(self, end: tuple[int, int, int]) -> NDArray[np.int64]:
        """Voxels (n, 3) of the shortest path to a voxel that is reached, beginning with it."""
        padded = tuple(n + 2 for n in self.lengths.shape)
        at = int(np.ravel_multi_index(tuple(i + 1 for i in end), padded))
        passed = []
        while at >= 0:
            passed.append(at)
            at = int(self._before[at])
        return np.stack(np.unravel_index(passed, padded), axis=-1) - 1


def paths_from_first(inside: Mask, sizes: Sequence[float]) -> Paths:
    """Shortest paths from any voxel of the phase in the first layer of axis 0.

    Parameters
    ----------
    inside
        Voxels of the phase; takes about 40 bytes for each voxel of the box.
    sizes
        Edges of a voxel along the axes of ``inside``; steps are as long as between centres.
    """
    padded = np.pad(inside, 1)
    strides = [int(np.prod(padded.shape[axis + 1 :])) for axis in range(3)]
    moves = [move for move in product((-1, 0, 1), repeat=3) if any(move)]
    steps = np.array([np.dot(move, strides) for move in moves], dtype=np.int64)
    lengths = np.array([np.linalg.norm(np.multiply(move, sizes)) for move in moves])
    first = np.zeros_like(padded)
    first[1] = padded[1]
    found, before = _spread(padded.ravel(), np.flatnonzero(first), steps, lengths)
    return Paths(found.reshape(padded.shape)[1:-1, 1:-1, 1:-1], before)


@njit(cache=True, nogil=True)
def _spread(inside: Any, starts: Any, steps: Any, lengths: Any) -> Any:
    """Length of the path to each voxel, and the voxel before it; -1 at its beginning."""
    found = np.full(inside.size, np.inf)
    before = np.full(inside.size, -1, np.int64)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    for start in starts:
        found[start] = 0.0
        heappush(heap, (0.0, start))
    while heap:
        length, at = heappop(heap)
        if length > found[at]:
            continue  # it was reached on a shorter way since
        for k in range(steps.size):
            to = at + steps[k]
            if inside[to] and length + lengths[k] < found[to]:
                found[to] = length + lengths[k]
                before[to] = at
                heappush(heap, (found[to], to))
    return found, before
