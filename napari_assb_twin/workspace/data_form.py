"""The questions that a newly opened image raises."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from magicgui.widgets import ComboBox
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.crop import Crop
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.images.image import AnyArray, Image
from napari_assb_twin.images.planes import ALL, Selection
from napari_assb_twin.images.preview import preview
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.workspace.forms import Choices, choice, show
from napari_assb_twin.workspace.geometry_rows import GeometryRows
from napari_assb_twin.workspace.grey_box import GreyBox
from napari_assb_twin.workspace.label_rows import LabelRows
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.mask_row import MaskLayer, MaskRow
from napari_assb_twin.workspace.part_rows import AXES, PartRows
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.preview_card import PreviewCard
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.tab_order import chain
from napari_assb_twin.workspace.wheel_guard import WheelGuard

SMALL = 1 << 22
"""Pixels that are segmented in less than a blink."""

LABELS, GREY = "labels", "grey"


class DataForm(QWidget):
    """Kind, pressing axis, voxel size and phases of a draft, and what they make of it.

    ``colours`` are those of the phases; ``worker`` looks at the images off the GUI thread;
    ``layers`` may be masks.

    Signals
    -------
    answered(Callable[[], Data], bool)
        What makes the measured data (it may be called on any thread, and may raise `InputError`),
        and whether they are added to those that are there.
    refused(str)
    cancelled()
    """

    answered = Signal(object, bool)
    refused = Signal(str)
    cancelled = Signal()

    def __init__(
        self,
        draft: Draft,
        names: PhaseNames,
        colours: dict[Phase, str],
        worker: LatestWins,
        *,
        can_add: bool,
        layers: Sequence[MaskLayer] = (),
    ) -> None:
        super().__init__()
        self._draft, self._names, self._colours = draft, names, colours
        self._wheel = WheelGuard(self)
        self._shown: tuple[Selection, int | None] = ALL, None
        self._shown_mask: Image | None = None
        self.labels: LabelRows | None = None
        self.grey: GreyBox | None = None
        self.card = PreviewCard(worker, names, colours)
        self.part = PartRows(draft)
        self.part.changed.connect(self._look)
        self.mask = MaskRow(draft, layers)
        self.mask.changed.connect(self._look)
        self.mask.refused.connect(self.refused)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        heading = QLabel(_heading(draft))
        heading.setWordWrap(True)
        layout.addWidget(heading)
        self.geometry_rows = rows = GeometryRows(draft)
        rows.kind_changed.connect(self._on_kind)
        rows.changed.connect(self._look)
        self.kind, self.pressing = rows.kind, rows.pressing
        self.sizes, self.source = rows.sizes, rows.source
        self.values = choice(
            "Its values are",
            _meanings(draft),
            "Labels say which phase a pixel is; grey values are parted by two thresholds, or by "
            "examples.",
            spoken="What the values of the image are",
        )
        self.values.changed.connect(self._on_values)
        rows.add(self.values)
        layout.addWidget(rows)
        self.bar = _bar_box(draft)
        self._textless = _without_text(draft) if self.bar.isChecked() else draft
        self.bar.toggled.connect(self._on_bar)
        layout.addWidget(self.bar)
        self._phases = QVBoxLayout()
        layout.addLayout(self._phases)
        if LABELS in self.values.choices:
            self.labels = LabelRows(draft, names, colours)
            self.labels.changed.connect(self._look)
            self._phases.addWidget(self.labels)
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.part, self.mask):
            column.addWidget(part)
        self.place_section = Section("Planes, region, mask", place, unfolded=False)
        layout.addWidget(self.place_section)
        worker.finished.connect(self.card.show_found)
        worker.failed.connect(self.card.tell)
        self._card_section = Section("What the images say", self.card)
        layout.addWidget(self._card_section)
        self.use = QPushButton("Use these data")
        self.use.setToolTip("Measure these data; they replace what was open.")
        self.use.clicked.connect(lambda checked=False: self._answer(added=False))
        self.add = QPushButton("Add to the data")
        self.add.setToolTip("Sections of a further plane, beside those that are open.")
        self.add.clicked.connect(lambda checked=False: self._answer(added=True))
        self.add.setVisible(can_add)
        cancel = QPushButton("Cancel")
        cancel.setToolTip("Open nothing.")
        cancel.clicked.connect(lambda checked=False: self.cancelled.emit())
        self._buttons = (self.use, self.add, cancel)
        line = QHBoxLayout()
        for button in self._buttons:
            line.addWidget(button)
        layout.addLayout(line)
        self.part.show_planes(self.kind.value == VOLUME)
        self._show_values()
        self._wheel.guard(self)

    @property
    def small(self) -> bool:
        """Whether the data are made so quickly that nobody notices."""
        return sum(image.array.size for image in self._draft.images) <= SMALL

    @property
    def image(self) -> AnyArray:
        """The first image as it lies in the file."""
        return self._draft.images[0].array

    @property
    def region(self) -> Crop:
        """The region of the files that was read."""
        return self._draft.region

    @property
    def pixel_um(self) -> list[float]:
        """Sizes of the rows and columns that were read; 0 where they are not known."""
        return list(self.region.thinned([field.value for field in self.sizes[-2:]]))

    @property
    def parts(self) -> dict[int, ComboBox]:
        """The choice of a phase for each label."""
        return {} if self.labels is None else self.labels.parts

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        self._names = names
        for part in (self.labels, self.grey, self.card):
            if part is not None:
                part.set_names(names)

    def _on_kind(self) -> None:
        self.part.show_planes(self.kind.value == VOLUME)
        self._look()

    def _on_values(self, meaning: str) -> None:
        try:
            self._show_values()
        except InputError as error:
            show(self.values, LABELS)
            self.refused.emit(str(error))

    def _show_values(self) -> None:
        """Ask for the phases of labels, or for thresholds."""
        is_grey = self.values.value == GREY
        if is_grey and self.grey is None:
            self.grey = GreyBox(self._textless, self._names, self._colours)
            self.grey.changed.connect(self._look)
            self._phases.addWidget(self.grey)
            self._wheel.guard(self.grey)
        if self.labels is not None:
            self.labels.setVisible(not is_grey)
        if self.grey is not None:
            self.grey.setVisible(is_grey)
        shown = [part for part in (self.labels, self.grey) if part is not None]
        below = (self.place_section, self._card_section, *self._buttons)
        chain(self.geometry_rows, self.bar, *shown, *below)
        self._look()

    def _on_bar(self, cut: bool) -> None:
        """Grey values are looked at anew: those of the text come or go."""
        self._textless = _without_text(self._draft) if cut else self._draft
        if self.grey is not None:
            self.grey.hide()
            self.grey.deleteLater()
            self.grey, self._shown, self._shown_mask = None, (ALL, None), None
        self._show_values()

    def _pictures(self) -> Draft:
        """The images without text that is left out, with their mask."""
        mask = self.mask.image
        if mask is None:
            return self._textless
        whole = replace(self._draft, mask=mask)
        return _without_text(whole) if self.bar.isChecked() else whole

    def _look(self, value: object = None) -> None:
        """Look at the images again, or say what is missing for that."""
        if self.grey is not None:
            self.grey.set_pixel_um(self.pixel_um)
            with suppress(InputError):  # the card says what is wrong
                self._show_part()
        try:
            draft, answers = self._answers()
        except InputError as error:
            self.card.tell(str(error))
        else:
            self.card.look(partial(preview, draft, **answers))

    def _show_part(self) -> None:
        """Let the thresholds be chosen in the part that counts.

        Raises
        ------
        InputError
            If there is no such part.
        """
        kind, axis, mask = self.kind.value, self.pressing.value, self.mask.image
        selection = replace(self._selection, tilt_degrees=None)  # which moves no pixel
        asked = selection, None if selection.planes is None else axis
        if asked != self._shown or mask is not self._shown_mask:
            self.grey.set_part(self._pictures().selected(selection, kind=kind, pressing_axis=axis))
            self._shown, self._shown_mask = asked, mask

    @property
    def _selection(self) -> Selection:
        volume = self.kind.value == VOLUME
        return self.part.selection(planes=volume, cut_bar=self.bar.isChecked())

    def _answer(self, *, added: bool) -> None:
        try:
            draft, answers = self._answers()
        except InputError as error:
            self.refused.emit(str(error))
            return
        is_grey = self.grey is not None and self.values.value == GREY
        doubt = self.grey.doubt.value if is_grey else 0
        self.answered.emit(partial(draft.apply, **answers, threshold_doubt=doubt), added)

    def _answers(self) -> tuple[Draft, dict[str, Any]]:
        """The images with their mask, and the arguments of `Draft.apply`.

        Raises
        ------
        InputError
            If an answer is missing, or they do not go together.
        """
        is_grey = self.grey is not None and self.values.value == GREY
        parts = self.grey.segmentation if is_grey else self.labels.mapping
        geometry = self.geometry_rows.geometry
        return self._pictures(), {**geometry, "parts": parts, "selection": self._selection}


def _without_text(draft: Draft) -> Draft:
    """The images without their information bars: text is no grey value of a phase."""
    if all(image.information_bar is None for image in draft.images):
        return draft
    return draft.selected(Selection(cut_bar=True), kind="xz", pressing_axis=0)


def _bar_box(draft: Draft) -> QCheckBox:
    """Whether the text below a micrograph is left out; hidden where there is none."""
    box = QCheckBox()
    box.setVisible(False)
    rows = {
        image.array.shape[-2] - image.information_bar[0]
        for image in draft.images
        if image.information_bar is not None
    }
    if rows:
        lowest = f"{min(rows)}" if len(rows) == 1 else f"{min(rows)} to {max(rows)}"
        box.setText(f"Leave out the information bar: the lowest {lowest} rows")
        box.setToolTip("Rows of text below a micrograph are no phases.")
        box.setChecked(True)
        box.setVisible(True)
    return box


def _heading(draft: Draft) -> str:
    """Name, size and type of what was opened, and which part of the file it is."""
    count, first = len(draft.images), draft.images[0].array
    shape = " × ".join(map(str, first.shape))
    name = draft.sources[0] if count == 1 else f"{draft.sources[0]} and {count - 1} more"
    heading = f"{name}: {shape} pixels ({first.dtype})"
    if not draft.region.ranges:
        return heading
    read = zip(AXES[first.ndim], draft.region.record().split(","), strict=True)
    part = ", ".join(f"{axis} {span}" for axis, span in read if span != ":")
    return f"{heading}, a part of the file: {part}"


def _meanings(draft: Draft) -> Choices:
    """What the values may be: labels, grey values, or either.

    Raises
    ------
    InputError
        If they are neither.
    """
    numbers = all(image.array.dtype.kind in "uif" for image in draft.images)
    grey = (("grey values", GREY),) if numbers else ()
    try:
        _ = draft.labels
    except InputError:
        if not grey:
            raise
        return grey
    return (("labels of the phases", LABELS), *grey)
