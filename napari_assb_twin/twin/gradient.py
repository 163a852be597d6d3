"""Graded cathodes: volume fractions that change from the separator to the current collector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.description import choose, finite, require
from napari_assb_twin.twin.fractions import VolumeFractions
from napari_assb_twin.twin.phases import PHASES

SeparatorSide = Literal["first", "last"]
Floats = NDArray[np.float64]

MEAN_TOLERANCE = 1e-6
"""How far the mean of the differences over the depth may be from 0."""


@dataclass(frozen=True, kw_only=True)
class Gradient:
    """How the volume fractions differ from their means, as a function of the depth.

    The depth is 0 at the separator and 1 at the current collector; between its nodes the
    differences are linear.  Their mean over the depth is 0, so that the volume fractions of the
    twin stay the means over the cathode, whatever they are moved to.  The differences of the solid
    electrolyte make up for those of the other two.

    Attributes
    ----------
    depth
        Nodes, rising from 0 to 1.
    pore, active_material
        Differences of these volume fractions from the twin's at the nodes.
    separator_side
        Which end of the z axis faces the separator: the first slice or the last.

    Raises
    ------
    InputError
        If the numbers are not as above.
    """

    depth: tuple[float, ...]
    pore: tuple[float, ...]
    active_material: tuple[float, ...]
    separator_side: SeparatorSide = "first"

    def __post_init__(self) -> None:
        choose(self.separator_side, get_args(SeparatorSide), "separator_side of the gradient")
        for name in ("depth", "pore", "active_material"):
            object.__setattr__(self, name, _numbers(getattr(self, name), name))
        depth = self.depth
        require(
            len(depth) >= 2
            and (depth[0], depth[-1]) == (0.0, 1.0)
            and all(a < b for a, b in pairwise(depth)),
            f"depth of the gradient is {list(depth)}; it must rise from 0 (separator) to 1 "
            "(current collector).",
        )
        for name in ("pore", "active_material"):
            values = getattr(self, name)
            require(
                len(values) == len(depth),
                f"{name} of the gradient has {len(values)} entries but depth has {len(depth)}; "
                "give one for each.",
            )
            mean = float(np.trapezoid(values, depth))
            require(
                abs(mean) <= MEAN_TOLERANCE,
                f"{name} of the gradient has the mean {mean:.3g} over the depth; subtract it, and "
                "add it to the volume fraction.",
            )

    def check(self, mean: VolumeFractions) -> None:
        """Refuse a gradient that leaves a phase without a share somewhere."""
        for phase, values in zip(PHASES, self._at(mean, self.depth), strict=True):
            lowest = int(np.argmin(values))
            require(
                values[lowest] > 0,
                f"with its gradient the volume fraction of {phase} is {values[lowest]:.4g} at "
                f"depth {self.depth[lowest]:g}; flatten the gradient or raise the fraction.",
            )

    def fractions(self, mean: VolumeFractions, depth: float) -> VolumeFractions:
        """Volume fractions at a depth from 0 to 1, where ``mean`` are those of the twin."""
        shares = self._at(mean, [depth])[:, 0].tolist()
        return VolumeFractions(**dict(zip(PHASES, shares, strict=True)))

    def depths(self, planes: ArrayLike, length: float) -> Floats:
        """Depth of planes of voxels, by their place along z in a box of so many voxels."""
        along_z = np.clip((np.asarray(planes, dtype=float) + 0.5) / length, 0.0, 1.0)
        return along_z if self.separator_side == "first" else 1.0 - along_z

    def quadrature(self) -> tuple[Floats, Floats]:
        """Depths and weights with which a mean over the depth is a sum."""
        nodes, weights = np.polynomial.legendre.leggauss(4)
        starts, widths = np.array(self.depth[:-1])[:, None], np.diff(self.depth)[:, None]
        depths = starts + 0.5 * widths * (nodes + 1.0)
        return depths.ravel(), (0.5 * widths * weights).ravel()

    def _at(self, mean: VolumeFractions, depth: Sequence[float]) -> Floats:
        """Shape (3, n), in the order of ``PHASES``."""
        pore = mean.pore + np.interp(depth, self.depth, self.pore)
        active = mean.active_material + np.interp(depth, self.depth, self.active_material)
        return np.stack([pore, active, 1.0 - pore - active])


def gradient_between(
    *,
    depth: Iterable[float],
    pore: Iterable[float],
    active_material: Iterable[float],
    separator_side: SeparatorSide = "first",
) -> tuple[VolumeFractions, Gradient]:
    """Mean fractions and the gradient about them, from volume fractions at depths.

    Parameters
    ----------
    depth
        Rising from 0 (separator) to 1 (current collector).
    pore, active_material
        Volume fractions there; the solid electrolyte is the rest.

    Raises
    ------
    InputError
        If the numbers make no gradient.
    """
    nodes = _numbers(depth, "depth")
    given = {"pore": pore, "active_material": active_material}
    means, differences = {}, {}
    for name, values in given.items():
        numbers = _numbers(values, name)
        require(
            len(numbers) == len(nodes),
            f"{name} of the gradient has {len(numbers)} entries but depth has {len(nodes)}; give "
            "one for each.",
        )
        means[name] = float(np.trapezoid(numbers, nodes))
        differences[name] = tuple(value - means[name] for value in numbers)
    gradient = Gradient(depth=nodes, separator_side=separator_side, **differences)
    fractions = VolumeFractions(**means, solid_electrolyte=1.0 - sum(means.values()))
    gradient.check(fractions)
    return fractions, gradient


def _numbers(values: Any, name: str) -> tuple[float, ...]:
    listed = isinstance(values, Iterable) and not isinstance(values, str | bytes | dict)
    items = tuple(values) if listed else ()
    if not items or not all(finite(value) for value in items):
        raise InputError(f"{name} of the gradient must be a list of numbers.")
    return tuple(float(value) for value in items)
