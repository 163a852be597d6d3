"""The kinds of fields that were compared: a table, and sections of each beside the data."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QAbstractItemView, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.field_selection import FieldCandidate, kind_in_words
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.workspace.fit_rows import candidate_row
from napari_assb_twin.workspace.fit_table import FitTable
from napari_assb_twin.workspace.kind_sections import SectionPair, section_pair
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.section_pictures import SectionPictures

PICTURE = 150
"""Pixels per side of a picture."""

HEADINGS = {
    "": "The field: X cuts the first phase, Y the second.",
    "Kind": "Kind of the field; degrees of freedom of a chi-square field in brackets.",
    "Misfit": "Root mean square difference of the two-point coverage curves.",
    "Score": "How far Euler numbers and lineal paths are from the data's; about 1 is right.",
    "✓": "What the fit has taken.",
}


class KindsBox(QWidget):
    """Candidates; a chosen row shows its section beside a measured one.

    ``use`` is a button for the heading above.

    Signals
    -------
    wanted(FieldCandidate)
        The user wants the twin of this candidate.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._candidates: tuple[FieldCandidate, ...] = ()
        self._measured: Measured | None = None
        self._seed, self._segmentation_error = 0, 0.0
        self.worker = LatestWins("assb-twin-kinds")
        self.table = FitTable("Kinds of fields that were compared", stretched=1)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pictures, self.caption = SectionPictures(side=PICTURE), QLabel()
        self.caption.setWordWrap(True)
        self.use = QPushButton("Use this kind")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.pictures)
        layout.addWidget(self.caption)
        layout.addWidget(self.table)
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.use.clicked.connect(lambda checked=False: self.wanted.emit(self.selected))
        self.worker.finished.connect(self._on_pair)
        self.worker.failed.connect(self.caption.setText)

    @property
    def selected(self) -> FieldCandidate | None:
        """The candidate of the row that is selected."""
        rows = self.table.selectionModel().selectedRows() if self._candidates else []
        return self._candidates[rows[0].row()] if rows else None

    def show_candidates(
        self,
        candidates: tuple[FieldCandidate, ...],
        measured: Measured | None,
        *,
        seed: int,
        segmentation_error: float,
    ) -> None:
        """List candidates and select what was chosen last."""
        self._candidates, self._measured = (), measured
        self._seed, self._segmentation_error = seed, segmentation_error
        self.table.clearSelection()
        self.table.show_rows(HEADINGS, [candidate_row(one) for one in candidates])
        self._candidates = candidates
        chosen = [row for row, one in enumerate(candidates) if one.chosen]
        if chosen:
            self.table.selectRow(chosen[-1])

    def set_scheme(self, name: str) -> None:
        """Colours of the phases."""
        self.pictures.set_scheme(name)

    def _on_selected(self) -> None:
        candidate = self.selected
        self.use.setEnabled(candidate is not None and not candidate.chosen)
        if candidate is None:
            return
        self.use.setToolTip(
            "The fit has taken this kind."
            if candidate.chosen
            else "Show the twin of this kind; Accept keeps it, Revert goes back to the fit. "
            "It has no errors and no verdict: for these, fit again with its kinds as in Morphology."
        )
        if self._measured is None:
            return
        self.caption.setText(f"{self._title(candidate)}: drawing…")
        self.worker.submit(
            partial(
                section_pair,
                self._measured,
                candidate.twin,
                seed=self._seed,
                segmentation_error=self._segmentation_error,
            )
        )

    def _on_pair(self, pair: SectionPair) -> None:
        candidate = self.selected
        title = "" if candidate is None else f"{self._title(candidate)}. "
        self.caption.setText(f"{title}Both {pair.plane}, {pair.width_um:.3g} µm wide.")
        self.pictures.show_pair(pair.measured, pair.simulated, title)

    def _title(self, candidate: FieldCandidate) -> str:
        kind = kind_in_words(candidate.degrees_of_freedom, candidate.tail)
        return f"Field {candidate.field}: {kind}"
