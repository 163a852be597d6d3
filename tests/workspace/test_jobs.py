"""Jobs: how they end."""

from __future__ import annotations

import threading
import time

import pytest
from conftest import PATIENCE_MS

from napari_assb_twin.errors import NO_MEMORY, InputError
from napari_assb_twin.workspace.jobs import Job


@pytest.fixture
def job(qtbot):
    """A job whose signals are written down."""
    one = Job()
    one.heard = []
    for name in ("finished", "refused", "stopped"):
        getattr(one, name).connect(lambda *told, name=name: one.heard.append((name, *told)))
    yield one
    qtbot.waitUntil(lambda: not one.running, timeout=PATIENCE_MS)


def stopped_within(qtbot, job, end):
    """Stop a generator in the step that ``end`` is the end of."""
    within, go_on = threading.Event(), threading.Event()

    def generator():
        yield 1
        within.set()
        assert go_on.wait(PATIENCE_MS / 1000)
        return (yield from end())

    job.start(generator)
    qtbot.waitUntil(within.is_set, timeout=PATIENCE_MS)
    job.stop()
    go_on.set()
    qtbot.waitUntil(lambda: not job.running, timeout=PATIENCE_MS)


def test_one_that_is_stopped_in_its_last_step_has_its_result(qtbot, job):
    def end():
        return "done"
        yield

    stopped_within(qtbot, job, end)
    assert job.heard == [("finished", "done")]


def test_one_that_is_stopped_before_has_none(qtbot, job):
    def end():
        yield 2
        return "done"

    stopped_within(qtbot, job, end)
    assert job.heard == [("stopped",)]


def test_too_little_memory_is_one_sentence(qtbot, job):
    def generator():
        yield 1
        raise MemoryError

    job.start(generator)
    qtbot.waitUntil(lambda: not job.running, timeout=PATIENCE_MS)
    assert job.heard == [("refused", NO_MEMORY)]


def test_what_a_stopped_one_left_is_cleared_away_before_it_is_told(qtbot, job):
    cleared, seen = [], []
    job.stopped.connect(lambda: seen.append(list(cleared)))

    def end():
        try:
            yield 2
        finally:
            time.sleep(0.2)
            cleared.append(True)

    stopped_within(qtbot, job, end)
    assert seen == [[True]]


def test_a_refusal_in_the_last_step_is_told_once(qtbot, job):
    def end():
        raise InputError("no")
        yield

    stopped_within(qtbot, job, end)
    assert job.heard == [("refused", "no")]


def test_a_refusal_while_it_is_closed_is_told(qtbot, job):
    def end():
        try:
            yield 2
        finally:
            raise InputError("not saved")

    stopped_within(qtbot, job, end)
    qtbot.waitUntil(lambda: len(job.heard) == 2, timeout=PATIENCE_MS)
    assert sorted(job.heard) == [("refused", "not saved"), ("stopped",)]


def test_an_error_of_torch_ends_it(qtbot, job):
    def generator():
        yield 1
        raise RuntimeError("out of memory")

    with qtbot.capture_exceptions() as errors:
        job.start(generator)
        qtbot.waitUntil(lambda: not job.running and bool(errors), timeout=PATIENCE_MS)
    assert str(errors[0][1]) == "out of memory"
    assert job.heard == []
