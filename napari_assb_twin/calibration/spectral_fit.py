"""High-parametric twins from measured coverage: inversion, non-negative weights, refinement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.optimize
from numpy.typing import NDArray

from napari_assb_twin.calibration.dictionary import Dictionary
from napari_assb_twin.calibration.inversion import CutSet, cut_set, invert
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.spectral_refinement import Refinement
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.parameters import FIELD_NAMES, Symmetry, Twin

Floats = NDArray[np.float64]

SUM_ROW = 30.0
"""Weight of the equation sum w = 1 among those of the lags."""

RIDGE = 1e-3
LAG_SCALE = 0.125
"""Lags of this share of the longest count half as much as the shortest."""


def fit_high_parametric(data: LagData, template: Twin, *, start: Twin | None = None) -> Twin:
    """The twin with high-parametric fields whose exact curves are nearest to the data.

    1. The curves are inverted to r_X and r_Y at every lag (`invert`).
    2. Non-negative least squares decompose each into components of the frequencies that the lags
       can show (`Dictionary`), rows weighted by the root of da/dr and of the importance of the lag.
    3. All weights are refined at once on the curves themselves (`Refinement`).

    No component reaches far beyond the longest lag, so that the twin can be made in a box.

    Parameters
    ----------
    data
        Measured curves.
    template
        Symmetry, phases, volume fractions, kinds and tails, which are kept; its correlations are
        not used.
    start
        A twin that is near, such as the one that simulated the data: its r take the place of step
        1.  The refinement ends at the same weights from either.

    Returns
    -------
    The template with both correlations replaced; it has no provenance and no uncertainty.

    Raises
    ------
    InputError
        If a cylindrical twin is to be fitted to plan views alone, or the sections are too small.
    """
    dictionary = Dictionary.of(data, template.symmetry)
    cuts = {name: cut_set(template, name) for name in FIELD_NAMES}
    inverted = near = invert(data, template)
    if start is not None:
        near = {
            name: correlation_at(start.field(name).correlation, data.h_r_um, data.h_z_um)
            for name in FIELD_NAMES
        }
    importance = _importance(data)
    refinement = Refinement(
        data,
        template,
        dictionary,
        cuts,
        importance=importance,
        references={
            name: dictionary.matern(_half_decays_um(data, r, template.symmetry))
            for name, r in inverted.items()
        },
    )
    decomposed = [
        _non_negative(dictionary.matrix, near[name], cuts[name], importance) for name in FIELD_NAMES
    ]
    twin = template
    for name, weights in zip(FIELD_NAMES, refinement.from_weights(decomposed), strict=True):
        spectrum = dictionary.spectrum(weights)
        twin = twin.with_field(name, replace(twin.field(name), correlation=spectrum))
    return twin


def _importance(data: LagData) -> Floats:
    """The weights of the data, long lags less: there r is small and its error the same."""
    lag = np.hypot(data.h_r_um, data.h_z_um)
    fall = 1.0 + lag / (LAG_SCALE * lag.max())
    return np.asarray(data.weights / data.weights.mean() / fall)


def _non_negative(matrix: Floats, r: Floats, cut: CutSet, importance: Floats) -> Floats:
    """Weights of least squares without negative ones, with sum 1."""
    _, slope = cut.at(r)
    rows = np.sqrt(np.abs(slope) * importance)
    size = matrix.shape[1]
    left = [rows[:, None] * matrix, np.full((1, size), SUM_ROW), RIDGE * np.eye(size)]
    right = np.concatenate([rows * r, [SUM_ROW], np.zeros(size)])
    weights, _ = scipy.optimize.nnls(np.concatenate(left), right, maxiter=50 * size)
    return np.asarray(weights / weights.sum())


def _half_decays_um(data: LagData, r: Floats, symmetry: Symmetry) -> tuple[float, float]:
    """Lags in the plane and through it at which r has first fallen to a half."""
    if symmetry == "isotropic":
        length = _half_decay(np.hypot(data.h_r_um, data.h_z_um), r)
        return length, length
    in_plane, through = data.h_z_um == 0, data.h_r_um == 0
    return (
        _half_decay(data.h_r_um[in_plane], r[in_plane]),
        _half_decay(data.h_z_um[through], r[through]),
    )


def _half_decay(lags_um: Floats, r: Floats) -> float:
    order = np.argsort(lags_um)
    below = np.flatnonzero(r[order] < 0.5)
    return float(lags_um[order][below[0] if below.size else -1])
