"""The rows of a sweep as they come, on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableView

if TYPE_CHECKING:
    import pandas

HIDDEN = ("seed", "seconds")
"""Columns of the files that the screen leaves out."""


class RowsModel(QAbstractTableModel):
    """A data frame for a view; a row that failed says so over all its width."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: pandas.DataFrame | None = None
        self._columns: list[str] = []

    def show(self, frame: pandas.DataFrame | None) -> None:
        """Show a table of results; None: nothing."""
        self.beginResetModel()
        self._frame = frame
        self._columns = [] if frame is None else [n for n in frame.columns if n not in HIDDEN]
        if frame is not None and frame["error"].isna().all():
            self._columns.remove("error")
        self.endResetModel()

    def place(self, row: int) -> tuple[int, int]:
        """Scenario and realisation of a line."""
        line = self._frame.iloc[row]
        return int(line["scenario"]), int(line["realisation"])

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        """Lines."""
        return 0 if self._frame is None else len(self._frame)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        """Columns."""
        return len(self._columns)

    def data(self, index, role: int = Qt.ItemDataRole.DisplayRole):
        """A number with four digits; in full in the tooltip."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        value = self._frame[self._columns[index.column()]].iloc[index.row()]
        if value != value or value is None:  # not a number
            return "–" if role == Qt.ItemDataRole.DisplayRole else None
        if isinstance(value, float) and role == Qt.ItemDataRole.DisplayRole:
            return f"{value:.4g}"
        return str(value)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):  # noqa: N802
        """Names of the columns, without the word that all parameters have."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section].removeprefix("parameter.")


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

    def show_frame(self, frame: pandas.DataFrame | None) -> None:
        """Show a table of results, at its end unless somebody looks elsewhere."""
        bar = self.verticalScrollBar()
        place, at_end = bar.value(), bar.value() == bar.maximum()
        self.rows.show(frame)
        if at_end:
            self.scrollToBottom()
        else:
            bar.setValue(place)

    def _on_activated(self, index: QModelIndex) -> None:
        self.chosen.emit(*self.rows.place(index.row()))
