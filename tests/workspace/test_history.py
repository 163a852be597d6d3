from napari_assb_twin.workspace.history import History


def test_steps_go_back_and_forth():
    history: History[str] = History()
    history.push("a", "b", "first")
    history.push("b", "c", "second")
    assert history.undo_text == "second"
    assert history.undo() == "b"
    assert history.redo_text == "second"
    assert history.undo() == "a"
    assert history.undo() is None
    assert history.redo() == "b"


def test_moves_of_one_drag_are_one_step():
    history: History[int] = History()
    for value in range(5):
        history.push(value, value + 1, "slide", gesture=("pore", 1))
    assert history.undo() == 0
    assert history.redo() == 5


def test_a_second_drag_is_a_second_step():
    history: History[int] = History()
    history.push(0, 1, "slide", gesture=1)
    history.push(1, 2, "slide", gesture=2)
    assert history.undo() == 1


def test_a_new_step_forgets_what_was_undone():
    history: History[str] = History()
    history.push("a", "b", "")
    history.undo()
    history.push("a", "c", "")
    assert history.redo() is None
    assert history.undo() == "a"


def test_only_the_last_state_can_be_dropped():
    history: History[str] = History()
    history.push("a", "b", "")
    assert history.drop("x") is None
    assert history.drop("b") == "a"
    assert history.undo() is None
    assert history.redo() is None


def test_history_is_bounded():
    history: History[int] = History(limit=3)
    for value in range(10):
        history.push(value, value + 1, "")
    assert [history.undo() for _ in range(4)] == [9, 8, 7, None]


def test_a_gesture_that_leads_back_is_no_step():
    history: History[str] = History()
    history.push("a", "b", "", gesture=1)
    history.push("b", "a", "", gesture=1)
    assert history.undo_text is None
    history.push("a", "c", "", gesture=1)
    assert history.undo() == "a"


def test_the_landmark_is_the_last_one_passed():
    history: History[str] = History()
    assert history.landmark is None
    history.push("a", "b", "file", landmark=True)
    history.push("b", "c", "slide")
    history.push("c", "d", "preset", landmark=True)
    assert history.landmark == "d"
    history.undo()
    assert history.landmark == "b"
    history.undo()
    history.undo()
    assert history.landmark is None
    history.redo()
    assert history.landmark == "b"


def test_a_landmark_outlives_the_limit():
    history: History[int] = History(limit=3)
    history.push(-1, 0, "file", landmark=True)
    for value in range(10):
        history.push(value, value + 1, "")
    assert history.landmark == 0


def test_a_step_becomes_a_landmark_by_its_state():
    history: History[str] = History()
    history.mark("a")
    history.push("a", "b", "")
    history.mark("x")
    assert history.landmark is None
    history.mark("b")
    assert history.landmark == "b"
