"""Examples that somebody painted: a few pixels of each phase, in an array beside the image."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code

AnyArray = np.ndarray[Any, np.dtype[Any]]

FEWEST = 20
"""Pixels of each phase; fewer say nothing about how much a phase varies."""


@dataclass(frozen=True, eq=False)
class Scribbles:
    """Painted pixels of images.

    Attributes
    ----------
    arrays
        Of each image, in its shape: 0 where nothing is painted, 1 pore, 2 active material, 3 solid
        electrolyte.  Images at the end may have none.

    Raises
    ------
    InputError
        If an array holds something else, or a phase has under `FEWEST` pixels.
    """

    arrays: tuple[NDArray[np.uint8], ...]

    @classmethod
    def of(
        cls, arrays: Sequence[AnyArray], images: Sequence[AnyArray], sources: Sequence[str]
    ) -> Scribbles:
        """Arrays of any whole numbers, checked against the images that they belong to.

        Raises
        ------
        InputError
            If shapes differ, there are more arrays than images, or as the class does.
        """
        if len(arrays) > len(images):
            raise InputError(
                f"There are {len(arrays)} files of scribbles for {len(images)} images; give at "
                "most one for each image, in the same order."
            )
        for array, image, source in zip(arrays, images, sources, strict=False):
            if array.shape != image.shape:
                raise InputError(
                    f"The scribbles have {_size(array)} pixels but {source} has {_size(image)}; "
                    "paint them in an array of the size of the image."
                )
            if array.dtype.kind not in "ui" or array.min() < 0 or array.max() > len(PHASES):
                raise InputError(
                    f"The scribbles of {source} hold other values than 0 (nothing), 1 (pore), 2 "
                    "(active material) and 3 (solid electrolyte); save them as whole numbers so."
                )
        return cls(tuple(np.ascontiguousarray(array, np.uint8) for array in arrays))

    def __post_init__(self) -> None:
        few = [phase for phase, count in self.counts.items() if count < FEWEST]
        if few:
            told = " and ".join(f"{self.counts[p]} of {LONG_NAMES[p]}" for p in few)
            raise InputError(
                f"The scribbles hold {told} in pixels; paint at least {FEWEST} of each phase, in "
                "several places."
            )

    @property
    def counts(self) -> dict[Phase, int]:
        """Painted pixels of each phase."""
        return {
            phase: sum(int(np.count_nonzero(array == code(phase) + 1)) for array in self.arrays)
            for phase in PHASES
        }

    @property
    def sha256(self) -> str:
        """Of the bytes of all arrays after each other: the same scribbles, the same digits."""
        digest = hashlib.sha256()
        for array in self.arrays:
            digest.update(array.tobytes())
        return digest.hexdigest()


def _size(array: AnyArray) -> str:
    return " x ".join(map(str, array.shape))
