"""Fields of magicgui as the window uses them."""

from qtpy.QtCore import Qt

from napari_assb_twin.workspace.forms import Form, choice, length, offer, show, whole


def heard_of(field):
    values = []
    field.changed.connect(values.append)
    return values


def test_only_the_user_is_heard(qtbot):
    field = choice("What", (("A", "a"), ("none", None), ("B", "b")))
    qtbot.addWidget(field.native)
    heard = heard_of(field)
    show(field, None)
    assert field.value is None
    assert field.current_choice == "none"
    offer(field, (("C", "c"), ("B", "b"), ("A", "a")), "b")
    assert field.choices == ("c", "b", "a")
    assert field.value == "b"
    assert heard == []
    qtbot.keyClick(field.native, Qt.Key.Key_Up)
    assert heard == ["c"]


def test_a_number_is_heard_once_it_is_typed(qtbot):
    field = whole("Edge", 1, 2048, "Voxels.")
    qtbot.addWidget(field.native)
    heard = heard_of(field)
    show(field, 12)
    field.native.selectAll()
    qtbot.keyClicks(field.native, "128")
    assert heard == []
    qtbot.keyClick(field.native, Qt.Key.Key_Return)
    assert heard == [128]


def test_a_length_may_be_unknown_and_is_not_rounded(qtbot):
    field = length("Voxel size", "In µm.", spoken="Voxel size in micrometres")
    qtbot.addWidget(field.native)
    assert "?" in field.native.text()
    field.value = 0.01234
    assert field.value == 0.01234
    assert field.native.accessibleName() == "Voxel size in micrometres"


def test_a_row_hides_with_its_label(qtbot):
    fields = [choice("First", (("A", 1),)), choice("Second", (("B", 2),))]
    container = Form(*fields)
    qtbot.addWidget(container)
    container.show()
    tall = container.sizeHint().height()
    container.show_row(fields[1], False)
    assert container.sizeHint().height() < tall
    container.show_row(fields[1], True)
    assert container.sizeHint().height() == tall
