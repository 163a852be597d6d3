"""Two thresholds for a greyscale image, with what they make of it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.thresholds import DARK_TO_BRIGHT, Thresholds
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.workspace import icons, thumbnail
from napari_assb_twin.workspace.forms import Choices, Form, choice, line, number, offer, show, whole
from napari_assb_twin.workspace.phase_names import PhaseNames

PICTURE = (108, 108)
BORDER = "#808080"


class GreyBox(QWidget):
    """Thresholds, the order of the phases from dark to bright, and the doubt.

    Raises
    ------
    InputError
        If the images hold no grey values that two thresholds could cut.
    """

    def __init__(self, draft: Draft, names: PhaseNames, colours: dict[Phase, str]) -> None:
        super().__init__()
        self._values = draft.grey_values
        self._plane = thumbnail.seen(draft.images[0].array)
        self._names, self._colours = names, colours
        lowest, highest = self._values.lowest, self._values.highest
        low, high = self._values.suggested()
        self.low = whole(
            "Lower threshold",
            *(lowest + 1, highest),
            "Pixels below this grey value are the darkest phase.",
        )
        self.high = whole(
            "Upper threshold",
            *(lowest + 1, highest),
            "Pixels of this grey value and brighter are the brightest phase.",
        )
        for field, value in ((self.low, low), (self.high, high)):
            show(field, value)
            field.native.setKeyboardTracking(True)
            field.changed.connect(self._on_change)
        self.order = choice(
            "Dark to bright",
            _orders(names),
            "Which phase is the darkest, which lies between, which is the brightest. In "
            "back-scattered electrons pores are dark and active material is bright.",
        )
        show(self.order, DARK_TO_BRIGHT)
        self.order.changed.connect(self._on_change)
        self.doubt = number(
            "In doubt by",
            *(0, max(0, highest - lowest - 1), " grey values"),
            "By how many grey values each threshold might as well lie higher or lower. A fit is "
            "then repeated with the thresholds moved, and the change of every number is told.",
            spoken="Doubt of the thresholds in grey values",
        )
        self.doubt.native.setDecimals(0)
        self.doubt.native.setPrefix("± ")
        self.doubt.native.setSpecialValueText("no doubt stated")
        self.doubt.step = 1
        self.pictures = QLabel(), QLabel()
        self.pictures[0].setAccessibleName("Picture of the grey values")
        self.pictures[1].setAccessibleName("Picture of the phases")
        self.shares = [QLabel() for _ in PHASES]
        self._marks = [QLabel() for _ in PHASES]
        self.refusal = QLabel()
        self.refusal.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._seen())
        layout.addWidget(self.refusal)
        layout.addWidget(Form(line("Thresholds", self.low, self.high), self.order, self.doubt))
        self._draw_grey()
        self._on_change()

    @property
    def thresholds(self) -> Thresholds:
        """What is chosen.

        Raises
        ------
        InputError
            If the thresholds do not rise.
        """
        return Thresholds(low=self.low.value, high=self.high.value, dark_to_bright=self.order.value)

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        self._names = names
        offer(self.order, _orders(names), self.order.value)
        self._on_change()

    def _seen(self) -> QHBoxLayout:
        both = QHBoxLayout()
        for picture in self.pictures:
            both.addWidget(picture)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        for row, (mark, share) in enumerate(zip(self._marks, self.shares, strict=True)):
            grid.addWidget(mark, row, 0)
            share.setWordWrap(True)
            grid.addWidget(share, row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(1, 1)
        both.addLayout(grid, 1)
        return both

    def _draw_grey(self) -> None:
        lowest, highest = self._values.lowest, self._values.highest
        bright = (self._plane.astype(float) - lowest) * (255.0 / max(1, highest - lowest))
        grey = np.repeat(bright.astype(np.uint8)[..., np.newaxis], 3, axis=2)
        self.pictures[0].setPixmap(thumbnail.scaled(grey, *PICTURE))

    def _on_change(self, value: object = None) -> None:
        """Draw the phases and tell their shares; thresholds that cannot be are told instead."""
        try:
            cut = self.thresholds
        except InputError as error:
            self._tell(str(error))
            return
        shares = self._values.shares(cut)
        missing = [self._names.long(phase) for phase, share in shares.items() if not share]
        self._tell(f"No pixel is {' or '.join(missing)}." if missing else "")
        for phase, mark, text in zip(cut.dark_to_bright, self._marks, self.shares, strict=True):
            mark.setPixmap(icons.swatch(self._colours[phase], BORDER).pixmap(16, 16))
            text.setText(f"{self._names[phase]}: {shares[phase]:.1%}")
        codes = np.array([code(phase) for phase in cut.dark_to_bright])
        phases = codes[cut.rank(self._plane)]
        self.pictures[1].setPixmap(
            thumbnail.scaled(
                thumbnail.coloured(phases, range(3), [self._colours[p] for p in PHASES]), *PICTURE
            )
        )

    def _tell(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))


def _orders(names: PhaseNames) -> Choices:
    return [(", ".join(names[phase] for phase in order), order) for order in permutations(PHASES)]
