"""One model written in several ways: bringing one twin into the words of another."""

from __future__ import annotations

from dataclasses import replace

from napari_assb_twin.twin.fields import RandomField, Tail
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, Twin

_OTHER: dict[Tail, Tail] = {"upper": "lower", "lower": "upper"}


def written_like(twin: Twin, like: Twin) -> Twin:
    """The same model in the words of another twin, as far as there are such words.

    The second phase cut from the upper tail of Y is the third one cut from the lower: both names
    say the same, voxel by voxel.  A Gaussian field is its own mirror image: its two tails give the
    same law, of which one seed draws two realisations.  Correlated fields are cut at upper tails
    alone: with them the other name of the second phase is the opposite correlation.  Record and
    errors of a fit stay.
    """
    swapped = (twin.second_phase, twin.third_phase) == (like.third_phase, like.second_phase)
    if twin.first_phase == like.first_phase and swapped and twin.field_correlation:
        rho = -twin.field_correlation
        twin = replace(twin, second_phase=like.second_phase, field_correlation=rho)
    elif twin.first_phase == like.first_phase and swapped:
        twin = replace(
            twin,
            second_phase=like.second_phase,
            Y=replace(twin.Y, tail=_OTHER[twin.Y.tail]),
        )
    for name in FIELD_NAMES:
        own, other = twin.field(name), like.field(name)
        free = not twin.field_correlation
        if free and own.kind == other.kind == "gaussian" and own.tail != other.tail:
            field = replace(own, tail=other.tail)
            twin = replace(twin, X=field) if name == "X" else replace(twin, Y=field)
    return twin


def same_order(a: Twin, b: Twin) -> bool:
    """Whether both twins cut the same phases from the same fields; see `written_like`."""
    return (a.first_phase, a.second_phase) == (b.first_phase, b.second_phase)


def same_kind(a: Twin, b: Twin, name: FieldName) -> bool:
    """Whether a field is of one kind and cut at one tail in both twins; see `written_like`.

    The two tails of a Gaussian field are one kind.
    """
    one, other = a.field(name), b.field(name)
    if one.kind == other.kind == "gaussian":
        return True
    return (one.degrees_of_freedom, one.tail) == (other.degrees_of_freedom, other.tail)


def kind_in_words(field: RandomField) -> str:
    """As ``"Gaussian"`` or ``"chi-square with 2 degrees of freedom, upper tail"``."""
    k = field.degrees_of_freedom
    if not k:
        return "Gaussian"
    return f"chi-square with {k} degree{'s' if k > 1 else ''} of freedom, {field.tail} tail"


def order_in_words(twin: Twin) -> str:
    """As ``"active_material, then pore"``: what is cut from X, and from Y in what X leaves."""
    return f"{twin.first_phase}, then {twin.second_phase}"
