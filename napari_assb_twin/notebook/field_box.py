"""Kind and parameters of one random field."""

from __future__ import annotations

from magicgui.widgets import Container

from napari_assb_twin.notebook.exploration import Exploration
from napari_assb_twin.notebook.fields import choice, heading, offer, show
from napari_assb_twin.notebook.parameter_row import ParameterRow
from napari_assb_twin.twin.parameters import PARAMETERS, FieldName, Tail, Twin
from napari_assb_twin.twin.phases import LONG_NAMES
from napari_assb_twin.workspace.edits import by_hand, with_kind

MOST_DEGREES = 4
"""Degrees of freedom that are offered; a twin with more keeps its own."""

TAILS = (("above the level", "upper"), ("below the level", "lower"))


class FieldBox:
    """Field X or Y: Gaussian or chi-square, its tail, and its correlation."""

    def __init__(self, exploration: Exploration, name: FieldName) -> None:
        self._exploration, self._name = exploration, name
        self.title = heading(f"Field {name}")
        self.kind = choice(
            "Kind", _kinds(0), "A chi-square field is the sum of k squared Gaussian fields."
        )
        self.tail = choice(
            "Phase lies",
            TAILS,
            "At high or at low values of the field. Below the level of a chi-square field with "
            "k = 1 the phase forms thin sheets.",
        )
        self.rows = {path: ParameterRow(path) for path in PARAMETERS if path.startswith(f"{name}.")}
        self.form = Container(
            widgets=(self.title, self.kind, self.tail, *(row.line for row in self.rows.values())),
            labels=False,
        )
        self.kind.changed.connect(self._on_kind)
        self.tail.changed.connect(self._on_tail)

    def show_twin(self, twin: Twin) -> None:
        """Show the field of a twin; its numbers are shown by the rows."""
        field = twin.field(self._name)
        phase = twin.first_phase if self._name == "X" else twin.second_phase
        show(self.title, f"Field {self._name}: {LONG_NAMES[phase]}")
        offer(self.kind, _kinds(field.degrees_of_freedom), field.degrees_of_freedom)
        show(self.tail, field.tail)
        row = self.rows[f"{self._name}.anisotropy"]
        row.set_enabled(twin.answers(row.path) and twin.symmetry == "cylindrical")

    def _on_kind(self, degrees: int) -> None:
        self._change(degrees, None)

    def _on_tail(self, tail: Tail) -> None:
        self._change(None, tail)

    def _change(self, degrees: int | None, tail: Tail | None) -> None:
        twin = by_hand(with_kind(self._exploration.twin, self._name, degrees, tail))
        self._exploration.set_twin(twin, f"kind of field {self._name}")


def _kinds(degrees: int) -> tuple[tuple[str, int], ...]:
    offered = sorted({*range(1, MOST_DEGREES + 1), degrees} - {0})
    return (("Gaussian field", 0), *((f"chi-square field, k = {k}", k) for k in offered))
