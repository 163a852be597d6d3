"""What a validation says of each twin, in a word and in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_assb_twin.validation.judging import Row, TwinName
from napari_assb_twin.validation.sampling_error import LEVEL

MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A twin beside the other half.

    Attributes
    ----------
    twin
        Which.
    judged
        How many quantities could be compared.
    beyond
        How many lie beyond the data's own error at 95 %; one in twenty does by chance.
    different
        Labels of those that do so even among all of them together (Holm, 5 %), the surest first.
    """

    twin: TwinName
    judged: int
    beyond: int
    different: tuple[str, ...]

    @property
    def within(self) -> bool:
        """Whether nothing differs by more than the data's own sampling error."""
        return not self.different

    @property
    def word(self) -> str:
        """The verdict."""
        return "within the data's own error" if self.within else "differs from the data"

    @property
    def sentence(self) -> str:
        """The verdict with its numbers."""
        counted = (
            f"{self.beyond} of {self.judged} quantities lie beyond the 95 % range of the data's "
            f"own error, where chance makes about {LEVEL * self.judged:.0f}"
        )
        if self.within:
            return f"{counted}; none of them is certain among so many."
        named = ", ".join(self.different[:MOST_NAMED])
        rest = len(self.different) - MOST_NAMED
        more = f" and {rest} more" if rest > 0 else ""
        return f"{counted}; certain among so many: {named}{more}."


def verdict(rows: Sequence[Row], twin: TwinName) -> Verdict:
    """The verdict on a twin."""
    judged = [(row, row.twins[twin]) for row in rows if row.twins[twin].p is not None]
    certain = [
        (one.p or 0.0, row.what.label)
        for row, one in judged
        if one.adjusted is not None and one.adjusted < LEVEL
    ]
    return Verdict(
        twin=twin,
        judged=len(judged),
        beyond=sum(one.within is False for _, one in judged),
        different=tuple(label for _, label in sorted(certain, key=lambda pair: pair[0])),
    )
