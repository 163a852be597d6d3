"""Two numbers by which a high-parametric correlation is moved while its shape stays.

Both are read from its characteristic lengths (see `spectral_lengths_um`) and set by stretching, so
that the weights, and with them the shape of the spectrum, stay as they are.
"""

from __future__ import annotations

import math
from itertools import chain

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import Parameter, finite
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    IsotropicSpectrum,
)

HANDLES: dict[str, Parameter] = {
    "length_um": Parameter(
        symbol="ℓ",
        label="Structure size",
        unit="µm",
        lowest=0.1,
        highest=3.0,
        step=0.01,
        logarithmic=True,
        documentation="Characteristic length in the plane: how far the structure reaches before "
        "it forgets itself. Setting it stretches the whole spectrum, whose shape stays.",
        effect="Longer: the same structure, magnified. Doubling it doubles every length of this "
        "field, also along z.",
    ),
    "anisotropy": Parameter(
        symbol="a",
        label="Anisotropy z/xy",
        unit="",
        lowest=0.2,
        highest=2.5,
        step=0.01,
        logarithmic=True,
        documentation="Characteristic length along the pressing direction over that in the plane. "
        "Setting it stretches the spectrum along z alone.",
        effect="Lower: everything is pressed flatter. Higher: everything is drawn out along the "
        "pressing direction.",
    ),
}
"""The two numbers by the attribute of a low-parametric correlation that they stand in for."""

SAME = 1e-9
"""Correlations whose numbers differ by less, relatively, are the same but for rounding."""


def answers(correlation: HighParametric, attribute: str) -> bool:
    """Whether a correlation has the handle: the isotropic form has no anisotropy to set."""
    return attribute in HANDLES and not (
        attribute == "anisotropy" and isinstance(correlation, IsotropicSpectrum)
    )


def handle(correlation: HighParametric, attribute: str) -> float:
    """The characteristic length in the plane in um, or the ratio of that along z to it.

    Parameters
    ----------
    correlation
        Any high-parametric correlation.
    attribute
        ``"length_um"`` or ``"anisotropy"``.
    """
    # numpy and scipy take long to import, and only this needs them
    from napari_assb_twin.twin.spectral_correlation import spectral_lengths_um

    in_plane, through = spectral_lengths_um(correlation)
    return in_plane if attribute == "length_um" else through / in_plane


def with_handle(correlation: HighParametric, attribute: str, value: float | None) -> HighParametric:
    """The correlation stretched until a handle has a value; the other one and all weights stay.

    Raises
    ------
    InputError
        If the value is no positive number, or the correlation has no such handle.
    """
    name = HANDLES[attribute].label
    if value is None or not finite(value) or value <= 0:
        raise InputError(f"{name} is {value!r}; it must be a positive number.")
    factor = value / handle(correlation, attribute)
    if attribute == "length_um":
        return correlation.stretched(factor)
    if isinstance(correlation, CylindricalSpectrum):
        return correlation.stretched_along_z(factor)
    raise InputError(
        f"{name} cannot be {value:.4g}: a high-parametric correlation of the isotropic form is the "
        "same in all directions."
    )


def same_but_for_rounding(one: HighParametric, other: HighParametric) -> bool:
    """Whether two correlations are of one form and all their numbers agree within `SAME`."""
    mine, theirs = _numbers(one), _numbers(other)
    if type(one) is not type(other) or len(mine) != len(theirs):
        return False
    pairs = zip(mine, theirs, strict=True)
    return all(math.isclose(a, b, rel_tol=SAME, abs_tol=SAME) for a, b in pairs)


def _numbers(correlation: HighParametric) -> list[float]:
    """All numbers in a row."""
    parts = [correlation.frequencies_per_um, correlation.widths_per_um]
    if isinstance(correlation, IsotropicSpectrum):
        return [*chain(*parts, correlation.weights)]
    parts += [correlation.frequencies_z_per_um, correlation.widths_z_per_um]
    return [*chain(*parts, *correlation.weights)]
