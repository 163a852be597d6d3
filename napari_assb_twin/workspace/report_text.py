"""What a report says without pictures: the limits of the model, and where the fit comes from."""

from __future__ import annotations

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_assb_twin.report.evidence import Evidence
from napari_assb_twin.report.tables import files_table
from napari_assb_twin.report.words import LIMITS, provenance
from napari_assb_twin.workspace.picture_column import text_label
from napari_assb_twin.workspace.section import Section


class ReportText(QWidget):
    """Two folded parts with the words of the saved page; text can be selected."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = text_label()
        self.limits.setAccessibleName("The limits of the model")
        self.limits.setText("\n".join(f"• {limit}" for limit in LIMITS))
        self.provenance = text_label()
        self.provenance.setAccessibleName("The provenance of the fit")
        self.parts = (
            Section("What the model cannot show", self.limits, unfolded=False),
            Section("Provenance", self.provenance, unfolded=False),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in self.parts:
            layout.addWidget(part)

    def show_evidence(self, evidence: Evidence) -> None:
        """Write where the fit comes from: data with their SHA-256, reading, seeds, versions."""
        files = files_table(evidence)
        lines = [] if files is None else [", ".join(row.cells) for row in files.rows]
        lines += [f"{name}: {value}" for name, value in provenance(evidence)]
        self.provenance.setText("\n".join(lines))
