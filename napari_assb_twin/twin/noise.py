"""White noise that stays the same while everything else moves: what a seed means, for good.

The noise of a voxel depends on the seed, the field, the component and the voxel's index, and on
nothing else.  It is drawn in blocks of 32 x 32 x 32 voxels from ``numpy``'s PCG64 with the seed
sequence [seed, field, component, block z, block y, block x], always on the host.  Changing a
parameter therefore morphs one structure; enlarging the box only adds to it; one more degree of
freedom only adds a component.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName
from napari_assb_twin.twin.threads import run_all

BLOCK = 32


def white_noise(
    seed: int, field: FieldName, component: int, shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Independent standard normal numbers, float32, of the given shape (z, y, x)."""
    noise = np.empty(shape, dtype=np.float32)
    field_number = FIELD_NAMES.index(field)

    def fill(block: tuple[int, ...]) -> None:
        key = np.random.SeedSequence([seed, field_number, component, *block])
        where = tuple(slice(b * BLOCK, (b + 1) * BLOCK) for b in block)
        target = noise[where]
        generator = np.random.Generator(np.random.PCG64(key))
        drawn = generator.standard_normal((target.shape[0], BLOCK, BLOCK), dtype=np.float32)
        target[...] = drawn[:, : target.shape[1], : target.shape[2]]

    blocks = itertools.product(*(range(-(-n // BLOCK)) for n in shape))
    run_all(fill, list(blocks))
    return noise
