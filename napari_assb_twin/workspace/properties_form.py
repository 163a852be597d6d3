"""What is to be measured: groups, axes, phases, bulk values; words are those of the descriptors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from magicgui.widgets import LineEdit
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.descriptors.bulk import WORDS, Bulk, parse_bulk
from napari_assb_twin.descriptors.definition import GROUPS
from napari_assb_twin.descriptors.definitions import DEFINITIONS
from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.percolation import AXES
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.forms import Form, beside, choice, line, show
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.tips import rich

QUICK = ("composition", "interfaces", "chords", "topology", "clusters", "networks")
"""What takes a second or two for 128^3 voxels; the others are for the user to tick."""

TITLES: Mapping[str, str] = {
    "composition": "Composition",
    "interfaces": "Interfaces",
    "chords": "Chords",
    "topology": "Euler number",
    "clusters": "Clusters",
    "networks": "Utilised CAM",
    "geodesic": "Geodesic paths",
    "sizes": "Phase sizes",
    "transport": "Transport",
}
SLOW = (
    "Phase sizes and transport take long: of 128³ voxels a minute or more for each phase, and "
    "for each axis of transport."
)
COLUMNS = 3
FACING: SeparatorSide = "first"
"""Where the separator lies if nobody says."""


class PropertiesForm(QWidget):
    """Ticks and fields that make a `Choice`.

    Signals
    -------
    changed()
        Something else is chosen.
    """

    changed = Signal()

    def __init__(self, names: PhaseNames) -> None:
        super().__init__()
        self.groups = {name: _tick(TITLES[name], _tip(name), name in QUICK) for name in GROUPS}
        self.axes = {name: _tick(name, f"Along {name}.", name == "z") for name in AXES}
        self.phases = {
            phase: _tick("", "Whose paths, sizes and transport are measured.", True)
            for phase in PHASES
        }
        self.separator = choice(
            "Separator at",
            (("as known", None), ("first slice", "first"), ("last slice", "last")),
            "At which end of z the separator lies; the collector lies at the other.",
        )
        self.sides = choice(
            "Sides",
            (("open sides", "open"), ("periodic sides", "periodic")),
            "Whether nothing flows through the four sides of the box, or what leaves at one comes "
            "in at the opposite one.",
        )
        self.bulk = {
            name: LineEdit(label=words.title, tooltip=f"{words.help}, as {words.example}")
            for name, words in WORDS.items()
        }
        for name, field in self.bulk.items():
            field.native.setPlaceholderText(f"relative; or {WORDS[name].example}")
            field.native.setAccessibleName(WORDS[name].title)
        self.remark = QLabel(SLOW)
        self.remark.setWordWrap(True)
        self._lay_out()
        for tick in (*self.groups.values(), *self.axes.values(), *self.phases.values()):
            tick.toggled.connect(self._on_changed)
        for field in (self.separator, self.sides, *self.bulk.values()):
            field.changed.connect(self._on_changed)
        self.set_names(names)
        self._on_changed()

    def set_names(self, names: PhaseNames) -> None:
        """What the phases are called."""
        for phase, tick in self.phases.items():
            tick.setText(names[phase])
            tick.setAccessibleName(names.long(phase))

    def show_choice(self, choice: Choice, known: SeparatorSide | None) -> None:
        """Show what a choice says, of a volume of which it is ``known`` where its separator lies.

        Nobody hears of it.
        """
        self.blockSignals(True)
        for ticks, chosen in (
            (self.groups, choice.groups),
            (self.axes, choice.axes),
            (self.phases, choice.phases),
        ):
            for name, tick in ticks.items():
                tick.setChecked(name in chosen)
        same = choice.separator == (known or FACING)
        show(self.separator, None if same else choice.separator)
        show(self.sides, choice.sides)
        for name, field in self.bulk.items():
            value = getattr(choice.bulk, name)
            show(field, "" if value is None else value.text)
        self.blockSignals(False)

    def chosen(self, known: SeparatorSide | None, device: str) -> Choice:
        """What is chosen, for a volume of which it is ``known`` where its separator lies.

        ``device`` may be ``"auto"``.

        Raises
        ------
        InputError
            If nothing is ticked, or a bulk value is none.
        """
        groups = tuple(name for name in GROUPS if self.groups[name].isChecked())
        axes, phases = _ticked(self.axes), _ticked(self.phases)
        if not groups:
            raise InputError("Nothing is ticked; choose what is to be measured.")
        if not axes or not phases:
            missing = "axis" if not axes else "phase"
            raise InputError(f"No {missing} is ticked; choose at least one.")
        asked = self.bulk if "transport" in groups else {}  # the fields are hidden without
        typed = {name: field.value.strip() for name, field in asked.items()}
        values = {name: parse_bulk(name, text) for name, text in typed.items() if text}
        return Choice(
            groups=groups,
            axes=axes,
            phases=phases,
            separator=self.separator.value or known or FACING,
            device=device,
            sides=self.sides.value,
            bulk=Bulk(**values),
        )

    def _lay_out(self) -> None:
        grid = QWidget()
        cells = QGridLayout(grid)
        cells.setContentsMargins(0, 0, 0, 0)
        cells.setVerticalSpacing(1)
        for number, tick in enumerate(self.groups.values()):
            cells.addWidget(tick, number // COLUMNS, number % COLUMNS)
        self._form = Form(
            beside("Along", "Axes of chords, paths, bottlenecks and transport.",
                   *self.axes.values()),
            beside("Of", "Whose paths, sizes and transport.", *self.phases.values()),
            line("Separator, sides", self.separator, self.sides),
            *self.bulk.values(),
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(grid)
        layout.addWidget(self.remark)
        layout.addWidget(self._form)

    def _on_changed(self, state: object = None) -> None:
        for field in self.bulk.values():
            self._form.show_row(field, self.groups["transport"].isChecked())
        self.changed.emit()


def _ticked(ticks: Mapping) -> tuple:
    return tuple(name for name, tick in ticks.items() if tick.isChecked())


def _tick(text: str, tip: str, ticked: bool) -> QCheckBox:
    tick = QCheckBox(text)
    tick.setToolTip(tip)
    tick.setChecked(ticked)
    return tick


def _tip(group: str) -> str:
    members: Sequence[str] = [one.label for one in DEFINITIONS if one.group == group]
    return rich(f"{', '.join(members)}.")
