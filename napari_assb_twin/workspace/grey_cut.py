"""Two thresholds over the histogram that they part, the order of the phases, and the doubt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import permutations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.images.thresholds import DARK_TO_BRIGHT, GreyValues
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace.forms import Choices, Form, choice, line, number, offer, show
from napari_assb_twin.workspace.grey_histogram import GreyHistogram
from napari_assb_twin.workspace.phase_names import PhaseNames

WIDEST = 1e300


class GreyCut(QWidget):
    """What parts grey values; the fields and the lines of the histogram follow each other.

    Signals
    -------
    changed()
        A threshold or the order is another one.

    Raises
    ------
    InputError
        If the grey values are fewer than three.
    """

    changed = Signal()

    def __init__(self, greys: GreyValues, names: PhaseNames, colours: Mapping[Phase, str]) -> None:
        super().__init__()
        self._greys, self._colours = greys, colours
        self._suggested = greys.suggested()
        self.histogram = GreyHistogram()
        self.low = number("Lower threshold", 0, 1, "", "Darker pixels are the darkest phase.")
        self.high = number(
            "Upper threshold",
            0,
            1,
            "",
            "This grey value and brighter ones are the brightest phase.",
        )
        self.auto = QPushButton("Auto")
        self.auto.setAccessibleName("Choose both thresholds automatically")
        self.auto.setToolTip("Choose both thresholds by multi-Otsu, from the grey values above.")
        self.order = choice(
            "Dark to bright",
            _orders(names),
            "Which phase is the darkest, which lies between, which is the brightest. In "
            "back-scattered electrons pores are dark and active material is bright.",
        )
        show(self.order, DARK_TO_BRIGHT)
        self.doubt = number(
            "In doubt by",
            *(0, 1, " grey values"),
            "By how many grey values each threshold might as well lie higher or lower. A fit is "
            "then repeated with the thresholds moved, and the change of every number is told.",
            spoken="Doubt of the thresholds in grey values",
        )
        self.doubt.native.setPrefix("± ")
        self.doubt.native.setSpecialValueText("no doubt stated")
        both = line("Thresholds", self.low, self.high)
        both.native.layout().addWidget(self.auto)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.histogram)
        layout.addWidget(Form(both, self.order, self.doubt))
        self._offer(self._suggested)
        for field in (self.low, self.high):
            field.native.setKeyboardTracking(True)
            field.changed.connect(self._on_change)
        self.order.changed.connect(self._on_change)
        self.auto.clicked.connect(lambda checked=False: self._set(self._suggested))
        self.histogram.dragged.connect(self._on_dragged)

    @property
    def thresholds(self) -> tuple[float, float]:
        """As the fields show them, whether they rise or not."""
        return self.low.value, self.high.value

    @property
    def automatic(self) -> bool:
        """Whether both stand where multi-Otsu puts them."""
        return self.thresholds == self._rounded(self._suggested)

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        offer(self.order, _orders(names), self.order.value)

    def take(self, greys: GreyValues, *, rescaled: bool) -> None:
        """Part other grey values.

        Thresholds that were chosen automatically are chosen anew; typed ones stay where they are,
        unless the scale of the grey values is another one or they lie outside.

        Raises
        ------
        InputError
            If these are fewer than three.
        """
        if greys is self._greys:
            return
        automatic, suggested = self.automatic, greys.suggested()
        inside = all(greys.lowest < value <= greys.highest for value in self.thresholds)
        self._greys, self._suggested = greys, suggested
        kept = inside and not (automatic or rescaled)
        self._offer(self.thresholds if kept else suggested)

    def _offer(self, thresholds: tuple[float, float]) -> None:
        """Let the fields go as far as the grey values do; nobody hears of it."""
        greys, decimals = self._greys, self._decimals
        for field, value in zip((self.low, self.high), thresholds, strict=True):
            with field.changed.blocked():
                field.native.setDecimals(decimals)
                field.min, field.max = -WIDEST, WIDEST
                field.step = 10.0**-decimals
                field.value = value
                field.min, field.max = greys.lowest, greys.highest
        with self.doubt.changed.blocked():
            self.doubt.native.setDecimals(decimals)
            self.doubt.step = 10.0**-decimals
            self.doubt.max = greys.highest - greys.lowest
        self.histogram.show_greys(greys, self.thresholds)
        self._colour()

    def _set(self, thresholds: tuple[float, float]) -> None:
        for field, value in zip((self.low, self.high), self._rounded(thresholds), strict=True):
            show(field, value)
        self._on_change()

    def _on_change(self, value: object = None) -> None:
        self._colour()
        self.changed.emit()

    def _on_dragged(self, which: int, value: float) -> None:
        """A line of the histogram was taken along; it stops before the other one."""
        gap = 10.0**-self._decimals
        if which == 0:
            self.low.value = max(self._greys.lowest, min(value, self.high.value - gap))
        else:
            self.high.value = min(self._greys.highest, max(value, self.low.value + gap))

    def _colour(self) -> None:
        colours = [self._colours[phase] for phase in self.order.value]
        self.histogram.show_thresholds(self.thresholds, colours)

    @property
    def _decimals(self) -> int:
        """Digits that tell a thousandth of the grey values apart."""
        if self._greys.whole:
            return 0
        span = self._greys.highest - self._greys.lowest
        return min(12, max(0, 3 - math.floor(math.log10(span))))

    def _rounded(self, thresholds: tuple[float, float]) -> tuple[float, float]:
        low, high = (round(value, self._decimals) for value in thresholds)
        return low, high


def _orders(names: PhaseNames) -> Choices:
    return [(", ".join(names[phase] for phase in order), order) for order in permutations(PHASES)]
