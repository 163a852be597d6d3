"""A high-parametric twin to four numbers for each field: what is lost, before it is done."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_assb_twin.calibration.reduction import Reduction, reduce
from napari_assb_twin.twin.parameters import FIELD_NAMES, PARAMETERS, Correlation, FieldName, Twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.scales import scale_of
from napari_assb_twin.workspace.tips import amount

WAITING = "The nearest correlation of four numbers is being sought…"
ABOUT = (
    "Below is how far the nearest twin with a length, a smoothness, a domain spacing and an "
    "anisotropy is from this one. What it cannot describe is lost; undo brings it back."
)


class ReductionDialog(QDialog):
    """Shows the nearest low-parametric twin and its distance, and applies it when told to.

    The search runs off the GUI thread.
    """

    def __init__(self, controller: Controller, worker: LatestWins, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._worker = controller, worker
        self._from: Twin | None = None
        self.reduction: Reduction | None = None
        self.setWindowTitle("Reduce to four numbers")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.about, self.outcome = QLabel(ABOUT), QLabel()
        for label in (self.about, self.outcome):
            label.setWordWrap(True)
            label.setMinimumWidth(380)
        self.outcome.setTextFormat(Qt.TextFormat.RichText)
        self.outcome.setAccessibleName("What is lost")
        self.apply = QPushButton("Reduce")
        self.apply.setToolTip("Replace the weights by these numbers; one step of undo.")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Leave the twin as it is.")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.apply, self.cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.about)
        layout.addWidget(self.outcome)
        layout.addLayout(buttons)
        self.apply.clicked.connect(lambda checked=False: self._on_apply())
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(lambda code: worker.cancel())
        worker.finished.connect(self._on_reduced)
        worker.failed.connect(self._on_failed)

    def ask(self) -> None:
        """Open the dialog and begin the search."""
        self._from, self.reduction = self._controller.twin, None
        self.outcome.setText(WAITING)
        self.apply.setEnabled(False)
        self._worker.submit(partial(reduce, self._from))
        self.open()

    def _on_reduced(self, reduction: Reduction) -> None:
        self.reduction = reduction
        self.outcome.setText(loss(self._controller, reduction))
        self.apply.setEnabled(True)
        self.apply.setFocus()
        self.adjustSize()

    def _on_failed(self, sentence: str) -> None:
        self.reject()
        self._controller.refuse(sentence)

    def _on_apply(self) -> None:
        if self._controller.twin != self._from:  # a fit has ended meanwhile
            self.ask()
            return
        self.accept()
        if self.reduction is not None:
            self._controller.adopt(self.reduction.twin, "reduction to four numbers")


def loss(controller: Controller, reduction: Reduction) -> str:
    """The four numbers of each field that is reduced, and what is lost, as rich text."""
    parts = []
    for name in FIELD_NAMES:
        if isinstance(controller.twin.field(name).correlation, Correlation):
            continue
        numbers = "".join(
            f"<tr><td>{PARAMETERS[path].label}&nbsp;&nbsp;</td><td>{text}</td></tr>"
            for path, text in _numbers(reduction.twin, name)
        )
        moved = reduction.correlation_rms[name]
        parts.append(
            f"<p><b>Field {name}</b><table>{numbers}</table>"
            f"Its correlation r(h) moves by {moved:.2g} (rms over lags; r is 1 at h = 0).</p>"
        )
    curves = (
        f"<p>The curves C_ij(h) of all pairs of phases move by {reduction.curves_rms:.2g} (rms) "
        f"and {reduction.curves_max:.2g} (at most).</p>"
    )
    return "".join([*parts, curves])


def _numbers(twin: Twin, name: FieldName) -> list[tuple[str, str]]:
    """Paths and written numbers of a low-parametric field."""
    paths = [path for path in PARAMETERS if path.startswith(f"{name}.")]
    return [
        (path, amount(scale_of(path), scale_of(path).shown(twin.value(path)))) for path in paths
    ]
