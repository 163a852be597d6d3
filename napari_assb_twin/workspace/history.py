"""Undo and redo: immutable states are kept, moves within one drag are one step.

Qt's undo stack lives in different modules of Qt 5 and Qt 6; a list of snapshots needs neither.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass
class _Step(Generic[State]):
    before: State
    after: State
    text: str
    gesture: Hashable | None
    landmark: bool = False


class History(Generic[State]):
    """States that were passed through, and a place among them."""

    def __init__(self, limit: int = 200) -> None:
        self._steps: list[_Step[State]] = []
        self._done = 0
        self._limit = limit
        self._ground: State | None = None

    def push(
        self,
        before: State,
        after: State,
        text: str,
        gesture: Hashable | None = None,
        *,
        landmark: bool = False,
    ) -> None:
        """Record a step; what was undone is forgotten.

        Steps of the same ``gesture`` that follow each other become one, or none if they lead
        back to where they began.  A ``landmark`` leads to a
        state that others are compared with.
        """
        del self._steps[self._done :]
        last = self._steps[-1] if self._steps else None
        if last is not None and gesture is not None and last.gesture == gesture:
            last.after = after
            if last.after == last.before:
                self._steps.pop()
                self._done -= 1
            return
        self._steps.append(_Step(before, after, text, gesture, landmark))
        for dropped in self._steps[: -self._limit]:
            self._ground = dropped.after if dropped.landmark else self._ground
        del self._steps[: -self._limit]
        self._done = len(self._steps)

    def undo(self) -> State | None:
        """The state before the last step; None if there is none."""
        if not self._done:
            return None
        self._done -= 1
        return self._steps[self._done].before

    def redo(self) -> State | None:
        """The state after the next step; None if there is none."""
        if self._done == len(self._steps):
            return None
        self._done += 1
        return self._steps[self._done - 1].after

    def before(self, gesture: Hashable | None) -> State | None:
        """Where the last step began if it is of this gesture; else None."""
        last = self._steps[self._done - 1] if self._done else None
        return last.before if last and gesture is not None and last.gesture == gesture else None

    def drop(self, after: State) -> State | None:
        """Forget the last step if it led to ``after``; the state before it, or None."""
        if self._done and self._steps[self._done - 1].after is after:
            self._done -= 1
            before = self._steps[self._done].before
            del self._steps[self._done :]
            return before
        return None

    def mark(self, state: State) -> None:
        """Make the last step a landmark if it led to ``state``."""
        if self._done and self._steps[self._done - 1].after == state:
            self._steps[self._done - 1].landmark = True

    @property
    def landmark(self) -> State | None:
        """The last landmark on the way to the present state; None if there is none."""
        passed = reversed(self._steps[: self._done])
        return next((step.after for step in passed if step.landmark), self._ground)

    @property
    def undo_text(self) -> str | None:
        """What undoing would take back."""
        return self._steps[self._done - 1].text if self._done else None

    @property
    def redo_text(self) -> str | None:
        """What redoing would do again."""
        return self._steps[self._done].text if self._done < len(self._steps) else None
