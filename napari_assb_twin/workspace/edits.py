"""What a hand may change in a twin: functions from one twin to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.exact import Direction
from napari_assb_twin.twin.gradient import Gradient
from napari_assb_twin.twin.gradient_ends import reach
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    Correlation,
    FieldName,
    Symmetry,
    Tail,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PHASES, Phase
from napari_assb_twin.twin.spectral_bands import with_share
from napari_assb_twin.twin.spectral_handles import HANDLES, same_but_for_rounding
from napari_assb_twin.workspace.phase_names import PhaseNames

SAME = 1e-5
"""Fractions that differ by less are taken to be the same."""

SMALLEST_SHARE = 1e-3
"""A fraction that is dragged leaves at least this to the free others."""


def by_hand(twin: Twin) -> Twin:
    """A twin that was changed by hand is no longer the one that was fitted."""
    return replace(twin, provenance=None, uncertainty=None)


def with_kind(
    twin: Twin, name: FieldName, degrees_of_freedom: int | None, tail: Tail | None
) -> Twin:
    """One field Gaussian (0 degrees of freedom) or chi-square, or cut at its other tail."""
    field = twin.field(name)
    degrees = field.degrees_of_freedom if degrees_of_freedom is None else degrees_of_freedom
    return twin.with_field(
        name, replace(field, degrees_of_freedom=degrees, tail=tail or field.tail)
    )


def with_symmetry(twin: Twin, symmetry: Symmetry) -> Twin:
    """Isotropic sets both anisotropies to 1.

    Raises
    ------
    InputError
        If a field is high-parametric with frequencies along z.
    """
    for name in FIELD_NAMES if symmetry == "isotropic" else ():
        correlation = twin.field(name).correlation
        if isinstance(correlation, Correlation):
            twin = twin.with_correlation(name, anisotropy=1.0)
        elif not correlation.isotropic:
            raise InputError(
                f"Field {name} is high-parametric with its own frequencies along z, so that the "
                "twin stays cylindrical; load an isotropic preset or file instead."
            )
    return replace(twin, symmetry=symmetry)


def with_share_of(
    twin: Twin,
    name: FieldName,
    direction: Direction,
    band: int,
    share: float,
    *,
    locked: Iterable[str] = (),
) -> Twin:
    """One band of a high-parametric field with another share (see `with_share`).

    A structure size or an anisotropy that is ``locked`` is kept by stretching.

    Raises
    ------
    InputError
        If the field is low-parametric, or the band cannot have this share.
    """
    field = twin.field(name)
    if isinstance(field.correlation, Correlation):
        raise InputError(f"Field {name} is low-parametric and has no spectrum to set.")
    correlation = with_share(field.correlation, direction, band, share)
    changed = twin.with_field(name, replace(field, correlation=correlation))
    for path in (f"{name}.{attribute}" for attribute in HANDLES):
        if path in locked and twin.answers(path):
            changed = changed.with_value(path, twin.value(path))
    return changed


def without_rounding(twin: Twin, home: Twin) -> Twin:
    """High-parametric fields that are those of ``home`` but for rounding are those of ``home``."""
    for name in FIELD_NAMES:
        mine, theirs = twin.field(name), home.field(name)
        if isinstance(mine.correlation, Correlation) or isinstance(theirs.correlation, Correlation):
            continue
        if same_but_for_rounding(mine.correlation, theirs.correlation):
            twin = twin.with_field(name, replace(mine, correlation=theirs.correlation))
    return twin


def within_reach(twin: Twin, path: str, value: float, locked: Iterable[str]) -> float:
    """A dragged number, held back where it would take what the other fractions need."""
    if path not in PHASES:
        return value
    now = twin.volume_fractions
    free = [p for p in PHASES if p not in locked and p != path]
    kept = sum(now[p] for p in PHASES if p in locked and p != path)
    value = min(value, 1.0 - kept - SMALLEST_SHARE)
    if twin.gradient is None or not free:
        return value
    # at every depth each fraction is its mean and a difference; the free ones keep their ratio
    least = {p: SMALLEST_SHARE - min(end) for p, end in _differences(twin.gradient).items()}
    total = sum(now[p] for p in free)
    room = max(least[p] * total / now[p] for p in free)
    return max(min(value, 1.0 - kept - room), next(least[p] for p in PHASES if p == path))


def end_within_reach(twin: Twin, path: str, value: float, locked: Collection[str]) -> float:
    """A fraction dragged at an end of a gradient, held back where others need theirs."""
    low, high = reach(twin, path, SMALLEST_SHARE, locked=locked)
    return max(low, min(value, high))


def _differences(gradient: Gradient) -> dict[Phase, list[float]]:
    """How far each fraction is from its mean at the depths of a gradient."""
    pore, active = gradient.pore, gradient.active_material
    rest = [-(a + b) for a, b in zip(pore, active, strict=True)]
    return {"pore": list(pore), "active_material": list(active), "solid_electrolyte": rest}


def check_padlocks(
    twin: Twin, fractions: VolumeFractions, locked: Iterable[str], names: PhaseNames
) -> None:
    """Refuse fractions that move one behind a padlock.

    Raises
    ------
    InputError
        It names them.
    """
    now = twin.volume_fractions
    moved = [p for p in PHASES if p in locked and abs(fractions[p] - now[p]) > SAME]
    if moved:
        raise InputError(
            f"The volume fraction of {' and '.join(names.long(p) for p in moved)} is behind a "
            f"padlock, but this would set it from {now[moved[0]]:.4g} to "
            f"{fractions[moved[0]]:.4g}; open the padlock first."
        )
