"""Sliders and numbers of the whole twin."""

from __future__ import annotations

from qtpy.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_assb_twin.calibration.verdict_lines import told_of
from napari_assb_twin.calibration.weakness import weakly_determined
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    Parameter,
    Twin,
)
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase
from napari_assb_twin.workspace.attempt import attempt
from napari_assb_twin.workspace.buttons import push_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.field_box import FieldBox
from napari_assb_twin.workspace.forms import Form, choice, offer, show
from napari_assb_twin.workspace.gradient_box import GradientBox
from napari_assb_twin.workspace.grid_box import GridBox, SeedRow
from napari_assb_twin.workspace.illustrator import Illustrator
from napari_assb_twin.workspace.latest import LatestWins
from napari_assb_twin.workspace.pair_box import PairBox, description_of
from napari_assb_twin.workspace.parameter_row import ParameterRow, row_grid
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.preset_choice import PresetChoice
from napari_assb_twin.workspace.recipe_dialog import RecipeDialog
from napari_assb_twin.workspace.reduction_dialog import ReductionDialog
from napari_assb_twin.workspace.section import Fold, Section
from napari_assb_twin.workspace.verdict_box import VerdictLine

FRACTIONS = "Volume fractions (sum 1)"
MEAN_FRACTIONS = "Mean fractions (sum 1)"
SYMMETRIES = (("cylindrical about z", "cylindrical"), ("isotropic", "isotropic"))


