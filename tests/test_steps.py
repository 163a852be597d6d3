"""Generators of progress run to their end, told in other words, and closed."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from napari_assb_twin.steps import finished, retold


class Work:
    """Three steps and a result; it knows whether it was cleared away."""

    def __init__(self) -> None:
        self.cleared = False

    def steps(self) -> Generator[int, None, str]:
        try:
            yield from (1, 2, 3)
            return "done"
        finally:
            self.cleared = True


def test_steps_are_told_in_other_words_and_end_with_the_same_result() -> None:
    told: list[str] = []
    assert finished(retold(Work().steps(), "step {}".format), told.append) == "done"
    assert told == ["step 1", "step 2", "step 3"]


def test_without_anybody_to_tell() -> None:
    assert finished(Work().steps()) == "done"


def test_work_is_closed_with_its_telling() -> None:
    work = Work()
    telling = retold(work.steps(), str)
    next(telling)
    telling.close()
    assert work.cleared


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_work_is_closed_if_the_telling_raises(error) -> None:
    work = Work()

    def fail(_: int) -> None:
        raise error

    with pytest.raises(error):
        finished(work.steps(), fail)
    assert work.cleared
