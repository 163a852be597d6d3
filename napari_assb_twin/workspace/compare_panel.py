"""Comparing samples: open twins, their curves over each other, their differences, the morph."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QShortcut,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.calibration.verdict_lines import told_of
from napari_assb_twin.comparison.difference import PairOfTwins, TwinComparison, compare_twins
from napari_assb_twin.comparison.table import summary, write_comparison_csv
from napari_assb_twin.errors import InputError
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.curves_panel import DIRECTIONS, PAIRS
from napari_assb_twin.workspace.differences_table import KEY, DifferencesTable
from napari_assb_twin.workspace.figure_file import write_figure
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.morph_row import MorphRow
from napari_assb_twin.workspace.overlay_figure import OverlayFigure
from napari_assb_twin.workspace.sample_list import SampleList
from napari_assb_twin.workspace.samples import Samples
from napari_assb_twin.workspace.shortcuts import keys_of
from napari_assb_twin.workspace.tab_order import chain

REST_MS = 150
"""The table waits so long after the last move of a slider."""


FLAT = 1.6
"""Width over height from which its parts stand beside each other."""


SIZES = (104, 210, 260)
"""Of the list, the curves and the table in pixels, as they are shared out at first."""


WIDTHS = (230, 330, 420)
"""The same beside each other."""


class ComparePanel(QWidget):
    """Several twins at once; it follows the current twin while somebody looks.

    Signals
    -------
    hidden()
        Its dock was closed, or lies behind another one.
    """

    hidden = Signal()

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.samples = Samples(controller)
        self.list = SampleList(controller, self.samples)
        self.morph = MorphRow(controller, self.samples)
        self.figure = OverlayFigure()
        self.table = DifferencesTable()
        self.comparison: TwinComparison | None = None
        self.direction = choice(
            "Direction of the overlaid curves",
            DIRECTIONS,
            "In-plane: perpendicular to z. Through-plane: along z.",
        )
        self.pairs = choice(
            "Pairs of phases of the overlaid curves",
            PAIRS,
            "C_ij(h): the ends of a lag h lie in phases i and j.",
        )
        self.normalised = QCheckBox("− φᵢφⱼ")
        self.normalised.setToolTip("Normalised: C_ij − φ_i φ_j, which tends to 0 at long lags.")
        self.save = QToolButton()
        self.save.setText("Save…")
        self.save.setAccessibleName("Save the comparison")
        self.save.setToolTip(
            "Save the figure as PDF, SVG or PNG, or the differences of all ticked twins as CSV."
        )
        self.key = QLabel(KEY)
        self.key.setFont(self.table.font())
        self.key.setWordWrap(True)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.compare)
        self._lay_out()
        self.direction.changed.connect(self._on_choice)
        self.pairs.changed.connect(self._on_choice)
        self.normalised.toggled.connect(self._on_choice)
        self.save.clicked.connect(self._on_save)
        self.samples.changed.connect(self.show_all)
        self.samples.moved.connect(self._on_moved)
        self.morph.chosen.connect(self.compare)
        controller.names_changed.connect(self._on_names)
        for keys, slot in (("undo", controller.undo), ("redo", controller.redo)):
            shortcut = QShortcut(QKeySequence(keys_of(keys)), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self._on_names(controller.names)

    @property
    def pair(self) -> PairOfTwins | None:
        """What is in the table."""
        first, second = self.morph.pair
        if self.comparison is None or first == second:
            return None
        return self.comparison.pair(first, second)

    @property
    def first(self) -> QWidget:
        """The slider of the morph."""
        return self.morph.slider

    @property
    def busy(self) -> bool:
        """Whether the table or the curves are about to follow."""
        return self._rest.isActive() or self.figure.drawing

    def set_theme(self, theme: dict[str, str]) -> None:
        """Colours of the theme."""
        self.list.set_theme(theme)
        self.figure.set_theme(theme)
        self.table.set_theme(theme)
        self.show_all()

    def show_all(self, changed: object = None) -> None:
        """Draw and compare what there is, if anybody can see it."""
        if self.isVisible():
            self.figure.show_samples(self.samples.items)
            self.compare()

    def compare(self) -> None:
        """Test the chosen pair together with all twins that are ticked, and write the table."""
        self._rest.stop()
        if not self.isVisible():
            return
        first, second = self.morph.pair
        self.comparison = None
        if first != second:
            others = [one.name for one in self.samples.items if one.shown]
            names = list(dict.fromkeys([first, second, *others]))
            self.comparison = compare_twins([self.samples[name].twin for name in names], names)
        self.table.show_pair(self.pair, self._controller.names)
        self._note()

    def save_as(self, name: str) -> None:
        """Write the figure, or the differences as a table; the ending chooses the format."""
        path = Path(name)
        try:
            if path.suffix.lower() != ".csv":
                write_figure(path, self.figure.write)
            elif self.comparison is None:
                raise InputError("There is nothing to compare; choose two different twins.")
            else:
                write_comparison_csv(path, self.comparison)
        except InputError as error:
            self._controller.refuse(error)
        else:
            self._controller.status.emit(f"Saved {path}")

    def showEvent(self, event) -> None:  # noqa: N802
        """Somebody looks."""
        super().showEvent(event)
        self.show_all()

    def hideEvent(self, event) -> None:  # noqa: N802
        """Nobody looks."""
        super().hideEvent(event)
        self._rest.stop()
        self.hidden.emit()

    def resizeEvent(self, event) -> None:  # noqa: N802
        """Under each other in a narrow dock, beside each other in a flat one."""
        super().resizeEvent(event)
        wide = self.width() > FLAT * self.height()
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.splitter.orientation() != orientation:
            self.splitter.setOrientation(orientation)
            self.splitter.setSizes(list(WIDTHS if wide else SIZES))

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(4)
        choices.addWidget(self.direction.native, 1)
        choices.addWidget(self.pairs.native, 1)
        choices.addWidget(self.normalised)
        choices.addWidget(self.save)
        curves = QWidget()
        column = QVBoxLayout(curves)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(choices)
        column.addWidget(self.figure.legend)
        column.addWidget(self.figure, 1)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.table, 1)
        column.addWidget(self.key)
        column.addWidget(self.note)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        for part, share in ((self.list, 0), (curves, 4), (below, 5)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
            self.splitter.setCollapsible(self.splitter.count() - 1, False)
        self.splitter.setSizes(list(SIZES))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 12, 6, 4)  # napari's title overlaps
        layout.setSpacing(4)
        layout.addWidget(self.morph)
        layout.addWidget(self.splitter, 1)
        chain(self.morph, self.list, curves, self.table)

    def _note(self) -> None:
        pair = self.pair
        if pair is None or self.comparison is None:
            self.note.setText("")
            return
        said = summary(pair, self.comparison.tests)
        rms = (sum(one.rms**2 for one in pair.curves) / len(pair.curves)) ** 0.5
        largest = max(one.max for one in pair.curves)
        self.note.setText(
            f"{said[0].upper()}{said[1:]}. Exact curves, all pairs, both directions: rms "
            f"{rms:.2g}, max {largest:.2g}.{self._verdicts(pair)}"
        )

    def _verdicts(self, pair: PairOfTwins) -> str:
        """A line for each twin of the pair that was fitted."""
        twins = ((name, self.samples[name].twin) for name in (pair.first, pair.second))
        fitted = ((name, told_of(twin)) for name, twin in twins if twin.provenance)
        return "".join(f"\n{told.sign} {name}: {told.headline}" for name, told in fitted)

    def _on_choice(self, changed: object = None) -> None:
        self.figure.set_choice(
            direction=self.direction.value,
            pairs=self.pairs.value,
            normalised=self.normalised.isChecked(),
        )
        self.show_all()

    def _on_moved(self) -> None:
        if self.isVisible():
            self.figure.show_samples(self.samples.items)
            self._rest.start()

    def _on_names(self, names) -> None:
        self.figure.set_names(names)
        self.show_all()

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Save comparison",
            "comparison.csv",
            "Tables and figures (*.csv *.pdf *.svg *.png)",
        )
        if name:
            self.save_as(name)
