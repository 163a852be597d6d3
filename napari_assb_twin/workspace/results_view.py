"""The results of a sweep on screen: property against parameter, pairs, sensitivities, rows."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.descriptors.bulk import Bulk
from napari_assb_twin.errors import InputError
from napari_assb_twin.report.look import PAPER, WIDTH, Look, as_bytes
from napari_assb_twin.surrogates.figures import MOST_PAIRED, pair_figure, sensitivity_figure
from napari_assb_twin.surrogates.labels import parameter_label
from napari_assb_twin.surrogates.samples import samples
from napari_assb_twin.surrogates.sensitivity import sensitivity
from napari_assb_twin.surrogates.table import PREFIX, Results, results_from
from napari_assb_twin.surrogates.validation import Learned, learn
from napari_assb_twin.workspace.jobs import Job
from napari_assb_twin.workspace.picture_column import look_of
from napari_assb_twin.workspace.property_canvas import PropertyCanvas

PICTURES = ("Pairs", "Sensitivity")
LEARNING = "Learning…"
ROOM_PX, NARROW_PX = 30, 400
"""Beside the pictures, and how narrow these become, in pixels."""


@dataclass(frozen=True)
class _Drawn:
    key: str
    name: str
    png: bytes


class ResultsView(QWidget):
    """Shows a table of results; what is learnt of the chosen property comes when it is there.

    Parameters
    ----------
    job
        Runs the learning.

    Signals
    -------
    point_chosen(int, int)
        Scenario and realisation whose volume is asked for.
    """

    point_chosen = Signal(int, int)

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.results: Results | None = None
        self.learned: Learned | None = None
        self.job = job
        self._asked: str | None = None
        self.property = _choice("Property of the results")
        self.parameter = _choice("Parameter of the results")
        self.canvas = PropertyCanvas()
        self.pictures = {name: _picture(name) for name in PICTURES}
        self.table = QTableWidget()
        self.table.setAccessibleName("Realisations")
        self.table.setToolTip("Enter or double click: show the volume.")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.note = QLabel("There are no results yet.")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.canvas, "Figure")
        for name, label in self.pictures.items():
            area = QScrollArea()
            area.setWidget(label)
            area.setWidgetResizable(True)
            self.tabs.addTab(area, name)
        self.tabs.addTab(self.table, "Rows")
        form = QFormLayout()
        form.addRow("Property", self.property)
        form.addRow("Parameter", self.parameter)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.note)
        self.property.currentIndexChanged.connect(self._on_property)
        self.parameter.currentIndexChanged.connect(self._draw)
        self.canvas.picked.connect(self._on_picked)
        self.table.cellActivated.connect(self._on_row)
        self._connections = (
            (job.progressed, self._on_progress),
            (job.finished, self._on_finished),
            (job.refused, self._on_refused),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    @property
    def busy(self) -> bool:
        """Whether something is being learnt."""
        return self.job.running

    def show_frame(
        self, frame: Any, logarithmic: Collection[str] | None = None, bulk: Bulk | None = None
    ) -> bool:
        """Show a pandas DataFrame of results; what is amiss with it is said in a sentence.

        Returns whether it is shown; what was shown before stays if not.
        """
        try:
            results = replace(results_from(frame, logarithmic=logarithmic), bulk=bulk)
        except InputError as error:
            self.note.setText(str(error))
            return False
        chosen = self.property.currentData(), self.parameter.currentData()
        self.results = results
        _fill(self.property, results.properties, results.label, chosen[0])
        _fill(self.parameter, results.space.names, parameter_label, chosen[1])
        if self.property.currentData() == chosen[0]:
            self._ask()  # what was learnt of fewer rows stays until then
        else:
            self._on_property()
        return True

    def close_job(self) -> None:
        """Stop learning and hear no more of it; before the widget goes."""
        self._asked = None
        self.job.close()
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections = ()

    def _on_property(self) -> None:
        key = self.property.currentData()
        if self.results is None or key is None:
            return
        self.learned = None
        for label in self.pictures.values():
            label.setText(LEARNING)
        self._ask()

    def _ask(self) -> None:
        self._draw()
        self._fill_table()
        self._asked = self.property.currentData()
        self._start()

    def _start(self) -> None:
        """Learn what was asked for last, when nothing else is being learnt."""
        if self._asked is None or self.job.running:
            return
        key, self._asked = self._asked, None
        self.note.setText(LEARNING)
        self.job.start(partial(_learnt, self.results, key, self._look_of_pictures()))

    def _look_of_pictures(self) -> Look:
        """As wide as the tabs; narrow ones are scrolled in."""
        width = max(self.tabs.width() - ROOM_PX, NARROW_PX)
        return replace(look_of(self.note, PAPER), dpi=width * self.devicePixelRatioF() / WIDTH)

    def _draw(self) -> None:
        key, parameter = self.property.currentData(), self.parameter.currentData()
        if self.results is not None and key is not None and parameter is not None:
            look, learned = look_of(self.note, PAPER), self.learned
            if learned is not None and not self._of_these(learned):
                learned = None
            self.canvas.show_property(self.results, key, parameter, look, learned)

    def _of_these(self, learned: Learned) -> bool:
        """Whether it was learnt over the parameters that are varied now: rows may bring others."""
        return learned.samples.space.names == self.results.space.names

    def _fill_table(self) -> None:
        results = self.results
        rows, key = results.rows, self.property.currentData()
        if key is None:
            return
        names = ["scenario", "realisation", *(PREFIX + n for n in results.space.names), key]
        headings = ["Scenario", "Realisation", *results.space.names, results.label(key)]
        self.table.setColumnCount(len(names))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(headings)
        for place, values in enumerate(rows[names].itertuples(index=False)):
            for column, value in enumerate(values):
                text = f"{value:.5g}" if value == value else "–"  # NaN is not itself
                self.table.setItem(place, column, QTableWidgetItem(text))

    def _on_progress(self, shown: object) -> None:
        key = self.property.currentData()
        if isinstance(shown, Learned) and shown.samples.name == key and self._of_these(shown):
            self.learned = shown
            self._draw()
            self.note.setText(_words(shown, self.results))
        elif isinstance(shown, _Drawn) and shown.key == key:
            pixels = QPixmap.fromImage(QImage.fromData(shown.png))
            pixels.setDevicePixelRatio(self.devicePixelRatioF())
            self.pictures[shown.name].setPixmap(pixels)

    def _on_finished(self, result: object) -> None:
        self._start()

    def _on_refused(self, sentence: str) -> None:
        if self._asked is not None:
            self._start()
            return
        self.note.setText(sentence)
        for label in self.pictures.values():
            if label.text() == LEARNING:
                label.setText(sentence)

    def _on_picked(self, scenario: int, realisation: int) -> None:
        self.canvas.choose(scenario, realisation)
        self.point_chosen.emit(scenario, realisation)

    def _on_row(self, row: int, column: int = 0) -> None:
        one = self.results.rows.iloc[row]
        self._on_picked(int(one["scenario"]), int(one["realisation"]))


def _learnt(results: Results, key: str, look: Look) -> Generator[object, None, None]:
    """Pictures by name, and the surrogate when it is there."""
    others = [one for one in results.properties if one != key][: MOST_PAIRED - 1]
    pairs = pair_figure(results, [key, *others], look)
    yield _Drawn(key, "Pairs", as_bytes(pairs, "png"))
    learned = learn(samples(results, key))
    yield learned
    bars = sensitivity_figure([sensitivity(learned)], look)
    yield _Drawn(key, "Sensitivity", as_bytes(bars, "png"))


def _words(learned: Learned, results: Results) -> str:
    own, found = learned.samples, learned.validation
    floor = "" if found.floor is None else f"; {found.floor:.2g} of it is scatter of realisations"
    told = (
        f"{learned.surrogate.kind.replace('-', ' ').capitalize()} of {own.mean.size} scenarios; "
        f"Q² {found.q2:.2f} and an error of {found.rms:.2g} at scenarios it had not seen{floor}."
    )
    if own.missing:
        told += f" {own.missing} realisations have no value and are left out."
    return " ".join([told, *results.reservations])


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _fill(box: QComboBox, keys, label, chosen: str | None) -> None:
    box.blockSignals(True)
    box.clear()
    for key in keys:
        box.addItem(label(key), key)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def _picture(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(f"{name} of the results")
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setWordWrap(True)
    return label
