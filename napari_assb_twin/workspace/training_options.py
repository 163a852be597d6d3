"""How a twin is trained: the part of the calibration's form that only trainings have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from magicgui.widgets import ComboBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.calibration.model_names import Method
from napari_assb_twin.session.state import Choice
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.twin.device import nvidia_driver_present
from napari_assb_twin.workspace.checkpoint_row import CheckpointRow
from napari_assb_twin.workspace.forms import Form, choice, number

PAPER = "of Furat et al. (2025)"
METHODS: Mapping[Method, tuple[str, str]] = {
    "coverage": (
        "two-point coverage (exact least squares)",
        "Least squares on the exact coverage curves: seconds, no simulation. Begin here.",
    ),
    "simulated-coverage": (
        "simulated coverage",
        f"Algorithm 1 {PAPER}: sections are simulated, and the parameters moved until their "
        "coverage is that of the data. About half a minute; finds what the exact fit finds.",
    ),
    "adversarial": (
        "adversarial",
        f"Algorithm 2 {PAPER}: a neural network, the discriminator, learns to tell measured "
        "sections from simulated ones, and the parameters move until it no longer can. About a "
        "minute; sees more than coverage, but less precisely.",
    ),
    "combined": (
        "combined",
        f"Algorithm 3 {PAPER}: coverage and discriminator together; the coverage holds what it "
        "knows, the discriminator adds what it does not see. About a minute.",
    ),
}
"""Titles and what they mean."""

DEFAULTS = TrainingOptions()
MOST_STEPS = 100_000


class TrainingBox(QWidget):
    """Start, steps, discriminator, thresholding, device and checkpoint of a training."""

    def __init__(self) -> None:
        super().__init__()
        self._method: Method = "coverage"
        self.begin = choice(
            "Start",
            (("exact least squares", "least-squares"), ("random", "random")),
            "Where the training begins: at the exact fit, or at a twin drawn at random, which "
            "takes longer and may end elsewhere.",
            spoken="Start of the training",
        )
        self.steps = number(
            "Steps",
            0.0,
            MOST_STEPS,
            "",
            "How many steps are taken. As many as suit: 150 from the exact fit, 300 from a random "
            "start.",
            spoken="Steps of the training",
        )
        self.width = choice(
            "Discriminator",
            tuple((f"{width} channels wide", width) for width in (8, 16, 32, 64, 128)),
            "Channels of the discriminator's first layer: a wider one sees more and takes longer. "
            f"{DEFAULTS.width} is usual; the paper's figure has 64.",
            spoken="Width of the discriminator",
        )
        self.threshold = choice(
            "Thresholding",
            (
                ("straight-through: unbiased", "straight-through"),
                ("soft: smoother, biased", "soft"),
            ),
            "How phases are cut so that slopes reach the parameters. Straight-through: real "
            "phases. Soft: grey values, which bias the fit and give simulated sections away.",
            spoken="Thresholding in the training",
        )
        self.steps.native.setDecimals(0)
        self.width.value, self.threshold.value = DEFAULTS.width, DEFAULTS.threshold
        self.device = QLabel()
        self.checkpoint = CheckpointRow()
        self.form = Form(self.begin, self.steps, self.width, self.threshold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.form)
        layout.addWidget(self.checkpoint)
        layout.addWidget(self.device)
        self.begin.changed.connect(lambda value: self._on_start())
        self.set_device(DEFAULTS.device)
        self._on_start()

    @property
    def named(self) -> dict[str, ValueWidget]:
        """The fields that a session keeps."""
        return {
            "training_start": self.begin,
            "training_steps": self.steps,
            "training_width": self.width,
            "training_threshold": self.threshold,
        }

    def set_method(self, method: Method) -> None:
        """Leave out what the method does not have."""
        self._method = method
        discriminates = method != "coverage" and TrainingOptions(method=method).uses_discriminator
        self.form.show_row(self.width, discriminates)

    def set_device(self, device: str) -> None:
        """Say where it runs; ``auto`` takes a GPU if there is one."""
        graphic = device == "cuda" or (device == "auto" and nvidia_driver_present())
        where = "GPU (if PyTorch can use it)" if graphic else "CPU"
        self._device = device
        self.device.setText(f"Runs on the {where}.")
        self.device.setToolTip(
            "The device of the window, chosen at its lower edge; auto takes a GPU if there is one. "
            "On the CPU half of the cores are used."
        )

    def arguments(self) -> dict[str, Any]:
        """The options by the names of `TrainingOptions`, the method left out."""
        if self._method == "coverage":
            return {}
        options: dict[str, Any] = {
            "start": self.begin.value,
            "threshold": self.threshold.value,
            "device": self._device,
        }
        if self.steps.value:
            options["steps"] = int(self.steps.value)
        if TrainingOptions(method=self._method).uses_discriminator:
            options["width"] = self.width.value
        return options

    def _on_start(self) -> None:
        suited = TrainingOptions(start=self.begin.value).number_of_steps
        self.steps.native.setSpecialValueText(f"as many as suit ({suited})")


METHOD_DEFAULTS: Mapping[str, Choice] = {
    "method": "coverage",
    "training_start": DEFAULTS.start,
    "training_steps": 0,
    "training_width": DEFAULTS.width,
    "training_threshold": DEFAULTS.threshold,
}
"""What a session that is older than the methods means."""


def method_choice() -> ComboBox:
    """The methods, each with a tooltip of its own."""
    field = choice(
        "Method",
        tuple((title, method) for method, (title, _) in METHODS.items()),
        "\n".join(f"{title}: {tip}" for title, tip in METHODS.values()),
        spoken="Method of the fit",
    )
    for row, (_, tip) in enumerate(METHODS.values()):
        field.native.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
    return field
