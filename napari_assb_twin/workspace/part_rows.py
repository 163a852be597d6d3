"""Which part of the opened images counts: planes of a volume, a region, and what lies outside."""

from __future__ import annotations

import re
from collections.abc import Sequence

from magicgui.widgets import Label, LineEdit, SpinBox
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import WHOLE, Crop
from napari_assb_twin.images.draft import Draft
from napari_assb_twin.images.planes import PlaneChoice, Selection
from napari_assb_twin.workspace.forms import Form, choice, line, number, show, whole

USES = (
    ("the whole volume", None),
    ("plan views xy of it", "xy"),
    ("cross-sections xz of it", "xz"),
    ("cross-sections yz of it", "yz"),
)
EVENLY, EVERY, NUMBERS = "evenly", "every", "numbers"
WAYS = (("evenly spread:", EVENLY), ("one in every:", EVERY), ("by number:", NUMBERS))
AXES = {2: ("rows", "columns"), 3: ("slices", "rows", "columns")}
FIRST_COUNT = "8"


class PartRows(QWidget):
    """Planes, region of interest and tilt as fields; `selection` is what they say.

    Signals
    -------
    changed()
        Another part is chosen.
    drawing(bool)
        Whether the region shall be drawn in the viewer.
    """

    changed = Signal()
    drawing = Signal(bool)

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._axes = draft.dimensions
        bars = [one.information_bar for one in draft.images if one.information_bar is not None]
        self._textless_rows = min((first for first, _ in bars), default=None)
        self.use = choice("Use", USES, "Fewer planes are faster, and may be chosen to be sound.")
        self.way = choice(
            "Planes", WAYS, "How the planes are chosen.", spoken="How the planes are chosen"
        )
        self.numbers = LineEdit(
            value=FIRST_COUNT,
            tooltip="How many planes, every how manieth, or their numbers from 0 as 10, 50, 90.",
        )
        self.numbers.native.setAccessibleName("Planes of the volume")
        self._planes = Form(self.use, line("Planes", self.way, self.numbers))
        self.ranges = [self._range(axis, draft) for axis in range(self._axes)]
        self.tilt = number(
            "Tilt",
            *(0.0, 90.0, "°"),
            "Between the normal of the sample's surface and the beam. The rows of a cross-section "
            "are then stretched by 1 / sin of it, those of a plan view by 1 / cos. 0: none.",
        )
        self.tilt.native.setDecimals(1)
        self.tilt.native.setSpecialValueText("none")
        names = AXES[self._axes]
        region = Form(
            *(
                line(f"{name.capitalize()} from", first, Label(value="to"), end)
                for name, (first, end) in zip(names, self.ranges, strict=True)
            ),
            self.tilt,
        )
        self.draw = QPushButton("Draw region")
        self.draw.setCheckable(True)
        self.draw.setToolTip(
            "Draw the region of rows and columns as a rectangle in the viewer; press again to end."
        )
        self.all = QPushButton("Whole image")
        self.all.setToolTip("Use all rows and columns again.")
        buttons = QHBoxLayout()
        for button in (self.draw, self.all):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._planes)
        layout.addWidget(region)
        layout.addLayout(buttons)
        self.hint = QLabel("Draw a rectangle on the image in the viewer, or drag its corners.")
        self.hint.setWordWrap(True)
        self.hint.hide()
        layout.addWidget(self.hint)
        self.use.changed.connect(self._on_use)
        for field in (self.way, self.tilt, *(end for ends in self.ranges for end in ends)):
            field.changed.connect(self._on_changed)
        self.numbers.native.editingFinished.connect(self.changed)
        self.draw.toggled.connect(self.hint.setVisible)
        self.draw.toggled.connect(self.drawing)
        self.all.clicked.connect(lambda checked=False: self.set_region(()))
        self._show_planes()

    def selection(self, *, planes: bool, cut_bar: bool) -> Selection:
        """What is chosen.

        ``planes`` are those of a volume, which count only if it is one; ``cut_bar`` leaves the
        information bar out of any region.

        Raises
        ------
        InputError
            If the planes or the region cannot be understood.
        """
        return Selection(
            crop=self._crop(cut_bar=cut_bar),
            planes=self._choice() if planes else None,
            cut_bar=cut_bar,
            tilt_degrees=self.tilt.value or None,
        )

    def show_planes(self, volume: bool) -> None:
        """Ask for planes only where there is a volume to take them from."""
        self._planes.setVisible(volume)

    @property
    def drawn(self) -> list[tuple[int, int]] | None:
        """The rows and columns of the region; None where all of them count."""
        spans = self._spans[-2:]
        return None if spans == [(0, end.max) for _, end in self.ranges[-2:]] else spans

    def set_region(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Show ranges of the last axes; without one an axis is used to its ends."""
        before = self._spans
        given = [None] * (self._axes - len(ranges)) + list(ranges)
        for (first, end), span in zip(self.ranges, given, strict=True):
            low, high = (0, end.max) if span is None else span
            show(first, min(max(0, low), first.max))
            show(end, min(max(1, high), end.max))
        if self._spans != before:
            self.changed.emit()

    def _range(self, axis: int, draft: Draft) -> tuple[SpinBox, SpinBox]:
        """First voxel and end along an axis of the file."""
        place = axis - self._axes  # a section beside a stack has no slices
        sizes = [i.array.shape[place] for i in draft.images if i.array.ndim >= -place]
        return ends_of(AXES[self._axes][axis], min(sizes))

    @property
    def _spans(self) -> list[tuple[int, int]]:
        """First voxel and end along each axis, as they are typed."""
        return [(first.value, end.value) for first, end in self.ranges]

    def _crop(self, *, cut_bar: bool) -> Crop:
        spans = self._spans
        full = [(0, end.max) for _, end in self.ranges]
        if spans == full:
            return WHOLE
        if cut_bar and self._textless_rows is not None:
            first, end = spans[-2]
            spans[-2] = first, min(end, self._textless_rows)
        for (first, end), name in zip(spans, AXES[self._axes], strict=True):
            if first >= end:
                raise InputError(
                    f"The region goes from {first} to {end} along the {name}; let it end behind "
                    "its start."
                )
        return Crop(
            tuple(
                (first or None, None if end == most else end)
                for (first, end), (_, most) in zip(spans, full, strict=True)
            )
        )

    def _choice(self) -> PlaneChoice | None:
        plane = self.use.value if self._axes == 3 else None
        if plane is None:
            return None
        pieces = re.split(r"[,;\s]+", self.numbers.value.strip())
        if not all(re.fullmatch(r"[0-9]{1,9}", piece) for piece in pieces):
            raise InputError("Write the planes as whole numbers, such as 8, or as 10, 50, 90.")
        values = tuple(int(piece) for piece in pieces)
        if self.way.value == NUMBERS:
            return PlaneChoice(plane, values)
        if len(values) > 1 or not values[0]:
            raise InputError("Give one number of planes, such as 8; several choose by number.")
        if self.way.value == EVERY:
            return PlaneChoice(plane, every=values[0])
        return PlaneChoice(plane, evenly=values[0])

    def _on_use(self, plane: object) -> None:
        self._show_planes()
        self.changed.emit()

    def _show_planes(self) -> None:
        shown = self.use.value is not None
        for field in (self.way, self.numbers):
            field.native.setVisible(shown)

    def _on_changed(self, value: object = None) -> None:
        self.changed.emit()


def ends_of(name: str, size: int) -> tuple[SpinBox, SpinBox]:
    """Fields for the first voxel and the end along an axis, which begins with all of it."""
    first = whole("from", 0, size - 1, f"First of the {name}, from 0.")
    end = whole("to", 1, size, f"End of the {name}: the first one that is not used.")
    show(end, size)
    for field, word in ((first, "First"), (end, "End")):
        field.native.setAccessibleName(f"{word} of the {name}")
    return first, end
