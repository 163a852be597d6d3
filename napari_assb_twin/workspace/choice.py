"""A combo box of values with titles."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import QSignalBlocker, Signal
from qtpy.QtWidgets import QComboBox, QSizePolicy, QWidget


class Choice(QComboBox):
    """Chooses one of several values; ``chosen(value)`` only when the user does."""

    chosen = Signal(object)

    def __init__(
        self, choices: Iterable[tuple[object, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._values: list[object] = []
        self.setAccessibleName(name)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        self.activated.connect(self._on_activated)

    def set_choices(self, choices: Iterable[tuple[object, str]]) -> None:
        """Other choices; the first is chosen."""
        with QSignalBlocker(self):
            self.clear()
            self._values = []
            for value, title in choices:
                self._values.append(value)
                self.addItem(title)

    def value(self) -> object:
        """The chosen value."""
        return self._values[self.currentIndex()] if self._values else None

    def set_value(self, value: object) -> None:
        """Show a value; emits nothing."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def choose(self, value: object) -> None:
        """Choose a value as the user would."""
        self.set_value(value)
        self.chosen.emit(value)

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(self._values[index])
