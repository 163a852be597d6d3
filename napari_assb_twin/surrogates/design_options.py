"""How designs are sought and verified: one immutable object for command, window and file."""

from __future__ import annotations

from dataclasses import dataclass, field

from napari_assb_twin.errors import InputError
from napari_assb_twin.option_words import say, words_of
from napari_assb_twin.surrogates.surrogate import KINDS, Kind
from napari_assb_twin.twin.description import whole


@dataclass(frozen=True, kw_only=True)
class DesignOptions:
    """How many proposals, how they are verified, and what predicts.

    Attributes
    ----------
    proposals
        How many at most.
    realisations
        Of each proposal, to verify it; 0: none.
    seed
        Of these realisations.
    surrogate
        See `KINDS`; None: for each property the one that predicts better.

    Raises
    ------
    InputError
        If a number makes no sense.
    """

    proposals: int = field(
        default=3,
        metadata=say("Proposals", "how many at most", least=1, most=20),
    )
    realisations: int = field(
        default=4,
        metadata=say(
            "Realisations", "of each proposal, made and measured to verify it; 0: none", most=1000
        ),
    )
    seed: int = field(
        default=0,
        metadata=say("Seed", "of these realisations", most=2**31 - 1),
    )
    surrogate: Kind | None = field(
        default=None,
        metadata=say(
            "Surrogate",
            "what predicts the properties; default: whichever predicts better",
            ("whichever predicts better", None),
            *((kind.replace("-", " ").capitalize(), kind) for kind in KINDS),
        ),
    )

    def __post_init__(self) -> None:
        if not self._is_within("proposals"):
            raise InputError(
                f"The number of proposals is {self.proposals}; ask for a whole number, 1 or more, "
                f"{self._most('proposals')} at most."
            )
        if not self._is_within("realisations") or self.realisations == 1:
            raise InputError(
                f"The number of realisations is {self.realisations}; give 2 or more for an error "
                f"({self._most('realisations')} at most), or 0 for no verification."
            )
        if not self._is_within("seed"):
            raise InputError(
                f"The seed is {self.seed}; give a whole number, 0 or more, {self._most('seed')} at "
                "most."
            )
        if self.surrogate not in (None, *KINDS):
            raise InputError(
                f"The surrogate is {self.surrogate!r}; it must be one of {', '.join(KINDS)}."
            )

    def _is_within(self, name: str) -> bool:
        value, told = getattr(self, name), words_of(self)[name]
        return whole(value) and told.least <= value <= told.most

    def _most(self, name: str) -> int:
        return words_of(self)[name].most
