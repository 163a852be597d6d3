"""What a twin is: one immutable object from which sliders, options and files are made.

Lengths are micrometres; shapes are (z, y, x) with z the pressing direction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.phases import PHASES, Phase

Symmetry = Literal["isotropic", "cylindrical"]
Tail = Literal["upper", "lower"]
Window = Literal["periodic", "open"]
FieldName = Literal["X", "Y"]

FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)
FRACTION_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What a reader must know of one number: enough for a slider, an option and a table row.

    ``lowest`` and ``highest`` bound the slider; what a file accepts is wider and is checked by
    the dataclass that owns the number.
    """

    symbol: str
    label: str
    unit: str
    lowest: float
    highest: float
    step: float
    logarithmic: bool
    documentation: str


def _parameter(default: Any, **description: Any) -> Any:
    return field(default=default, metadata={"parameter": Parameter(**description)})


def described(kind: type) -> dict[str, Parameter]:
    """The described numbers of a dataclass, by attribute name."""
    return {f.name: f.metadata["parameter"] for f in fields(kind) if "parameter" in f.metadata}


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise InputError(sentence)


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _choose(value: object, choices: tuple[str, ...], key: str) -> None:
    _require(value in choices, f"{key} is {value!r}; it must be one of {', '.join(choices)}.")


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """Low-parametric correlation of the Gaussian field(s) under a random field.

    r(h) = M_nu(d / l) sinc(w0 d) with d = sqrt(h_r^2 + (h_z / a)^2), where M_nu is the Matern
    correlation with M_inf(u) = exp(-u^2 / 2) and sinc(x) = sin(x) / x.  Both factors are positive
    definite in three dimensions, so the product is.

    Raises
    ------
    InputError
        If a number is outside what the formula allows.
    """

    length_um: float = _parameter(
        0.7,
        symbol="ℓ",
        label="Correlation length",
        unit="µm",
        lowest=0.1,
        highest=3.0,
        step=0.01,
        logarithmic=True,
        documentation="Distance in the plane over which the structure forgets itself: the size "
        "of its features. Doubling it doubles every length of this field.",
    )
    smoothness: float | None = _parameter(
        2.5,
        symbol="ν",
        label="Smoothness",
        unit="",
        lowest=0.6,
        highest=12.0,
        step=0.1,
        logarithmic=True,
        documentation="Matern smoothness: 0.5 gives rough, fractal boundaries, infinity the "
        "smooth Gaussian covariance. Interface areas are finite above 1.",
    )
    oscillation_per_um: float = _parameter(
        0.0,
        symbol="2π/ω₀",
        label="Domain spacing",
        unit="µm",
        lowest=0.6,
        highest=30.0,
        step=0.05,
        logarithmic=True,
        documentation="Typical distance between neighbouring domains, 2 pi / w0; files hold the "
        "oscillation w0 itself, 0 means no preferred spacing.",
    )
    anisotropy: float = _parameter(
        1.0,
        symbol="a",
        label="Anisotropy z/xy",
        unit="",
        lowest=0.2,
        highest=2.5,
        step=0.01,
        logarithmic=True,
        documentation="Length along the pressing direction over length in the plane: below 1 the "
        "features are flattened by pressing.",
    )

    def __post_init__(self) -> None:
        _require(
            _finite(self.length_um) and self.length_um > 0,
            f"length_um is {self.length_um!r}; a correlation length must be a positive number "
            "of micrometres.",
        )
        _require(
            self.smoothness is None or (_finite(self.smoothness) and self.smoothness >= 0.5),
            f"smoothness is {self.smoothness!r}; it must be 0.5 or more, or null for infinity.",
        )
        _require(
            _finite(self.oscillation_per_um) and self.oscillation_per_um >= 0,
            f"oscillation_per_um is {self.oscillation_per_um!r}; it must be 0 or a positive number "
            "of radians per micrometre.",
        )
        _require(
            _finite(self.anisotropy) and self.anisotropy > 0,
            f"anisotropy is {self.anisotropy!r}; the ratio of lengths z/xy must be positive.",
        )


