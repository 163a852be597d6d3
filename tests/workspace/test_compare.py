"""Comparing samples in the real window: open twins, their curves, differences, and the morph."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from conftest import PATIENCE_MS, rest
from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QAbstractButton, QApplication, QLineEdit, QShortcut, QSlider

from napari_assb_twin.comparison.difference import compare_twins
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.equivalent import written_like
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.morph import morph
from napari_assb_twin.twin.parameters import PARAMETERS
from napari_assb_twin.twin.presets import PRESETS, preset
from napari_assb_twin.twin.twin_file import save_twin
from napari_assb_twin.workspace.compare_panel import ComparePanel
from napari_assb_twin.workspace.curves_figure import CROSS
from napari_assb_twin.workspace.samples import CURRENT, MOST, Samples
from napari_assb_twin.workspace.widget import TwinWorkspace


def fitted(name, relative=0.05):
    """A preset as if it had been calibrated."""
    twin = preset(name)
    errors = {p: relative * (twin.value(p) or 1.0) for p in PARAMETERS if twin.has(p)}
    return replace(twin, uncertainty=errors, provenance={"bootstrap": 20})


@pytest.fixture
def shown(make_napari_viewer, small_twin, qtbot):
    """A visible window with the comparison open, at rest."""
    viewer = make_napari_viewer(show=True)
    widget = TwinWorkspace(viewer, small_twin)
    viewer.window.add_dock_widget(widget, name="ASSB Twin workspace")
    rest(qtbot, widget)
    widget.compare_button.click()
    rest(qtbot, widget)
    yield widget
    widget.shutdown()
    qtbot.waitUntil(lambda: not widget.busy, timeout=PATIENCE_MS)


@pytest.fixture
def panel(controller, small_twin, qtbot):
    """The comparison by itself, visible, with a controller that draws no volume."""
    controller.adopt(small_twin, "small box")
    one = ComparePanel(controller)
    qtbot.addWidget(one)
    one.resize(430, 700)
    one.show()
    qtbot.waitExposed(one)
    yield one
    settle(one, qtbot)


def settle(panel, qtbot):
    qtbot.waitUntil(lambda: not panel.busy, timeout=PATIENCE_MS)


@pytest.fixture
def samples(controller):
    return Samples(controller)


def drag(slider, positions, let_go=True):
    slider.setSliderDown(True)
    for position in positions:
        slider.setValue(position)
        QApplication.processEvents()
    if let_go:
        slider.setSliderDown(False)


def same_model(one, other):
    return replace(one, grid=other.grid, seed=other.seed) == other


def cells(table, row):
    return [table.item(row, column).text() for column in range(table.columnCount())]


def row_of(table, title):
    return next(r for r in range(table.rowCount()) if table.item(r, 0).text() == title)


# --- the list --------------------------------------------------------------------------------


def test_the_current_twin_stands_first_and_follows(samples, controller, qtbot):
    assert samples.names == (CURRENT,)
    with qtbot.waitSignal(samples.moved):
        controller.set_value("pore", 0.2)
    assert samples[CURRENT].twin is controller.twin
    kept = samples.keep()
    controller.set_value("pore", 0.3)
    assert samples[kept].twin.volume_fractions.pore == 0.2
    samples.remove(CURRENT)
    assert samples.names == (CURRENT, kept)


def test_files_and_presets_are_added_with_names_of_their_own(samples, tmp_path):
    path = save_twin(preset("dense"), tmp_path / "cell 3.twin.json")
    assert [samples.add_file(path), samples.add_file(path)] == ["cell 3", "cell 3 (2)"]
    assert samples.add_preset("blobs") == "blobs"
    samples.rename("cell 3", "  after  cycling ")
    assert samples.names == (CURRENT, "after cycling", "cell 3 (2)", "blobs")
    for new in ("blobs", "", "x" * 100):
        with pytest.raises(InputError):
            samples.rename("after cycling", new)
    with pytest.raises(InputError, match="no file"):
        samples.add_file(tmp_path / "none.twin.json")
    with pytest.raises(InputError, match="no preset"):
        samples.add_preset("none")


def test_there_are_no_more_twins_than_can_be_told_apart(samples):
    for _ in range(MOST - 1):
        samples.add_preset("pressed")
    assert len({one.look for one in samples.items}) == MOST
    with pytest.raises(InputError, match="remove one"):
        samples.keep()
    samples.remove("pressed (3)")
    assert samples[samples.add_preset("dense")].look == 3


def test_the_list_ticks_renames_removes_and_says_what_is_wrong(panel, controller, tmp_path):
    path = save_twin(preset("dense"), tmp_path / "b.twin.json")
    refusals = []
    controller.refused.connect(refusals.append)
    panel.list.open_files([str(tmp_path / "none.twin.json"), str(path)])
    assert len(refusals) == 1
    assert panel.samples.names == (CURRENT, "b")
    rows = panel.list.list
    assert not panel.list.remove.isEnabled()
    assert not rows.item(0).flags() & Qt.ItemFlag.ItemIsEditable
    rows.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not panel.samples["b"].shown
    rows.item(1).setText("sample B")
    assert panel.samples.names == (CURRENT, "sample B")
    rows.item(1).setText(CURRENT)
    assert "already" in refusals[-1]
    assert rows.item(1).text() == "sample B"
    rows.setCurrentRow(1)
    panel.list.remove.click()
    assert panel.samples.names == (CURRENT,)
    panel.list.list_presets()
    titles = {action.text(): action for action in panel.list.menu.actions()}
    titles[PRESETS["blobs"].title].trigger()
    assert panel.samples.names == (CURRENT, "blobs")
    panel.list.keep.click()
    assert panel.samples.names == (CURRENT, "blobs", "kept")


# --- curves ----------------------------------------------------------------------------------


def test_exact_curves_of_all_ticked_twins_lie_over_each_other(panel, qtbot):
    panel.samples.add_preset("dense")
    panel.samples.add_preset("layered")
    for direction, pairs, normalised in (
        ("in-plane", panel.pairs.value, False),
        ("through-plane", CROSS, True),
    ):
        panel.direction.value, panel.pairs.value = direction, pairs
        panel.normalised.setChecked(normalised)
        for sample in panel.samples.items:
            for number, (i, j) in enumerate(pairs):
                lags, values = panel.figure.lines[sample.look, number].get_data()
                expected = coverage(sample.twin, lags, direction=direction)[i, j]
                phi = sample.twin.volume_fractions
                assert np.allclose(values, expected - normalised * phi[i] * phi[j], atol=1e-12)
    panel.samples.set_shown("dense", False)
    assert not len(panel.figure.lines[panel.samples["dense"].look, 0].get_xdata())
    settle(panel, qtbot)


def test_the_curves_of_the_current_twin_follow_a_slider(panel, controller, qtbot):
    panel.samples.add_preset("pressed")
    for porosity in (0.2, 0.3):
        controller.set_value("pore", porosity, dragging=True)
        assert panel.figure.lines[0, 0].get_ydata()[0] == pytest.approx(porosity)
        assert panel.figure.lines[1, 0].get_ydata()[0] == pytest.approx(0.11)
    controller.end_drag()
    settle(panel, qtbot)


# --- differences -----------------------------------------------------------------------------


def test_the_table_holds_the_differences_of_the_chosen_pair(panel):
    table = panel.table
    a, b = fitted("pressed"), fitted("fine-electrolyte")
    panel.samples.add(a, "A")
    panel.samples.add(b, "B")
    panel.morph.choose("B", "A")
    expected = compare_twins([b, a, panel.samples[CURRENT].twin], ["B", "A", CURRENT])
    assert panel.comparison == expected
    rows = expected.pair("B", "A").rows
    assert table.rowCount() == len(rows)
    porosity = cells(table, row_of(table, "fraction pore"))
    assert porosity[1:3] == ["0.12 ± 0.006", "0.11 ± 0.006"]
    z = next(row.z for row in rows if row.quantity.path == "pore")
    assert porosity[4] == f"≈ {z:+.1f}"
    spacing = cells(table, row_of(table, "X: spacing, µm"))
    assert spacing[1].startswith(f"{2 * np.pi / 2.0:.3g}")
    assert float(spacing[3]) < 0
    assert spacing[4][2] == "-"  # as the difference of the spacings, not of the oscillations
    for row, difference in enumerate(rows):
        bold = table.item(row, 0).font().bold()
        assert bold == (difference.verdict == "distinguishable")
        assert difference.verdict in table.item(row, 4).toolTip()
    assert f"of {expected.tests} differences" in panel.note.text()
    assert panel.note.text().endswith("\n? B: Not judged.\n? A: Not judged.")
    panel.samples.set_shown(CURRENT, False)
    assert panel.comparison == compare_twins([b, a], ["B", "A"])


def test_the_table_follows_the_current_twin_when_it_rests(panel, controller, qtbot):
    table = panel.table
    panel.samples.add_preset("dense")
    panel.morph.choose(CURRENT, "dense")
    controller.set_value("pore", 0.25)
    settle(panel, qtbot)
    assert cells(table, row_of(table, "fraction pore"))[1:4] == ["0.25", "0.04", "-0.21"]
    assert cells(table, row_of(table, "X: length, µm"))[4] == "–"
    panel.morph.choose("dense", "dense")
    assert table.rowCount() == 0
    assert "two different" in panel.morph.message.text()


def test_own_names_of_phases_stand_in_table_and_legend(panel, controller):
    panel.samples.add_preset("dense")
    controller.rename("pore", "void")
    assert row_of(panel.table, "fraction void") == 0
    assert "void" in panel.figure.legend.accessibleDescription()


def test_figure_and_table_are_saved(panel, controller, tmp_path):
    refusals = []
    controller.refused.connect(refusals.append)
    panel.save_as(str(tmp_path / "t.csv"))
    assert "two different twins" in refusals.pop()
    panel.samples.add_preset("dense")
    panel.save_as(str(tmp_path / "t.csv"))
    panel.save_as(str(tmp_path / "f.svg"))
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert {row["second"] for row in csv.DictReader(file)} == {"dense"}
    assert "<svg" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    panel.save_as(str(tmp_path / "f.nonsense"))
    assert len(refusals) == 1
    assert not (tmp_path / "f.nonsense").exists()


@pytest.mark.parametrize("name", ["figure", "figure."])
def test_a_figure_without_an_ending_leaves_the_file_as_it_was(panel, controller, tmp_path, name):
    refusals = []
    controller.refused.connect(refusals.append)
    (tmp_path / name).write_text("mine")
    panel.save_as(str(tmp_path / name))
    assert refusals == [
        f"{name} has no ending; add .pdf, .svg or .png for the figure, or .csv for a table."
    ]
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {name: "mine"}


def test_a_figure_is_written_through_a_link_without_an_ending(panel, tmp_path):
    (tmp_path / "kept").write_text("old")
    (tmp_path / "figure.png").symlink_to(tmp_path / "kept")
    panel.save_as(str(tmp_path / "figure.png"))
    assert (tmp_path / "kept").read_bytes().startswith(b"\x89PNG")
    assert {one.name for one in tmp_path.iterdir()} == {"kept", "figure.png"}


# --- the morph -------------------------------------------------------------------------------


@pytest.mark.each_binding
def test_a_drag_leads_the_twin_from_one_to_the_other_in_one_step(shown, qtbot):
    panel, controller = shown.compare.panel, shown.controller
    start = controller.twin
    a, b = preset("isotropic"), replace(fitted("fine-electrolyte"), seed=4)
    panel.samples.add(a, "A")
    panel.samples.add(b, "B")
    panel.morph.choose("A", "B")
    assert panel.morph.place.text() == "not between"
    drag(panel.morph.slider, range(0, 41, 10))
    assert panel.morph.place.text() == "t = 0.40"
    rest(qtbot, shown)
    assert same_model(morph(a, b, 0.4), controller.twin)
    assert (controller.twin.grid, controller.twin.seed) == (start.grid, start.seed)
    assert controller.realisation.twin == controller.twin
    assert controller.undo_text == "morph A → B"
    drag(panel.morph.slider, (70, 100))
    assert same_model(written_like(b, a), controller.twin)
    assert controller.twin.uncertainty == b.uncertainty
    controller.undo()
    assert panel.morph.slider.value() == 40
    assert panel.morph.place.text() == "t = 0.40"
    controller.undo()
    assert controller.twin == start
    assert panel.morph.place.text() == "not between"
    controller.redo()
    assert panel.morph.slider.value() == 40
    controller.set_seed(77)
    assert panel.morph.place.text() == "t = 0.40"
    rest(qtbot, shown)


def test_the_current_twin_as_an_end_is_kept_so_that_one_can_go_back(panel, controller, qtbot):
    start = controller.twin
    panel.samples.add_preset("isotropic")
    panel.morph.choose(CURRENT, "isotropic")
    assert panel.morph.place.text() == "t = 0.00"
    drag(panel.morph.slider, (10, 50), let_go=False)
    assert panel.samples.names == (CURRENT, "isotropic", "kept")
    assert panel.morph.pair == ("kept", "isotropic")
    drag(panel.morph.slider, (80, 0))
    assert controller.twin == start
    assert controller.undo_text == "small box"  # a drag that leads back is no step
    settle(panel, qtbot)


def test_with_a_full_list_the_current_twin_is_no_end(panel, controller, qtbot):
    start, refusals = controller.twin, []
    controller.refused.connect(refusals.append)
    for _ in range(MOST - 1):
        panel.samples.add_preset("isotropic")
    panel.morph.choose(CURRENT, "isotropic")
    panel.morph.slider.setValue(50)
    assert "remove one" in refusals[0]
    assert controller.twin is start
    assert panel.morph.slider.value() == 0
    settle(panel, qtbot)


def test_a_pair_stays_chosen_under_other_names(panel, controller):
    panel.samples.add_preset("dense")
    panel.samples.add_preset("blobs")
    panel.samples.add_preset("isotropic")
    panel.morph.choose("dense", "blobs")
    before = cells(panel.table, row_of(panel.table, "fraction pore"))
    panel.samples.rename("dense", "cell 1")
    assert panel.morph.pair == ("cell 1", "blobs")
    panel.samples.rename("blobs", "dense")  # the name that the first one had
    assert panel.morph.pair == ("cell 1", "dense")
    assert cells(panel.table, row_of(panel.table, "fraction pore")) == before
    panel.samples.remove("cell 1")
    assert panel.morph.pair == (CURRENT, "dense")


def test_where_nothing_lies_between_the_slider_is_off_and_says_why(panel):
    for name, words in (
        ("dense", "pore, then active_material"),
        ("sheet-pores", "chi-square with 1 degree"),
        ("layered", "reduce that twin"),
    ):
        panel.samples.add_preset(name)
        panel.morph.choose(CURRENT, name)
        assert not panel.morph.slider.isEnabled()
        assert words in panel.morph.message.text()
        assert not panel.morph.message.isHidden()
    panel.samples.add_preset("isotropic")
    panel.morph.choose(CURRENT, "isotropic")
    assert panel.morph.slider.isEnabled()
    assert panel.morph.message.isHidden()


def test_keys_move_the_slider_and_undo_within_the_panel(panel, controller, qtbot):
    panel.samples.add_preset("isotropic")
    panel.samples.add_preset("fine-electrolyte")
    panel.morph.choose("isotropic", "fine-electrolyte")
    start = controller.twin
    slider = panel.morph.slider
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert panel.morph.place.text() == "t = 0.13"
    undo = next(
        one
        for one in panel.findChildren(QShortcut)
        if one.key() == QKeySequence("Ctrl+Z")  # keys are one gesture: one step
    )
    undo.activated.emit()
    assert controller.twin == start
    settle(panel, qtbot)


# --- the dock --------------------------------------------------------------------------------


@pytest.mark.each_binding
def test_closing_the_dock_keeps_the_twins(shown, qtbot):
    panel = shown.compare.panel
    panel.samples.add_preset("dense")
    dock = panel.parentWidget()
    while not hasattr(dock, "destroyOnClose"):
        dock = dock.parentWidget()
    dock.destroyOnClose()
    qtbot.waitUntil(lambda: panel.parent() is shown, timeout=PATIENCE_MS)
    assert not shown.compare.docked
    assert shown.controller.is_open
    shown.controller.set_value("pore", 0.2)
    rest(qtbot, shown)
    shown.compare_button.click()
    assert shown.compare.panel is panel
    assert panel.isVisible()
    assert panel.samples.names == (CURRENT, "dense")
    assert panel.samples[CURRENT].twin.volume_fractions.pore == 0.2
    shown.compare_button.click()
    assert shown.compare.docked


def test_it_fits_the_dock_of_the_workspace(shown):
    assert shown.compare.panel.minimumSizeHint().width() <= shown.minimumWidth()
    assert shown.compare.panel.minimumSizeHint().height() <= 640


def test_its_parts_stand_beside_each_other_where_it_is_flat(panel):
    assert panel.splitter.orientation() == Qt.Orientation.Vertical
    panel.resize(1200, 300)
    assert panel.splitter.orientation() == Qt.Orientation.Horizontal


def test_everything_has_a_name_and_a_tip(panel):
    for kind in (QAbstractButton, QSlider, QLineEdit):
        for one in panel.findChildren(kind):
            if one.focusPolicy() == Qt.FocusPolicy.NoFocus or not one.isVisible():
                continue
            spoken = one.accessibleName() or (hasattr(one, "text") and one.text())
            assert spoken
            assert one.toolTip()
    assert panel.table.accessibleName()
    assert panel.list.list.accessibleName()
    assert panel.figure.accessibleName()


@pytest.mark.each_binding
def test_colours_follow_the_theme(shown):
    panel = shown.compare.panel
    colours = {}
    for theme in ("dark", "light"):
        shown.viewer.theme = theme
        colours[theme] = panel.figure.lines[0, 0].get_color()
        assert panel.figure.figure.get_facecolor() is not None
    assert colours["dark"] != colours["light"]
