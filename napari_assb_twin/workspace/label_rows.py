"""Which label is which phase: a picture, and a row with a swatch and a choice for each label."""

from __future__ import annotations

from functools import partial

from magicgui.widgets import ComboBox
from qtpy.QtCore import QSize, Signal
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.labels import PARTS, Part
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace import icons, thumbnail
from napari_assb_twin.workspace.forms import Choices, choice, offer, show
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.picked_picture import PickedPicture

THUMBNAIL = (80, 80)
BORDER = "#808080"
OUTSIDE_COLOUR = "#ffffff"
SWATCH = 18
BAR = 24


class LabelRows(QWidget):
    """A click on a swatch, or on a label in the picture, gives that label to the next phase.

    Labels without a phase have colours of their own; the others take that of their phase, so that
    labels of one phase look alike.

    Signals
    -------
    changed()
        A label has another phase.
    """

    changed = Signal()

    def __init__(self, draft: Draft, names: PhaseNames, colours: dict[Phase, str]) -> None:
        super().__init__()
        self._labels, self._names, self._colours = tuple(draft.labels), names, colours
        self._plane = thumbnail.seen(draft.images[0].array)
        self.parts: dict[int, ComboBox] = {}
        self.swatches: dict[int, QToolButton] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        most = max(draft.labels.values())
        for row, (label, share) in enumerate(draft.labels.items()):
            swatch = self._swatch(label)
            grid.addWidget(swatch, row, 0)
            text = QLabel(f"{label}: {share:.1%}")
            text.setToolTip("Value of the label, and its share of the pixels.")
            grid.addWidget(text, row, 1)
            grid.addWidget(_bar(share / most), row, 2)
            part = self._part(label, names, draft.guess(label))
            grid.addWidget(part.native, row, 3)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(len(self._labels), 1)
        self.picture = PickedPicture(*THUMBNAIL)
        self.picture.setAccessibleName("Picture of the labels")
        self.picture.setToolTip("Click on a label to give it to the next phase.")
        self.picture.picked.connect(self._on_picked)
        both = QHBoxLayout()
        both.addWidget(self.picture)
        both.addLayout(grid, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(both)
        self._draw()

    @property
    def mapping(self) -> dict[int, Part]:
        """The part of each label.

        Raises
        ------
        InputError
            If a label has none yet, or a phase no label.
        """
        open_labels = [label for label, part in self.parts.items() if part.value is None]
        if open_labels:
            raise InputError(
                f"Say which phase the label{'s' * (len(open_labels) > 1)} "
                f"{', '.join(map(str, open_labels))} is, or that it lies outside the window."
            )
        mapping = {label: part.value for label, part in self.parts.items()}
        missing = [phase for phase in PHASES if phase not in mapping.values()]
        if missing:
            raise InputError(
                f"No label is {' or '.join(self._names.long(phase) for phase in missing)}; a twin "
                "needs three phases that the image tells apart."
            )
        return mapping

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        self._names = names
        for part in self.parts.values():
            offer(part, _offered(names), part.value)

    def _swatch(self, label: int) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(SWATCH, SWATCH))
        button.setAccessibleName(f"Next phase for label {label}")
        button.setToolTip("Click: the next phase for this label, at last outside the window.")
        button.clicked.connect(partial(self._on_swatch, label))
        self.swatches[label] = button
        return button

    def _part(self, label: int, names: PhaseNames, guess: Part | None) -> ComboBox:
        part = choice(
            f"Phase of label {label}",
            _offered(names),
            f"What the pixels of the value {label} are; several labels may be one phase.",
        )
        show(part, guess)
        part.changed.connect(self._on_part)
        self.parts[label] = part
        return part

    def _on_swatch(self, label: int, checked: bool = False) -> None:
        part = self.parts[label]
        after = 0 if part.value is None else PARTS.index(part.value) + 1
        part.value = PARTS[after % len(PARTS)]

    def _on_picked(self, row: float, column: float) -> None:
        rows, columns = self._plane.shape
        label = int(self._plane[int(row * rows), int(column * columns)])
        if label in self.parts:
            self._on_swatch(label)

    def _on_part(self, part: Part | None) -> None:
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        colours = [self._colour(row, label) for row, label in enumerate(self._labels)]
        for label, colour in zip(self._labels, colours, strict=True):
            self.swatches[label].setIcon(icons.swatch(colour, BORDER))
        self.picture.show_picture(thumbnail.coloured(self._plane, self._labels, colours))

    def _colour(self, row: int, label: int) -> str:
        part = self.parts[label].value
        if part is None:
            return thumbnail.colour_of(row)
        return OUTSIDE_COLOUR if part == "outside" else self._colours[part]


def _bar(height: float) -> QLabel:
    """A bar of the histogram of labels; the number beside it says the same."""
    bar = QLabel()
    bar.setPixmap(icons.bar(height, BAR, BORDER))
    return bar


def _offered(names: PhaseNames) -> Choices:
    return (("choose…", None), *names.choices(), ("outside the window", "outside"))
