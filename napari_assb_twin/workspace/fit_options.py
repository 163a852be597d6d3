"""What is to be fitted, and how: the form of the calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from magicgui.widgets import CheckBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_assb_twin.calibration.model_names import Method
from napari_assb_twin.calibration.verdict import FEWEST_REPLICATES
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.doubt import LARGEST_PX
from napari_assb_twin.images.draft import Data
from napari_assb_twin.session.state import Choice
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.fit_job import FitJob
from napari_assb_twin.workspace.forms import Choices, Form, choice, line, number, offer, whole
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.section import Fold
from napari_assb_twin.workspace.training_options import (
    METHOD_DEFAULTS,
    TrainingBox,
    method_choice,
)

MODELS = (
    ("low-parametric: four numbers a field", "low-parametric"),
    ("high-parametric: free spectrum", "high-parametric"),
)
SYMMETRIES = (
    ("as the data allow", None),
    ("cylindrical about z", "cylindrical"),
    ("isotropic", "isotropic"),
)
CORRELATED = "correlated"
FIELDS = (
    ("both Gaussian", "gaussian"),
    ("both Gaussian, correlated", CORRELATED),
    ("kinds as in Morphology", "kept"),
    ("the data decide (slow)", "auto"),
)
NEWER: Mapping[str, Choice] = {
    "model": "low-parametric",
    "segmentation_error": False,
    "doubt_px": 0.0,
    **METHOD_DEFAULTS,
}
"""Options that older sessions do not hold, and what they meant."""


class FitOptions(QWidget):
    """Method, model, fields and errors; symmetry, order, segmentation and training are folded.

    Signals
    -------
    changed()
        An option was chosen.
    """

    changed = Signal()

    def __init__(self, names: PhaseNames) -> None:
        super().__init__()
        self._make_main()
        self._make_folded(names)
        folded = Form(self.symmetry, self.first, self._segmentation)
        self.fold = Fold(
            "symmetry, order, segmentation",
            folded,
            spoken="Symmetry, order of the phases and segmentation of the fit",
            unfolded=False,
        )
        self.training = TrainingBox()
        self.training_fold = Fold(
            "training", self.training, spoken="How the twin is trained", unfolded=False
        )
        heading = QHBoxLayout()
        heading.addWidget(self.fold)
        heading.addWidget(self.training_fold)
        heading.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        errors = line("Errors", self.errors, self.samples)
        layout.addWidget(Form(self.method, self.model, self.fields, errors))
        layout.addLayout(heading)
        layout.addWidget(folded)
        layout.addWidget(self.training)
        self.errors.changed.connect(self._on_errors)
        self.model.changed.connect(lambda value: self._on_kind())
        self.method.changed.connect(lambda value: self._on_kind())
        self._on_kind()
        for field in self._named().values():
            field.changed.connect(lambda value: self.changed.emit())

    @property
    def chosen(self) -> dict[str, Choice]:
        """The options by name."""
        return {name: field.value for name, field in self._named().items()}

    def choose(self, chosen: Mapping[str, Choice]) -> None:
        """Set options by name; what an older session does not know is as it was then.

        Raises
        ------
        InputError
            If there is no such option, or it cannot have this value; then none is set.
        """
        before, fields = self.chosen, self._named()
        wanted = {**NEWER, **chosen} if chosen else {}
        try:
            for name, value in wanted.items():
                fields[name].value = value
        except (KeyError, ValueError, TypeError):
            for other, kept in before.items():
                fields[other].value = kept
            raise InputError(f"The fit has no option {name} = {value!r} here.") from None

    def arguments(self, twin: Twin) -> dict[str, Any]:
        """The options as `calibration` takes them; kinds of fields may be those of a twin."""
        kinds = {
            "gaussian": None,
            CORRELATED: None,
            "kept": {"X": twin.X, "Y": twin.Y},
            "auto": "auto",
        }
        return {
            "model": self.model.value,
            "symmetry": self.symmetry.value,
            "first_phase": self.first.value,
            "fields": kinds[self.fields.value],
            "correlated_fields": self.fields.value == CORRELATED,
            "segmentation_error": self.wrong_pixels.value and self._may_have_wrong_pixels,
            "bootstrap": self.samples.value if self.errors.value else 0,
        }

    def job(self, data: Data, twin: Twin, fixed: Iterable[str]) -> FitJob:
        """The fit that the form asks for; the ``fixed`` numbers are those of the twin."""
        trains = self.chosen_method != "coverage"
        return FitJob(
            measured=data.measured,
            alternatives=data.alternatives,
            doubt_px=self.doubt.value,
            method=self.chosen_method,
            training=self.training.arguments(),
            checkpoint=self.training.checkpoint.path if trains else None,
            options={**self.arguments(twin), "fix": {path: twin.value(path) for path in fixed}},
        )

    @property
    def is_high_parametric(self) -> bool:
        """Whether free spectra are to be fitted."""
        return bool(self.model.value == "high-parametric")

    @property
    def chosen_method(self) -> Method:
        """The exact least squares, or a training."""
        method: Method = self.method.value
        return method

    @property
    def _may_have_wrong_pixels(self) -> bool:
        return self.chosen_method == "coverage" and not self.is_high_parametric

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases so."""
        offer(self.first, _first(names), self.first.value)

    def _named(self) -> dict[str, ValueWidget]:
        return {
            "method": self.method,
            "model": self.model,
            "symmetry": self.symmetry,
            "first_phase": self.first,
            "fields": self.fields,
            "segmentation_error": self.wrong_pixels,
            "doubt_px": self.doubt,
            "errors": self.errors,
            "samples": self.samples,
            **self.training.named,
        }

    def _make_main(self) -> None:
        self.method = method_choice()
        self.model = choice(
            "Model",
            MODELS,
            "Low-parametric: length, smoothness, domain spacing and anisotropy of each field. "
            "High-parametric: the weights of many frequencies, for structures that four numbers "
            "cannot describe.",
            spoken="Model of the fit",
        )
        self.fields = choice(
            "Fields",
            FIELDS,
            "Kinds of the random fields X and Y: Gaussian or chi-square. Correlated (an extension "
            "of the paper's model): how much the phase cut second keeps to the surface of the "
            "first is fitted too. The data decide by Euler numbers and lineal paths: eleven fits, "
            "and the candidates to look at.",
            spoken="Kinds of the fields in the fit",
        )
        self.errors = CheckBox(
            text="from simulations:",
            value=True,
            tooltip="Errors and verdict: sections like yours are simulated from the fit and "
            "fitted again (parametric bootstrap).",
        )
        self.samples = whole(
            "",
            2,
            500,
            "How many simulated data sets errors and verdict come from; each takes about as long "
            f"as the fit. A verdict takes {FEWEST_REPLICATES} or more.",
            spoken="Number of simulated data sets",
        )
        self.samples.value = 20

    def _make_folded(self, names: PhaseNames) -> None:
        self.symmetry = choice(
            "Symmetry",
            SYMMETRIES,
            "Plan views alone allow the isotropic twin only.",
            spoken="Symmetry of the fit",
        )
        self.first = choice(
            "Cut first",
            _first(names),
            "The phase that field X cuts. The data decide by comparing the fits of all three.",
            spoken="Phase cut first in the fit",
        )
        self.wrong_pixels = CheckBox(
            text="fit its error",
            value=False,
            tooltip="Fit the segmentation error as well: the share of pixels that hold a label by "
            "chance. By exact least squares and low-parametric only: free weights would follow "
            "wrong pixels as if they were fine structure, and a training simulates none.",
        )
        self.wrong_pixels.native.setAccessibleName("Fit the segmentation error")
        self.doubt = number(
            "",
            0.0,
            LARGEST_PX,
            " px",
            "Doubt of the boundaries in pixels: every phase is grown and shrunk by it and the fit "
            "repeated, and the largest change of every number is told. 0.5 is usual, 0 is none.",
            spoken="Doubt of the boundaries in pixels",
        )
        self.doubt.native.setDecimals(2)
        self.doubt.native.setSpecialValueText("no doubt")
        self.doubt.native.setPrefix("doubt ")
        self._segmentation = line("Segmentation", self.wrong_pixels, self.doubt)

    def _on_errors(self, wanted: bool) -> None:
        self.samples.enabled = wanted

    def _on_kind(self) -> None:
        """What the method or the model has not is left out."""
        trains = self.chosen_method != "coverage"
        self.wrong_pixels.enabled = self._may_have_wrong_pixels
        self.training.set_method(self.chosen_method)
        self.training_fold.setVisible(trains)
        self.training.setVisible(trains and self.training_fold.isChecked())


def _first(names: PhaseNames) -> Choices:
    return (("the data decide", None), *names.choices())
