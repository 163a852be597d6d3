"""What the record of a training in a twin file says, in words: for command, report and window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

METHOD_WORDS = {
    "simulated-coverage": "simulated coverage (algorithm 1)",
    "adversarial": "adversarial (algorithm 2)",
    "combined": "combined (algorithm 3)",
}

MISFIT = "Root mean square difference of the exact curves to the measured ones."
SCORE = (
    "Root mean square z of statistics that no loss holds; about 1 where they are those of the data."
)
CRITIC = (
    "A new discriminator, which has not played along, says measured or simulated of sections that "
    "it has not seen; 0.5 means that it cannot tell them apart, 1 that it always can."
)
CRITICS = {"plan": "plan views", "cross": "cross-sections"}


@dataclass(frozen=True)
class Comparison:
    """One measure before and after a training; None where it is not on record.

    Attributes
    ----------
    name, meaning
        In words.
    digits
        After the point.
    """

    name: str
    meaning: str
    before: float | None
    after: float | None
    digits: int

    @property
    def texts(self) -> tuple[str, str]:
        """Both numbers as text."""
        before, after = (
            "–" if value is None else f"{value:.{self.digits}f}"
            for value in (self.before, self.after)
        )
        return before, after


def comparisons(record: Mapping[str, Any]) -> list[Comparison]:
    """Misfit, score and critics before and after, of what the record has."""
    before, after = (_part(record, key) for key in ("before", "after"))
    told = [
        ("misfit of the curves, rms", MISFIT, *_both(before, after, "misfit"), 4),
        ("other statistics, rms z", SCORE, *_both(before, after, "z"), 1),
    ]
    critics = [_part(one, "critic") for one in (before, after)]
    for orientation, words in CRITICS.items():
        first, last = (_part(one, orientation) for one in critics)
        told.append((f"critic's accuracy, {words}", CRITIC, *_both(first, last, "accuracy"), 2))
    rows = [Comparison(*one) for one in told]
    return [one for one in rows if one.before is not None or one.after is not None]


def in_a_sentence(record: Mapping[str, Any]) -> str:
    """Method, steps and time of a training."""
    method = METHOD_WORDS.get(str(record.get("method")), str(record.get("method")))
    taken, steps, seconds = (record.get(key) for key in ("steps_taken", "steps", "seconds"))
    told = f"Trained on simulated sections, {method}"
    if _is_number(taken):
        whole = f" of {steps}" if record.get("finished") is False and _is_number(steps) else ""
        told += f", {taken}{whole} steps"
    if isinstance(seconds, (int, float)):
        told += f", {seconds:.0f} s"
    return f"{told}."


def _both(
    before: Mapping[str, Any], after: Mapping[str, Any], key: str
) -> tuple[float | None, float | None]:
    first, last = (float(one[key]) if _is_number(one.get(key)) else None for one in (before, after))
    return first, last


def _part(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = record.get(key)
    return part if isinstance(part, Mapping) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
