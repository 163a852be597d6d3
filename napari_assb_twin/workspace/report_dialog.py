"""How well the fitted twin fits: the pictures of its report in the window, and the report."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path

from qtpy.QtWidgets import QApplication, QFileDialog, QWidget

from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.report.evidence import Evidence, gather
from napari_assb_twin.report.look import Look
from napari_assb_twin.report.methods import bibtex, methods
from napari_assb_twin.report.page import own_version, save_page
from napari_assb_twin.report.pictures import pictures
from napari_assb_twin.report.record import Record
from napari_assb_twin.report.words import verdict_words
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.workspace.buttons import dialog_button
from napari_assb_twin.workspace.colours import SCHEMES
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.dialog_opener import DialogOpener
from napari_assb_twin.workspace.picture_column import PictureColumn, drawn, look_of, text_label
from napari_assb_twin.workspace.picture_dialog import PictureDialog
from napari_assb_twin.workspace.report_text import ReportText
from napari_assb_twin.workspace.window_layout import main_window

READY = "The pictures of the fit, a report to save, a Methods paragraph to copy."
NOTHING = "There is no verdict yet: fit the twin to sections first."


class GoodnessOfFit(PictureDialog):
    """Verdict and pictures of the current twin's fit, to be looked at, saved and copied.

    Parameters
    ----------
    controller
        Its twin, data and names of phases are those of the moment when the dialog is made.
    parent
        The widget that it stands over.
    scheme
        Colours of the phases.
    """

    def __init__(
        self, controller: Controller, parent: QWidget | None = None, *, scheme: str = "paper"
    ) -> None:
        verdict, checks, text = text_label(bold=True), text_label(), ReportText()
        area = PictureColumn("Pictures of the fit", (verdict, checks), (text,))
        super().__init__("Goodness of fit", area, parent, height=700)
        self.verdict, self.checks, self.text = verdict, checks, text
        self._controller = controller
        self._phases = SCHEMES[scheme].phases
        self.evidence: Evidence | None = None
        self._twin = controller.twin
        self.verdict.setAccessibleName("Verdict on the fit")
        self.checks.setAccessibleName("What the verdict says")
        self.pictures = self.area.pictures
        self.save = dialog_button("Save report…", "Everything as one HTML page that prints well.")
        self.methods = dialog_button("Copy Methods", "A paragraph for a paper, to the clipboard.")
        self.bibtex = dialog_button("Copy BibTeX", "What to cite, to the clipboard.")
        self.lay_out(
            self.area,
            buttons=(self.save, self.methods, self.bibtex),
            closes="Close this dialog.",
        )
        self.save.clicked.connect(lambda checked=False: self._on_save())
        self.methods.clicked.connect(lambda checked=False: self._copy("Methods paragraph"))
        self.bibtex.clicked.connect(lambda checked=False: self._copy("BibTeX"))
        self.job.finished.connect(self._on_finished)
        self.job.refused.connect(self._on_refused)
        self._tell()
        self._start()

    def save_as(self, name: str) -> None:
        """Write the report; it is drawn off the GUI thread."""
        if self.evidence is None or self.job.running:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".html")
        self.message.setText("Writing…")
        self.save.setEnabled(False)
        evidence = replace(self.evidence, title=path.stem)
        self.job.start(partial(_saved, evidence, path, Look(phases=self._phases)))

    def _start(self) -> None:
        controller = self._controller
        measured = None if controller.data is None else controller.data.measured
        names = {phase: controller.names[phase] for phase in PHASES}
        self.message.setText("Drawing…")
        self.save.setEnabled(False)
        self.job.start(
            partial(_drawn, self._twin, measured, names, look_of(self.verdict, self._phases))
        )

    def _tell(self) -> None:
        words = verdict_words(Record.of(self._twin))
        state = () if self.evidence is None else self.evidence.state
        self.verdict.setText(f"{words.sign}  Verdict: {words.word}")
        self.checks.setText("\n".join((*words.checks, *state)))

    def _on_progress(self, shown: object) -> None:
        super()._on_progress(shown)
        if isinstance(shown, Evidence):
            self.evidence = shown
            self._tell()
            self.text.show_evidence(shown)

    def _on_finished(self, result: object) -> None:
        self.message.setText(f"Saved {result}" if isinstance(result, Path) else "")
        self.save.setEnabled(True)

    def _on_refused(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.save.setEnabled(self.evidence is not None)

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save report", "goodness_of_fit.html", "Web page (*.html)"
        )
        if name:
            self.save_as(name)

    def _copy(self, what: str) -> None:
        version = own_version()
        record = Record.of(self._twin)
        text = bibtex(version) if what == "BibTeX" else methods(self._twin, record, version)
        QApplication.clipboard().setText(text)
        self.message.setText(f"{what} copied.")


class GoodnessButton(DialogOpener):
    """Opens `GoodnessOfFit` where the current twin was fitted and has a verdict."""

    def __init__(self, controller: Controller) -> None:
        super().__init__("Goodness of fit…", self._dialog)
        self._controller = controller
        self.scheme = next(iter(SCHEMES))
        controller.twin_changed.connect(self._on_twin)
        self._on_twin(controller.twin)

    def _dialog(self) -> GoodnessOfFit:
        return GoodnessOfFit(self._controller, main_window(self), scheme=self.scheme)

    def _on_twin(self, twin: Twin) -> None:
        record = Record.of(twin)
        ready = record is not None and record.verdict is not None
        self.setEnabled(ready)
        self.setToolTip(READY if ready else NOTHING)


def _drawn(
    twin: Twin, measured: Measured | None, names: dict[Phase, str], look: Look
) -> Generator[object, None, None]:
    """The evidence, and each picture of it."""
    evidence = gather(twin, title="fitted twin", measured=measured, names=names)
    yield evidence
    yield from drawn(pictures(evidence), look)


def _saved(evidence: Evidence, path: Path, look: Look) -> Generator[object, None, Path]:
    yield None
    return save_page(evidence, path, look)
