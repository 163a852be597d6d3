"""How a parameter stands on a slider and in a number field.

A slider has whole positions 0 to `STEPS`.  Two parameters have a special top end: the smoothness
(infinity, None in a twin) and the domain spacing 2 pi / w0 (off, w0 = 0 in a twin); both are
shown as an infinite number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from napari_assb_twin.twin.parameters import PARAMETERS, Parameter

STEPS = 1000
LARGEST = 1e9
"""Numbers of this size in a number field count as infinite."""

SMALLEST = 1e-6


@dataclass(frozen=True)
class Scale:
    """The scale of one parameter.

    Attributes
    ----------
    parameter
        Its description.
    lowest, highest
        What the number field accepts, in shown numbers: the whole range of the twin file.
    top
        Word for the infinite number, or None where there is none.
    reciprocal
        Whether 2 pi / value is shown instead of the value.
    """

    parameter: Parameter
    lowest: float
    highest: float
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
        return self._stretch(self.parameter.lowest), self._stretch(self.parameter.highest)

    def _stretch(self, shown: float) -> float:
        return math.log(max(shown, SMALLEST)) if self.parameter.logarithmic else shown


def scale_of(path: str) -> Scale:
    """The scale of a parameter by its path in a twin, for example ``"X.length_um"``."""
    parameter = PARAMETERS[path]
    attribute = path.rpartition(".")[2]
    if attribute == "smoothness":
        return Scale(parameter, 0.5, math.inf, top="∞")
    if attribute == "oscillation_per_um":
        return Scale(parameter, SMALLEST, math.inf, top="off", reciprocal=True)
    if path == attribute:
        return Scale(parameter, SMALLEST, 1.0 - SMALLEST)
    return Scale(parameter, SMALLEST, 1e6)
