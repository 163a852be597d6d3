"""The weights of a high-parametric field as an equaliser: one slider for each frequency."""

from __future__ import annotations

import html
import math

from qtpy.QtCore import QEvent, QObject, QSignalBlocker, Qt
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.parameters import Correlation, FieldName, Twin
from napari_assb_twin.twin.spectral_bands import Band, bands
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import choice
from napari_assb_twin.workspace.wheel_guard import WheelGuard

STEPS = 100
PER_LINE = 14
"""As many sliders fit beside each other in the dock."""

HEIGHT, COLUMN, FIRST = 72, 26, 44
"""Pixels of a slider, and the least widths of its column and of the first one, with a word."""

ABOUT = (
    "Each slider is one wavelength 2π/ω of the spectrum and its share of the field's variance. "
    "Moving one rescales the others in proportion: their sum stays 100 %."
)
DIRECTIONS = (("in the plane", "in-plane"), ("along z", "through-plane"))
WHERE = {"in-plane": "in the plane", "through-plane": "along z"}


class BandSlider(QObject):
    """One band: its share in percent, a slider, and its wavelength under each other.

    The slider is quadratic, so that small shares can be seen and set.
    """

    def __init__(self, grid: QGridLayout, row: int, column: int) -> None:
        super().__init__(grid.parentWidget())
        self._shown: tuple[Band, str] | None = None
        self.share, self.wavelength = QLabel(), QLabel()
        self.slider = QSlider(Qt.Orientation.Vertical)
        self.slider.setRange(0, STEPS)
        self.slider.setFixedHeight(HEIGHT)
        for below, widget in enumerate((self.share, self.slider, self.wavelength)):
            grid.addWidget(widget, row + below, column, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.share, self.wavelength):
            label.setMinimumWidth(1)  # a wide one does not widen the dock

    def show_band(self, band: Band, spoken: str) -> None:
        """Show a band; emits nothing.  A slider that is held stays in the hand."""
        if not self.slider.isSliderDown() and share_at(self.slider.value()) != band.share:
            with QSignalBlocker(self.slider):
                self.slider.setValue(position_of(band.share))
        if (band, spoken) == self._shown:
            return
        self._shown = band, spoken
        self.share.setText(_small(_percent(band.share)))
        length = band.wavelength_um
        written = "longer" if math.isinf(length) else two_digits(length)
        self.wavelength.setText(_small(written))
        name = "All that is longer" if math.isinf(length) else f"Wavelength {length:.3g} µm"
        tip = f"{name} {spoken}: {band.share:.1%} of the variance."
        for widget in (self.slider, self.share, self.wavelength):
            widget.setToolTip(tip)
        self.slider.setAccessibleName(f"{name} {spoken}, share")
        self.slider.setAccessibleDescription(tip)

    def remove(self) -> None:
        """Take the widgets away."""
        for widget in (self.share, self.slider, self.wavelength):
            widget.hide()
            widget.deleteLater()
        self.deleteLater()


class SpectrumBox(QWidget):
    """Sliders for the shares of all frequencies of one field, in the plane or along z."""

    def __init__(self, controller: Controller, name: FieldName) -> None:
        super().__init__()
        self._controller, self._name = controller, name
        self.bands: list[BandSlider] = []
        self._direction: Direction = "in-plane"
        self.direction = choice(
            f"Direction of the spectrum of field {name}",
            DIRECTIONS,
            "Which part of the spectrum the sliders show: structure in the plane, or along the "
            "pressing direction z.",
        )
        about = QLabel("Share in % by wavelength in µm")
        about.setToolTip(ABOUT)
        heading = QHBoxLayout()
        heading.addWidget(about)
        heading.addStretch(1)
        heading.addWidget(self.direction.native)
        sliders = QWidget()
        self._grid = QGridLayout(sliders)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(heading)
        layout.addWidget(sliders)
        self._wheel = WheelGuard(self)
        self.direction.changed.connect(self._on_direction)

    def show_twin(self, twin: Twin) -> None:
        """Show the spectrum of a twin, if its field has one."""
        correlation = twin.field(self._name).correlation
        if isinstance(correlation, Correlation):
            return
        cylindrical = isinstance(correlation, CylindricalSpectrum)
        self.direction.native.setVisible(cylindrical)
        self._direction = self.direction.value if cylindrical else "in-plane"
        shown = bands(correlation, self._direction)
        if len(shown) != len(self.bands):
            self._build(len(shown))
        where = WHERE[self._direction] if cylindrical else "in all directions"
        for slider, band in zip(self.bands, shown, strict=True):
            slider.show_band(band, f"{where}, field {self._name}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A slider that is pressed or reached by the Tab key begins a step of undo."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn):
            self._controller.begin_gesture()
        return False

    def _build(self, count: int) -> None:
        for old in self.bands:
            old.remove()
        self.bands = []
        for number in range(count):
            line, column = divmod(number, PER_LINE)
            one = BandSlider(self._grid, 3 * line, column)
            one.slider.valueChanged.connect(lambda at, number=number: self._on_moved(number, at))
            one.slider.sliderReleased.connect(self._controller.end_drag)
            one.slider.installEventFilter(self)
            one.slider.setEnabled(count > 1)
            self.bands.append(one)
        for column in range(PER_LINE):
            least = COLUMN if column else FIRST
            self._grid.setColumnStretch(column, int(column < count))
            self._grid.setColumnMinimumWidth(column, least if column < count else 0)
        self._wheel.guard(self)

    def _on_moved(self, band: int, position: int) -> None:
        with attempt(self._controller):
            self._controller.set_share(
                self._name, self._direction, band, share_at(position), dragging=True
            )

    def _on_direction(self, direction: str) -> None:
        self.show_twin(self._controller.twin)


def share_at(position: int) -> float:
    """The share at a slider position, 0 to `STEPS`."""
    return (position / STEPS) ** 2


def position_of(share: float) -> int:
    """The slider position nearest to a share."""
    return round(STEPS * math.sqrt(min(1.0, max(0.0, share))))


def _percent(share: float) -> str:
    """A share in percent that fits over a slider."""
    if 0 < share < 0.005:
        return "<1"
    return f"{100 * share:.0f}"


def two_digits(length_um: float) -> str:
    """A wavelength that fits under a slider: 27, 2.7, .27, .03."""
    if length_um < 0.1:
        return f"{length_um:.1g}".removeprefix("0")
    digits = min(2, max(0, 1 - math.floor(math.log10(length_um))))
    return f"{length_um:.{digits}f}".removeprefix("0")


def _small(text: str) -> str:
    """Smaller than the theme's text; it knows no size of its own."""
    return f"<small>{html.escape(text)}</small>"
