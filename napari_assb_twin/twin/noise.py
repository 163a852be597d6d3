"""White noise that stays the same while everything else moves: what a seed means, for good.

The noise of a voxel depends on the seed, the field, the component and the voxel's index, and on
nothing else.  It is drawn in blocks of 32 x 32 x 32 voxels from ``numpy``'s PCG64 with the seed
sequence [seed, field, component, block z, block y, block x], always on the host.  Changing a
parameter therefore morphs one structure; enlarging the box only adds to it; one more degree of
freedom only adds a component.

Indices may be negative, where a window needs the noise before its first voxel: then the number of
a block is taken modulo 2^32.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName
from napari_assb_twin.twin.threads import run_all

BLOCK = 32

Runs = tuple[range, ...]
"""Voxels along an axis: runs of indices, one after the other."""

Part = tuple[int, slice, slice]
"""A block along one axis: its number, what is taken of it, and where that goes."""


def noise_at(
    seed: int, field: FieldName, component: int, where: Sequence[Runs]
) -> NDArray[np.float32]:
    """The noise of the voxels at the given indices along z, y and x, float32."""
    noise = np.empty([sum(map(len, runs)) for runs in where], dtype=np.float32)
    field_number = FIELD_NAMES.index(field)

    def fill(parts: tuple[Part, ...]) -> None:
        blocks, sources, targets = zip(*parts, strict=True)
        key = np.random.SeedSequence([seed, field_number, component, *blocks])
        generator = np.random.Generator(np.random.PCG64(key))
        drawn = generator.standard_normal((sources[0].stop, BLOCK, BLOCK), dtype=np.float32)
        noise[targets] = drawn[sources]

    run_all(fill, list(itertools.product(*(list(_parts(runs)) for runs in where))))
    return noise


def around(start: int, stop: int, edge: int) -> Runs:
    """A window and voxels on either side of it, on a torus of that edge that begins with it."""
    before = (edge - (stop - start)) // 2
    return range(start, start + edge - before), range(start - before, start)


def wrapped(runs: Runs, period: int) -> Runs:
    """The same voxels of a structure that repeats."""
    pieces = []
    for run in runs:
        start = run.start
        while start < run.stop:
            first = start % period
            length = min(period - first, run.stop - start)
            pieces.append(range(first, first + length))
            start += length
    return tuple(pieces)


def _parts(runs: Runs) -> Iterator[Part]:
    """The blocks that runs of voxels lie in."""
    filled = 0
    for run in runs:
        for block in range(run.start // BLOCK, -(-run.stop // BLOCK)):
            first = max(run.start - block * BLOCK, 0)
            last = min(run.stop - block * BLOCK, BLOCK)
            target = slice(filled, filled + last - first)
            yield block % 2**32, slice(first, last), target
            filled = target.stop
