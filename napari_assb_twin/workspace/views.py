"""The views of the window as values: along which axes one looks, and what is drawn in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.parameters import Grid
from napari_assb_twin.twin.phases import PHASES, Phase, code

View = Literal["3D", "sections", "xy", "xz", "yz", "beside"]
VIEWS: tuple[View, ...] = get_args(View)

AXES = ("z", "y", "x")
PLANES: tuple[View, ...] = ("xy", "xz", "yz")
"""Plane views by the axis (z, y, x) across them."""

ORDERS = {"3D": (0, 1, 2), "sections": (0, 1, 2), "xy": (0, 1, 2), "xz": (1, 0, 2), "yz": (2, 0, 1)}
"""Axes of the world in the order slider, rows, columns."""

SOLIDS: frozenset[Phase] = frozenset({"active_material", "solid_electrolyte"})
"""Phases drawn as solids at first: one looks into the pores."""

SOLID_PORE = 3
"""Pores that are drawn: label 0 is the background of a view."""

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Cut:
    """A clipping plane: the part of a volume on one side of it is taken away.

    Attributes
    ----------
    axis
        0, 1, 2 for z, y, x: the plane is perpendicular to it.
    position
        0 at the lower face of a volume, 1 at the upper one, whatever its size.
    flipped
        Whether the upper part is taken away instead of the lower one, which is nearer.
    """

    axis: int = 1
    position: float = 0.5
    flipped: bool = False

    def kept(self, shape: tuple[int, ...]) -> tuple[slice, ...]:
        """The voxels that stay."""
        index = round(self.position * shape[self.axis])
        part = slice(0, index) if self.flipped else slice(index, None)
        return tuple(part if axis == self.axis else slice(None) for axis in range(len(shape)))


@dataclass(frozen=True)
class Look:
    """Colours, the phases that are drawn in a volume and in sections, the cut through a volume.

    Both hidden phases and what is cut away become background in what is drawn.  napari's
    clipping planes would leave the face of a cut without shading: nearly black.
    """

    scheme: str = "paper"
    in_volume: frozenset[Phase] = SOLIDS
    in_section: frozenset[Phase] = frozenset(PHASES)
    cut: Cut | None = None

    def seen(self, *, section: bool) -> frozenset[Phase]:
        """The phases that are drawn."""
        return self.in_section if section else self.in_volume

    def seeing(self, phases: frozenset[Phase], *, section: bool) -> Look:
        """The look with other phases drawn."""
        return replace(self, in_section=phases) if section else replace(self, in_volume=phases)

    def drawn(self, phases: NDArray[Any], *, section: bool) -> Labels:
        """What stands in a labels layer: a copy of the phases without what is not seen."""
        table = np.zeros(256, np.uint8)
        for phase in self.seen(section=section):
            table[code(phase)] = SOLID_PORE if phase == "pore" else code(phase)
        if section or self.cut is None:
            return np.take(table, phases)
        drawn = np.zeros(phases.shape, np.uint8)
        kept = self.cut.kept(phases.shape)
        drawn[kept] = np.take(table, phases[kept])
        return drawn


@dataclass(frozen=True)
class ViewState:
    """What the bar above the panels has to show of the display.

    ``slices`` are voxels of the box (z, y, x) through which sections go.
    """

    view: View
    flat: bool
    seen: frozenset[Phase]
    has_data: bool
    grid: Grid | None = None
    slices: tuple[int, int, int] = (0, 0, 0)

    @property
    def shows_sections(self) -> bool:
        """Whether planes are seen, not a volume."""
        return self.flat or self.view == "sections"
