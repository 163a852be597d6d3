"""Sliders and numbers of the whole twin."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.twin.parameters import FIELD_NAMES, PARAMETERS, Twin
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES
from napari_assb_twin.twin.presets import PRESETS, preset_of
from napari_assb_twin.twin.twin_file import SUFFIX
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.field_box import FieldBox
from napari_assb_twin.workspace.forms import Form, choice, offer, show
from napari_assb_twin.workspace.grid_box import GridBox, SeedRow
from napari_assb_twin.workspace.parameter_row import ParameterRow
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.section import Section

SYMMETRIES = (("cylindrical about z", "cylindrical"), ("isotropic", "isotropic"))
OWN = "your own, or choose…"
TOOLTIP = Qt.ItemDataRole.ToolTipRole


class MorphologyPanel(QWidget):
    """Presets, files, undo; fractions, both fields, box and seed."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(self._file_line())
        self._model = self._model_form()
        layout.addWidget(self._model)
        fractions = QGridLayout()
        fractions.setColumnStretch(1, 1)
        fractions.setHorizontalSpacing(4)
        fractions.setVerticalSpacing(1)
        fraction_box = QWidget()
        fraction_box.setLayout(fractions)
        fractions.setContentsMargins(0, 0, 0, 4)
        self.rows = {phase: ParameterRow(phase, fractions, row) for row, phase in enumerate(PHASES)}
        self.sections = [Section("Volume fractions (sum 1)", fraction_box)]
        self.fields = {name: FieldBox(controller, name) for name in FIELD_NAMES}
        for name, box in self.fields.items():
            self.rows.update(box.rows)
            self.sections.append(Section(f"Field {name}", box))
        self.grid = GridBox(controller)
        self.seed = SeedRow(controller)
        self.sections.append(Section("Box", self.grid))
        for section in self.sections:
            layout.addWidget(section)
        layout.addWidget(self.seed)
        layout.addStretch(1)
        for row in self.rows.values():
            row.moved.connect(self._on_moved)
            row.released.connect(controller.end_drag)
            row.locked.connect(controller.set_padlock)
        controller.twin_changed.connect(self.show_twin)
        controller.padlocks_changed.connect(self._on_padlocks)
        controller.history_changed.connect(self._on_history)
        controller.names_changed.connect(self._on_names)
        self._colour = "#808080"
        self.show_twin(controller.twin)
        self._on_history()

    def show_twin(self, twin: Twin) -> None:
        """Show a twin in every widget."""
        names = self._controller.names
        show(self.preset, preset_of(twin))
        show(self.symmetry, twin.symmetry)
        offer(self.first, names.choices(), twin.first_phase)
        others = [one for one in names.choices() if one[1] != twin.first_phase]
        offer(self.second, others, twin.second_phase)
        for path, row in self.rows.items():
            row.set_value(twin.value(path))
        for name, box in self.fields.items():
            box.show_twin(twin)
            phase = twin.first_phase if name == "X" else twin.second_phase
            self.sections[1 + FIELD_NAMES.index(name)].set_title(
                f"Field {name}: {names.long(phase)}"
            )
        self.grid.show_twin(twin)
        self.seed.show_twin(twin)
        self._enable_rows()

    def set_theme(self, theme: dict[str, str]) -> None:
        """Draw the padlocks in the colour of the text."""
        self._colour = theme["text"]
        for row in self.rows.values():
            row.set_text_colour(self._colour)
        self.seed.set_text_colour(self._colour)

    def _file_line(self) -> QHBoxLayout:
        self.open_button = _button("Open…", f"Open a twin file (*{SUFFIX}).", self._on_open)
        self.save_button = _button("Save…", f"Save as twin file (*{SUFFIX}).", self._on_save)
        self.undo_button = _button("Undo", "Ctrl+Z", self._controller.undo)
        self.redo_button = _button("Redo", "Ctrl+Shift+Z", self._controller.redo)
        line = QHBoxLayout()
        for button in (self.open_button, self.save_button, self.undo_button, self.redo_button):
            line.addWidget(button)
        return line

    def _model_form(self) -> Form:
        titles = [(one.title, name) for name, one in PRESETS.items()]
        self.preset = choice(
            "Preset", [(OWN, None), *titles], "Built-in twins; the box stays as it is."
        )
        for index, one in enumerate(PRESETS.values(), start=1):
            self.preset.native.setItemData(index, one.documentation, TOOLTIP)
        self.symmetry = choice(
            "Symmetry", SYMMETRIES, "Cylindrical: the pressing direction z differs from x and y."
        )
        self.first = choice(
            "Cut first", (), "The phase that is cut from field X.", spoken="First phase"
        )
        self.second = choice(
            "Cut second",
            (),
            "The phase that is cut from field Y in what X leaves; the third is the rest.",
            spoken="Second phase",
        )
        self.preset.changed.connect(self._on_preset)
        self.symmetry.changed.connect(self._on_symmetry)
        self.first.changed.connect(self._on_first)
        self.second.changed.connect(self._on_second)
        return Form(self.preset, self.symmetry, self.first, self.second)

    def _enable_rows(self) -> None:
        locked = self._controller.padlocks
        isotropic = self._controller.twin.symmetry == "isotropic"
        for path, row in self.rows.items():
            free = path not in locked
            if path in PHASES:
                free &= any(other not in locked for other in PHASES if other != path)
            elif path.endswith("anisotropy"):
                free &= not isotropic
            row.set_enabled(free)

    def _on_moved(self, path: str, value: float | None, dragging: bool) -> None:
        with attempt(self._controller):
            self._controller.set_value(path, value, dragging=dragging)

    def _on_padlocks(self, padlocks: frozenset[str]) -> None:
        for path, row in self.rows.items():
            row.set_locked(path in padlocks)
            row.set_text_colour(self._colour)
        self._enable_rows()

    def _on_names(self, names: PhaseNames) -> None:
        for phase in PHASES:
            ours = names.long(phase) == LONG_NAMES[phase]
            self.rows[phase].set_name(PARAMETERS[phase].label if ours else names[phase])
        self.show_twin(self._controller.twin)

    def _on_history(self) -> None:
        controller = self._controller
        for button, word, keys, text in (
            (self.undo_button, "Undo", "Ctrl+Z", controller.undo_text),
            (self.redo_button, "Redo", "Ctrl+Shift+Z", controller.redo_text),
        ):
            button.setEnabled(text is not None)
            button.setToolTip(f"{word}: {text} ({keys})" if text else f"{word} ({keys})")

    def _on_preset(self, name: str | None) -> None:
        if name is not None:
            with attempt(self._controller):
                self._controller.load_preset(name)

    def _on_symmetry(self, symmetry: str) -> None:
        with attempt(self._controller):
            self._controller.set_symmetry(symmetry)

    def _on_first(self, first: str) -> None:
        twin = self._controller.twin
        second = twin.first_phase if first == twin.second_phase else twin.second_phase
        with attempt(self._controller):
            self._controller.set_phase_order(first, second)

    def _on_second(self, second: str) -> None:
        with attempt(self._controller):
            self._controller.set_phase_order(self._controller.twin.first_phase, second)

    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Open twin file", "", f"Twin files (*{SUFFIX});;All files (*)"
        )
        if name:
            with attempt(self._controller):
                self._controller.open_twin(name)

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save twin file", f"cathode{SUFFIX}", f"Twin files (*{SUFFIX})"
        )
        if name:
            path = Path(name) if name.endswith(".json") else Path(name + SUFFIX)
            with attempt(self._controller):
                self._controller.save_twin(path)


def _button(text: str, tip: str, slot) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.clicked.connect(lambda checked=False: slot())
    return button
