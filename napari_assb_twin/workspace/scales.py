"""How a parameter stands on a slider and in a number field.

A slider has whole positions 0 to `STEPS`.  Two parameters have a special top end: the smoothness
(infinity, None in a twin) and the domain spacing 2 pi / w0 (off, w0 = 0 in a twin); both are
shown as an infinite number.  Sliders of lengths follow the grid: what is finer than a voxel cannot
be seen, and what is coarser than a third of the box has no room.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from napari_assb_twin.twin.gradient_ends import END_PARAMETERS
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, PARAMETERS, Grid, Parameter
from napari_assb_twin.twin.torus import LENGTHS_PER_BOX

ALL_PARAMETERS = PARAMETERS | END_PARAMETERS
"""Every number that has a slider, by its path."""

STEPS = 1000
LARGEST = 1e9
"""Numbers of this size in a number field count as infinite."""

SMALLEST = 1e-6
LARGEST_CORRELATION = 0.999
"""Of the two fields; nearer to 1 the exact curves lose digits."""

LENGTH_VOXELS, SPACING_VOXELS = 1.0, 3.0
"""Shortest correlation length and domain spacing on a slider, in voxels."""

LENGTH_BOXES, SPACING_BOXES = 1 / 3, 1.0
"""Longest correlation length and domain spacing on a slider, in shortest edges of the box."""

WIDEST = 4.0
"""A slider of lengths spans at least this factor, however small the box is."""

NUDGE = 1.01
"""Factor of an arrow key on a logarithmic scale; on another it is the parameter's step."""


@dataclass(frozen=True)
class Scale:
    """The scale of one parameter.

    Attributes
    ----------
    parameter
        Its description.
    lowest, highest
        What the number field accepts, in shown numbers: the whole range of the twin file.
    ends
        Numbers at the ends of the slider; a special top lies beyond the second one.
    top
        Word for the infinite number, or None where there is none.
    reciprocal
        Whether 2 pi / value is shown instead of the value.
    """

    parameter: Parameter
    lowest: float
    highest: float
    ends: tuple[float, float]
    top: str | None = None
    reciprocal: bool = False

    def shown(self, value: float | None) -> float:
        """The number on screen of a parameter's value."""
        if value is None:
            return math.inf
        if self.reciprocal:
            return 2 * math.pi / value if value else math.inf
        return value

    def value(self, shown: float) -> float | None:
        """The parameter's value of a number on screen."""
        if self.reciprocal:
            return 0.0 if shown >= LARGEST else 2 * math.pi / shown
        return None if self.top and shown >= LARGEST else shown

    def spread(self, value: float | None, error: float) -> float:
        """The standard error of the shown number of a value with a standard error."""
        if self.reciprocal:
            return 2 * math.pi * error / value**2 if value else math.inf
        return error

    def position(self, value: float | None) -> int:
        """The slider position nearest to a value; the ends for what lies beyond them."""
        shown = self.shown(value)
        last = self._last
        if math.isinf(shown):
            return STEPS
        low, high = self._bounds
        part = (self._stretch(shown) - low) / (high - low)
        return round(last * min(1.0, max(0.0, part)))

    def value_at(self, position: int) -> float | None:
        """The value at a slider position, rounded to what is legible."""
        if self.top and position > self._last:
            return self.value(math.inf)
        low, high = self._bounds
        stretched = low + (high - low) * position / self._last
        if self.parameter.logarithmic:
            return self.value(float(f"{math.exp(stretched):.3g}"))
        digits = max(0, math.ceil(-math.log10(self.parameter.step)))
        return self.value(round(stretched, digits))

    def stepped(self, value: float | None, steps: int) -> float | None:
        """The value some key presses away, within the slider: 1 % each, or the step."""
        shown, (low, high) = self.shown(value), self.ends
        if math.isinf(shown):
            return self.value(high) if steps < 0 else value
        if self.top and shown >= high and steps > 0:
            return self.value(math.inf)
        if self.parameter.logarithmic:
            moved = float(f"{shown * NUDGE**steps:.4g}")
        else:
            moved = round(shown + steps * self.parameter.step, 9)
        return self.value(min(max(moved, low), high))

    def including(self, value: float | None) -> Scale:
        """The scale, with its slider as long as it takes to hold a value."""
        shown, (low, high) = self.shown(value), self.ends
        if math.isinf(shown) or low <= shown <= high:
            return self
        return replace(self, ends=(min(low, shown), max(high, shown)))

    def text(self, shown: float) -> str:
        """A number as written in the number field."""
        if self.top and shown >= LARGEST:
            return self.top
        return f"{shown:.4g}"

    @property
    def _last(self) -> int:
        """The last position that stands for a finite number."""
        return STEPS - 20 if self.top else STEPS

    @property
    def _bounds(self) -> tuple[float, float]:
        return self._stretch(self.ends[0]), self._stretch(self.ends[1])

    def _stretch(self, shown: float) -> float:
        return math.log(max(shown, SMALLEST)) if self.parameter.logarithmic else shown


def scale_of(path: str, grid: Grid | None = None, description: Parameter | None = None) -> Scale:
    """The scale of a parameter by its path in a twin, for example ``"X.length_um"``.

    ``grid`` is the box in which sliders of lengths must make sense; None leaves the ends of the
    parameter's description.  ``description`` is that of `Twin.description` where the path stands
    for another number than in a low-parametric field.
    """
    parameter = description or ALL_PARAMETERS[path]
    ends = slider_ends(path, grid)
    attribute = path.rpartition(".")[2]
    if attribute == "smoothness":
        return Scale(parameter, 0.5, math.inf, ends, top="∞")
    if attribute == "oscillation_per_um":
        return Scale(parameter, SMALLEST, math.inf, ends, top="off", reciprocal=True)
    if path == FIELD_CORRELATION:
        return Scale(parameter, -LARGEST_CORRELATION, LARGEST_CORRELATION, ends)
    if path == attribute or path in END_PARAMETERS:
        return Scale(parameter, SMALLEST, 1.0 - SMALLEST, ends)
    return Scale(parameter, SMALLEST, 1e6, ends)


def slider_ends(path: str, grid: Grid | None) -> tuple[float, float]:
    """Numbers at the ends of a slider, of two digits where they follow the grid.

    A correlation length goes from one voxel to a third of the shortest edge of the box, a domain
    spacing from three voxels to that edge.  What has no unit does not depend on the grid.
    """
    parameter = ALL_PARAMETERS[path]
    if grid is None or not parameter.unit:
        return parameter.lowest, parameter.highest
    spacing = path.endswith("oscillation_per_um")
    low = grid.voxel_size_um * (SPACING_VOXELS if spacing else LENGTH_VOXELS)
    high = _shortest_edge(grid) * (SPACING_BOXES if spacing else LENGTH_BOXES)
    return float(f"{low:.2g}"), float(f"{max(high, WIDEST * low):.2g}")


def advised_length(path: str, grid: Grid) -> float | None:
    """The correlation length up to which the box is large enough; None for other parameters."""
    return _shortest_edge(grid) / LENGTHS_PER_BOX if path.endswith("length_um") else None


def _shortest_edge(grid: Grid) -> float:
    """The shortest edge of a box in micrometres; an axis with one voxel is none."""
    edges = [edge for n, edge in zip(grid.shape, grid.size_um, strict=True) if n > 1]
    return min(edges, default=grid.voxel_size_um)
