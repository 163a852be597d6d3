"""How voxels lie in a RAW file that nothing describes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.images.formats.raw import RAW_TYPES, read_described_raw
from napari_assb_twin.images.reading import RawLayout, reader_of
from napari_assb_twin.workspace.forms import Form, choice, line, whole

MOST = 1 << 20
MOST_HEADER = (1 << 31) - 1
ORDERS = (("low byte first (usual)", False), ("high byte first", True))


def needs_layout(path: str | Path) -> bool:
    """Whether a file holds bytes that neither a sidecar nor its name describes."""
    path = Path(path)
    if not path.is_file():
        return False
    try:
        if reader_of(path) is not read_described_raw:
            return False  # another format, whatever its name says
    except InputError:
        return False  # such as an empty file, of which reading tells
    try:
        read_described_raw(path)
    except InputError:
        return True
    return False


class RawDialog(QDialog):
    """Asks for sizes, type and header; it can be answered only with what fits the files."""

    def __init__(self, paths: Sequence[str | Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("RAW file")
        self._bytes = {Path(path).name: Path(path).stat().st_size for path in paths}
        names = ", ".join(self._bytes)
        said = QLabel(
            f"{names} does not say its sizes."
            if len(paths) == 1
            else f"{names} do not say their sizes."
        )
        said.setWordWrap(True)
        self.sizes = tuple(
            whole("", low, MOST, tip, spoken=f"Voxels along {spoken}")
            for low, tip, spoken in (
                (0, "Slices (z), the axis that runs slowest; 0 for a single section.", "z"),
                (1, "Rows (y).", "y"),
                (1, "Columns (x), the axis that runs fastest.", "x"),
            )
        )
        self.type = choice("Type", [(name, name) for name in RAW_TYPES], "Type of one voxel.")
        self.order = choice("Byte order", ORDERS, "Of types with more than 8 bit.")
        self.header = whole("Header bytes", 0, MOST_HEADER, "Bytes before the first voxel.")
        self.check = QLabel()
        self.check.setWordWrap(True)
        self.check.setAccessibleName("Whether the sizes fit the file")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(said)
        layout.addWidget(
            Form(line("Sizes z, y, x", *self.sizes), self.type, self.order, self.header)
        )
        layout.addWidget(self.check)
        layout.addWidget(self.buttons)
        self._guess_cube()
        for field in (*self.sizes, self.type, self.order, self.header):
            field.changed.connect(self._on_change)
            if field not in (self.type, self.order):
                field.native.setKeyboardTracking(True)
        self._on_change()

    @property
    def layout_of_files(self) -> RawLayout:
        """What is typed."""
        z, y, x = (field.value for field in self.sizes)
        shape = (z, y, x) if z else (y, x)
        return RawLayout(shape, self.type.value, self.header.value, self.order.value)

    def _guess_cube(self) -> None:
        """Start from a cube of bytes where that fits."""
        (size, *_) = self._bytes.values()
        edge = round(size ** (1 / 3))
        if edge**3 == size:
            for field in self.sizes:
                field.value = edge

    def _on_change(self, value: object = None) -> None:
        """Compare the bytes of the layout with those of the files."""
        needed = self.layout_of_files.size
        wrong = [
            f"{name} has {size:,} bytes, {abs(size - needed):,} "
            f"{'more' if size > needed else 'fewer'} than these sizes need."
            for name, size in self._bytes.items()
            if size != needed
        ]
        self.check.setText(wrong[0] if wrong else f"The sizes fit: {needed:,} bytes.")
        self.buttons.button(QDialogButtonBox.StandardButton.Open).setEnabled(not wrong)
