"""The file that keeps a training, chosen by a dialog."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from napari_assb_twin.workspace.tips import rich

SUFFIX = ".checkpoint"
TIP = (
    "Keep the training in a file, written every 20 seconds, at a stop and at the end. If the file "
    "is there already, the run goes on from it; data and options must be the same."
)


class CheckpointRow(QWidget):
    """A button for the dialog, the name that was chosen, and a button to do without."""

    def __init__(self) -> None:
        super().__init__()
        self.path: Path | None = None
        self.choose, self.without = QPushButton("Checkpoint…"), QPushButton("None")
        self.name = QLabel()
        self.choose.setToolTip(TIP)
        self.without.setToolTip("Keep the training in no file.")
        self.without.setAccessibleName("No checkpoint")
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setAccessibleName("Checkpoint of the training")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.choose)
        line.addWidget(self.name, 1)
        line.addWidget(self.without)
        self.choose.clicked.connect(lambda checked=False: self._on_choose())
        self.without.clicked.connect(lambda checked=False: self.set_path(None))
        self.set_path(None)

    def set_path(self, path: Path | None) -> None:
        """Take a file, or None for no checkpoint."""
        if path is not None and not path.suffix:
            path = path.with_suffix(SUFFIX)
        self.path = path
        self.show_state()

    def show_state(self) -> None:
        """Say whether a run would begin the file or go on from it."""
        path = self.path
        self.name.setText("no file keeps the run" if path is None else self._said(path))
        self.name.setToolTip(TIP if path is None else rich(f"{path}\n{TIP}"))
        self.without.setVisible(path is not None)

    def _said(self, path: Path) -> str:
        return f"{path.name} (goes on from it)" if path.exists() else f"{path.name} (new)"

    def _on_choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Checkpoint of the training: a new file, or one to go on from",
            str(self.path or f"training{SUFFIX}"),
            f"Checkpoint (*{SUFFIX});;All files (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.set_path(Path(name))
