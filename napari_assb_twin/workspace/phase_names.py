"""What the phases are called on screen; files and arrays keep their own names."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, SHORT_NAMES, Phase

LONGEST = 24


@dataclass(frozen=True)
class PhaseNames:
    """Short names for buttons and legends; the long ones differ as long as they are our own.

    Raises
    ------
    InputError
        If a name is empty or too long, or two phases share one.
    """

    pore: str = SHORT_NAMES["pore"]
    active_material: str = SHORT_NAMES["active_material"]
    solid_electrolyte: str = SHORT_NAMES["solid_electrolyte"]

    def __post_init__(self) -> None:
        names = [getattr(self, field.name) for field in fields(self)]
        if not all(0 < len(name) <= LONGEST for name in names):
            raise InputError(f"The name of a phase has between 1 and {LONGEST} letters.")
        if len({name.casefold() for name in names}) < len(names):
            raise InputError(f"Two phases cannot have the same name: {', '.join(names)}.")

    def __getitem__(self, phase: Phase) -> str:
        return str(getattr(self, phase))

    def long(self, phase: Phase) -> str:
        """The long name, or the user's own."""
        return LONG_NAMES[phase] if self[phase] == SHORT_NAMES[phase] else self[phase]

    def choices(self) -> tuple[tuple[str, Phase], ...]:
        """Long names and phases, for a form."""
        return tuple((self.long(phase), phase) for phase in PHASES)

    def renamed(self, phase: Phase, name: str) -> PhaseNames:
        """The names with one changed; an empty one is our own again."""
        return replace(self, **{phase: name.strip() or SHORT_NAMES[phase]})
