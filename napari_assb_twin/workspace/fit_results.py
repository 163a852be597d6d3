"""What the last fit found: verdict, parameters, numbers that follow, kinds of fields."""

from __future__ import annotations

from collections.abc import Collection

from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.verdict_lines import told
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.twin.parameters import FIELD_NAMES
from napari_assb_twin.workspace.fit_rows import derived_rows, has_doubt, parameter_rows
from napari_assb_twin.workspace.fit_table import FitTable
from napari_assb_twin.workspace.judged_box import JudgedBox
from napari_assb_twin.workspace.kinds_box import KindsBox
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.section import Section
from napari_assb_twin.workspace.verdict_box import VerdictBox

ERROR = "Standard error from the simulated data sets; the tooltip of a row has the 95 % interval."
DOUBT = "Largest change of the number under the other segmentations, boundaries moved by the doubt."
WEIGHTS = "The weights of {} have no errors of their own; what follows from them has."


class FitResults(QWidget):
    """Everything below the buttons; hidden until there is a fit."""

    def __init__(self) -> None:
        super().__init__()
        self._result: CalibrationResult | None = None
        self._fixed: Collection[str] = ()
        self.verdict = VerdictBox()
        self.judged = JudgedBox()
        self.table = FitTable("Fitted parameters")
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.derived = FitTable("Numbers that follow from the parameters")
        self._follows = Section("Interfaces, contacts, chords", self.derived, unfolded=False)
        self.kinds = KindsBox()
        self._kinds = Section("Kinds of fields", self.kinds, self.kinds.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for part in (self.verdict, self.judged, self.table, self.note):
            layout.addWidget(part)
        layout.addWidget(self._follows)
        layout.addWidget(self._kinds)
        self.setVisible(False)

    def show_result(
        self,
        result: CalibrationResult,
        names: PhaseNames,
        *,
        fixed: Collection[str],
        measured: Measured | None,
    ) -> None:
        """Show a fit; ``fixed`` are the parameters that it had to keep."""
        self._result, self._fixed = result, fixed
        verdict = None if result.verdict is None else result.verdict.document()
        self.verdict.show_verdict(told(verdict))
        self.judged.show_record(result.findings.get("training", {}))
        self.set_names(names)
        self._kinds.setVisible(result.selection is not None)
        if result.selection is not None:
            self.kinds.show_candidates(
                result.selection.candidates,
                measured,
                seed=result.twin.seed,
                segmentation_error=result.findings.get("segmentation", {}).get("error") or 0.0,
            )
        self.setVisible(True)

    def set_names(self, names: PhaseNames) -> None:
        """Write the tables with the phases called so."""
        result = self._result
        if result is None:
            return
        headings = {"Parameter": "", "Value": "", "± error": ERROR}
        if has_doubt(result):
            headings["± doubt"] = DOUBT
        self.table.show_rows({**headings, "Unit": ""}, parameter_rows(result, names, self._fixed))
        high = [name for name in FIELD_NAMES if not result.twin.has(f"{name}.length_um")]
        self.note.setText(WEIGHTS.format(" and ".join(f"field {name}" for name in high)))
        self.note.setVisible(bool(high))
        rows = derived_rows(result, names)
        headings = {"Number": "", "Value": "", "± error": ERROR, "Unit": ""}
        self.derived.show_rows(headings, rows)
        self._follows.setVisible(bool(rows))
        if high:
            self._follows.unfold(True)
