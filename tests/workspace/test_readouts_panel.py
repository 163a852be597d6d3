"""The table in the real window: it follows, counts when at rest, and is copied."""

from __future__ import annotations

import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtWidgets import QApplication

from napari_assb_twin.measure.percolation import percolation
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.workspace.readouts_table import STALE, short
from napari_assb_twin.workspace.widget import TwinWorkspace


@pytest.fixture
def shown(make_napari_viewer, small_twin, qtbot):
    """A visible window with the readouts in front, at rest."""
    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget)
    widget.lower_tabs.setCurrentWidget(widget.readouts)
    rest(qtbot, widget)
    yield widget
    widget.shutdown()
    qtbot.waitUntil(lambda: not widget.busy, timeout=PATIENCE_MS)


def row(widget, label: str) -> list[str]:
    table = widget.readouts.table
    for index in range(table.rowCount()):
        if table.item(index, 0).text().strip().startswith(label):
            cells = [table.item(index, column) for column in range(1, table.columnCount())]
            return [cell.text() for cell in cells if cell is not None]
    raise AssertionError(f"no row {label}")


def test_exact_numbers_follow_every_move(shown):
    controller = shown.controller
    for porosity in (0.2, 0.25, 0.3):
        controller.set_value("pore", porosity, dragging=True)
        assert row(shown, "Volume fraction")[0] == f"{100 * porosity:.1f}"
        exact = readouts(controller.twin)
        assert row(shown, "Mean chord")[0] == short(exact.mean_chord_um["pore"])
        assert row(shown, "Triple line")[0] == short(exact.triple_phase_boundary_per_um2)
    controller.end_drag()


@pytest.mark.each_binding
def test_clusters_are_of_the_volume_at_rest_and_marked_while_it_moves(shown, qtbot):
    controller = shown.controller

    def expected() -> list[str]:
        found = percolation(controller.realisation.labels)
        return [f"{100 * clusters.largest:.1f}" for clusters in found.values()]

    assert row(shown, "Largest cluster") == expected()
    controller.set_value("pore", 0.3, dragging=True)
    assert all(text.endswith(STALE) for text in row(shown, "Largest cluster"))
    assert "being counted" in shown.readouts.note.text()
    controller.end_drag()
    rest(qtbot, shown)
    assert row(shown, "Largest cluster") == expected()
    assert "of this volume" in shown.readouts.note.text()


def test_an_answer_of_another_twin_is_dropped(shown, qtbot):
    structure, controller = shown.structure, shown.controller
    old, clusters = controller.twin, structure.clusters
    controller.set_value("pore", 0.3)
    structure._on_clusters((old, {}))
    assert structure.clusters is clusters
    assert not structure.fresh
    rest(qtbot, shown)
    assert structure.fresh


def test_too_little_memory_is_said(shown, qtbot, monkeypatch):
    def full(labels):
        raise MemoryError

    monkeypatch.setattr("napari_assb_twin.workspace.structure.percolation", full)
    with qtbot.waitSignal(shown.controller.refused, timeout=PATIENCE_MS) as heard:
        shown.controller.set_seed(8)
    assert "not enough memory to count the clusters" in heard.args[0]
    rest(qtbot, shown)
    assert not shown.structure.fresh


def test_hidden_readouts_count_nothing(shown, qtbot):
    shown.lower_tabs.setCurrentWidget(shown.curves)
    shown.controller.set_seed(5)
    rest(qtbot, shown)
    assert not shown.structure.fresh
    shown.lower_tabs.setCurrentWidget(shown.readouts)
    qtbot.waitUntil(lambda: shown.structure.fresh, timeout=PATIENCE_MS)
    clusters = percolation(shown.controller.realisation.labels)
    assert shown.structure.clusters == clusters


def test_data_bring_their_rows_and_take_them_away(shown, qtbot, section_data):
    rows = shown.readouts.table.rowCount()
    shown.controller.set_data(section_data)
    qtbot.waitUntil(lambda: shown.readouts.table.rowCount() == rows + 6, timeout=PATIENCE_MS)
    assert "(" in row(shown, "measured")[1]
    shown.controller.set_data(None)
    assert shown.readouts.table.rowCount() == rows
    rest(qtbot, shown)


def test_phases_go_by_their_names(shown):
    shown.controller.rename("solid_electrolyte", "LPSCl")
    assert shown.readouts.table.horizontalHeaderItem(3).text() == "LPSCl"
    assert row(shown, "Contact with LPSCl")


def test_a_rough_field_is_said(shown, qtbot):
    shown.controller.set_value("X.smoothness", 1.0)
    assert "smoothness of field X is 1 or less" in shown.readouts.note.text()
    assert row(shown, "Surface") == ["infinite"] * 3
    rest(qtbot, shown)


@pytest.mark.each_binding
def test_every_number_can_be_pointed_at(shown):
    table = shown.readouts.table
    for index in range(table.rowCount()):
        for column in range(table.columnCount()):
            item = table.item(index, column)
            if item is not None and item.text():
                assert item.toolTip()
    assert table.accessibleName()
    assert not table.tabKeyNavigation()


@pytest.mark.each_binding
def test_copy_and_csv(shown, tmp_path):
    shown.readouts.copy.click()
    text = QApplication.clipboard().text()
    assert text.splitlines()[0] == "\tpore\tCAM\tSE"
    assert "Largest cluster, %\t" in text
    shown.readouts.write_csv(str(tmp_path / "a.csv"))
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == ",pore,CAM,SE"
    assert len(lines) == len(text.splitlines())
    refusals = []
    shown.controller.refused.connect(refusals.append)
    shown.readouts.write_csv(str(tmp_path / "none" / "a.csv"))
    assert "does not exist" in refusals[0]


@pytest.mark.each_binding
def test_it_goes_on_after_the_window_was_closed(shown, qtbot):
    shown.shutdown()
    shown.reopen()
    shown.controller.set_seed(11)
    rest(qtbot, shown)
    qtbot.waitUntil(lambda: shown.structure.fresh, timeout=PATIENCE_MS)
