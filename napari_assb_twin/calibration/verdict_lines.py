"""The verdict that a twin carries, in lines of text; a file may hold anything in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES
from napari_assb_twin.twin.parameters import Twin

NOT_FITTED = (
    "No verdict: this twin has no record of a fit; it was never fitted to data, or was changed "
    "since."
)
NOT_JUDGED = "Not judged."
JUDGING = (
    f"A verdict takes {FEWEST_REPLICATES} or more data sets that are simulated from the fit; there "
    "were none, or fewer."
)
AGREE = "All {} checks agree."
LONGEST = 2000

_HEADLINES = {
    "fits": "The twin fits.",
    "fits with reservations": "The twin fits with reservations.",
    "does not fit": "The twin does not fit.",
}
_SIGNS = {"fits": "✓", "fits with reservations": "!", "does not fit": "✗"}
_LEVELS = {0: "✓", 1: "!", 2: "✗"}


@dataclass(frozen=True, kw_only=True)
class ToldVerdict:
    """A verdict as it is shown.

    Attributes
    ----------
    sign
        ``"✓"``, ``"!"``, ``"✗"``, or ``"?"`` where nothing was judged.
    headline
        The verdict in a sentence.
    sentences
        What the checks that sound say, the gravest first; one quiet sentence where none does.
    checks
        What every check says, each behind its sign.
    """

    sign: str
    headline: str
    sentences: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Headline and sentences."""
        return (self.headline, *self.sentences)


def verdict_lines(twin: Twin) -> tuple[str, ...]:
    """The verdict of the twin's calibration, its headline first; why there is none otherwise."""
    return told_of(twin).lines


def told_of(twin: Twin) -> ToldVerdict:
    """The verdict that a twin carries, ready to be shown."""
    if not twin.provenance:
        return ToldVerdict(sign="?", headline=NOT_FITTED)
    return told(twin.provenance.get("verdict"))


def told(verdict: Any) -> ToldVerdict:
    """The ``"verdict"`` of a provenance; what is of another kind counts as not judged."""
    content = verdict if isinstance(verdict, Mapping) else {}
    word = content.get("word")
    if not isinstance(word, str) or word not in _HEADLINES:
        return ToldVerdict(sign="?", headline=NOT_JUDGED, sentences=(JUDGING,))
    checks = _checks(content.get("checks"))
    sounding = tuple(sentence for level, sentence in checks if level)
    quiet = (AGREE.format(_count(len(checks))),) if checks and word == "fits" else ()
    return ToldVerdict(
        sign=_SIGNS[word],
        headline=_HEADLINES[word],
        sentences=sounding or quiet,
        checks=tuple(f"{_LEVELS[level]} {sentence}" for level, sentence in checks),
    )


def _checks(value: Any) -> list[tuple[int, str]]:
    """Levels and sentences, the gravest first."""
    found: list[tuple[int, str]] = []
    for one in value if isinstance(value, list | tuple) else ():
        if not isinstance(one, Mapping):
            continue
        level, sentence = one.get("level"), one.get("sentence")
        if not isinstance(level, int) or isinstance(level, bool) or level not in _LEVELS:
            continue
        if isinstance(sentence, str) and sentence:
            found.append((level, " ".join(sentence[:LONGEST].split())))
    return sorted(found, key=lambda check: -check[0])


def _count(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[number] if number < len(words) else str(number)
