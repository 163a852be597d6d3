"""Two high-parametric correlations as one: (1 - t) r_a + t r_b, over the components of both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from napari_assb_twin.twin.high_parametric import CylindricalSpectrum, IsotropicSpectrum

Component = tuple[float, float]
"""A frequency and its width."""


def mixed_isotropic(a: IsotropicSpectrum, b: IsotropicSpectrum, t: float) -> IsotropicSpectrum:
    """The isotropic correlation (1 - t) r_a + t r_b, for t from 0 to 1."""
    own, other = (
        list(zip(one.frequencies_per_um, one.widths_per_um, strict=True)) for one in (a, b)
    )
    components = _union(own, other)
    weights = np.zeros(len(components))
    for one, where, share in ((a, own, 1.0 - t), (b, other, t)):
        np.add.at(weights, _places(where, components), share * _normalised(one.weights))
    frequencies, widths = zip(*components, strict=True)
    return IsotropicSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        weights=tuple(_normalised(weights).tolist()),
    )


def mixed_cylindrical(
    a: CylindricalSpectrum, b: CylindricalSpectrum, t: float
) -> CylindricalSpectrum:
    """The cylindrical correlation (1 - t) r_a + t r_b, for t from 0 to 1.

    Each keeps its own products of a component in the plane and one along z; products of a
    component of a with one of b have the weight 0.
    """
    planes = [list(zip(one.frequencies_per_um, one.widths_per_um, strict=True)) for one in (a, b)]
    heights = [
        list(zip(one.frequencies_z_per_um, one.widths_z_per_um, strict=True)) for one in (a, b)
    ]
    in_plane, through = _union(*planes), _union(*heights)
    weights = np.zeros((len(in_plane), len(through)))
    for one, plane, height, share in zip((a, b), planes, heights, (1.0 - t, t), strict=True):
        where = np.ix_(_places(plane, in_plane), _places(height, through))
        np.add.at(weights, where, share * _normalised(one.weights))
    frequencies, widths = zip(*in_plane, strict=True)
    frequencies_z, widths_z = zip(*through, strict=True)
    return CylindricalSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        frequencies_z_per_um=frequencies_z,
        widths_z_per_um=widths_z,
        weights=tuple(tuple(row) for row in _normalised(weights).tolist()),
    )


def _union(a: Sequence[Component], b: Sequence[Component]) -> list[Component]:
    """The components of both, each once, in the order of their frequencies."""
    return sorted({*a, *b})


def _places(of: Sequence[Component], among: Sequence[Component]) -> list[int]:
    return [among.index(component) for component in of]


def _normalised(weights: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Weights with a sum of exactly 1; a file may hold them a millionth off."""
    values = np.asarray(weights, dtype=float)
    return np.asarray(values / values.sum())
