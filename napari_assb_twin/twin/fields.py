"""A random field: its correlation, its kind, and the tail that is cut from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from napari_assb_twin.twin.description import (
    choose,
    described,
    finite,
    parameter,
    plain,
    require,
    whole,
)
from napari_assb_twin.twin.high_parametric import HighParametric

Tail = Literal["upper", "lower"]
FieldName = Literal["X", "Y"]

FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)


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

    length_um: float = parameter(
        0.7,
        symbol="ℓ",
        label="Correlation length",
        unit="µm",
        lowest=0.1,
        highest=3.0,
        step=0.01,
        logarithmic=True,
        documentation="Distance in the plane over which the structure forgets itself: the size "
        "of its features.",
        effect="Longer: coarser domains with less interface. Doubling it doubles every length of "
        "this field.",
    )
    smoothness: float | None = parameter(
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
        effect="Lower: ragged boundaries with crumbs and pinholes. Higher: smooth, rounded ones.",
    )
    oscillation_per_um: float = parameter(
        0.0,
        symbol="2π/ω₀",
        label="Domain spacing",
        unit="µm",
        lowest=0.6,
        highest=30.0,
        step=0.05,
        logarithmic=True,
        documentation="Typical distance between neighbouring domains, 2π/ω₀; files hold the "
        "oscillation ω₀ itself, 0 means no preferred spacing.",
        effect="Shorter: neighbouring domains are of one size and keep an even distance. Off: they "
        "lie at any distance.",
    )
    anisotropy: float = parameter(
        1.0,
        symbol="a",
        label="Anisotropy z/xy",
        unit="",
        lowest=0.2,
        highest=2.5,
        step=0.01,
        logarithmic=True,
        documentation="Length along the pressing direction over length in the plane.",
        effect="Below 1: features lie flat, as pressing leaves them. Above 1: they stand along the "
        "pressing direction.",
    )

    def __post_init__(self) -> None:
        require(
            finite(self.length_um) and self.length_um > 0,
            f"length_um is {self.length_um!r}; a correlation length must be a positive number "
            "of micrometres.",
        )
        require(
            self.smoothness is None or (finite(self.smoothness) and self.smoothness >= 0.5),
            f"smoothness is {self.smoothness!r}; it must be 0.5 or more, or null for infinity.",
        )
        require(
            finite(self.oscillation_per_um) and self.oscillation_per_um >= 0,
            f"oscillation_per_um is {self.oscillation_per_um!r}; it must be 0 or a positive number "
            "of radians per micrometre.",
        )
        require(
            finite(self.anisotropy) and self.anisotropy > 0,
            f"anisotropy is {self.anisotropy!r}; the ratio of lengths z/xy must be positive.",
        )
        plain(self, float, *described(Correlation))

    @property
    def isotropic(self) -> bool:
        """Whether all directions are the same."""
        return self.anisotropy == 1


AnyCorrelation = Correlation | HighParametric
"""Low-parametric, or high-parametric of either form."""


@dataclass(frozen=True, kw_only=True)
class RandomField:
    """A stationary Gaussian or chi-square field and the tail that is cut from it.

    With ``degrees_of_freedom`` k = 0 the field is Gaussian; with k >= 1 it is the sum of k squared
    Gaussian fields.  ``tail`` says whether the phase is {field >= level} or {field <= level}.
    """

    degrees_of_freedom: int = 0
    tail: Tail = "upper"
    correlation: AnyCorrelation = Correlation()

    def __post_init__(self) -> None:
        k = self.degrees_of_freedom
        require(
            whole(k) and k >= 0,
            f"degrees_of_freedom is {k!r}; it must be a whole number, 1 or more for a chi-square "
            "field.",
        )
        choose(self.tail, get_args(Tail), "tail")
        plain(self, int, "degrees_of_freedom")

    @property
    def kind(self) -> Literal["gaussian", "chi-square"]:
        """``"gaussian"`` or ``"chi-square"``."""
        return "chi-square" if self.degrees_of_freedom else "gaussian"

    @property
    def components(self) -> int:
        """Number of independent Gaussian fields that the field is made of."""
        return max(1, self.degrees_of_freedom)