@dataclass(frozen=True, kw_only=True)
class RandomField:
    """A stationary Gaussian or chi-square field and the tail that is cut from it.

    With ``degrees_of_freedom`` k = 0 the field is Gaussian; with k >= 1 it is the sum of k squared
    Gaussian fields.  ``tail`` says whether the phase is {field >= level} or {field <= level}.
    """

    degrees_of_freedom: int = 0
    tail: Tail = "upper"
    correlation: Correlation = Correlation()

    def __post_init__(self) -> None:
        k = self.degrees_of_freedom
        _require(
            _whole(k) and k >= 0,
            f"degrees_of_freedom is {k!r}; it must be a whole number, 1 or more for a chi-square "
            "field.",
        )
        _choose(self.tail, get_args(Tail), "tail")

    @property
    def kind(self) -> Literal["gaussian", "chi-square"]:
        """``"gaussian"`` or ``"chi-square"``."""
        return "chi-square" if self.degrees_of_freedom else "gaussian"

    @property
    def components(self) -> int:
        """Number of independent Gaussian fields that the field is made of."""
        return max(1, self.degrees_of_freedom)


@dataclass(frozen=True, kw_only=True)
class VolumeFractions:
    """Shares of the three phases; positive, and one in sum."""

    pore: float = _parameter(
        0.11,
        symbol="φ pore",
        label="Porosity",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the pores. Moving it keeps the CAM:SE ratio.",
    )
    active_material: float = _parameter(
        0.45,
        symbol="φ CAM",
        label="Active material (CAM)",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the cathode active material. Moving it keeps the ratio "
        "of the other two.",
    )
    solid_electrolyte: float = _parameter(
        0.44,
        symbol="φ SE",
        label="Solid electrolyte (SE)",
        unit="",
        lowest=0.01,
        highest=0.9,
        step=0.001,
        logarithmic=False,
        documentation="Volume fraction of the solid electrolyte. Moving it keeps the ratio of the "
        "other two.",
    )

    def __post_init__(self) -> None:
        for phase, value in self.items():
            _require(
                _finite(value) and value > 0,
                f"the volume fraction of {phase} is {value!r}; every phase needs a positive share.",
            )
        total = sum(value for _, value in self.items())
        _require(
            abs(total - 1) <= FRACTION_SUM_TOLERANCE,
            f"the volume fractions sum to {total:.6g}; they must sum to 1.",
        )

    def items(self) -> tuple[tuple[Phase, float], ...]:
        """Phases and their fractions, in the order of the codes."""
        return tuple((phase, getattr(self, phase)) for phase in PHASES)

    def __getitem__(self, phase: Phase) -> float:
        return float(getattr(self, phase))

    def moved(
        self, phase: Phase, value: float, *, locked: frozenset[str] = frozenset()
    ) -> VolumeFractions:
        """The fractions with one of them set, the free others keeping their ratio.

        Parameters
        ----------
        phase, value
            Which fraction is set, and to what.
        locked
            Phases that must keep their fraction; the remaining one takes up the change.

        Raises
        ------
        InputError
            If the others cannot take up the change.
        """
        others = [other for other in PHASES if other != phase]
        free = [other for other in others if other not in locked]
        kept = sum(self[other] for other in others if other in locked)
        room = 1.0 - value - kept
        _require(
            bool(free) and value > 0 and room > 0,
            f"{phase} cannot be {value:.4g} while the locked fractions take {kept:.4g}; unlock one.",
        )
        total = sum(self[other] for other in free)
        changed = {other: self[other] * room / total for other in free}
        return replace(self, **{phase: value, **changed})


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The box that is filled: voxels per axis (z, y, x), voxel edge, and what lies at its faces."""

    shape: tuple[int, int, int] = (128, 128, 128)
    voxel_size_um: float = 0.1
    window: Window = "periodic"

    def __post_init__(self) -> None:
        shape = tuple(self.shape) if isinstance(self.shape, list | tuple) else ()
        _require(
            len(shape) == 3 and all(_whole(n) and n >= 1 for n in shape),
            f"shape is {self.shape!r}; it must be three whole numbers of voxels, z, y, x.",
        )
        object.__setattr__(self, "shape", shape)
        _require(
            _finite(self.voxel_size_um) and self.voxel_size_um > 0,
            f"voxel_size_um is {self.voxel_size_um!r}; it must be a positive number of micrometres.",
        )
        _choose(self.window, get_args(Window), "window")

    @property
    def size_um(self) -> tuple[float, float, float]:
        """Edge lengths of the box (z, y, x) in micrometres."""
        z, y, x = (n * self.voxel_size_um for n in self.shape)
        return z, y, x


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A digital twin: the parameters of a three-phase excursion-set model (Furat et al., 2025).

    ``first_phase`` is cut from field X, ``second_phase`` from field Y in what X leaves, the third
    phase is the rest.  ``seed`` and ``grid`` name one realisation of the model.

    Raises
    ------
    InputError
        If the parts contradict each other.
    """

    volume_fractions: VolumeFractions = VolumeFractions()
    X: RandomField = RandomField()
    Y: RandomField = RandomField()
    symmetry: Symmetry = "cylindrical"
    first_phase: Phase = "active_material"
    second_phase: Phase = "pore"
    grid: Grid = Grid()
    seed: int = 0
    provenance: Mapping[str, Any] | None = field(default=None, compare=False)
    uncertainty: Mapping[str, float] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _choose(self.symmetry, get_args(Symmetry), "symmetry")
        _choose(self.first_phase, PHASES, "first_phase")
        _choose(self.second_phase, PHASES, "second_phase")
        _require(
            self.first_phase != self.second_phase,
            f"first_phase and second_phase are both {self.first_phase}; choose two phases.",
        )
        _require(
            _whole(self.seed) and self.seed >= 0,
            f"seed is {self.seed!r}; it must be a whole number, 0 or more.",
        )
        for name in FIELD_NAMES:
            a = self.field(name).correlation.anisotropy
            _require(
                self.symmetry == "cylindrical" or a == 1,
                f"field {name} has anisotropy {a:g} but symmetry is isotropic; set the anisotropy "
                "to 1 or the symmetry to cylindrical.",
            )

    def field(self, name: FieldName) -> RandomField:
        """Field ``"X"`` or ``"Y"``."""
        return self.X if name == "X" else self.Y

    @property
    def third_phase(self) -> Phase:
        """The phase that neither field cuts."""
        return next(p for p in PHASES if p not in (self.first_phase, self.second_phase))

    def exceedance(self, name: FieldName) -> float:
        """Probability p = phi_first (X) or q = phi_second / (1 - phi_first) (Y) of the cut set."""
        first = self.volume_fractions[self.first_phase]
        if name == "X":
            return first
        return self.volume_fractions[self.second_phase] / (1.0 - first)

    def with_correlation(self, name: FieldName, **changes: Any) -> Twin:
        """The twin with some numbers of one field's correlation replaced."""
        old = self.field(name)
        new = replace(old, correlation=replace(old.correlation, **changes))
        return self.with_field(name, new)

    def with_field(self, name: FieldName, new: RandomField) -> Twin:
        """The twin with one field replaced."""
        return replace(self, X=new) if name == "X" else replace(self, Y=new)

    def value(self, path: str) -> float | None:
        """The number at a path such as ``"pore"`` or ``"X.length_um"``."""
        where, _, attribute = path.rpartition(".")
        owner = self.field(where).correlation if where in FIELD_NAMES else self.volume_fractions  # type: ignore[arg-type]
        value: float | None = getattr(owner, attribute)
        return value

    def with_value(
        self, path: str, value: float | None, *, locked: frozenset[str] = frozenset()
    ) -> Twin:
        """The twin with the number at a path replaced (see `value`); fractions stay one in sum."""
        check_path(path)
        where, _, attribute = path.rpartition(".")
        if where == "X" or where == "Y":
            return self.with_correlation(where, **{attribute: value})
        _require(value is not None, f"{path} needs a number.")
        fractions = self.volume_fractions.moved(attribute, value, locked=locked)  # type: ignore[arg-type]
        return replace(self, volume_fractions=fractions)


PARAMETERS: dict[str, Parameter] = {
    **described(VolumeFractions),
    **{f"{name}.{key}": p for name in FIELD_NAMES for key, p in described(Correlation).items()},
}
"""Every number of the low-parametric model by its path: ``"pore"``, ``"X.length_um"``, ..."""


def check_path(path: str) -> str:
    """The path itself, if it names a parameter; else `InputError` that lists the names."""
    _require(path in PARAMETERS, f"{path!r} is no parameter; choose from {', '.join(PARAMETERS)}.")
    return path
