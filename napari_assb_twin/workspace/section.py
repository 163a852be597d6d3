"""Headings that fold what stands under them."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget


class Fold(QToolButton):
    """A small arrow and a title that show or hide widgets."""

    def __init__(self, title: str, *folded: QWidget, spoken: str = "", unfolded: bool) -> None:
        super().__init__()
        self._title, self._spoken, self._marked = title, spoken, False
        self._folded = folded
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAutoRaise(True)
        self.setCheckable(True)
        self.setChecked(unfolded)
        if not unfolded:
            self._on_toggled(False)
        self._write()
        self.toggled.connect(self._on_toggled)

    @property
    def fold(self) -> QToolButton:
        """The heading; checked while the content is seen."""
        return self._header

    def set_title(self, title: str) -> None:
        """Write the heading."""
        if title != self._title:
            self._title = title
            self._write()

    def set_marked(self, marked: bool) -> None:
        """Say whether something marked stands under the heading."""
        if marked != self._marked:
            self._marked = marked
            self._write()

    def _on_toggled(self, unfolded: bool) -> None:
        for widget in self._folded:
            widget.setVisible(unfolded)
        self._write()

    def _write(self) -> None:
        spoken = self._spoken or self._title
        hint = " It holds numbers that the data hardly determine." if self._marked else ""
        arrow = "▾" if self.isChecked() else "▸"
        self.setText(f"{arrow} {self._title}{' ?' if self._marked else ''}")
        self.setAccessibleName(spoken)
        self.setToolTip(f"Fold or unfold: {spoken}.{hint}")


class Section(QWidget):
    """A titled, foldable part of a panel; ``aside`` stands in the line of its heading."""

    def __init__(
        self, title: str, content: QWidget, aside: QWidget | None = None, *, unfolded: bool = True
    ) -> None:
        super().__init__()
        self._aside = aside
        self._header = self.fold = Fold(title, content, unfolded=unfolded)
        font = self._header.font()
        font.setBold(True)
        self._header.setFont(font)
        heading = QHBoxLayout()
        heading.addWidget(self._header)
        heading.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading)
        if aside is not None:
            heading.addWidget(aside)
            self._header.toggled.connect(aside.setVisible)
        layout.addWidget(content)

    def set_title(self, title: str) -> None:
        """Write the heading."""
        self._header.set_title(title)

    def unfold(self, unfolded: bool) -> None:
        """Show or hide the content."""
        self._header.setChecked(unfolded)
