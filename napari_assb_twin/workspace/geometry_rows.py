"""What an opened image is: kind, pressing direction, voxel size and where that comes from."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QLabel

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.data import edges
from napari_assb_twin.images.draft import VOLUME, Draft
from napari_assb_twin.workspace.forms import Form, beside, choice, offer, show
from napari_assb_twin.workspace.length_field import LengthField

KINDS = (
    ("a volume (tomogram)", VOLUME),
    ("plan view xy (perpendicular to z)", "xy"),
    ("cross-section xz (contains z)", "xz"),
    ("cross-section yz (contains z)", "yz"),
)
VOLUME_AXES = (("axis 0 (slices)", 0), ("axis 1 (rows)", 1), ("axis 2 (columns)", 2))
SECTION_AXES = (("down the rows", 0), ("along the columns", 1))
SOURCE_ROW = 3


class GeometryRows(Form):
    """The fields, and a line that asks the user to confirm the voxel size.

    Signals
    -------
    kind_changed()
    changed()
        Another axis or size.
    """

    kind_changed = Signal()
    changed = Signal()

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
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
            LengthField("", "", spoken=f"Voxel size along axis {axis} in micrometres")
            for axis in range(3)
        ]
        natives = (field.native for field in self.sizes)
        super().__init__(
            self.kind, self.pressing, beside("Voxel size", "Edges of a voxel.", *natives)
        )
        self.source = QLabel()
        self.source.setWordWrap(True)
        self.layout().addWidget(self.source, SOURCE_ROW, 0, 1, 2)
        known = draft.region.unthinned(draft.voxel_size_um or draft.pixel_size_um or ())
        for field, size in zip(self.sizes[3 - len(known) :], known, strict=True):
            show(field, size)
        self._show_kind()
        self.kind.changed.connect(self._on_kind)
        self.pressing.changed.connect(self._on_changed)
        for field in self.sizes:
            field.changed.connect(self._on_changed)

    @property
    def geometry(self) -> dict[str, Any]:
        """Kind, axis and sizes as `Draft.apply` takes them.

        Raises
        ------
        InputError
            If a size is missing.
        """
        asked = self.sizes if self.kind.value == VOLUME else self.sizes[1:]
        sizes = [field.value for field in asked]
        if not all(sizes):
            raise InputError("Give the voxel size in micrometres; every length depends on it.")
        return {
            "kind": self.kind.value,
            "pressing_axis": self.pressing.value,
            "voxel_size_um": sizes,
        }

    def _on_kind(self, kind: object) -> None:
        self._show_kind()
        self.kind_changed.emit()

    def _on_changed(self, value: object) -> None:
        self._tell_source()
        self.changed.emit()

    def _show_kind(self) -> None:
        """Ask for the axes and sizes that a volume or a section has."""
        kind = self.kind.value
        is_volume = kind == VOLUME
        before = self.pressing.value
        offer(self.pressing, VOLUME_AXES if is_volume else SECTION_AXES, before)
        self.show_row(self.pressing, kind != "xy")
        self.sizes[0].native.setVisible(is_volume)
        names = ("axis 0", "axis 1", "axis 2") if is_volume else ("", "rows", "columns")
        for field, name in zip(self.sizes, names, strict=True):
            field.set_tooltip(
                f"Voxel size along the {name} of the file: a number of micrometres, or with its "
                "unit, as 20nm."
            )
        self._tell_source()

    def _tell_source(self) -> None:
        """Say where the voxel size comes from, and what else the file says of it."""
        images, draft = self._draft.images, self._draft
        known = draft.voxel_size_um or draft.pixel_size_um
        told = "The file does not say its voxel size."
        if known is not None:
            known = draft.region.unthinned(known)
            sized = (one for one in images if one.voxel_size_um or one.in_plane_um)
            source = next(sized).pixel_size_source
            said = f"from {source or 'the file'}"
            fields = self.sizes[-len(known) :]
            same = all(
                field.value == field.native.rounded(size)
                for field, size in zip(fields, known, strict=True)
            )
            what = "Voxel size" if draft.voxel_size_um else "Size of the rows and columns"
            told = f"{what} {said}." if same else f"Typed; {said}: {edges(known)} µm."
        if draft.region.steps:
            told += " It is that of the file; what was thinned counts as so much larger."
        tilt = images[0].tilt_degrees
        if tilt:
            told += f" The stage was tilted by {tilt:g}° (see Planes, region, mask)."
        self.source.setText(told)
