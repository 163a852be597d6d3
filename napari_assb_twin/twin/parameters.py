"""What a twin is: one immutable object from which sliders, options and files are made.

Lengths are micrometres; shapes are (z, y, x) with z the pressing direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import (
    Parameter,
    choose,
    described,
    finite,
    parameter,
    plain,
    require,
    whole,
)
from napari_assb_twin.twin.fields import (
    FIELD_NAMES,
    AnyCorrelation,
    Correlation,
    FieldName,
    RandomField,
    Tail,
)
from napari_assb_twin.twin.fractions import VolumeFractions
from napari_assb_twin.twin.gradient import Gradient
from napari_assb_twin.twin.grid import Grid, Window
from napari_assb_twin.twin.phases import PHASES, SHORT_NAMES, Phase, at_surface
from napari_assb_twin.twin.spectral_handles import HANDLES, answers, handle, with_handle

Symmetry = Literal["isotropic", "cylindrical"]


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A digital twin: the parameters of a three-phase excursion-set model (Furat et al., 2025).

    ``first_phase`` is cut from field X, ``second_phase`` from field Y in what X leaves, the third
    phase is the rest.  ``seed`` and ``grid`` name one realisation of the model.

    With a ``field_correlation`` rho other than 0, which is an extension of ours and not in the
    paper, the second phase is cut from Y' = rho X + sqrt(1 - rho^2) Y instead of Y.  Both fields
    must then be Gaussian and cut at their upper tails (a Gaussian field has no other kind of tail).

    With a ``gradient`` the volume fractions are the means over the depth of a graded cathode.

    Raises
    ------
    InputError
        If the parts contradict each other.
    """

    volume_fractions: VolumeFractions = VolumeFractions()
    X: RandomField = RandomField()
    Y: RandomField = RandomField()
    field_correlation: float = parameter(
        0.0,
        symbol="ρ",
        label="Voids at CAM surface",
        unit="",
        lowest=-0.95,
        highest=0.95,
        step=0.01,
        logarithmic=False,
        documentation="Correlation of the two fields at one place, for a pair of Gaussian fields: "
        "the phase cut second is cut from ρX + √(1 − ρ²)Y. An extension of this program; 0 is the "
        "model of the paper.",
        effect="Above 0: the phase cut second gathers at the surface of the phase cut first. Below "
        "0: it keeps away from there. The volume fractions stay.",
    )
    symmetry: Symmetry = "cylindrical"
    first_phase: Phase = "active_material"
    second_phase: Phase = "pore"
    grid: Grid = Grid()
    seed: int = 0
    gradient: Gradient | None = None
    provenance: Mapping[str, Any] | None = field(default=None, compare=False)
    uncertainty: Mapping[str, float] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        choose(self.symmetry, get_args(Symmetry), "symmetry")
        choose(self.first_phase, PHASES, "first_phase")
        choose(self.second_phase, PHASES, "second_phase")
        require(
            self.first_phase != self.second_phase,
            f"first_phase and second_phase are both {self.first_phase}; choose two phases.",
        )
        require(
            whole(self.seed) and self.seed >= 0,
            f"seed is {self.seed!r}; it must be a whole number, 0 or more.",
        )
        plain(self, int, "seed")
        require(
            finite(self.field_correlation) and abs(self.field_correlation) < 1,
            f"field_correlation is {self.field_correlation!r}; it must be a number between -1 and "
            "1, 0 for independent fields.",
        )
        plain(self, float, "field_correlation")
        require(
            self.field_correlation == 0 or self.can_correlate,
            f"field_correlation is {self.field_correlation:g}, but only two Gaussian fields cut at "
            "their upper tails can be correlated; set it to 0, or make X and Y such fields.",
        )
        require(
            self.gradient is None or isinstance(self.gradient, Gradient),
            f"gradient is {self.gradient!r}; it must be a Gradient.",
        )
        if self.gradient is not None:
            self.gradient.check(self.volume_fractions)
        for name in FIELD_NAMES:
            correlation = self.field(name).correlation
            if self.symmetry == "cylindrical" or correlation.isotropic:
                continue
            if isinstance(correlation, Correlation):
                raise InputError(
                    f"field {name} has anisotropy {correlation.anisotropy:g} but symmetry is "
                    "isotropic; set the anisotropy to 1 or the symmetry to cylindrical."
                )
            raise InputError(
                f"field {name} has a high-parametric correlation with frequencies along z but "
                "symmetry is isotropic; set the symmetry to cylindrical."
            )

    def field(self, name: FieldName) -> RandomField:
        """Field ``"X"`` or ``"Y"``."""
        return self.X if name == "X" else self.Y

    @property
    def third_phase(self) -> Phase:
        """The phase that neither field cuts."""
        return next(p for p in PHASES if p not in (self.first_phase, self.second_phase))

    @property
    def can_correlate(self) -> bool:
        """Whether the fields may be correlated: both Gaussian, cut at their upper tails."""
        return all(f.degrees_of_freedom == 0 and f.tail == "upper" for f in (self.X, self.Y))

    def at_depth(self, depth: float) -> Twin:
        """The twin of a thin layer of a graded cathode, which has no gradient itself."""
        if self.gradient is None:
            return self
        fractions = self.gradient.fractions(self.volume_fractions, depth)
        return replace(self, volume_fractions=fractions, gradient=None)

    def exceedance(self, name: FieldName) -> float:
        """Probability p = phi_first (X) or q = phi_second / (1 - phi_first) (Y) of the cut set.

        q is the share of the second phase in what the first leaves, correlated fields or not.
        """
        if name == "X":
            return self.volume_fractions[self.first_phase]
        second = self.volume_fractions[self.second_phase]
        return second / (second + self.volume_fractions[self.third_phase])

    def with_correlation(self, name: FieldName, **changes: Any) -> Twin:
        """The twin with some numbers of one field's low-parametric correlation replaced.

        Raises
        ------
        InputError
            If the field is high-parametric and has no such numbers, or they are not allowed.
        """
        old = self.field(name)
        if not isinstance(old.correlation, Correlation):
            raise InputError(
                f"Field {name} is high-parametric: it has {old.correlation.number_of_weights} "
                "weights instead of a correlation length, smoothness, domain spacing and "
                "anisotropy to set; give it a low-parametric correlation first."
            )
        new = replace(old, correlation=replace(old.correlation, **changes))
        return self.with_field(name, new)

    def with_field(self, name: FieldName, new: RandomField) -> Twin:
        """The twin with one field replaced; it is no longer the one that was fitted.

        A pair of fields that cannot be correlated any more no longer is (see `can_correlate`).
        """
        independent = replace(self, field_correlation=0.0, provenance=None, uncertainty=None)
        twin = replace(independent, X=new) if name == "X" else replace(independent, Y=new)
        if not self.field_correlation or not twin.can_correlate:
            return twin
        return replace(twin, field_correlation=self.field_correlation)

    def has(self, path: str) -> bool:
        """Whether the model of the twin has the number.

        There is no length in a high-parametric field, and no field correlation unless both fields
        are Gaussian (see `can_correlate`).
        """
        check_path(path)
        if path == FIELD_CORRELATION:
            return self.can_correlate
        name, _ = _split(path)
        return name is None or isinstance(self.field(name).correlation, Correlation)

    def lists(self, path: str) -> bool:
        """Whether a table of the twin's numbers holds this one: no field correlation of 0."""
        return self.has(path) and (path != FIELD_CORRELATION or self.field_correlation != 0)

    def answers(self, path: str) -> bool:
        """Whether the number at a path can be read and set.

        Besides what the twin `has` these are the structure size and the anisotropy of a
        high-parametric field, under the paths of the length and the anisotropy (see `HANDLES`).
        """
        check_path(path)
        name, attribute = _split(path)
        if name is None:
            return self.has(path)
        correlation = self.field(name).correlation
        return isinstance(correlation, Correlation) or answers(correlation, attribute)

    def description(self, path: str) -> Parameter:
        """What the number at a path is: in a high-parametric field perhaps one of `HANDLES`."""
        check_path(path)
        if path == FIELD_CORRELATION:
            names = (SHORT_NAMES[phase] for phase in (self.second_phase, self.first_phase))
            return replace(PARAMETERS[path], label=at_surface(*names))
        attribute = _split(path)[1]
        if attribute in HANDLES and not self.has(path):
            return HANDLES[attribute]
        return PARAMETERS[path]

    def value(self, path: str) -> float | None:
        """The number at a path such as ``"pore"`` or ``"X.length_um"``.

        None is an infinite smoothness, or a number that the twin does not know (see `answers`).
        """
        check_path(path)
        if path == FIELD_CORRELATION:
            return self.field_correlation
        name, attribute = _split(path)
        if name is None:
            return self.volume_fractions[PHASES[_FRACTIONS.index(path)]]
        correlation = self.field(name).correlation
        if not isinstance(correlation, Correlation):
            return handle(correlation, attribute) if answers(correlation, attribute) else None
        value: float | None = getattr(correlation, attribute)
        return value

    def with_value(
        self, path: str, value: float | None, *, locked: frozenset[str] = frozenset()
    ) -> Twin:
        """The twin with the number at a path replaced (see `value`).

        Fractions stay one in sum (see `VolumeFractions.moved`), a high-parametric field is
        stretched (see `with_handle`).  The new twin has no provenance and no uncertainty: it is no
        longer the one that was fitted.

        Raises
        ------
        InputError
            If the twin does not know the number, or it cannot have this value.
        """
        check_path(path)
        name, attribute = _split(path)
        if name is not None:
            old = self.field(name)
            if not isinstance(old.correlation, Correlation) and attribute in HANDLES:
                stretched = with_handle(old.correlation, attribute, value)
                return self.with_field(name, replace(old, correlation=stretched))
            return self.with_correlation(name, **{attribute: value})
        if path == FIELD_CORRELATION:
            changed: Any = {path: value}
            return replace(self, **changed, provenance=None, uncertainty=None)
        phase = PHASES[_FRACTIONS.index(path)]
        fractions = self.volume_fractions.moved(phase, value, locked=locked)
        return replace(self, volume_fractions=fractions, provenance=None, uncertainty=None)


