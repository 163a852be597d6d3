"""Names that the user gave are shown letter by letter, whatever signs they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QTextDocumentFragment

from napari_assb_twin.twin.presets import preset
from napari_assb_twin.workspace.checkpoint_row import CheckpointRow
from napari_assb_twin.workspace.compare_panel import ComparePanel
from napari_assb_twin.workspace.fit_rows import Row
from napari_assb_twin.workspace.fit_table import FitTable
from napari_assb_twin.workspace.tips import rich

NAME = "<b>dry</b> & <i>wet"


def seen(tip: str) -> str:
    """What a tooltip shows: Qt takes text with a tag in it for rich text."""
    plain = not Qt.mightBeRichText(tip)
    return tip if plain else QTextDocumentFragment.fromHtml(tip).toPlainText()


@pytest.fixture
def panel(controller, qtbot):
    one = ComparePanel(controller)
    qtbot.addWidget(one)
    one.show()
    qtbot.waitExposed(one)
    yield one
    qtbot.waitUntil(lambda: not one.busy)


def test_rich_text_keeps_lines_and_signs(qtbot):
    assert seen(rich(f"{NAME}\nsecond")) == f"{NAME}\nsecond"
    assert rich("") == ""


def test_the_comparison_shows_names_of_twins(panel, controller):
    panel.samples.add(preset("dense"), NAME)
    controller.rename("pore", "<u>void</u>")
    panel.morph.choose(NAME, panel.samples.names[0])
    table = panel.table
    assert seen(table.horizontalHeaderItem(1).toolTip()) == f"{NAME}: value ± standard error."
    assert seen(table.horizontalHeaderItem(3).toolTip()).endswith(f"minus {NAME}.")
    assert seen(table.item(0, 0).toolTip()).startswith("volume fraction <u>void</u>: ")
    assert seen(panel.list.list.item(1).toolTip()).startswith(f"{NAME}\n")
    assert panel.note.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.each_binding
def test_tables_legend_and_status_show_names_of_phases(workspace, qtbot):
    workspace.controller.rename("pore", "<u>void</u>")
    assert "Draw the <u>void</u> as" in seen(workspace.view_bar.phases["pore"].toolTip())
    status = workspace.status
    assert status.message.textFormat() == status.detail.textFormat() == Qt.TextFormat.PlainText
    assert "<u>void</u>" in seen(status.message.toolTip())
    table = FitTable("rows")
    qtbot.addWidget(table)
    table.show_rows({"": ""}, [Row(("a",), "Share of <u>void</u>.")])
    assert seen(table.item(0, 0).toolTip()) == "Share of <u>void</u>."


def test_the_path_of_a_checkpoint(qtbot, tmp_path):
    row = CheckpointRow()
    qtbot.addWidget(row)
    row.set_path(Path("<b>a</b>.checkpoint"))
    assert seen(row.name.toolTip()).startswith("<b>a</b>.checkpoint\n")
