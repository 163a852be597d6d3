"""From a recipe to the volume fractions of the twin, and the recipe that the twin stands for."""

from __future__ import annotations

from magicgui.widgets import ComboBox, FloatSpinBox
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.composition import (
    DENSITIES,
    SOLIDS,
    Additive,
    Densities,
    Recipe,
    recipe_of,
)
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.buttons import push_button
from napari_assb_twin.workspace.controller import Controller
from napari_assb_twin.workspace.forms import Form, choice, line, number, offer, show
from napari_assb_twin.workspace.phase_names import PhaseNames

KNOWN = "; ".join(f"{name} {density:g}" for name, density in DENSITIES.items())


class RecipeDialog(QDialog):
    """Weights, densities and porosity beside the volume fractions that follow, and the way back.

    It opens with the recipe of the twin, and stays open beside the window.
    """

    def __init__(self, controller: Controller, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self.setWindowTitle("Volume fractions from a recipe")
        self.weights = {solid: _weight(0.0) for solid in SOLIDS}
        self.densities = {solid: _density(getattr(Densities(), solid)) for solid in SOLIDS}
        self.additive_weight = _weight(0.0)
        self.additive_density = _density(Additive(weight_fraction=0.0).density_g_per_cm3)
        self.additive_phase = choice(
            "Counted to",
            (),
            "The phase of the twin that holds the additive: it has none of its own.",
            spoken="Phase that the additive is counted to",
        )
        self.porosity = number(
            "Porosity", 0.0, 100.0, " % of the volume", "Empty share of the volume."
        )
        self._form = Form(
            *(line("", self.weights[solid], self.densities[solid]) for solid in SOLIDS),
            line("Additive", self.additive_weight, self.additive_density),
            self.additive_phase,
            self.porosity,
        )
        self.outcome, self.now = QLabel(), QLabel()
        for label in (self.outcome, self.now):
            label.setWordWrap(True)
        self.take = push_button(
            "Fill in the twin's", "Fill in the recipe that the twin stands for.", self.fill
        )
        self.apply = push_button(
            "Apply", "Set the three volume fractions of the twin; one step of undo.", self._on_apply
        )
        close = push_button("Close", "Close this window; the numbers stay.", self.close)
        buttons = QHBoxLayout()
        for button in (self.take, self.apply, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self._form)
        layout.addWidget(self.outcome)
        layout.addWidget(self.now)
        layout.addLayout(buttons)
        for field in self._fields():
            field.changed.connect(self._on_edited)
        controller.twin_changed.connect(self._on_twin)
        controller.names_changed.connect(self.set_names)
        self.set_names(controller.names)
        self.fill()

    def recipe(self) -> Recipe:
        """What is typed; `InputError` if it is no recipe."""
        active, electrolyte = (self.weights[solid].value for solid in SOLIDS)
        return Recipe(
            active_material=active,
            solid_electrolyte=electrolyte,
            porosity=self.porosity.value / 100.0,
            densities=self._densities(),
            additive=self._additive(),
        )

    def fill(self) -> None:
        """Type the weights and the porosity of the twin."""
        try:
            recipe = self._of_twin()
        except InputError as error:
            self._controller.refuse(error)
            return
        for solid in SOLIDS:
            show(self.weights[solid], 100.0 * recipe.weight_fractions[solid])
        show(self.porosity, 100.0 * recipe.porosity)
        self._on_edited()

    def set_names(self, names: PhaseNames) -> None:
        """Call the phases so."""
        for row, solid in enumerate(SOLIDS):
            self._form.set_label(row, names.long(solid))
            self.weights[solid].native.setAccessibleName(f"Weight of {names.long(solid)} in %")
            self.densities[solid].native.setAccessibleName(
                f"Density of {names.long(solid)} in g per cm³"
            )
        home = self.additive_phase.value or "solid_electrolyte"
        offer(self.additive_phase, names.choices(), home)
        self._on_edited()

    def _on_edited(self, value: object = None) -> None:
        """Write what follows from the recipe."""
        names = self._controller.names
        self.additive_phase.enabled = self.additive_weight.value > 0
        try:
            recipe = self.recipe()
            fractions = recipe.volume_fractions
        except InputError as error:
            self.outcome.setText(f"⚠ {str(error)[:1].upper()}{str(error)[1:]}")
            self.apply.setEnabled(False)
        else:
            shares = ", ".join(f"{names[p]} {100 * fractions[p]:.2f}" for p in PHASES)
            self.outcome.setText(
                f"This recipe, % of the volume: {shares}. "
                f"Density of the pressed whole {recipe.density_g_per_cm3:.3f} g/cm³."
            )
            self.apply.setEnabled(True)
        self._on_twin()

    def _on_twin(self, twin: object = None) -> None:
        """Write the recipe that the twin stands for."""
        names = self._controller.names
        try:
            recipe = self._of_twin()
        except InputError as error:
            self.now.setText(f"The twin now: {error}")
            return
        weights = recipe.weight_fractions
        shares = ", ".join(f"{names[s]} {100 * weights[s]:.2f}" for s in SOLIDS)
        extra = f", additive {100 * weights['additive']:.2f}" if "additive" in weights else ""
        porosity = f"porosity {100 * recipe.porosity:.2f} %"
        self.now.setText(f"The twin now, % of the weight: {shares}{extra}; {porosity}.")

    def _on_apply(self) -> None:
        try:
            self._controller.set_fractions(self.recipe().volume_fractions)
        except InputError as error:
            self._controller.refuse(error)

    def _of_twin(self) -> Recipe:
        fractions = self._controller.twin.volume_fractions
        return recipe_of(fractions, densities=self._densities(), additive=self._additive())

    def _densities(self) -> Densities:
        active, electrolyte = (self.densities[solid].value for solid in SOLIDS)
        return Densities(active_material=active, solid_electrolyte=electrolyte)

    def _additive(self) -> Additive | None:
        weight = self.additive_weight.value
        total = weight + sum(field.value for field in self.weights.values())
        if weight == 0.0:
            return None
        return Additive(
            weight_fraction=weight / total,
            density_g_per_cm3=self.additive_density.value,
            phase=self.additive_phase.value,
        )

    def _fields(self) -> tuple[FloatSpinBox | ComboBox, ...]:
        return (
            *self.weights.values(),
            *self.densities.values(),
            self.additive_weight,
            self.additive_density,
            self.additive_phase,
            self.porosity,
        )


def _weight(value: float) -> FloatSpinBox:
    field = number(
        "Weight",
        0.0,
        1e6,
        " g",
        "Weight, or parts by weight: the ratio alone counts. An additive of 0 is none: carbon and "
        "binder as one.",
        spoken="Weight of the additive",
    )
    field.value = value
    return field


def _density(value: float) -> FloatSpinBox:
    field = number(
        "Density",
        0.0,
        100.0,
        " g/cm³",
        f"Density of the material in g/cm³; the data sheet of your powder knows it. {KNOWN}.",
        spoken="Density of the additive in g per cm³",
    )
    field.value = value
    return field