def _split(path: str) -> tuple[FieldName | None, str]:
    """Field name (None for what belongs to neither field) and attribute of a path."""
    where, _, attribute = path.rpartition(".")
    return next((name for name in FIELD_NAMES if name == where), None), attribute


_FRACTIONS: tuple[str, ...] = PHASES

FIELD_CORRELATION = "field_correlation"
"""Path of the one number that belongs to both fields; symbol rho."""

PARAMETERS: dict[str, Parameter] = {
    **described(VolumeFractions),
    **{f"{name}.{key}": p for name in FIELD_NAMES for key, p in described(Correlation).items()},
    **described(Twin),
}
"""Every number of the low-parametric model by its path: ``"pore"``, ``"X.length_um"``, ..."""


def check_path(path: str) -> str:
    """The path itself, if it names a parameter; else `InputError` that lists the names."""
    require(path in PARAMETERS, f"{path!r} is no parameter; choose from {', '.join(PARAMETERS)}.")
    return path


__all__ = [
    "FIELD_CORRELATION",
    "FIELD_NAMES",
    "PARAMETERS",
    "AnyCorrelation",
    "Correlation",
    "FieldName",
    "Gradient",
    "Grid",
    "Parameter",
    "RandomField",
    "Symmetry",
    "Tail",
    "Twin",
    "VolumeFractions",
    "Window",
    "check_path",
    "described",
]
