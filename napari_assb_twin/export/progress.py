"""What an export tells while it writes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from napari_assb_twin.steps import retold

_Result = TypeVar("_Result")
_STEPS = 1000


@dataclass(frozen=True)
class Progress:
    """One step of an export: how many of how many are done, and what is being done."""

    step: int
    total: int
    message: str


Steps = Generator[Progress, None, _Result]
"""A long piece of work, one progress object at a time; it may be closed at each of them."""


def within(steps: Steps[_Result], first: float, last: float) -> Steps[_Result]:
    """The same steps as a part of something longer, from the share ``first`` to ``last`` of it."""

    def part(progress: Progress) -> Progress:
        share = first + (last - first) * progress.step / progress.total
        return Progress(round(_STEPS * share), _STEPS, progress.message)

    return retold(steps, part)
