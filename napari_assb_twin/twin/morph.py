"""From one twin to another, through valid twins all the way."""

from __future__ import annotations

import math
from dataclasses import replace

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import finite, require
from napari_assb_twin.twin.equivalent import (
    kind_in_words,
    order_in_words,
    same_kind,
    same_order,
    written_like,
)
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum
from napari_assb_twin.twin.mixture import mixed_cylindrical, mixed_isotropic
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    AnyCorrelation,
    Correlation,
    FieldName,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PHASES


def morph(a: Twin, b: Twin, t: float) -> Twin:
    """A twin between two twins: a at t = 0, b at t = 1, in the box and with the seed of a.

    Between them, with weights 1 - t and t:

    - volume fractions: logarithms of their ratios, divided by their sum (Aitchison, 1986, The
      Statistical Analysis of Compositional Data), so that they stay positive with sum 1;
    - correlation length and anisotropy: logarithms;
    - smoothness: 1 / nu, which is 0 for infinity, so that a finite area stays finite;
    - oscillation: w0 l, the waves within a correlation length, so that one may be 0, and the way
      from a twin to its enlarged copy passes through enlarged copies;
    - field correlation: itself; where only one end has one, lower tails of Gaussian fields of the
      other become upper ones between the ends;
    - high-parametric correlations: r = (1 - t) r_a + t r_b, a mixture of their weights.

    All parts move at once: with shared noise the structure of one seed changes bit by bit.  Twins
    between the ends were fitted to nothing and carry no record of a fit.  A twin that is the same
    model in other words is brought into those of a first (see `written_like`).

    Parameters
    ----------
    t
        From 0 to 1.

    Raises
    ------
    InputError
        If t lies outside, or there is nothing between the two twins: phases are cut in another
        order, or a field is of another kind or another family of correlations.
    """
    require(
        finite(t) and 0 <= t <= 1,
        f"t is {t!r}; it must be a number from 0 (the first twin) to 1 (the second).",
    )
    end = replace(written_like(b, a), grid=a.grid, seed=a.seed)
    _check_order(a, b, end)
    start = written_like(a, end) if end.field_correlation else a
    x, y = (_field(name, start, end, t) for name in FIELD_NAMES)
    if t == 0 or t == 1:
        return end if t else a
    return replace(
        start,
        field_correlation=_between(a.field_correlation, end.field_correlation, t),
        volume_fractions=_fractions(a.volume_fractions, end.volume_fractions, t),
        symmetry=a.symmetry if a.symmetry == end.symmetry else "cylindrical",
        X=x,
        Y=y,
        provenance=None,
        uncertainty=None,
    )


def _check_order(a: Twin, b: Twin, end: Twin) -> None:
    require(
        same_order(a, end),
        f"the first twin cuts {order_in_words(a)}, the second {order_in_words(b)}, so that their "
        "fields mean different things and nothing lies between; calibrate one of them again with "
        "the first and the second phase of the other.",
    )


def _field(name: FieldName, a: Twin, b: Twin, t: float) -> RandomField:
    one, other = a.field(name), b.field(name)
    require(
        same_kind(a, b, name),
        f"field {name} is {kind_in_words(one)} in the first twin and {kind_in_words(other)} in the "
        "second, and there is nothing between kinds; calibrate one of them again with the "
        "kinds of field of the other.",
    )
    return replace(one, correlation=_correlation(name, one.correlation, other.correlation, t))


def _correlation(name: FieldName, a: AnyCorrelation, b: AnyCorrelation, t: float) -> AnyCorrelation:
    if isinstance(a, Correlation) and isinstance(b, Correlation):
        length = _between_logarithms(a.length_um, b.length_um, t)
        waves = [one.oscillation_per_um * one.length_um for one in (a, b)]
        return Correlation(
            length_um=length,
            smoothness=_smoothness(a.smoothness, b.smoothness, t),
            oscillation_per_um=_between(waves[0], waves[1], t) / length,
            anisotropy=_between_logarithms(a.anisotropy, b.anisotropy, t),
        )
    if isinstance(a, IsotropicSpectrum) and isinstance(b, IsotropicSpectrum):
        return mixed_isotropic(a, b, t)
    if isinstance(a, CylindricalSpectrum) and isinstance(b, CylindricalSpectrum):
        return mixed_cylindrical(a, b, t)
    if isinstance(a, Correlation) or isinstance(b, Correlation):
        which = "second" if isinstance(a, Correlation) else "first"
        raise InputError(
            f"field {name} is high-parametric in the {which} twin only, and there is nothing "
            "between weights and four numbers; reduce that twin to its nearest low-parametric one "
            "first."
        )
    raise InputError(
        f"field {name} is high-parametric in both twins, but isotropic in one and cylindrical in "
        "the other; reduce both to their nearest low-parametric ones first."
    )


def _smoothness(a: float | None, b: float | None, t: float) -> float | None:
    if a == b:
        return a
    of_a, of_b = (0.0 if nu is None else 1.0 / nu for nu in (a, b))
    inverse = _between(of_a, of_b, t)
    return max(1.0 / inverse, 0.5) if inverse else None


def _fractions(a: VolumeFractions, b: VolumeFractions, t: float) -> VolumeFractions:
    shares = [_between_logarithms(a[phase], b[phase], t) for phase in PHASES]
    total = math.fsum(shares)
    return VolumeFractions(
        **{phase: share / total for phase, share in zip(PHASES, shares, strict=True)}
    )


def _between(a: float, b: float, t: float) -> float:
    return a if a == b else (1.0 - t) * a + t * b


def _between_logarithms(a: float, b: float, t: float) -> float:
    return a if a == b else math.exp((1.0 - t) * math.log(a) + t * math.log(b))
