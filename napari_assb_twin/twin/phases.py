"""The three phases of a cathode, and how arrays code them."""

from __future__ import annotations

from typing import Literal, get_args

Phase = Literal["pore", "active_material", "solid_electrolyte"]

PHASES: tuple[Phase, ...] = get_args(Phase)
"""Phase names in the order of their codes: a uint8 array holds 0, 1, 2."""

OUTSIDE = 255
"""Code of voxels outside the measured window."""

PAIRS: tuple[tuple[Phase, Phase], ...] = tuple(
    (first, second) for i, first in enumerate(PHASES) for second in PHASES[i:]
)
"""The six unordered pairs, in the order of every table of curves."""

LONG_NAMES: dict[Phase, str] = {
    "pore": "pore",
    "active_material": "active material (CAM)",
    "solid_electrolyte": "solid electrolyte (SE)",
}

SHORT_NAMES: dict[Phase, str] = {
    "pore": "pore",
    "active_material": "CAM",
    "solid_electrolyte": "SE",
}


def at_surface(second: str, first: str) -> str:
    """What the field correlation is called where two phases have these short names.

    As ``"Voids at CAM surface"`` or ``"SE at CAM surface"``.
    """
    upper = "Voids" if second == SHORT_NAMES["pore"] else second[:1].upper() + second[1:]
    return f"{upper} at {first} surface"


def full_key(name: str) -> str:
    """A name, or a key of names, with phases by their long ones.

    ``"SE"`` is ``"solid_electrolyte"``, ``"a.SE.z"`` is ``"a.solid_electrolyte.z"``; what names no
    phase stays.  Whatever a user types as a phase is read by this.
    """
    long: dict[str, str] = {short: phase for phase, short in SHORT_NAMES.items()}
    parts = (part.split(",") for part in name.split("."))
    return ".".join(",".join(long.get(one, one) for one in part) for part in parts)


def code(phase: Phase) -> int:
    """The uint8 code of a phase in arrays."""
    return PHASES.index(phase)
