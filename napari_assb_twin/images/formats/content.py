"""What a reader finds in a file, before anything is loaded that is not asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from napari_assb_twin.twin.volume_note import VolumeNote

Sizes = tuple[float | None, ...]
"""Micrometres per voxel along each axis, None where the file does not say."""


Index = tuple[slice | list[int], ...]
"""One entry per axis; ascending numbers for one axis at most."""


class Voxels(Protocol):
    """An array, or what loads parts of one on demand."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels along each axis."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a voxel."""

    def __getitem__(self, index: Index, /) -> Any:
        """The part of it as an array."""


@dataclass(frozen=True, eq=False)
class Content:
    """The voxels of a file and what it says of them.

    Attributes
    ----------
    voxels
        All of the file; loaded on demand where the format allows.
    sizes
        Per axis of the voxels.
    size_source
        What said the sizes, as it stands after "from".
    information_bar
        Rows (first, end) that the file says are text.
    tilt_degrees
        Tilt of the stage that the file states.
    note
        What a volume of a twin says of itself.
    chunks
        Voxels along each axis that are unpacked together; empty where each can be read by itself.
    """

    voxels: Voxels
    sizes: Sizes
    size_source: str | None = None
    information_bar: tuple[int, int] | None = None
    tilt_degrees: float | None = None
    note: VolumeNote | None = None
    chunks: tuple[int, ...] = ()
