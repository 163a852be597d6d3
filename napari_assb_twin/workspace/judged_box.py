"""How a trained twin compares with the one it began with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.workspace.fit_table import FitTable
from napari_assb_twin.workspace.training_rows import judged_rows, judged_sentences

HEADINGS = {
    "Training": "",
    "Before": "The twin that the training began with.",
    "After": "The trained twin.",
    "": "",
}


class JudgedBox(QWidget):
    """Misfit, higher-order z and critic before and after; hidden without a training."""

    def __init__(self) -> None:
        super().__init__()
        self.table = FitTable("Before and after the training")
        self.note = QLabel()
        self.note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.table)
        layout.addWidget(self.note)
        self.setVisible(False)

    def show_record(self, record: Mapping[str, Any]) -> None:
        """Show the record of a training; parts that it has not are left out."""
        rows = judged_rows(record)
        self.table.show_rows(HEADINGS, rows)
        self.note.setText(" ".join(judged_sentences(record)))
        self.setVisible(bool(rows))
