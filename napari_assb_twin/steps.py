"""Long work as a generator of progress: here it runs to its end, or is told in other words."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

_Progress = TypeVar("_Progress")
_Told = TypeVar("_Told")
_Result = TypeVar("_Result")


def finished(
    steps: Generator[_Progress, None, _Result],
    on_progress: Callable[[_Progress], object] | None = None,
) -> _Result:
    """What the steps return at their end; they are closed if the telling of progress raises."""
    telling = retold(steps, on_progress or (lambda _: None))
    while True:
        try:
            next(telling)
        except StopIteration as end:
            result: _Result = end.value
            return result


def retold(
    steps: Generator[_Progress, None, _Result], tell: Callable[[_Progress], _Told]
) -> Generator[_Told, None, _Result]:
    """The same steps, each told in other words; they are closed with it, or if ``tell`` raises."""
    with closing(steps):
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            yield tell(progress)
