"""At most one task runs and one waits; the newest wins."""

import threading
from concurrent.futures import Future

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace import latest
from napari_assb_twin.workspace.latest import LatestWins


@pytest.fixture
def worker(qtbot):
    one = LatestWins("test")
    yield one
    one.close()
    qtbot.waitUntil(lambda: not one.busy)


def test_waiting_tasks_are_replaced(worker, qtbot):
    gate, done, results = threading.Event(), [], []
    worker.finished.connect(results.append)

    def first():
        gate.wait(10)
        done.append(0)
        return 0

    def numbered(number):
        def task():
            done.append(number)
            return number

        return task

    worker.submit(first)
    for number in range(1, 20):
        worker.submit(numbered(number))
    gate.set()
    qtbot.waitUntil(lambda: not worker.busy)
    assert done == [0, 19]
    assert results == [0, 19]


def test_an_answer_that_is_there_at_once_does_not_overtake(worker, qtbot, monkeypatch):
    """The second task is done before anybody waits for it."""
    first, results = Future(), []

    class Executor:
        def __init__(self, *_, **__) -> None:
            self.submitted = 0

        def submit(self, task) -> Future:
            self.submitted += 1
            if self.submitted == 1:
                return first
            done = Future()
            done.set_result(task())
            return done

        def shutdown(self, wait: bool) -> None:
            """Nothing runs."""

    monkeypatch.setattr(latest, "ThreadPoolExecutor", Executor)
    worker.finished.connect(results.append)
    worker.submit(lambda: 1)
    worker.submit(lambda: 2)
    first.set_result(1)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results == [1, 2]


def test_cancelled_answers_do_not_arrive(worker, qtbot):
    gate, results = threading.Event(), []
    worker.finished.connect(results.append)
    worker.submit(lambda: gate.wait(10))
    worker.cancel()
    worker.submit(lambda: "new")
    gate.set()
    qtbot.waitUntil(lambda: not worker.busy)
    assert results == ["new"]


def test_refusals_are_sentences(worker, qtbot):
    def refuse():
        raise InputError("No.")

    with qtbot.waitSignal(worker.failed) as heard:
        worker.submit(refuse)
    assert heard.args == ["No."]


def test_it_can_be_used_again_after_close(worker, qtbot):
    worker.submit(lambda: 1)
    worker.close()
    worker.close()
    qtbot.waitUntil(lambda: not worker.busy)
    with qtbot.waitSignal(worker.finished) as heard:
        worker.submit(lambda: 2)
    assert heard.args == [2]
