"""How axes of curves look: colours of the theme, few numbers, limits that rarely change."""

from __future__ import annotations

import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

DARK = {"text": "#ffffff", "background": "#262930", "secondary": "#5a626c"}
"""Colours until a theme is known."""

ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def paint_axes(axes: Axes, theme: Mapping[str, str], *, numbers: int) -> None:
    """Colours of the theme, a faint grid, and at most so many intervals upwards."""
    axes.set_facecolor(theme["background"])
    axes.tick_params(colors=theme["text"], labelsize=8, length=3)
    axes.yaxis.set_major_locator(MaxNLocator(numbers))
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    for spine in axes.spines.values():
        spine.set_color(theme["secondary"])
    axes.grid(visible=True, color=theme["secondary"], alpha=0.4, linewidth=0.5)


def fit_limits(axes: Axes, low: float, high: float) -> bool:
    """Set limits that hold a range with some air; leave them while they suit.

    They are round, so that they change rarely while a slider moves: to draw the axes again takes
    longer than all else that follows a move.
    """
    before_low, before_high = axes.get_ylim()
    bottom = -_rounded_up(-1.08 * low) if low < 0 else 0.0
    top = _rounded_up(1.18 * high)
    inside = before_low <= low and high <= before_high
    if inside and before_high - before_low <= 2.2 * (top - bottom):
        return False
    axes.set_ylim(bottom, top)
    return True


def fit_logarithmic_limits(axes: Axes, low: float, high: float) -> bool:
    """Round limits of a logarithmic axis that hold a positive range; left while they suit."""
    before_low, before_high = axes.get_ylim()
    bottom, top = 1.0 / _rounded_up(1.15 / low), _rounded_up(1.15 * high)
    inside = before_low <= low and high <= before_high
    if inside and before_high / before_low <= 3.0 * top / bottom:
        return False
    axes.set_ylim(bottom, top)
    return True


def _rounded_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(s * power for s in ROUND if s * power >= 0.999 * value)
