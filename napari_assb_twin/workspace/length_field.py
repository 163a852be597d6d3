"""A length as it is typed: 20nm, 0.02 µm, or a bare number of micrometres."""

from __future__ import annotations

from psygnal import Signal
from qtpy.QtGui import QValidator
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.axes import parse_lengths

LONGEST_UM = 1e4
UNKNOWN = 0.0


class LengthField:
    """A field like those of magicgui; 0 stands for a length that is not known.

    Signals
    -------
    changed(float)
        Micrometres, when they are typed to their end.
    """

    changed = Signal(float)

    def __init__(self, label: str, tooltip: str, *, spoken: str = "") -> None:
        self.label, self.tooltip = label, tooltip
        self.native = LengthEntry()
        self.native.setAccessibleName(spoken or label)
        self.native.setToolTip(tooltip)
        self.native.valueChanged.connect(self._on_changed)

    @property
    def value(self) -> float:
        """Micrometres, or 0."""
        return float(self.native.value())

    @value.setter
    def value(self, length_um: float) -> None:
        self.native.setValue(length_um)

    def set_tooltip(self, text: str) -> None:
        """Say what the length is."""
        self.tooltip = text
        self.native.setToolTip(text)

    def _on_changed(self, length_um: float) -> None:
        self.changed.emit(length_um)


class LengthEntry(QDoubleSpinBox):
    """Reads lengths with units; writes micrometres, and nothing for one that is not known."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(9)
        self.setRange(UNKNOWN, LONGEST_UM)
        self.setSingleStep(0.01)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setMinimumWidth(50)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.lineEdit().setPlaceholderText("µm?")

    def rounded(self, length_um: float) -> float:
        """A length as the field keeps it."""
        return round(length_um, self.decimals())

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Micrometres."""
        return f"{value:.7g} µm" if value > UNKNOWN else ""

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """Micrometres of a text; the text as it stands means the length unrounded."""
        if text.strip() == self.textFromValue(self.value()):
            return self.value()
        length = _length(text)
        return self.value() if length is None else length

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; what is no length is not taken."""
        known = _length(text)
        state = QValidator.State.Intermediate if known is None else QValidator.State.Acceptable
        return state, text, position


def _length(text: str) -> float | None:
    """Micrometres; 0 of an empty text, None if it is no length."""
    if not text.strip():
        return UNKNOWN
    try:
        (length,) = parse_lengths(
            text.strip().removesuffix("µm").removesuffix("um").replace(",", "."), 1
        )
    except InputError:
        return None
    return length if length <= LONGEST_UM else None
