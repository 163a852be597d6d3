"""Volume fractions at the two ends of a graded cathode, as numbers that a hand moves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from napari_assb_twin.twin.description import Parameter, require
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.gradient import Gradient
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import LONG_NAMES, SHORT_NAMES, Phase

End = Literal["separator", "collector"]

ENDS: tuple[End, ...] = ("separator", "collector")
GRADED: tuple[Phase, ...] = ("pore", "active_material")
"""Phases that have a profile of their own; the third makes up for them."""

FLAT = Gradient(depth=(0.0, 1.0), pore=(0.0, 0.0), active_material=(0.0, 0.0))
"""The same fractions at both ends: where a gradient begins."""


def _described(phase: Phase, end: End) -> Parameter:
    short = SHORT_NAMES[phase]
    where = "separator" if end == "separator" else "current collector"
    return Parameter(
        symbol=f"φ {short}",
        label=f"{short[:1].upper()}{short[1:]} at {end}",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation=f"Volume fraction of the {LONG_NAMES[phase]} at the {where}; from there to "
        "the next depth it changes evenly. The solid electrolyte is the rest.",
        effect="Moving it moves the mean over the depth. A padlock of that mean keeps it: the "
        "other end then moves the other way.",
    )


END_PARAMETERS: dict[str, Parameter] = {
    f"gradient.{phase}.{end}": _described(phase, end) for phase in GRADED for end in ENDS
}
"""The numbers by their paths; unlike those of a twin they are taken up by no fit."""


def end_value(twin: Twin, path: str) -> float:
    """The volume fraction at the end that a path names; the twin's own without a gradient."""
    phase, end = _split(path)
    return at_end(twin, end)[phase]


def at_end(twin: Twin, end: End) -> dict[Phase, float]:
    """Volume fractions of all phases at one end."""
    fractions = twin.at_depth(float(ENDS.index(end))).volume_fractions
    return dict(fractions.items())


def with_end(twin: Twin, path: str, value: float, *, locked: Collection[str] = frozenset()) -> Twin:
    """The twin with another volume fraction at one end; the depths between the ends keep theirs.

    Parameters
    ----------
    path
        One of `END_PARAMETERS`.
    locked
        Phases whose mean fraction stays: the other end makes up for the change.

    Raises
    ------
    InputError
        If a phase is left without a share.
    """
    phase, end = _split(path)
    gradient = twin.gradient or FLAT
    profiles = {
        one: [twin.volume_fractions[one] + d for d in getattr(gradient, one)] for one in GRADED
    }
    here, there = (0, -1) if end == "separator" else (-1, 0)
    values = profiles[phase]
    if keeps_mean(phase, locked):
        values[there] -= (value - values[here]) * _leverage(gradient, end)
    values[here] = value
    return graded(twin, depth=gradient.depth, separator_side=gradient.separator_side, **profiles)


def reach(
    twin: Twin, path: str, least: float, *, locked: Collection[str] = frozenset()
) -> tuple[float, float]:
    """Lowest and highest fraction at an end that leave ``least`` of each phase at both ends."""
    phase, end = _split(path)
    other_end = ENDS[1 - ENDS.index(end)]
    here, there = at_end(twin, end), at_end(twin, other_end)
    low, high = least, here[phase] + here["solid_electrolyte"] - least
    if keeps_mean(phase, locked):
        leverage = _leverage(twin.gradient or FLAT, end)
        low = max(low, here[phase] - (there["solid_electrolyte"] - least) / leverage)
        high = min(high, here[phase] + (there[phase] - least) / leverage)
    return low, high


def keeps_mean(phase: Phase, locked: Collection[str]) -> bool:
    """Whether the mean of a graded phase stays: its own is locked, or that of what is the rest."""
    return phase in locked or "solid_electrolyte" in locked


def _leverage(gradient: Gradient, end: End) -> float:
    """How far the other end moves for the same mean, for one at this end."""
    depth = gradient.depth
    parts = (depth[1] - depth[0], depth[-1] - depth[-2])
    here = ENDS.index(end)
    return parts[here] / parts[1 - here]


def _split(path: str) -> tuple[Phase, End]:
    require(path in END_PARAMETERS, f"{path!r} is no end of a gradient.")
    _, name, side = path.split(".")
    phase = next(one for one in GRADED if one == name)
    return phase, next(one for one in ENDS if one == side)
