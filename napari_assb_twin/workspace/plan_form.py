"""A plan of scenarios as a form."""

from __future__ import annotations

from dataclasses import replace

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_assb_twin.measure.sections import SMALLEST_SIDE
from napari_assb_twin.scenarios.plan import Plan
from napari_assb_twin.twin.gradient import SeparatorSide
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.workspace.forms import Form, choice, line, show, show_within, whole
from napari_assb_twin.workspace.grid_box import LARGEST_EDGE, LARGEST_SEED
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.properties_form import PropertiesForm
from napari_assb_twin.workspace.varied_rows import VariedRows

DESIGNS = (
    ("Latin hypercube", "latin-hypercube"),
    ("Sobol sequence", "sobol"),
    ("grid: every combination", "grid"),
)
MOST_POINTS, MOST_STEPS, MOST_REALISATIONS = 4096, 20, 100


class PlanForm(QWidget):
    """What is varied, how often, in which box, and what is measured.

    Signals
    -------
    changed()
        By hand.
    """

    changed = Signal()

    def __init__(self, names: PhaseNames) -> None:
        super().__init__()
        self.varied = VariedRows()
        self.design = choice("Design", DESIGNS, "Where the scenarios lie in the ranges.")
        self.points = whole("Scenarios", 2, MOST_POINTS, "A Sobol sequence needs a power of two.")
        self.steps = whole(
            "Steps", 2, MOST_STEPS, "Numbers from one end of each range to the other."
        )
        self.repeats = whole(
            "Realisations", 1, MOST_REALISATIONS, "Of each scenario: their spread is seen."
        )
        self.seed = whole("Seed", 0, LARGEST_SEED, "Of the design and of all realisations.")
        self.edges = [
            whole("", SMALLEST_SIDE, LARGEST_EDGE, f"Voxels along {axis}.", spoken=f"Voxels {axis}")
            for axis in "zyx"
        ]
        self.measured = PropertiesForm(names)
        voxels = line("Voxels", *self.edges)
        voxels.tooltip = "Along z, y and x; the voxel size is that of the twin."
        self._form = Form(self.design, self.points, self.steps, self.repeats, voxels, self.seed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.varied)
        layout.addWidget(self._form)
        layout.addWidget(QLabel("What is measured"))
        layout.addWidget(self.measured)
        layout.addStretch(1)
        for field, value in ((self.points, 32), (self.steps, 3), (self.repeats, 3)):
            show(field, value)
        self._connect()
        self._on_design()

    def follow(self, twin: Twin, names: PhaseNames) -> None:
        """Names, usual ranges and the box of a twin."""
        self.varied.follow(twin, names)
        self.measured.set_names(names)
        for edge, count in zip(self.edges, twin.grid.shape, strict=True):
            show_within(edge, count)

    def plan(self, twin: Twin) -> Plan:
        """The plan that the form says, for a twin.

        Raises
        ------
        InputError
            If it makes no sense.
        """
        grid = self.design.value == "grid"
        z, y, x = (edge.value for edge in self.edges)
        return Plan(
            twin=replace(twin, grid=replace(twin.grid, shape=(z, y, x))),
            varied=self.varied.varied(self.steps.value if grid else None),
            design=self.design.value,
            points=None if grid else self.points.value,
            realisations=self.repeats.value,
            choice=self.measured.chosen(_known_side(twin), device="cpu"),
            seed=self.seed.value,
        )

    def show_plan(self, plan: Plan, names: PhaseNames) -> None:
        """Show a plan as far as the form can say it; what it cannot stays in the plan."""
        self.follow(plan.twin, names)
        self.varied.show_varied(plan.varied)
        steps = max((one.steps or 2 for one in plan.varied), default=2)
        show(self.design, plan.design)
        for field, value in (
            (self.points, plan.points or self.points.value),
            (self.steps, steps if plan.design == "grid" else self.steps.value),
            (self.repeats, plan.realisations),
            (self.seed, plan.seed),
        ):
            show_within(field, value)
        self.measured.show_choice(plan.choice, _known_side(plan.twin))
        self._on_design()

    def _connect(self) -> None:
        self.varied.changed.connect(self.changed)
        self.design.changed.connect(self._on_design)
        self.measured.changed.connect(self.changed)
        fields = (self.design, self.points, self.steps, self.repeats, self.seed)
        for field in (*fields, *self.edges):
            field.changed.connect(lambda value=None: self.changed.emit())

    def _on_design(self, value: object = None) -> None:
        grid = self.design.value == "grid"
        self._form.show_row(self.steps, grid)
        self._form.show_row(self.points, not grid)


def _known_side(twin: Twin) -> SeparatorSide | None:
    return None if twin.gradient is None else twin.gradient.separator_side
