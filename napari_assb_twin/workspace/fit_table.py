"""A table of text that is as high as its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_assb_twin.workspace.fit_rows import Row
from napari_assb_twin.workspace.tips import rich

ROW = 22
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class FitTable(QTableWidget):
    """Rows of text; the column ``stretched`` takes the space that is left."""

    def __init__(self, spoken: str, *, stretched: int = 0) -> None:
        super().__init__(0, 0)
        self._stretched = stretched
        self.setAccessibleName(spoken)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_rows(self, headings: Mapping[str, str], rows: Sequence[Row]) -> None:
        """Write rows under headings, which have tooltips; numbers stand to the right."""
        self.setColumnCount(len(headings))
        self.setRowCount(len(rows))
        for column, (heading, tip) in enumerate(headings.items()):
            item = QTableWidgetItem(heading)
            item.setToolTip(tip)
            self.setHorizontalHeaderItem(column, item)
        for number, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = QTableWidgetItem(text)
                item.setToolTip(rich(row.tip))
                item.setData(SPOKEN, f"{row.cells[0]}: {text}" if column else text)
                if column > self._stretched and column < len(row.cells) - 1:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(number, column, item)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self._stretched, QHeaderView.ResizeMode.Stretch)
        height = header.sizeHint().height() + ROW * len(rows) + 2 * self.frameWidth()
        self.setFixedHeight(height)
