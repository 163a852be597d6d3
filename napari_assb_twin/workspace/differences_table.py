"""The differences of two twins as a table on screen."""

from __future__ import annotations

from collections.abc import Mapping

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_assb_twin.comparison.difference import Difference, Estimate, PairOfTwins
from napari_assb_twin.comparison.quantities import CONTACT
from napari_assb_twin.comparison.table import said
from napari_assb_twin.twin.parameters import FIELD_CORRELATION
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import Scale, scale_of
from napari_assb_twin.workspace.tips import rich

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
ROW_HEIGHT = 17
SMALLER = 1
"""The font is so many points smaller than elsewhere: the table is wider than a dock."""

MARKS = {
    "distinguishable": "≠",
    "not distinguishable": "≈",
    "no error known": "?",
    "not comparable": "–",
}
KEY = "≠ distinguishable, ≈ not, ? no error, – not comparable"
"""What the marks of the last column mean."""

VERDICTS = (
    "Whether the errors allow to tell the two samples apart, at 95 % for all ticked twins and the "
    "two that are chosen together (Holm), and z, the difference over its standard error. Not "
    "distinguishable does not say that they are the same."
)
NONE = "–"
LABELS = {
    "correlation length": "length",
    "domain spacing": "spacing",
    "volume fraction": "fraction",
    "interface area": "area",
    "triple-phase boundary": "triple lines",
}
"""Shorter words for a narrow dock; the full ones stand in the tooltips."""


class DifferencesTable(QTableWidget):
    """Quantity, first, second, difference, verdict with z; a row that can be told apart is bold."""

    def __init__(self) -> None:
        super().__init__(0, 5)
        self.setAccessibleName("Differences of the two chosen twins")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        font = self.font()
        font.setPointSize(max(font.pointSize() - SMALLER, 7))
        self.setFont(font)
        columns, rows = self.horizontalHeader(), self.verticalHeader()
        columns.setFont(font)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(20)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setVisible(False)
        self.setMinimumSize(390, 70)
        self._colour = QColor("#808080")

    def set_theme(self, theme: Mapping[str, str]) -> None:
        """What is not known is written in a fainter colour of the text."""
        self._colour = QColor(theme["text"])

    def show_pair(self, pair: PairOfTwins | None, names: PhaseNames) -> None:
        """Write the rows of a pair; none if it is None."""
        self.setRowCount(0 if pair is None else len(pair.rows))
        self.horizontalHeader().setVisible(pair is not None)
        if pair is None:
            return
        headings = (
            ("", "Parameters, and exact numbers of the structure."),
            (pair.first, f"{pair.first}: value ± standard error."),
            (pair.second, f"{pair.second}: value ± standard error."),
            ("Δ", f"{pair.second} minus {pair.first}."),
            ("z", VERDICTS),
        )
        for column, (text, tip) in enumerate(headings):
            item = QTableWidgetItem(text if len(text) < 14 else f"{text[:12]}…")
            item.setToolTip(rich(tip))
            self.setHorizontalHeaderItem(column, item)
        for row, difference in enumerate(pair.rows):
            self._write(row, difference, names)

    def _write(self, row: int, difference: Difference, names: PhaseNames) -> None:
        short, title = _titles(difference, names)
        texts = _texts(difference)
        known = difference.verdict in ("distinguishable", "not distinguishable")
        colour = QColor(self._colour)
        colour.setAlphaF(1.0 if known else 0.6)
        tip = said(difference)
        if difference.p_holm is not None:
            tip = f"{tip}; p = {difference.p:.2g}, after Holm's correction {difference.p_holm:.2g}"
        for column, text in enumerate((short, *texts)):
            item = QTableWidgetItem(text)
            font = item.font()
            font.setBold(difference.verdict == "distinguishable")
            item.setFont(font)
            item.setForeground(colour)
            item.setToolTip(rich(f"{title}: {tip}."))
            item.setData(SPOKEN, f"{title}: {text or 'none'}. {tip}")
            self.setItem(row, column, item)


def _titles(difference: Difference, names: PhaseNames) -> tuple[str, str]:
    """The quantity, short and in full, in the words of the screen."""
    quantity = difference.quantity
    field, dot, _ = quantity.path.rpartition(".")
    unit = f", {quantity.unit}" if quantity.unit else ""
    phases = "-".join(names[phase] for phase in quantity.phases)
    if dot:
        parameter = scale_of(quantity.path).parameter  # the oscillation is a domain spacing there
        unit = f", {parameter.unit}" if parameter.unit else ""
        label = parameter.label.lower()
        return f"{field}: {LABELS.get(label, label)}{unit}", f"field {field}, {label}{unit}"
    if quantity.path == FIELD_CORRELATION:
        return "ρ of X and Y", "field correlation: which phase lies at the surface of the first"
    if quantity.name == CONTACT:
        i, j = (names[phase] for phase in quantity.phases)
        return f"{i} touching {j}", f"share of the surface of {i} that touches {j}"
    short = f"{LABELS.get(quantity.name, quantity.name)} {phases}".strip()
    return f"{short}{unit}", f"{quantity.name} {phases}".strip() + unit


def _texts(difference: Difference) -> tuple[str, str, str, str]:
    """First, second, difference, verdict with z."""
    path = difference.quantity.path
    scale = scale_of(path) if path and path not in PHASES else None
    first, second = (_number(one, scale) for one in (difference.first, difference.second))
    delta, z = difference.difference, difference.z
    if scale is not None and scale.reciprocal:
        delta = None  # of the oscillation; that of the spacings has another size
        shown = [scale.shown(one.value) for one in (difference.first, difference.second)]
        if difference.difference is not None and max(shown) < float("inf"):
            delta = shown[1] - shown[0]
        z = None if z is None else -z  # the longer spacing has the lower oscillation
    return (
        first,
        second,
        NONE if delta is None else f"{delta:+.2g}",
        MARKS[difference.verdict] + ("" if z is None else f" {round(z, 1) + 0.0:+.1f}"),
    )


def _number(estimate: Estimate, scale: Scale | None) -> str:
    value, error = estimate.value, estimate.standard_error
    if value is None:
        return "∞" if estimate.reason.startswith("infinite") else NONE
    if scale is not None:
        error = None if error is None else scale.spread(value, error)
        value = scale.shown(value)
        if value == float("inf"):
            return scale.top or "∞"
    text = f"{value:.3g}"
    return text if error is None or error == float("inf") else f"{text} ± {error:.1g}"
