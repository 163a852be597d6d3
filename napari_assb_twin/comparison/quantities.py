"""What is compared of two twins: parameters, and exact numbers of the structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from napari_assb_twin.twin.equivalent import kind_in_words, order_in_words, same_kind, same_order
from napari_assb_twin.twin.parameters import (
    FIELD_CORRELATION,
    FIELD_NAMES,
    PARAMETERS,
    FieldName,
    Twin,
)
from napari_assb_twin.twin.phases import PHASES, SHORT_NAMES, Phase
from napari_assb_twin.twin.readouts import INTERFACES, Number, Pair, Readouts

INTERFACE, CONTACT, TRIPLE, CHORD = (
    "interface area",
    "contact share",
    "triple-phase boundary",
    "mean chord",
)
"""Names of derived numbers in the record of a fit."""

CONTACTS: tuple[Pair, ...] = (
    ("active_material", "solid_electrolyte"),
    ("solid_electrolyte", "active_material"),
    ("pore", "active_material"),
)
"""One share of each phase's surface: the other is what is left of 1, and says the same again."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number that every twin has, or that some have.

    Attributes
    ----------
    name, phases, unit
        What it is, for example ``"interface area"`` of two phases in 1/um.
    path
        Where it is a parameter: its path in the twin, else empty.
    """

    name: str
    phases: tuple[Phase, ...] = ()
    unit: str = ""
    path: str = ""

    @property
    def title(self) -> str:
        """The name with the field or the phases that it belongs to."""
        field, dot, _ = self.path.rpartition(".")
        if dot:
            return f"{self.name} of {field}"
        if not self.phases:
            return self.name
        link = " touching " if self.name == CONTACT else "-"
        return f"{self.name}, {link.join(SHORT_NAMES[phase] for phase in self.phases)}"


def parameters_of(a: Twin, b: Twin) -> Iterator[Quantity]:
    """The fractions, and the parameters of fields that at least one of two twins has."""
    for phase in PHASES:
        yield Quantity(name="volume fraction", phases=(phase,), path=phase)
    isotropic = a.symmetry == b.symmetry == "isotropic"
    for path, parameter in PARAMETERS.items():
        if path in PHASES or (isotropic and path.endswith("anisotropy")):
            continue
        if a.lists(path) or b.lists(path):
            name, unit = parameter.label.lower(), parameter.unit
            if path.endswith("oscillation_per_um"):
                name, unit = "oscillation", "1/µm"
            if path == FIELD_CORRELATION:
                name = "field correlation"
            yield Quantity(name=name, unit=unit, path=path)


def structure() -> Iterator[Quantity]:
    """The exact numbers of the structure; they mean the same whatever the model is."""
    for pair in INTERFACES:
        yield Quantity(name=INTERFACE, phases=pair, unit="1/µm")
    for pair in CONTACTS:
        yield Quantity(name=CONTACT, phases=pair)
    yield Quantity(name=TRIPLE, unit="1/µm²")
    for phase in PHASES:
        yield Quantity(name=CHORD, phases=(phase,), unit="µm")


def value_of(quantity: Quantity, twin: Twin, exact: Readouts) -> Number:
    """The number of a twin; None where it is infinite or the twin has none.

    ``exact`` are the readouts of that twin.
    """
    if quantity.path:
        return twin.value(quantity.path) if twin.has(quantity.path) else None
    return _OF_READOUTS[quantity.name](exact, quantity.phases)


def missing(quantity: Quantity, twin: Twin, exact: Readouts) -> str:
    """Why `value_of` is None."""
    if not quantity.path:
        return exact.reservation
    if twin.has(quantity.path):
        return "infinite"
    if quantity.path == FIELD_CORRELATION:
        return "the pair of fields is not Gaussian and has none"
    return f"field {quantity.path.partition('.')[0]} is high-parametric and has none"


def obstacle(quantity: Quantity, a: Twin, b: Twin) -> str:
    """Why a parameter means something else in two twins of one wording; empty if it does not.

    See `written_like`.  Volume fractions and numbers of the structure mean the same in all twins.
    """
    name, dot, _ = quantity.path.partition(".")
    if not dot and quantity.path != FIELD_CORRELATION:
        return ""
    if not same_order(a, b):
        return f"phases are cut in another order: {order_in_words(a)} against {order_in_words(b)}"
    if quantity.path == FIELD_CORRELATION:
        both = a.has(quantity.path) and b.has(quantity.path)
        return "" if both else "the pair of fields is not Gaussian in one of the twins"
    field: FieldName = FIELD_NAMES[FIELD_NAMES.index("X" if name == "X" else "Y")]
    if not same_kind(a, b, field):
        kinds = (kind_in_words(twin.field(field)) for twin in (a, b))
        return f"field {field} is of another kind: {' against '.join(kinds)}"
    lacking = [twin for twin in (a, b) if not twin.has(quantity.path)]
    return f"field {field} is high-parametric in one of the twins" if lacking else ""


def _area(exact: Readouts, phases: tuple[Phase, ...]) -> Number:
    return exact.area_per_um[phases[0], phases[1]]


def _contact(exact: Readouts, phases: tuple[Phase, ...]) -> Number:
    return exact.contact_share[phases[0], phases[1]]


def _triple(exact: Readouts, phases: tuple[Phase, ...]) -> Number:
    return exact.triple_phase_boundary_per_um2


def _chord(exact: Readouts, phases: tuple[Phase, ...]) -> Number:
    return exact.mean_chord_um[phases[0]]


_OF_READOUTS: dict[str, Callable[[Readouts, tuple[Phase, ...]], Number]] = {
    INTERFACE: _area,
    CONTACT: _contact,
    TRIPLE: _triple,
    CHORD: _chord,
}
