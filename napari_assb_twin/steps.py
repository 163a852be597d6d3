"""Long work as a generator of progress: here it runs to its end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

_Progress = TypeVar("_Progress")
_Result = TypeVar("_Result")


def finished(
    steps: Generator[_Progress, None, _Result],
    on_progress: Callable[[_Progress], object] | None = None,
) -> _Result:
    """What the steps return at their end; they are closed if the telling of progress raises."""
    with closing(steps):
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            if on_progress is not None:
                on_progress(progress)
