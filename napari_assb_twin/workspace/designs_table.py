"""Proposed designs side by side: parameters, predicted and verified properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_assb_twin.report.numbers import NONE, beside, error_of, plain
from napari_assb_twin.surrogates.designs import Designs, comparison
from napari_assb_twin.surrogates.labels import parameter_label
from napari_assb_twin.surrogates.table import Results
from napari_assb_twin.workspace.tips import rich

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
FIXED = 2
"""Columns before those of the proposals."""

ROW_HEIGHT, MOST_SEEN = 20, 14
"""Height of a row, and how many are seen at once."""

PREDICTED = "What the surrogate predicts ± its standard deviation."
VERIFIED = "Mean of fresh realisations ± its standard error."
MET = (
    "✓: within the tolerance, give or take the 95 % interval of the mean (Student's t), of which "
    "no more counts than the tolerance."
)


@dataclass(frozen=True)
class _Line:
    """A row: what it is, what is wanted, a cell for each proposal, and what they mean.

    ``more`` is what else is known of each cell.
    """

    name: str
    cells: tuple[str, ...]
    wanted: str = ""
    tip: str = ""
    more: tuple[str, ...] = ()
    spoken: str = ""


class DesignsTable(QTableWidget):
    """A column for each proposal; one of them is chosen.

    Signals
    -------
    chosen_changed()
    """

    chosen_changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setAccessibleName("Proposals")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.itemSelectionChanged.connect(self.chosen_changed)

    @property
    def chosen(self) -> int | None:
        """The place of the chosen proposal; None if there is none."""
        columns = {index.column() for index in self.selectedIndexes()}
        return columns.pop() - FIXED if columns else None

    def show_designs(self, designs: Designs, results: Results) -> None:
        """Write all proposals, found in these results; the first is chosen."""
        lines = list(_lines(designs, results))
        self.setRowCount(len(lines))
        self.setColumnCount(FIXED + len(designs.proposals))
        numbers = [f"Proposal {number + 1}" for number in range(len(designs.proposals))]
        self.setHorizontalHeaderLabels(["", "Wanted", *numbers])
        for place, line in enumerate(lines):
            for column, text in enumerate((line.name, line.wanted, *line.cells)):
                item = QTableWidgetItem(text)
                more = line.more[column - FIXED] if line.more and column >= FIXED else ""
                item.setToolTip(rich(f"{line.tip}{more}"))
                head = numbers[column - FIXED] if column >= FIXED else ""
                said = line.spoken or line.name
                item.setData(SPOKEN, f"{head} {said}: {text}" if column else said)
                if column < FIXED:
                    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.setItem(place, column, item)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        room = header.sizeHint().height() + 2 * self.frameWidth()
        self.setMinimumHeight(room + ROW_HEIGHT * min(len(lines), MOST_SEEN))
        self.selectColumn(FIXED)


def _lines(designs: Designs, results: Results) -> Iterator[_Line]:
    proposals = range(len(designs.proposals))
    yield _Line("As wanted", tuple(_outcome(designs, number) for number in proposals), tip=MET)
    for path in designs.proposals[0].parameters:
        values = tuple(plain(one.parameters[path]) for one in designs.proposals)
        yield _Line(parameter_label(path), values)
    compared = [comparison(designs, number) for number in proposals]
    for place, wanted in enumerate(designs.wanted):
        cells = [rows[place] for rows in compared]
        name = results.label(wanted.name)
        yield _Line(
            f"{name}, predicted",
            tuple(_number(one["predicted"], one["predicted_deviation"]) for one in cells),
            wanted=f"{wanted.value:g} ± {wanted.tolerance:.3g}",
            tip=PREDICTED,
        )
        if designs.verified:
            yield _Line(
                "    verified",
                tuple(map(_verified, cells)),
                tip=f"{VERIFIED}\n{MET}",
                more=tuple(_each(one.values[:, place]) for one in designs.verified),
                spoken=f"{name}, verified",
            )


def _outcome(designs: Designs, number: int) -> str:
    if not designs.verified:
        return "predicted" if designs.proposals[number].reached else "not reached"
    return "✓ confirmed" if designs.verified[number].kept(designs.wanted) else "✗ not confirmed"


def _verified(row: dict[str, Any]) -> str:
    if row["verified"] is None:
        return f"{NONE} ✗"
    return f"{_number(row['verified'], row['verified_error'])} {'✓' if row['met'] else '✗'}"


def _each(values: Iterable[float]) -> str:
    return f"\nThe realisations: {', '.join(map(plain, values))}."


def _number(value: float, error: float) -> str:
    return f"{beside(value, error)} ± {error_of(error)}"
