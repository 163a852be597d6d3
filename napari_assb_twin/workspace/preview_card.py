"""What the opened images say before they count: shares, correlation lengths, doubts."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from napari_assb_twin.images.misgivings import misgivings
from napari_assb_twin.images.preview import Preview, Reach
from napari_assb_twin.twin.exact import DIRECTIONS
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace import icons
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.phase_names import PhaseNames

DELAY_MS = 250
"""How long an answer must stand before the images are looked at again."""

BORDER = "#808080"
LENGTH = (
    "Correlation length: the lag at which the two-point coverage of the phase has lost all but 1/e "
    "of its way from the share to the square of the share."
)
EDGES = (
    "Edges of the image in micrometres, and how many times they hold the longest of the "
    "correlation lengths above."
)
SHARE = (
    "Share of the phase among the pixels that were looked at. Of a volume these are some planes, "
    "so the share of all its voxels is a little another one."
)
WAYS = (
    ("in plane", f"{LENGTH} Perpendicular to the pressing direction."),
    ("along z", f"{LENGTH} Along the pressing direction."),
)


class PreviewCard(QWidget):
    """A small table, and a sentence for each doubt; made on a thread of its own.

    ``worker`` outlives the card; ``ask`` gives the task that looks at the images.
    """

    def __init__(self, worker: LatestWins, names: PhaseNames, colours: dict[Phase, str]) -> None:
        super().__init__()
        self._worker, self._names = worker, names
        self.found: Preview | None = None
        self._task: Callable[[], Preview] | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._submit)
        self.note = QLabel()
        self.doubts = QLabel()
        for label in (self.note, self.doubts):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.doubts.setAccessibleName("Doubts about the images")
        self._table, self.edges = QWidget(), [QLabel() for _ in DIRECTIONS]
        self.share = _explained("share", SHARE)
        self.cells: dict[Phase, tuple[QLabel, ...]] = {}
        self._lay_out(QGridLayout(self._table), colours)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.note, self._table, self.doubts):
            layout.addWidget(widget)
        self.tell("")

    def look(self, task: Callable[[], Preview]) -> None:
        """Look again with other answers, once they stand still."""
        self._task = task
        self._delay.start()
        if self.found is None:
            self._say("Looking at the images…")

    def tell(self, sentence: str) -> None:
        """Say why there is nothing to see; whatever was asked for is dropped."""
        self._delay.stop()
        self._worker.cancel()
        self._task = self.found = None
        self._table.hide()
        self.doubts.hide()
        self._say(sentence)

    def show_found(self, found: Preview) -> None:
        """Write what was found."""
        self.found = found
        self._say("")
        self.share.setText(_share(found))
        for phase in PHASES:
            name, share, *lengths = self.cells[phase]
            name.setText(self._names[phase])
            share.setText(f"{found.fractions[phase]:.1%}")
            for direction, label in zip(DIRECTIONS, lengths, strict=True):
                label.setText(_length(found.reach(phase, direction)))
        for direction, label in zip(DIRECTIONS, self.edges, strict=True):
            label.setText(_edge([r for r in found.reaches if r.direction == direction]))
        names = {phase: self._names[phase] for phase in PHASES}
        doubts = misgivings(found, names)
        self.doubts.setText("\n".join(f"⚠ {doubt}" for doubt in doubts))
        self.doubts.setVisible(bool(doubts))
        self._table.show()

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases otherwise."""
        self._names = names
        if self.found is not None:
            self.show_found(self.found)

    def _lay_out(self, grid: QGridLayout, colours: dict[Phase, str]) -> None:
        """A row for each phase, and one for the image."""
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(4, 1)
        grid.addWidget(self.share, 0, 2, 2, 1)
        grid.addWidget(_explained("correlation length [µm]", LENGTH), 0, 3, 1, 2)
        for column, (title, tip) in enumerate(WAYS, start=3):
            grid.addWidget(_explained(title, tip), 1, column)
        for row, phase in enumerate(PHASES, start=2):
            mark, *texts = (QLabel() for _ in range(5))
            mark.setPixmap(icons.swatch(colours[phase], BORDER).pixmap(14, 14))
            for column, widget in enumerate((mark, *texts)):
                grid.addWidget(widget, row, column)
            self.cells[phase] = tuple(texts)
        last = len(PHASES) + 2
        grid.addWidget(_explained("image", EDGES), last, 1)
        for column, label in enumerate(self.edges, start=3):
            label.setToolTip(EDGES)
            grid.addWidget(label, last, column)

    def _submit(self) -> None:
        if self._task is not None:
            self._worker.submit(self._task)

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))


def _explained(text: str, tip: str) -> QLabel:
    label = QLabel(text)
    label.setToolTip(tip)
    return label


def _share(found: Preview) -> str:
    """What the shares are of."""
    if found.whole:
        return "share"
    counts = "+".join(map(str, found.looked_at))
    rest = "planes" if found.available is None else f"of {found.available} sections"
    return f"share, of\n{counts} {rest}"


def _length(reach: Reach | None) -> str:
    if reach is None:
        return "–"
    if reach.length_um is None:
        return f"over {reach.longest_um:.3g}"
    return f"{reach.length_um:.3g} ({_digits(reach.pixels)} px)"


def _edge(reaches: list[Reach]) -> str:
    """Of one direction: the edge of the image, in micrometres and in the longest lengths."""
    if not reaches:
        return ""
    known = [reach.lengths for reach in reaches if reach.lengths is not None]
    lengths = f" ({min(known):.0f} ×)" if len(known) == len(reaches) else ""
    return f"{reaches[0].extent_um:.4g}{lengths}"


def _digits(pixels: float) -> str:
    return f"{pixels:.1f}" if pixels < 10 else f"{pixels:.0f}"
