"""Two of the open twins, and a slider that leads the window's twin from one to the other."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.morph import morph
from napari_assb_twin.twin.parameters import Grid, Twin
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import choice, offer
from napari_assb_twin.workspace.samples import CURRENT, Samples
from napari_assb_twin.workspace.tips import rich

STEPS = 100
TIP = (
    "Morph: leads the twin of the window from the left twin (0) to the right one (1). All "
    "parameters move together; box and seed stay, so that the structure changes bit by bit. One "
    "drag is one step of undo. Padlocks are not regarded, as with a preset."
)
SAME = "Choose two different twins."
ELSEWHERE = "not between"


class MorphRow(QWidget):
    """From, slider, to.

    Signals
    -------
    chosen()
        Another pair of twins.
    """

    chosen = Signal()

    def __init__(self, controller: Controller, samples: Samples) -> None:
        super().__init__()
        self._controller, self._samples = controller, samples
        self._places: dict[Twin, float] = {}
        self._ends: tuple[Twin, Twin] | None = None
        self._own = False
        self._looks = (0, 0)
        self.first = choice("First twin", (), "The left end of the slider, and what is subtracted.")
        self.second = choice("Second twin", (), "The right end of the slider.")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(80)
        self.slider.setAccessibleName("Morph from the first twin to the second")
        self.slider.setToolTip(rich(TIP))
        self.slider.setAccessibleDescription(TIP)
        self.slider.installEventFilter(self)
        self.place = QLabel()
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.place.setToolTip(
            rich("Where the twin of the window is: 0 is the left twin, 1 the right one.")
        )
        self.message = QLabel()
        self.message.setWordWrap(True)
        for combo in (self.first, self.second):
            combo.native.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            combo.native.setMinimumContentsLength(7)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.first.native, 3)
        line.addWidget(self.place, 2)
        line.addWidget(self.second.native, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.slider)
        layout.addWidget(self.message)
        self.first.changed.connect(self._on_chosen)
        self.second.changed.connect(self._on_chosen)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderReleased.connect(controller.end_drag)
        samples.changed.connect(self._on_samples)
        samples.moved.connect(self._on_moved)
        self._on_samples()

    @property
    def pair(self) -> tuple[str, str]:
        """Names of the first and the second twin."""
        return self.first.value, self.second.value

    def choose(self, first: str, second: str) -> None:
        """Choose two twins by their names."""
        with self.first.changed.blocked():
            self.first.value = first
        with self.second.changed.blocked():
            self.second.value = second
        self._on_chosen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A gesture begins: the slider is pressed, or reached by the Tab key."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn):
            self._controller.begin_gesture()
        return False

    def _on_samples(self) -> None:
        """Other twins to choose from; those that were chosen stay, whatever they are called."""
        names = self._samples.names
        called = {one.look: one.name for one in self._samples.items}
        first = called.get(self._looks[0], names[0])
        second = called.get(self._looks[1], names[-1])
        if second == first:
            second = names[-1]
        for combo, name in ((self.first, first), (self.second, second)):
            offer(combo, ((one, one) for one in names), name)
        self._on_chosen()

    def _on_chosen(self, name: object = None) -> None:
        first, second = (self._samples[name].look for name in self.pair)
        self._looks = first, second
        self._take_ends()
        self.chosen.emit()

    def _take_ends(self) -> None:
        """What the slider leads from and to, or why it cannot."""
        a, b = (self._samples[name].twin for name in self.pair)
        sentence = SAME if self.pair[0] == self.pair[1] else ""
        if not sentence:
            try:
                morph(a, b, 0.5)
            except InputError as error:
                sentence = f"No slider between these two: {error}"
        self._ends = None if sentence else (a, b)
        self._places = {} if sentence else {_model(morph(a, b, t)): t for t in (1.0, 0.0)}
        self.slider.setEnabled(not sentence)
        alone = len(self._samples.items) == 1
        self.message.setText("Add a twin to compare with." if alone else sentence)
        self.message.setVisible(bool(sentence))
        self._show_place()

    def _on_moved(self) -> None:
        if CURRENT in self.pair and not self._own:
            self._take_ends()
        elif not self.slider.isSliderDown():
            self._show_place()

    def _on_slider(self, position: int) -> None:
        if self._ends is None or not self._freeze():
            self._show_place()
            return
        (a, b), t = self._ends, position / STEPS
        twin = morph(a, b, t)
        self._places[_model(twin)] = t
        self._own = True
        try:
            self._controller.set_model(twin, self._text(), dragging=True)
        finally:
            self._own = False
        self._show_place()

    def _freeze(self) -> bool:
        """Keep the current twin if it is an end, so that the slider can come back to it."""
        if CURRENT not in self.pair:
            return True
        position = self.slider.value()
        with QSignalBlocker(self.slider):
            try:
                kept = self._samples.keep()
            except InputError as error:
                self._controller.refuse(error)
                return False
            self.choose(*(kept if name == CURRENT else name for name in self.pair))
            self.slider.setValue(position)
        return True

    def _show_place(self) -> None:
        t = self._places.get(_model(self._controller.twin))
        elsewhere = "" if self._ends is None else ELSEWHERE
        self.place.setText(elsewhere if t is None else f"t = {t:.2f}")
        if t is not None and not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(STEPS * t))

    def _text(self) -> str:
        return f"morph {self.pair[0]} → {self.pair[1]}"


def _model(twin: Twin) -> Twin:
    """A twin without its box and its seed."""
    return replace(twin, grid=Grid(), seed=0)