class MorphologyPanel(QWidget):
    """Presets, files, undo; fractions, both fields, box and seed."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.setSpacing(1)
        layout.addLayout(self._file_line())
        self._preset_form, self._order_form = self._forms()
        layout.addWidget(self._preset_form)
        self.verdict = VerdictLine()
        layout.addWidget(self.verdict)
        fraction_box = QWidget()
        fractions = row_grid()
        fraction_box.setLayout(fractions)
        self.rows = {phase: ParameterRow(phase, fractions, row) for row, phase in enumerate(PHASES)}
        self.recipe_button = push_button(
            "From recipe…",
            "Weights, densities and porosity to volume fractions, and back.",
            self._on_recipe,
        )
        self.recipe: RecipeDialog | None = None
        self.sections = [Section(FRACTIONS, fraction_box, self.recipe_button)]
        self.fields = {name: FieldBox(controller, name) for name in FIELD_NAMES}
        for name, box in self.fields.items():
            self.rows.update(box.rows)
            box.reduce_button.clicked.connect(lambda checked=False: self._on_reduce())
            self.sections.append(Section(f"Field {name}", box, box.advanced))
        self.pair = PairBox()
        self.rows[FIELD_CORRELATION] = self.pair.row
        self.fields["Y"].add(self.pair)
        self.grid = GridBox(controller)
        self.seed = SeedRow(controller)
        self.gradient = GradientBox(controller)
        self.sections.append(
            Section("Gradient through the thickness", self.gradient, unfolded=False)
        )
        self.sections.append(Section("Box", self.grid))
        self.sections.append(
            Section("Symmetry and order of the phases", self._order_form, unfolded=False)
        )
        for section in self.sections[:3]:
            layout.addWidget(section)
        layout.addWidget(self.seed)
        for section in self.sections[3:]:
            layout.addWidget(section)
        layout.addStretch(1)
        self.pictures = Illustrator(controller)
        self.reducer = LatestWins("assb-twin-reduction")
        self.reduction: ReductionDialog | None = None
        for row in self.rows.values():
            row.illustrate = self.pictures
            row.moved.connect(self._on_moved)
            row.begun.connect(controller.begin_gesture)
            row.released.connect(controller.end_drag)
            row.reset.connect(self._on_reset)
            row.locked.connect(controller.set_padlock)
        controller.twin_changed.connect(self.show_twin)
        controller.padlocks_changed.connect(self._on_padlocks)
        controller.history_changed.connect(self._on_history)
        controller.names_changed.connect(self._on_names)
        self._colour = "#808080"
        self._offered: tuple[PhaseNames, Phase] | None = None
        self._marked: tuple[object, ...] | None = None
        self._home: Twin | None = None
        self.show_twin(controller.twin)
        self._on_history()

    @property
    def folds(self) -> dict[str, Fold]:
        """Everything that folds, by a name that stays."""
        names = ("fractions", *FIELD_NAMES, "gradient", "box", "order")
        folds = {name: one.fold for name, one in zip(names, self.sections, strict=True)}
        for name, box in self.fields.items():
            folds |= {f"{name} advanced": box.advanced, f"{name} spectrum": box.spectrum_fold}
        return folds

    def show_twin(self, twin: Twin) -> None:
        """Show a twin; a moving slider makes this often, so that little is written twice."""
        show(self.preset, self.presets.name_of(twin))
        for path, row in self.rows.items():
            row.describe(self._description(twin, path))
            row.set_value(twin.value(path), present=twin.answers(path))
            row.set_box(twin.grid)
        for box in self.fields.values():
            box.show_twin(twin)
        self.pair.show_twin(twin)
        self.gradient.show_twin(twin)
        self.sections[0].set_title(FRACTIONS if twin.gradient is None else MEAN_FRACTIONS)
        self._show_order(twin)
        self._show_marks(twin)
        self.grid.show_twin(twin)
        self.seed.show_twin(twin)
        self._enable_rows()

    def _description(self, twin: Twin, path: str) -> Parameter:
        if path == FIELD_CORRELATION:
            return description_of(twin, self._controller.names)
        return twin.description(path)

    def _show_order(self, twin: Twin) -> None:
        names = self._controller.names
        show(self.symmetry, twin.symmetry)
        if self._offered != (names, twin.first_phase):
            self._offered = (names, twin.first_phase)
            offer(self.first, names.choices(), twin.first_phase)
            others = [one for one in names.choices() if one[1] != twin.first_phase]
            offer(self.second, others, twin.second_phase)
        show(self.first, twin.first_phase)
        show(self.second, twin.second_phase)
        cut = (twin.first_phase, twin.second_phase)
        for name, section, phase in zip(FIELD_NAMES, self.sections[1:3], cut, strict=True):
            section.set_title(f"Field {name}: {names.long(phase)}")

    def _show_marks(self, twin: Twin) -> None:
        """Mark what the fit could not fix; a twin changed by hand has no record of it."""
        record = (twin.uncertainty, twin.provenance, self._controller.home)
        if self._marked is None or any(
            a is not b for a, b in zip(record, self._marked, strict=True)
        ):
            self._marked = record
            self._show_verdict(twin)
            marks = weakly_determined(twin)
            for phase in PHASES:
                self.rows[phase].set_mark(marks.get(phase, ""))
            for box in self.fields.values():
                box.show_marks(marks)

    def _show_verdict(self, twin: Twin) -> None:
        """A slider that moves must not lose its place: a verdict that is gone leaves a line."""
        if twin.provenance:
            self.verdict.show_verdict(told_of(twin))
        elif self._controller.home.provenance:
            self.verdict.show_changed()
        else:
            self.verdict.setVisible(False)

    def set_scheme(self, name: str) -> None:
        """Colour the pictures of the tooltips by one of the schemes."""
        self.pictures.scheme = name

    def set_theme(self, theme: dict[str, str]) -> None:
        """Draw the padlocks in the colour of the text."""
        self._colour = theme["text"]
        for row in self.rows.values():
            row.set_text_colour(self._colour)
        self.seed.set_text_colour(self._colour)

    def _file_line(self) -> QHBoxLayout:
        self.open_button = QPushButton("Open…")
        self.save_button = QPushButton("Save…")
        self.undo_button = push_button("Undo", "Ctrl+Z", self._controller.undo)
        self.redo_button = push_button("Redo", "Ctrl+Shift+Z", self._controller.redo)
        line = QHBoxLayout()
        for button in (self.open_button, self.save_button, self.undo_button, self.redo_button):
            line.addWidget(button)
        return line

    def _forms(self) -> tuple[Form, Form]:
        self.presets = PresetChoice()
        self.preset = self.presets.field
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
        return Form(self.preset), Form(self.symmetry, self.first, self.second)

    def _enable_rows(self) -> None:
        locked = self._controller.padlocks
        twin = self._controller.twin
        isotropic = twin.symmetry == "isotropic"
        for path, row in self.rows.items():
            free = path not in locked and twin.answers(path)
            if path in PHASES:
                free &= any(other not in locked for other in PHASES if other != path)
            elif path.endswith("anisotropy"):
                free &= not isotropic
            row.set_enabled(free)

    def _on_moved(self, path: str, value: float | None, dragging: bool) -> None:
        with attempt(self._controller):
            self._controller.set_value(path, value, dragging=dragging)

    def _on_reset(self, path: str) -> None:
        with attempt(self._controller):
            self._controller.reset(path)

    def _on_padlocks(self, padlocks: frozenset[str]) -> None:
        for path, row in self.rows.items():
            row.set_locked(path in padlocks)
            row.set_text_colour(self._colour)
        self._enable_rows()

    def _on_names(self, names: PhaseNames) -> None:
        for phase in PHASES:
            ours = names.long(phase) == LONG_NAMES[phase]
            self.rows[phase].set_name(PARAMETERS[phase].label if ours else names[phase])
        self.gradient.show_names()
        self.show_twin(self._controller.twin)

    def _on_history(self) -> None:
        controller = self._controller
        for button, word, keys, text in (
            (self.undo_button, "Undo", "Ctrl+Z", controller.undo_text),
            (self.redo_button, "Redo", "Ctrl+Shift+Z", controller.redo_text),
        ):
            button.setEnabled(text is not None)
            button.setToolTip(f"{word}: {text} ({keys})" if text else f"{word} ({keys})")
        if controller.home is not self._home:
            self._home = controller.home
            for path, row in self.rows.items():
                row.set_home(self._home.value(path))
            self.gradient.show_home(self._home)

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

    def _on_recipe(self) -> None:
        """It is made once, so that its numbers stay."""
        if self.recipe is None:
            self.recipe = RecipeDialog(self._controller, self)
        self.recipe.show()
        self.recipe.raise_()

    def _on_reduce(self) -> None:
        if self.reduction is None:
            self.reduction = ReductionDialog(self._controller, self.reducer, self)
        self.reduction.ask()

    def close_dialogs(self) -> None:
        """Hide the windows of the recipe, which opens again with its numbers, and of the loss."""
        if self.recipe is not None:
            self.recipe.hide()
        if self.reduction is not None:
            self.reduction.reject()
