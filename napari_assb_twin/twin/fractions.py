"""Volume fractions that stay one in sum."""

from __future__ import annotations

from dataclasses import dataclass, replace

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import finite, parameter, plain, require
from napari_assb_twin.twin.phases import PHASES, Phase

FRACTION_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class VolumeFractions:
    """Shares of the three phases; positive, and one in sum."""

    pore: float = parameter(
        0.11,
        symbol="φ pore",
        label="Porosity",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the pores. Moving it keeps the CAM:SE ratio.",
        effect="More: pores widen and join into channels. Less: they shrink and close up.",
    )
    active_material: float = parameter(
        0.45,
        symbol="φ CAM",
        label="Active material (CAM)",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the cathode active material. Moving it keeps the ratio "
        "of the other two.",
        effect="More: its domains widen, touch and join. Less: they become islands in the rest.",
    )
    solid_electrolyte: float = parameter(
        0.44,
        symbol="φ SE",
        label="Solid electrolyte (SE)",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the solid electrolyte. Moving it keeps the ratio of the "
        "other two.",
        effect="More: wider paths for the ions. Less: the paths narrow and break.",
    )

    def __post_init__(self) -> None:
        for phase, value in self.items():
            require(
                finite(value) and value > 0,
                f"the volume fraction of {phase} is {value!r}; every phase needs a positive share.",
            )
        total = sum(value for _, value in self.items())
        require(
            abs(total - 1) <= FRACTION_SUM_TOLERANCE * (1 + 1e-6),
            f"the volume fractions sum to {total:.9g}; they must sum to 1.",
        )
        plain(self, float, *PHASES)

    def items(self) -> tuple[tuple[Phase, float], ...]:
        """Phases and their fractions, in the order of the codes."""
        return tuple((phase, getattr(self, phase)) for phase in PHASES)

    def __getitem__(self, phase: Phase) -> float:
        return float(getattr(self, phase))

    def moved(
        self, phase: Phase, value: float | None, *, locked: frozenset[str] = frozenset()
    ) -> VolumeFractions:
        """The fractions with one of them set, the free others keeping their ratio.

        Parameters
        ----------
        phase, value
            Which fraction is set, and to what.
        locked
            Phases that must keep their fraction; the remaining one takes up the change.

        Raises
        ------
        InputError
            If the others cannot take up the change.
        """
        if value is None or not finite(value):
            raise InputError(f"the volume fraction of {phase} is {value}; give a number.")
        others = [other for other in PHASES if other != phase]
        free = [other for other in others if other not in locked]
        kept = sum(self[other] for other in others if other in locked)
        room = 1.0 - value - kept
        why = f"while locked fractions take {kept:.4g}; unlock one"
        if not kept:
            why = "as every phase needs a positive share; choose a number between 0 and 1"
        require(bool(free) and value > 0 and room > 0, f"{phase} cannot be {value:.4g} {why}.")
        total = sum(self[other] for other in free)
        changed = {other: self[other] * room / total for other in free}
        return replace(self, **{phase: value, **changed})
