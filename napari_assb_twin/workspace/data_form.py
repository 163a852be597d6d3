"""The questions that a newly opened image raises."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES
from napari_assb_twin.workspace import icons, thumbnail
from napari_assb_twin.workspace.choice import Choice
from napari_assb_twin.images.draft import VOLUME, Data, Draft

KINDS = (
    (VOLUME, "a volume (tomogram)"),
    ("xy", "plan view xy (perpendicular to z)"),
    ("xz", "cross-section xz (contains z)"),
    ("yz", "cross-section yz (contains z)"),
)
PARTS = (
    (None, "choose…"),
    *((phase, LONG_NAMES[phase]) for phase in PHASES),
    ("outside", "outside the window"),
)
VOLUME_AXES = ((0, "axis 0 (slices)"), (1, "axis 1 (rows)"), (2, "axis 2 (columns)"))
SECTION_AXES = ((0, "down the rows"), (1, "along the columns"))
THUMBNAIL = (110, 110)


class DataForm(QWidget):
    """Kind, pressing axis, voxel size and phases of a draft.

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

    def __init__(self, draft: Draft, *, can_add: bool) -> None:
        super().__init__()
        self._draft = draft
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        count = len(draft.images)
        shape = " × ".join(map(str, draft.images[0].array.shape))
        name = draft.sources[0] if count == 1 else f"{draft.sources[0]} and {count - 1} more"
        heading = QLabel(f"{name}: {shape} pixels")
        heading.setWordWrap(True)
        layout.addWidget(heading)
        layout.addLayout(self._geometry())
        layout.addLayout(self._phases())
        self.use = QPushButton("Use these data")
        self.use.clicked.connect(lambda checked=False: self._answer(added=False))
        self.add = QPushButton("Add to the data")
        self.add.setToolTip("Sections of a further plane, beside those that are open.")
        self.add.clicked.connect(lambda checked=False: self._answer(added=True))
        self.add.setVisible(can_add)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(lambda checked=False: self.cancelled.emit())
        line = QHBoxLayout()
        for button in (self.use, self.add, cancel):
            line.addWidget(button)
        layout.addLayout(line)
        self._on_kind()

    def _geometry(self) -> QGridLayout:
        draft = self._draft
        kinds = KINDS if draft.dimensions == 3 else KINDS[1:]
        self.kind = Choice(kinds, name="What the image is")
        self.kind.set_value(VOLUME if draft.dimensions == 3 else "xz")
        self.kind.setToolTip(
            "z is the pressing direction. A file with three axes may also be a stack of sections."
        )
        self.pressing = Choice(VOLUME_AXES, name="Pressing direction z")
        self.pressing.setToolTip("Which axis of the file is the pressing direction z.")
        self.sizes = []
        known = draft.voxel_size_um
        for axis in range(3):
            spin = QDoubleSpinBox()
            spin.setDecimals(5)
            spin.setRange(0.0, 1e4)
            spin.setSingleStep(0.01)
            spin.setSpecialValueText("µm?")
            spin.setAccessibleName(f"Voxel size along axis {axis}")
            self.sizes.append(spin)
        if known is not None:
            for spin, size in zip(self.sizes[-len(known) :], known, strict=True):
                spin.setValue(size)
        self.source = QLabel(
            "Voxel size from the file." if known else "The file does not say its voxel size."
        )
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.addWidget(QLabel("It is"), 0, 0)
        grid.addWidget(self.kind, 0, 1)
        self._pressing_label = QLabel("z runs along")
        grid.addWidget(self._pressing_label, 1, 0)
        grid.addWidget(self.pressing, 1, 1)
        line = QHBoxLayout()
        for spin in self.sizes:
            line.addWidget(spin, 1)
        grid.addWidget(QLabel("Voxel [µm]"), 2, 0)
        grid.addLayout(line, 2, 1)
        grid.addWidget(self.source, 3, 1)
        self.kind.chosen.connect(self._on_kind)
        return grid

    def _phases(self) -> QHBoxLayout:
        draft = self._draft
        grid = QGridLayout()
        self.parts: dict[int, Choice] = {}
        for row, (label, share) in enumerate(draft.labels.items()):
            mark = QLabel()
            mark.setPixmap(icons.swatch(thumbnail.colour_of(row), "#808080").pixmap(16, 16))
            part = Choice(PARTS, name=f"Phase of label {label}")
            part.set_value(draft.guess(label))
            grid.addWidget(mark, row, 0)
            grid.addWidget(QLabel(f"{label}: {share:.1%}"), row, 1)
            grid.addWidget(part, row, 2)
            self.parts[label] = part
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(draft.labels), 1)
        picture = QLabel()
        picture.setAccessibleName("Picture of the labels")
        picture.setPixmap(
            thumbnail.thumbnail(draft.images[0].array, list(draft.labels), *THUMBNAIL)
        )
        line = QHBoxLayout()
        line.addWidget(picture)
        line.addLayout(grid, 1)
        return line

    def _on_kind(self, kind: object = None) -> None:
        kind = self.kind.value()
        is_volume = kind == VOLUME
        before = self.pressing.value()
        self.pressing.set_choices(VOLUME_AXES if is_volume else SECTION_AXES)
        self.pressing.set_value(before if is_volume or before in (0, 1) else 0)
        for widget in (self.pressing, self._pressing_label):
            widget.setVisible(kind != "xy")
        self.sizes[0].setVisible(is_volume)
        names = ("axis 0", "axis 1", "axis 2") if is_volume else ("", "rows", "columns")
        for spin, name in zip(self.sizes, names, strict=True):
            spin.setToolTip(f"Voxel size in µm: {name} of the file.")

    def _answer(self, *, added: bool) -> None:
        try:
            self.answered.emit(self._data(), added)
        except InputError as error:
            self.refused.emit(str(error))

    def _data(self) -> Data:
        open_labels = [label for label, part in self.parts.items() if part.value() is None]
        if open_labels:
            raise InputError(
                f"Say which phase the label{'s' * (len(open_labels) > 1)} "
                f"{', '.join(map(str, open_labels))} is, or that it lies outside the window."
            )
        is_volume = self.kind.value() == VOLUME
        sizes = [spin.value() for spin in (self.sizes if is_volume else self.sizes[1:])]
        if not all(sizes):
            raise InputError("Give the voxel size in micrometres; every length depends on it.")
        return self._draft.apply(
            kind=self.kind.value(),
            pressing_axis=self.pressing.value(),
            voxel_size_um=sizes,
            parts={label: part.value() for label, part in self.parts.items()},
        )
