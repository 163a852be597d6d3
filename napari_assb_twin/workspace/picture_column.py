"""Pictures under each other in a dialog, with words above and below; how they are drawn."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass

from qtpy.QtCore import Qt
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from napari_assb_twin.report.look import Look, as_bytes
from napari_assb_twin.report.pictures import Picture
from napari_assb_twin.twin.phases import Phase

DPI = 100.0
MARGIN = 60
"""Pixels beside the pictures."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture and its PNG."""

    picture: Picture
    png: bytes


def drawn(pictures: Iterable[Picture], look: Look) -> Generator[Drawn, None, None]:
    """Each picture, drawn; for a job off the GUI thread."""
    for picture in pictures:
        yield Drawn(picture, as_bytes(picture.draw(look), "png"))


class PictureColumn(QScrollArea):
    """Words, pictures with title and caption, and more words, in a column that scrolls.

    Parameters
    ----------
    name
        What a screen reader says of it.
    above, below
        Widgets above the pictures, and below them.
    """

    def __init__(self, name: str, above: Iterable[QWidget], below: Iterable[QWidget] = ()) -> None:
        super().__init__()
        self.pictures: dict[str, QLabel] = {}
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        for widget in above:
            self._column.addWidget(widget)
        self._place = self._column.count()
        for widget in below:
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)

    def add(self, one: Drawn) -> None:
        """A picture below those that are there."""
        title, caption = text_label(one.picture.title, bold=True), text_label(one.picture.caption)
        image = QLabel()
        pixels = QPixmap.fromImage(QImage.fromData(one.png))
        pixels.setDevicePixelRatio(self.devicePixelRatioF())
        image.setPixmap(pixels)
        image.setAccessibleName(one.picture.title)
        image.setAccessibleDescription(one.picture.words)
        image.setToolTip(one.picture.words)
        self.pictures[one.picture.name] = image
        for widget in (title, image, caption):
            self._column.insertWidget(self._place, widget)
            self._place += 1


def look_of(label: QLabel, phases: Mapping[Phase, str]) -> Look:
    """Figures in the colours of a label's theme, at the resolution of its screen."""
    label.ensurePolished()
    palette = label.palette()
    ink = palette.color(label.foregroundRole())
    paper = palette.color(label.backgroundRole())
    dark = ink.lightness() > 128
    return Look(
        ink=ink.name(),
        paper=paper.name() if paper.lightness() < 128 or not dark else "#262930",
        faint="#6d7580" if dark else Look.faint,
        data="#56b4e9" if dark else Look.data,
        phases=phases,
        dpi=DPI * label.devicePixelRatioF(),
    )


def text_label(text: str = "", *, bold: bool = False) -> QLabel:
    """Words that wrap and can be marked."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    font = label.font()
    font.setBold(bold)
    label.setFont(font)
    return label
