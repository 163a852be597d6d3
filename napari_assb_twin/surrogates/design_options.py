"""How designs are sought and verified: one immutable object for command, window and file."""

from __future__ import annotations

from dataclasses import dataclass, field

from napari_assb_twin.errors import InputError
from napari_assb_twin.option_words import say, words_of
from napari_assb_twin.surrogates.surrogate import KINDS, Kind


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
        most = {name: told.most for name, told in words_of(self).items()}
        if not 1 <= self.proposals <= most["proposals"]:
            raise InputError(
                f"The number of proposals is {self.proposals}; ask for 1 or more, "
                f"{most['proposals']} at most."
            )
        if not 0 <= self.realisations <= most["realisations"] or self.realisations == 1:
            raise InputError(
                f"The number of realisations is {self.realisations}; give 2 or more for an error "
                f"({most['realisations']} at most), or 0 for no verification."
            )
        if not 0 <= self.seed <= most["seed"]:
            raise InputError(
                f"The seed is {self.seed}; give a whole number, 0 or more, {most['seed']} at most."
            )
        if self.surrogate not in (None, *KINDS):
            raise InputError(
                f"The surrogate is {self.surrogate!r}; it must be one of {', '.join(KINDS)}."
            )
