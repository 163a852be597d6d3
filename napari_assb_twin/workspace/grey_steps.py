"""Rows for what is done to grey values before they are parted, and to small regions after."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_assb_twin.images.treatment import LARGEST, Denoising, Treatment
from napari_assb_twin.workspace.forms import Form, choice, line, number, show

USUAL = {"median": 1.0, "nlm": 0.8}
NOISE = (("leave it", None), ("median", "median"), ("non-local means", "nlm"))
CONTRAST = (("as it is", False), ("clip the ends", True))
LIGHT = (("leave it", False), ("take it away", True))
LARGEST_REGION = 100_000


class GreySteps(QWidget):
    """Contrast, uneven light, noise, smallest region.

    Signals
    -------
    changed()
        Another step was chosen, or its number.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.contrast = choice(
            "Contrast",
            CONTRAST,
            "Clip the ends: the grey values that these per cent of the pixels of a file do not "
            "exceed become 0 and 255. Files of different brightness come to one scale so.",
        )
        self.lower = number(
            "", 0, 100, " %", "Becomes 0: the percentile.", spoken="Lower percentile"
        )
        self.upper = number(
            "", 0, 100, " %", "Becomes 255: the percentile.", spoken="Upper percentile"
        )
        for field, value in ((self.lower, 1.0), (self.upper, 99.0)):
            field.native.setDecimals(1)
            show(field, value)
        self.light = choice(
            "Uneven light",
            LIGHT,
            "Take it away: subtracts what varies over more than about an eighth of the image. A "
            "true gradient of the fractions goes as well.",
        )
        self.noise = choice(
            "Noise",
            NOISE,
            "Median: of a disk around each pixel. Non-local means: of pixels with like "
            "surroundings; keeps edges, takes seconds.",
        )
        self.amount = number("", 0, 10, "", "", spoken="Amount of denoising")
        self.smallest = number(
            "Smallest region",
            *(0, LARGEST_REGION, " px"),
            "Regions of a phase with fewer pixels go to the phases around them. In a volume they "
            "are counted through the slices; the picture counts in the section alone.",
        )
        self.smallest.native.setDecimals(0)
        self.smallest.step = 1
        self.smallest.native.setSpecialValueText("any")
        self._percentiles = line("Percentiles", self.lower, self.upper)
        self._form = Form(
            self.contrast,
            self._percentiles,
            self.light,
            line("Noise", self.noise, self.amount),
            self.smallest,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._form)
        self.contrast.changed.connect(self._on_kind)
        self.noise.changed.connect(self._on_noise)
        for field in (self.lower, self.upper, self.light, self.amount, self.smallest):
            field.changed.connect(self._on_number)
        self._show_numbers()

    @property
    def treatment(self) -> Treatment:
        """What is chosen.

        Raises
        ------
        InputError
            If the percentiles do not rise, or the amount cannot be.
        """
        method = self.noise.value
        return Treatment(
            contrast=(self.lower.value, self.upper.value) if self.contrast.value else None,
            flatten=self.light.value,
            denoise=None if method is None else Denoising(method, self.amount.value),
        )

    @property
    def min_object_px(self) -> int:
        """The smallest region that stays."""
        return int(self.smallest.value)

    def _on_kind(self, kind: object) -> None:
        self._show_numbers()
        self.changed.emit()

    def _on_noise(self, method: str | None) -> None:
        if method is not None:
            native = self.amount.native
            native.setDecimals(0 if method == "median" else 1)
            native.setPrefix("radius " if method == "median" else "strength ")
            native.setSuffix(" px" if method == "median" else "")
            native.setSingleStep(1 if method == "median" else 0.1)
            with self.amount.changed.blocked():
                self.amount.max = LARGEST[method]
                self.amount.value = USUAL[method]
            self.amount.tooltip = (
                "Radius of the disk in pixels."
                if method == "median"
                else "In standard deviations of the noise, which is estimated; 0.8 is usual."
            )
        self._show_numbers()
        self.changed.emit()

    def _on_number(self, value: object) -> None:
        self.changed.emit()

    def _show_numbers(self) -> None:
        """Ask only for the numbers of what is chosen."""
        self._form.show_row(self._percentiles, self.contrast.value)
        self.amount.native.setVisible(self.noise.value is not None)
