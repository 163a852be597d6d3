"""A heading that folds what stands under it."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QToolButton, QVBoxLayout, QWidget


class Section(QWidget):
    """A titled, foldable part of a panel."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self._header = QToolButton()
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._header.setAutoRaise(True)
        self._header.setCheckable(True)
        self._header.setChecked(True)
        font = self._header.font()
        font.setBold(True)
        self._header.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(content)
        self._header.toggled.connect(self.unfold)
        self.set_title(title)
        self.unfold(True)

    @property
    def fold(self) -> QToolButton:
        """The heading; checked while the content is seen."""
        return self._header

    def set_title(self, title: str) -> None:
        """Write the heading."""
        self._title = title
        self._write()

    def unfold(self, unfolded: bool) -> None:
        """Show or hide the content."""
        self._header.setChecked(unfolded)
        self._content.setVisible(unfolded)
        self._write()

    def _write(self) -> None:
        self._header.setText(f"{'▾' if self._header.isChecked() else '▸'} {self._title}")
        self._header.setAccessibleName(self._title)
        self._header.setToolTip(f"Fold or unfold: {self._title}")
