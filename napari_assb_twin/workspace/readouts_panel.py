"""Readouts of the twin and of its volume in one table."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.atomic import whole_file
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.buttons import tool_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.readouts_table import PINNED, Cell, Line, as_text, lines
from napari_assb_twin.workspace.structure import Structure
from napari_assb_twin.workspace.tips import rich

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
ROW_HEIGHT = 18
WIDEST = "0.00 (0.00)"
MARGIN = 7
OF_MEANS = "Of the mean fractions: the twin is graded."


class ReadoutsPanel(QWidget):
    """Chords, interfaces, contact shares, clusters; exact ones follow every move.

    Nothing is shown, and no cluster counted, while the panel is hidden.
    """

    def __init__(self, controller: Controller, structure: Structure) -> None:
        super().__init__()
        self._controller, self._structure = controller, structure
        self._lines: tuple[Line, ...] = ()
        self._colour = QColor("#808080")
        self.table = _table()
        self.copy = tool_button(
            "Copy",
            "Copy the table, tab-separated, for a spreadsheet.",
            spoken="Copy the readouts",
        )
        self.save = tool_button("Save…", "Save the table as CSV.", spoken="Save the readouts")
        heading = QHBoxLayout()
        self.note = QLabel()
        self.note.setWordWrap(True)
        heading.addWidget(self.note, 1)
        heading.addWidget(self.copy)
        heading.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        layout.addLayout(heading)
        layout.addWidget(self.table, 1)
        self.copy.clicked.connect(self.to_clipboard)
        self.save.clicked.connect(self._on_save)
        structure.changed.connect(self.show_readouts)
        controller.names_changed.connect(self.show_readouts)

    def set_theme(self, theme: dict[str, str]) -> None:
        """Old numbers are written in a fainter colour of the text."""
        self._colour = QColor(theme["text"])
        self._lines = ()
        self.show_readouts()

    def show_readouts(self, changed: object = None) -> None:
        """Write what there is, if anybody can see it."""
        if not self.isVisible():
            return
        shown = self._current()
        if [line.heading for line in shown] != [line.heading for line in self._lines]:
            self._lay_out(shown)
        names = self._controller.names
        for column, phase in enumerate(PHASES, start=1):
            self.table.horizontalHeaderItem(column).setText(names[phase])
            self.table.horizontalHeaderItem(column).setToolTip(rich(names.long(phase)))
        for row, line in enumerate(shown):
            before = self._lines[row].cells if self._lines else ()
            for column, cell in enumerate(line.cells):
                if not before or before[column] != cell:
                    self._write(row, column, line, cell)
        self._lines = shown
        self._note()

    def to_clipboard(self, checked: bool = False) -> None:
        """Copy the table, tab-separated."""
        text = as_text(self._current(), self._controller.names, "\t")
        QApplication.clipboard().setText(text)
        self._controller.status.emit("The readouts were copied.")

    def write_csv(self, name: str) -> None:
        """Write the table to a file."""
        text = as_text(self._current(), self._controller.names, ",")
        try:
            with whole_file(name) as aside:
                aside.write_text(text, encoding="utf-8-sig")  # so that Excel reads µ
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {name}")

    def showEvent(self, event) -> None:  # noqa: N802
        """Somebody looks."""
        super().showEvent(event)
        self._structure.watch(True)

    def hideEvent(self, event) -> None:  # noqa: N802
        """Nobody looks."""
        super().hideEvent(event)
        self._structure.watch(False)

    def _current(self) -> tuple[Line, ...]:
        controller = self._controller
        isotropic = all(
            controller.twin.field(name).correlation.anisotropy == 1 for name in ("X", "Y")
        )
        return lines(self._structure, controller.names, isotropic=isotropic)

    def _lay_out(self, shown: tuple[Line, ...]) -> None:
        """As many rows as there are lines, their names in the first column, with empty cells."""
        self._lines = ()
        self.table.clear()
        self.table.clearSpans()
        self.table.setRowCount(len(shown))
        width = self.table.fontMetrics().horizontalAdvance(WIDEST) + MARGIN
        for column in range(self.table.columnCount()):
            self.table.setHorizontalHeaderItem(column, QTableWidgetItem())
            self.table.setColumnWidth(column, width)  # the first one takes the rest
        for row, line in enumerate(shown):
            name = QTableWidgetItem(line.heading)
            name.setToolTip(rich(line.tip))
            self.table.setItem(row, 0, name)
            if len(line.cells) == 1:
                self.table.setSpan(row, 1, 1, len(PHASES))
            for column in range(1, 1 + len(line.cells)):
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(row, column, item)

    def _write(self, row: int, column: int, line: Line, cell: Cell) -> None:
        item = self.table.item(row, 1 + column)
        item.setText(cell.text)
        item.setToolTip(rich(f"{cell.tip}\n{line.tip}" if cell.tip else line.tip))
        whose = f"{self._controller.names[PHASES[column]]}: " if len(line.cells) > 1 else ""
        item.setData(SPOKEN, f"{line.heading}, {whose}{cell.text or 'none'}. {cell.tip}")
        colour = QColor(self._colour)
        colour.setAlphaF(0.5 if cell.stale else 1.0)
        item.setForeground(colour)

    def _note(self) -> None:
        structure = self._structure
        reservation = structure.exact.reservation
        if reservation:
            text = f"{reservation[0].upper()}{reservation[1:]}."
        else:
            text = f"Exact for the twin; {PINNED} pinned by the order of cutting."
        if self._controller.twin.gradient is not None:
            text = f"{text} {OF_MEANS}"
        clusters = "of this volume" if structure.fresh else "being counted"
        self.note.setText(f"{text} Clusters: {clusters}.")

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save readouts", "readouts.csv", "Tables (*.csv)"
        )
        if name:
            self.write_csv(name if Path(name).suffix else f"{name}.csv")


def _table() -> QTableWidget:
    """Names of the quantities in the first column, a column for each phase."""
    table = QTableWidget(0, 1 + len(PHASES))
    table.setAccessibleName("Readouts of the twin, by phase")
    table.setToolTip("Point at a number or a name to read what it is.")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    columns, rows = table.horizontalHeader(), table.verticalHeader()
    columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    columns.setHighlightSections(False)
    columns.setTextElideMode(Qt.TextElideMode.ElideRight)
    rows.setMinimumSectionSize(ROW_HEIGHT)
    rows.setDefaultSectionSize(ROW_HEIGHT)
    rows.setVisible(False)
    return table
