"""The verdict of a fit in the window: a line in words behind a sign, and what speaks against."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.calibration.verdict_lines import ToldVerdict
from napari_assb_twin.workspace.picture_column import text_label


class VerdictBox(QWidget):
    """Headline and sentences; the tooltip tells all checks."""

    def __init__(self) -> None:
        super().__init__()
        self.headline, self.sentences = text_label(bold=True), text_label()
        self.headline.setAccessibleName("Verdict on the fit")
        self.sentences.setAccessibleName("What the verdict says")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(1)
        layout.addWidget(self.headline)
        layout.addWidget(self.sentences)

    def show_verdict(self, told: ToldVerdict) -> None:
        """Show a verdict."""
        self.headline.setText(f"{told.sign}  {told.headline}")
        self.sentences.setText("\n".join(told.sentences))
        self.sentences.setVisible(bool(told.sentences))
        self.setToolTip("\n".join(told.checks))


class VerdictLine(QLabel):
    """The verdict in one line of unchanging height; the tooltip tells the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName("Verdict on the fit of this twin")
        self.setVisible(False)

    def show_verdict(self, told: ToldVerdict) -> None:
        """Show a verdict."""
        self.setText(f"{told.sign}  {told.headline}")
        self.setToolTip("\n".join(told.checks))
        self.setVisible(True)

    def show_changed(self) -> None:
        """Say that the twin is no longer the one that was judged."""
        self.setText("Changed since it was fitted: it has no verdict.")
        self.setToolTip("Undo, or a double click on what was changed, leads back to the fit.")
        self.setVisible(True)
