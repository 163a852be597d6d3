"""A number field that writes a parameter as its scale does."""

from __future__ import annotations

import math

from qtpy.QtGui import QValidator
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QWidget

from napari_assb_twin.workspace.scales import LARGEST, Scale

ABSENT = "–"
"""Written where a twin has no such number."""


class NumberEntry(QDoubleSpinBox):
    """Takes the whole range of the twin file; where the scale has a top end, also its word."""

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._present = True
        self.setDecimals(9)
        self.setRange(scale.lowest, min(scale.highest, LARGEST))
        if scale.parameter.logarithmic:
            self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        else:
            self.setSingleStep(scale.parameter.step)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    def set_shown(self, shown: float, *, present: bool = True) -> None:
        """Write a number, perhaps an infinite one, or a dash for none, without a signal."""
        blocked = self.blockSignals(True)
        if present:
            self.setValue(min(shown, LARGEST))
        if self._present != present:
            self._present = present
            self.lineEdit().setText(self.textFromValue(self.value()))
        self.blockSignals(blocked)

    def shown(self) -> float:
        """The number written, infinite at the top end."""
        value = self.value()
        return math.inf if self._scale.top and value >= LARGEST else value

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Four digits, the word of the top end, or a dash where there is no number."""
        return self._scale.text(value) if self._present else ABSENT

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """The number of a text; the text as it stands means the number unrounded."""
        if text.strip() == self.textFromValue(self.value()):
            return self.value()
        number = self._number(text)
        return self.value() if number is None else min(max(number, self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; what is no number of the range is not taken."""
        number = self._number(text)
        if number is not None and self.minimum() <= number <= self.maximum():
            return QValidator.State.Acceptable, text, position
        return QValidator.State.Intermediate, text, position

    def _number(self, text: str) -> float | None:
        text = text.strip().lower()
        if self._scale.top and text in (self._scale.top, "inf", "infinity"):
            return LARGEST
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return None
        return number if math.isfinite(number) else None
