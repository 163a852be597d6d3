"""A greyscale section and its phases side by side, with their shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.images.glance import Parted, Treated
from napari_assb_twin.twin.phases import PHASES, Phase, code
from napari_assb_twin.workspace import icons, thumbnail
from napari_assb_twin.workspace.phase_names import PhaseNames

PICTURE = (118, 118)
BORDER = "#808080"
TAILS = 0.1
"""Per cent of the pixels at either end that are shown black, and white."""


class GreySeen(QWidget):
    """Two pictures, shares, a sentence where something is wrong."""

    def __init__(self, colours: Mapping[Phase, str]) -> None:
        super().__init__()
        self._colours = colours
        self.pictures = QLabel(), QLabel()
        self.shares = [QLabel() for _ in PHASES]
        self._marks = [QLabel() for _ in PHASES]
        self.refusal = QLabel()
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self.over = QPushButton("Show in viewer")
        self.over.setCheckable(True)
        self.over.setToolTip("Show the section in the viewer with the phases over it.")
        both = QHBoxLayout()
        for picture, spoken in zip(self.pictures, ("grey values", "phases"), strict=True):
            picture.setAccessibleName(f"Picture of the {spoken}")
            picture.setFixedSize(*PICTURE)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            both.addWidget(picture)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        for row, (mark, share) in enumerate(zip(self._marks, self.shares, strict=True)):
            grid.addWidget(mark, row, 0)
            share.setWordWrap(True)
            grid.addWidget(share, row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.over, len(PHASES), 0, 1, 2)
        grid.setColumnStretch(1, 1)
        both.addLayout(grid, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(both)
        layout.addWidget(self.refusal)

    def show_grey(self, treated: Treated) -> None:
        """Draw the grey values, from nearly the darkest to nearly the brightest."""
        low, high = treated.greys.percentile(TAILS), treated.greys.percentile(100 - TAILS)
        plane = thumbnail.seen(treated.plane).astype(float)
        bright = np.clip((plane - low) * (255.0 / ((high - low) or 1.0)), 0, 255)
        grey = np.repeat(bright.astype(np.uint8)[..., np.newaxis], 3, axis=2)
        self.pictures[0].setPixmap(thumbnail.scaled(grey, *PICTURE))

    def show_phases(self, result: Parted | None) -> None:
        """Draw the phases; None where there are none yet."""
        if result is None:
            self.pictures[1].setText("not trained yet")
            return
        colours = [self._colours[phase] for phase in PHASES]
        seen = thumbnail.seen(result.phases)
        picture = thumbnail.coloured(seen, [code(phase) for phase in PHASES], colours)
        self.pictures[1].setPixmap(thumbnail.scaled(picture, *PICTURE))

    def show_shares(self, result: Parted | None, order: Sequence[Phase], names: PhaseNames) -> None:
        """Tell the shares in an order."""
        for phase, mark, text in zip(order, self._marks, self.shares, strict=True):
            mark.setPixmap(icons.swatch(self._colours[phase], BORDER).pixmap(16, 16))
            share = "" if result is None else f": {result.shares[phase]:.1%}"
            text.setText(f"{names[phase]}{share}")

    def tell(self, sentence: str) -> None:
        """Say what is wrong; nothing if the sentence is empty."""
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
