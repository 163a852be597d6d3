"""The rows of a sweep as they come, on screen."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from napari_assb_twin.scenarios.plan import Key
from napari_assb_twin.scenarios.row import Row

PARAMETER = "parameter."
ABOUT = ("scenario", "realisation", "error")
"""Columns about a row; seed and seconds are in the files."""


class RowsModel(QAbstractTableModel):
    """Rows in the order in which they came; why one failed stands in a column of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._columns: list[str] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Show rows: those that follow the ones that are shown already are added to them."""
        count = len(self._rows)
        more = len(rows) >= count and all(map(operator.is_, rows, self._rows))
        fresh = rows[count:] if more else rows
        columns = _columns(self._columns if more else [], fresh)
        if not more or columns != self._columns:
            self.beginResetModel()
            self._rows, self._columns = list(rows), columns
            self.endResetModel()
        elif fresh:
            self.beginInsertRows(QModelIndex(), count, len(rows) - 1)
            self._rows += fresh
            self.endInsertRows()

    def place(self, row: int) -> Key:
        """Scenario and realisation of a line."""
        return self._rows[row].key

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        """Lines."""
        return len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        """Columns."""
        return len(self._columns)

    def data(self, index, role: int = Qt.ItemDataRole.DisplayRole):
        """A number with four digits; in full in the tooltip."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        value = _value(self._rows[index.row()], self._columns[index.column()])
        if value is None:
            return "–" if role == Qt.ItemDataRole.DisplayRole else None
        if isinstance(value, float) and role == Qt.ItemDataRole.DisplayRole:
            return f"{value:.4g}"
        return str(value)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):  # noqa: N802
        """Names of the columns, without the word that all parameters have."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section].removeprefix(PARAMETER)


def _columns(known: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Columns of rows that are added to those of the known columns."""
    if not rows:
        return list(known)
    about = [name for name in ABOUT if name != "error"]
    if "error" in known or any(row.error is not None for row in rows):
        about.append("error")
    parameters = dict.fromkeys(name for name in known if name.startswith(PARAMETER))
    values = dict.fromkeys(name for name in known if name not in parameters and name not in ABOUT)
    for row in rows:
        parameters |= dict.fromkeys(f"{PARAMETER}{name}" for name in row.parameters)
        values |= dict.fromkeys(row.values)
    return [*about, *parameters, *values]


def _value(row: Row, column: str) -> float | str | None:
    if column in ABOUT:
        return getattr(row, column)
    if column.startswith(PARAMETER):
        return row.parameters.get(column.removeprefix(PARAMETER))
    return row.values.get(column)


class RowsTable(QTableView):
    """The table; a double click, or Enter, asks for the volume of a row.

    Signals
    -------
    chosen(int, int)
        Scenario and realisation.
    """

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowsModel()
        self.setModel(self.rows)
        self.setAccessibleName("Rows of the sweep")
        self.setToolTip("A double click shows the volume of the row.")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(18)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        self.activated.connect(self._on_activated)
        self.setMinimumHeight(120)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows, at their end unless somebody looks elsewhere."""
        bar = self.verticalScrollBar()
        place, at_end = bar.value(), bar.value() == bar.maximum()
        self.rows.show(rows)
        if at_end:
            self.scrollToBottom()
        else:
            bar.setValue(place)

    def _on_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(*self.rows.place(index.row()))
