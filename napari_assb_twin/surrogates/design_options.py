"""How designs are sought and verified: one immutable object for command, window and file."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from napari_assb_twin.errors import InputError
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

    The metadata of a field are its ``title``, its ``help``, and either ``least`` and ``most`` or
    ``choices`` by title.

    Raises
    ------
    InputError
        If a number makes no sense.
    """

    proposals: int = field(
        default=3,
        metadata={"title": "Proposals", "help": "how many at most", "least": 1, "most": 20},
    )
    realisations: int = field(
        default=4,
        metadata={
            "title": "Realisations",
            "help": "of each proposal, made and measured to verify it; 0: none",
            "least": 0,
            "most": 1000,
        },
    )
    seed: int = field(
        default=0,
        metadata={"title": "Seed", "help": "of these realisations", "least": 0, "most": 2**31 - 1},
    )
    surrogate: Kind | None = field(
        default=None,
        metadata={
            "title": "Surrogate",
            "help": "what predicts the properties; default: whichever predicts better",
            "choices": (
                ("whichever predicts better", None),
                *((kind.replace("-", " ").capitalize(), kind) for kind in KINDS),
            ),
        },
    )

    def __post_init__(self) -> None:
        most: dict[str, Any] = {one.name: one.metadata.get("most") for one in fields(self)}
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
