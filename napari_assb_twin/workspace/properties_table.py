"""Measurements beside each other as a table on screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_assb_twin.descriptors.beside import Measurement, Number, Row, rows, title
from napari_assb_twin.descriptors.definitions import YES_NO, definition
from napari_assb_twin.descriptors.transport import hashin_shtrikman, wiener
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.readouts_table import short
from napari_assb_twin.workspace.tips import rich

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
ROW_HEIGHT = 17
FAINT = 0.5
OLD = "…"
"""Behind the name of a volume that is not the one that is shown any more."""

UNSETTLED = "!"
"""Behind a conductivity that did not converge."""

OF_TRANSPORT = {
    "relative_conductivity": "",
    "tortuosity_factor": "",
    "ionic_conductivity": "solid_electrolyte",
    "electronic_conductivity": "active_material",
    "effective_diffusivity": "pore",
}
"""Whose convergence counts; empty where the key names the phase."""


class PropertiesTable(QTableWidget):
    """A row for each value, a column for each measurement, the newest one first."""

    def __init__(self) -> None:
        super().__init__(0, 0)
        self.setAccessibleName("Measured properties, a column for each volume")
        self.setToolTip("Point at a number, a name or a heading to read what it is.")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        columns, lines = self.horizontalHeader(), self.verticalHeader()
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        lines.setMinimumSectionSize(ROW_HEIGHT)
        lines.setDefaultSectionSize(ROW_HEIGHT)
        lines.setVisible(False)
        self.setMinimumHeight(280)
        self._colour = QColor("#808080")

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """What belongs to another volume is written in a fainter colour of the text."""
        self._colour = QColor(theme["text"])

    def show_measurements(
        self,
        measurements: Sequence[Measurement],
        fresh: Callable[[Measurement], bool],
        names: PhaseNames,
    ) -> None:
        """Write all rows; measurements that are not ``fresh`` are marked and faint."""
        words = {phase: names[phase] for phase in PHASES}
        current = [fresh(one) for one in measurements]
        shown = rows(measurements)
        self.setColumnCount(1 + len(measurements) if measurements else 0)
        self.setRowCount(len(shown))
        for column, one in enumerate(measurements):
            head = QTableWidgetItem(f"{one.name}{'' if current[column] else f' {OLD}'}")
            old = "" if current[column] else "Another volume is shown now.\n"
            head.setToolTip(rich(f"{old}{one.about}"))
            self.setHorizontalHeaderItem(1 + column, head)
        if measurements:
            self.setHorizontalHeaderItem(0, QTableWidgetItem(""))
            header = self.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for line, row in enumerate(shown):
            self._write(line, row, measurements, current, words)

    def _write(
        self,
        line: int,
        row: Row,
        measurements: Sequence[Measurement],
        current: Sequence[bool],
        words: Mapping[str, str],
    ) -> None:
        what = definition(row.key)
        name = title(row.key, words)
        head = QTableWidgetItem(f"{name}{f', {row.unit}' if row.unit else ''}")
        head.setToolTip(rich(f"{name}: {what.told} {what.source}"))
        self.setItem(line, 0, head)
        for column, cell in enumerate(row.cells):
            text, tip = _said(row, cell, measurements[column])
            item = QTableWidgetItem(text)
            item.setToolTip(rich(f"{name}, {measurements[column].name}: {tip}"))
            item.setData(SPOKEN, f"{name}, {measurements[column].name}: {tip}")
            colour = QColor(self._colour)
            colour.setAlphaF(1.0 if current[column] else FAINT)
            item.setForeground(colour)
            self.setItem(line, 1 + column, item)


def _said(row: Row, cell: Number | None, measurement: Measurement) -> tuple[str, str]:
    """The text of a cell and what is said of it."""
    if cell is None:
        return "", "not measured."
    if cell.value is None:
        return "–", "there is none in this volume."
    what = definition(row.key)
    if what.unit == YES_NO:
        return ("yes" if cell.value else "no"), what.text
    text, tip = short(cell.value), f"{cell.value:.6g} {row.unit}".strip() + "."
    if cell.exact is not None:
        text = f"{text} ({short(cell.exact)})"
        tip = f"{tip} In brackets the exact mean of the model, {cell.exact:.6g}."
    if not _converged(row.key, measurement):
        text = f"{text} {UNSETTLED}"
        tip = f"{tip} It did not converge: not the number of the steady state."
    if what.name == "relative_conductivity":
        fraction = measurement.description.values.get(f"volume_fraction.{row.key.split('.')[1]}")
        if fraction is not None:
            tip = (
                f"{tip} Bounds: {short(wiener(fraction))} of any body (Wiener), "
                f"{short(hashin_shtrikman(fraction))} of an isotropic one (Hashin and Shtrikman)."
            )
    return text, tip


def _converged(key: str, measurement: Measurement) -> bool:
    name, *rest = key.split(".")
    if name not in OF_TRANSPORT:
        return True
    whose = [OF_TRANSPORT[name], *rest] if OF_TRANSPORT[name] else rest
    return bool(measurement.description.values.get(f"converged.{'.'.join(whose)}", 1.0))
