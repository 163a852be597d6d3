"""The box of a twin: voxels, their edge, and what lies at its faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from napari_assb_twin.twin.description import choose, finite, plain, require, whole

Window = Literal["periodic", "open"]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The box that is filled: voxels per axis (z, y, x), voxel edge, and what lies at its faces."""

    shape: tuple[int, int, int] = (128, 128, 128)
    voxel_size_um: float = 0.1
    window: Window = "periodic"

    def __post_init__(self) -> None:
        shape = tuple(self.shape) if isinstance(self.shape, list | tuple) else ()
        require(
            len(shape) == 3 and all(whole(n) and n >= 1 for n in shape),
            f"shape is {self.shape!r}; it must be three whole numbers of voxels, z, y, x.",
        )
        object.__setattr__(self, "shape", tuple(int(n) for n in shape))
        require(
            finite(self.voxel_size_um) and self.voxel_size_um > 0,
            f"voxel_size_um is {self.voxel_size_um!r}; it must be positive, in micrometres.",
        )
        choose(self.window, get_args(Window), "window")
        plain(self, float, "voxel_size_um")

    @property
    def size_um(self) -> tuple[float, float, float]:
        """Edge lengths of the box (z, y, x) in micrometres."""
        z, y, x = (n * self.voxel_size_um for n in self.shape)
        return z, y, x
