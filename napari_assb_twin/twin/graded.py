"""A graded cathode from the volume fractions at a few depths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from napari_assb_twin.twin.gradient import SeparatorSide, gradient_between
from napari_assb_twin.twin.parameters import Twin


def graded(
    twin: Twin,
    *,
    depth: Iterable[float],
    pore: Iterable[float],
    active_material: Iterable[float],
    separator_side: SeparatorSide = "first",
) -> Twin:
    """The twin with volume fractions along a profile; its own become the means of that.

    Parameters
    ----------
    depth
        Rising from 0 (separator) to 1 (current collector); linear between.
    pore, active_material
        Volume fractions at these depths; the solid electrolyte is the rest.
    separator_side
        Which end of the z axis faces the separator.

    Raises
    ------
    InputError
        If the numbers make no profile, or leave a phase without a share.
    """
    fractions, gradient = gradient_between(
        depth=depth, pore=pore, active_material=active_material, separator_side=separator_side
    )
    return replace(
        twin, volume_fractions=fractions, gradient=gradient, provenance=None, uncertainty=None
    )
