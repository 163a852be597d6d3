"""What is wanted of a cathode as rows of fields: property, value, tolerance."""

from __future__ import annotations

import math

from magicgui.widgets import LineEdit
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.surrogates.table import Results
from napari_assb_twin.surrogates.wanted import TOLERANCE, Wanted, distinct, wanted
from napari_assb_twin.workspace.buttons import dialog_button, tool_button
from napari_assb_twin.workspace.forms import choice, offer
from napari_assb_twin.workspace.tab_order import chain

VALUE_WIDTH, TOLERANCE_WIDTH = 150, 80


class WantedRow:
    """The fields of one wanted value."""

    def __init__(self) -> None:
        self.property = choice("", (), "What is wanted.", spoken="Wanted property")
        self.value = _text(
            "The wanted value, in the unit of the property; shown is what the rows have.",
            "Wanted value",
        )
        self.tolerance = _text(
            f"How far off it is still good; empty: {100 * TOLERANCE:g} % of the value.",
            "Tolerance of the wanted value",
        )
        self.tolerance.native.setPlaceholderText(f"{100 * TOLERANCE:g} %")
        self.value.native.setFixedWidth(VALUE_WIDTH)
        self.tolerance.native.setFixedWidth(TOLERANCE_WIDTH)
        self.sign = QLabel("±")
        self.remove = tool_button("✕", "Take this row away.", spoken="Take this wanted value away")

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """In the order of the columns."""
        fields = (self.property, self.value, self.tolerance)
        chosen, value, tolerance = (field.native for field in fields)
        return chosen, value, self.sign, tolerance, self.remove

    def wanted(self) -> Wanted:
        """What is typed; `InputError` if it is no wanted value."""
        return wanted(self.property.value, self.value.value, self.tolerance.value)


class WantedRows(QWidget):
    """Rows of wanted values, one at first.

    Parameters
    ----------
    results
        Whose properties are offered.
    """

    def __init__(self, results: Results) -> None:
        super().__init__()
        self._results = results
        self.rows: list[WantedRow] = []
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        for column, text in enumerate(("Property", "Wanted value", "", "Tolerance")):
            self._grid.addWidget(QLabel(text), 0, column)
        self.more = dialog_button(
            "Another property", "Want a value of another property, too.", self.add
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._grid)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.add()

    def follow(self, results: Results) -> None:
        """Offer the properties of a table; what is typed stays if its property does."""
        before, self._results = self._results.properties, results
        if results.properties != before:  # a list that is open would lose its place
            self._follow_properties()
        for row in self.rows:
            self._on_property(row)

    def wanted(self) -> tuple[Wanted, ...]:
        """What is typed.

        Raises
        ------
        InputError
            If a row is no wanted value, or two are of the same property.
        """
        return distinct([row.wanted() for row in self.rows])

    def add(self) -> WantedRow:
        """Another row, of the first property that no row has."""
        row, line = WantedRow(), self._grid.rowCount()
        for column, widget in enumerate(row.widgets):
            self._grid.addWidget(widget, line, column)
            widget.show()  # at once: the dialog grows with it
        self._offer(row)  # below a widget: a new parent takes choices away
        taken = {one.property.value for one in self.rows}
        free = [key for key in self._results.properties if key not in taken]
        row.property.changed.connect(lambda key: self._on_property(row))
        row.remove.clicked.connect(lambda checked=False: self._on_remove(row))
        if free:
            row.property.value = free[0]
        self._on_property(row)
        self.rows.append(row)
        chain(*(widget for one in self.rows for widget in one.widgets), self.more)
        self._on_count()
        return row

    def _follow_properties(self) -> None:
        for row in [one for one in self.rows if one.property.value not in self._results.properties]:
            self._on_remove(row)
        for row in self.rows:
            self._offer(row)
        if not self.rows:
            self.add()
        self._on_count()

    def _offer(self, row: WantedRow) -> None:
        known = [(self._results.label(key), key) for key in self._results.properties]
        offer(row.property, known, row.property.value)

    def _on_property(self, row: WantedRow) -> None:
        low, high = self._results.span(row.property.value)
        told = "" if math.isnan(low) else f"{low:.3g} to {high:.3g}"
        row.value.native.setPlaceholderText(told)

    def _on_remove(self, row: WantedRow) -> None:
        self.rows.remove(row)
        for widget in row.widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._on_count()

    def _on_count(self) -> None:
        """The last row stays, and no property needs two."""
        for row in self.rows:
            row.remove.setEnabled(len(self.rows) > 1)
        self.more.setEnabled(len(self.rows) < len(self._results.properties))


def _text(tooltip: str, spoken: str) -> LineEdit:
    field = LineEdit(tooltip=tooltip)
    field.native.setAccessibleName(spoken)
    return field
