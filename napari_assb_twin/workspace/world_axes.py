"""The axes of the world (z, y, x) in a viewer: along which one looks, and where sections go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from napari_assb_twin.twin.parameters import Grid


class WorldAxes:
    """The last three dimensions of a viewer, in micrometres.

    Attributes
    ----------
    arranging
        Whether the workspace itself is changing layers or axes (see `arranged`).
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self.arranging = False

    @property
    def flat(self) -> bool:
        """Whether a plane is shown, not a scene in 3D."""
        return bool(self._viewer.dims.ndisplay == 2)

    @property
    def across(self) -> int:
        """The axis across a plane view."""
        dims = self._viewer.dims
        return int(dims.order[-3] - self._others) if dims.ndim >= 3 else 0

    @property
    def point_um(self) -> tuple[float, float, float]:
        """Where sections go through the world."""
        z, y, x = (0.0, 0.0, 0.0, *(float(each) for each in self._viewer.dims.point))[-3:]
        return z, y, x

    @point_um.setter
    def point_um(self, point: Sequence[float]) -> None:
        if self._others >= 0:  # there is a volume
            axes = tuple(self._others + axis for axis in range(3))
            self._viewer.dims.set_point(axes, tuple(point))

    def voxel(self, grid: Grid) -> tuple[int, int, int]:
        """The voxel of a grid that is nearest to the point."""
        z, y, x = (
            nearest(at, grid.voxel_size_um, n)
            for at, n in zip(self.point_um, grid.shape, strict=True)
        )
        return z, y, x

    def look_along(self, order: Sequence[int], *, flat: bool) -> None:
        """Which axes stand across, along rows and along columns."""
        dims = self._viewer.dims
        if self._others >= 0:
            order = tuple(self._others + axis for axis in order)
            dims.order = (*range(self._others), *order)
        if dims.ndisplay != (2 if flat else 3):
            dims.ndisplay = 2 if flat else 3

    @contextmanager
    def arranged(self) -> Iterator[None]:
        """Layers and axes change; sections stay where they are, and nobody hears of it."""
        before, self.arranging = self.arranging, True
        point = self.point_um
        try:
            yield
            self.point_um = point
        finally:
            self.arranging = before

    @property
    def _others(self) -> int:
        return int(self._viewer.dims.ndim) - 3


def nearest(at_um: float, edge_um: float, count: int) -> int:
    """The voxel of ``count`` in which a coordinate lies; the outermost for one outside."""
    return min(count - 1, max(0, round(at_um / edge_um)))
