"""The questions that a newly opened image raises."""

from __future__ import annotations

from magicgui.widgets import ComboBox
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import VOLUME, Data, Draft
from napari_assb_twin.images.labels import Part
from napari_assb_twin.twin.phases import Phase
from napari_assb_twin.workspace import icons, thumbnail
from napari_assb_twin.workspace.forms import Choices, Form, choice, length, line, offer, show
from napari_assb_twin.workspace.grey_box import GreyBox
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.tab_order import chain
from napari_assb_twin.workspace.wheel_guard import WheelGuard

KINDS = (
    ("a volume (tomogram)", VOLUME),
    ("plan view xy (perpendicular to z)", "xy"),
    ("cross-section xz (contains z)", "xz"),
    ("cross-section yz (contains z)", "yz"),
)
VOLUME_AXES = (("axis 0 (slices)", 0), ("axis 1 (rows)", 1), ("axis 2 (columns)", 2))
SECTION_AXES = (("down the rows", 0), ("along the columns", 1))
LABELS, GREY = "labels", "grey"
THUMBNAIL = (84, 84)


class DataForm(QWidget):
    """Kind, pressing axis, voxel size and phases of a draft.

    ``colours`` are those of the phases.

    Signals
    -------
    answered(Data, bool)
        The measured data, and whether they are added to those that are there.
    refused(str)
    cancelled()
    """

    answered = Signal(object, bool)
    refused = Signal(str)
    cancelled = Signal()

    def __init__(
        self, draft: Draft, names: PhaseNames, colours: dict[Phase, str], *, can_add: bool
    ) -> None:
        super().__init__()
        self._draft, self._names, self._colours = draft, names, colours
        self._wheel = WheelGuard(self)
        self.parts: dict[int, ComboBox] = {}
        self.grey: GreyBox | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        count = len(draft.images)
        shape = " × ".join(map(str, draft.images[0].array.shape))
        name = draft.sources[0] if count == 1 else f"{draft.sources[0]} and {count - 1} more"
        heading = QLabel(f"{name}: {shape} pixels")
        heading.setWordWrap(True)
        layout.addWidget(heading)
        self._geometry = self._geometry_form()
        layout.addWidget(self._geometry)
        self._phases = QVBoxLayout()
        layout.addLayout(self._phases)
        self._label_rows = QWidget()
        if LABELS in self.values.choices:
            self._label_rows.setLayout(self._phase_rows(names))
        self._phases.addWidget(self._label_rows)
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
        self._on_kind()
        self._show_values()
        self._wheel.guard(self)

    def set_names(self, names: PhaseNames) -> None:
        """Offer the phases under other names."""
        self._names = names
        for part in self.parts.values():
            offer(part, _parts(names), part.value)
        if self.grey is not None:
            self.grey.set_names(names)

    def _geometry_form(self) -> Form:
        draft = self._draft
        volume = draft.dimensions == 3
        self.kind = choice(
            "It is",
            KINDS if volume else KINDS[1:],
            "z is the pressing direction. A file with three axes may also be a stack of sections.",
            spoken="What the image is",
        )
        show(self.kind, VOLUME if volume else "xz")
        self.pressing = choice(
            "z runs along",
            VOLUME_AXES,
            "Which axis of the file is the pressing direction z.",
            spoken="Pressing direction z",
        )
        self.sizes = [
            length("", "", spoken=f"Voxel size along axis {axis} in micrometres")
            for axis in range(3)
        ]
        known = draft.voxel_size_um
        if known is not None:
            for field, size in zip(self.sizes[-len(known) :], known, strict=True):
                field.value = size
        self.source = QLabel(
            "Voxel size from the file." if known else "The file does not say its voxel size."
        )
        self.kind.changed.connect(self._on_kind)
        self.values = choice(
            "Its values are",
            _meanings(draft),
            "Labels say which phase a pixel is; grey values are parted by two thresholds, or by "
            "examples.",
            spoken="What the values of the image are",
        )
        self.values.changed.connect(self._on_values)
        geometry = Form(self.kind, self.pressing, line("Voxel size", *self.sizes))
        geometry.layout().addWidget(self.source, 3, 1)
        geometry.add(self.values)
        return geometry

    def _phase_rows(self, names: PhaseNames) -> QHBoxLayout:
        draft = self._draft
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        for row, (label, share) in enumerate(draft.labels.items()):
            mark = QLabel()
            mark.setPixmap(icons.swatch(thumbnail.colour_of(row), "#808080").pixmap(16, 16))
            part = choice(
                f"Phase of label {label}",
                _parts(names),
                f"What the pixels of the value {label} are; several labels may be one phase.",
            )
            show(part, draft.guess(label))
            grid.addWidget(mark, row, 0)
            grid.addWidget(QLabel(f"{label}: {share:.1%}"), row, 1)
            grid.addWidget(part.native, row, 2)
            self.parts[label] = part
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(draft.labels), 1)
        picture = QLabel()
        picture.setAccessibleName("Picture of the labels")
        picture.setPixmap(
            thumbnail.thumbnail(draft.images[0].array, list(draft.labels), *THUMBNAIL)
        )
        both = QHBoxLayout()
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(picture)
        both.addLayout(grid, 1)
        return both

    def _on_kind(self, kind: object = None) -> None:
        kind = self.kind.value
        is_volume = kind == VOLUME
        before = self.pressing.value
        offer(self.pressing, VOLUME_AXES if is_volume else SECTION_AXES, before)
        self._geometry.show_row(self.pressing, kind != "xy")
        self.sizes[0].visible = is_volume
        names = ("axis 0", "axis 1", "axis 2") if is_volume else ("", "rows", "columns")
        for field, name in zip(self.sizes, names, strict=True):
            field.tooltip = f"Voxel size in µm: {name} of the file."

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
            self.grey = GreyBox(self._draft, self._names, self._colours)
            self._phases.addWidget(self.grey)
            self._wheel.guard(self.grey)
            chain(self._geometry, self._label_rows, self.grey, *self._buttons)
        self._label_rows.setVisible(not is_grey)
        if self.grey is not None:
            self.grey.setVisible(is_grey)

    def _answer(self, *, added: bool) -> None:
        try:
            self.answered.emit(self._data(), added)
        except InputError as error:
            self.refused.emit(str(error))

    def _data(self) -> Data:
        is_grey = self.grey is not None and self.values.value == GREY
        parts = self.grey.segmentation if is_grey else self._labelled()
        doubt = self.grey.doubt.value if is_grey else 0
        is_volume = self.kind.value == VOLUME
        sizes = [field.value for field in (self.sizes if is_volume else self.sizes[1:])]
        if not all(sizes):
            raise InputError("Give the voxel size in micrometres; every length depends on it.")
        return self._draft.apply(
            kind=self.kind.value,
            pressing_axis=self.pressing.value,
            voxel_size_um=sizes,
            parts=parts,
            threshold_doubt=doubt,
        )

    def _labelled(self) -> dict[int, Part]:
        open_labels = [label for label, part in self.parts.items() if part.value is None]
        if open_labels:
            raise InputError(
                f"Say which phase the label{'s' * (len(open_labels) > 1)} "
                f"{', '.join(map(str, open_labels))} is, or that it lies outside the window."
            )
        return {label: part.value for label, part in self.parts.items()}


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


def _parts(names: PhaseNames) -> Choices:
    return (("choose…", None), *names.choices(), ("outside the window", "outside"))
