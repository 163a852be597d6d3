"""Geodesic tortuosity: paths that can be drawn, and the reference values of simulated twins."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from reference import REFERENCE

from napari_assb_twin.descriptors.geodesic import geodesic_tortuosity
from napari_assb_twin.measure.percolation import percolation
from napari_assb_twin.twin.parameters import Correlation, Grid, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.synthesis import generate

ROWS = REFERENCE["descriptors_3d_simulated"]["rows"]


def test_a_straight_channel_is_one() -> None:
    inside = np.zeros((20, 7, 7), dtype=bool)
    inside[:, 3, 3] = True
    found = geodesic_tortuosity(inside, 0)
    assert (found.mean, found.standard_deviation, found.reached) == (1, 0, 1)
    assert geodesic_tortuosity(inside, 1) is None


def test_a_slanted_channel_is_its_length() -> None:
    inside = np.zeros((9, 9, 9), dtype=bool)
    inside[range(9), range(9), range(9)] = True
    assert geodesic_tortuosity(inside, 0).mean == pytest.approx(math.sqrt(3))
    flat = geodesic_tortuosity(inside, 0, (0.1, 0.2, 0.2))
    assert flat.mean == pytest.approx(math.sqrt(0.01 + 2 * 0.04) / 0.1)


def test_a_baffle_is_gone_around() -> None:
    """A wall with one slit: down to it, through it, and on from there."""
    inside = np.ones((21, 1, 11), dtype=bool)
    inside[10] = False
    inside[10, 0, 0] = True
    found = geodesic_tortuosity(inside, 0)
    diagonal = math.sqrt(2) - 1
    expected = np.mean([20 + diagonal * min(10, x) + max(0, x - 10) for x in range(11)])
    assert found.mean == pytest.approx(expected / 20)


def test_voxels_that_no_path_reaches_do_not_count() -> None:
    inside = np.zeros((10, 4, 4), dtype=bool)
    inside[:, 0, 0] = inside[5:, 2, 2] = True
    found = geodesic_tortuosity(inside, 0)
    assert (found.mean, found.reached) == (1, 0.5)


def lp(length: float, nu: float, w0: float, a: float) -> Correlation:
    return Correlation(length_um=length, smoothness=nu, oscillation_per_um=w0, anisotropy=a)


X = RandomField(correlation=lp(7, 2.5, 0.25, 0.65))
TWINS = [
    Twin(
        volume_fractions=VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44),
        X=X if row == 0 else replace(X, correlation=lp(7, 3.0, 0.25, 0.65)),
        Y=RandomField(correlation=lp(5, 1.5, 0.45, 0.6))
        if row == 0
        else RandomField(degrees_of_freedom=1, tail="lower", correlation=lp(9, 2.5, 0.0, 0.6)),
        symmetry="cylindrical",
        grid=Grid(shape=(80, 80, 80), voxel_size_um=1.0, window="periodic"),
    )
    for row in range(2)
]


@pytest.mark.parametrize("row", [0, 1])
def test_simulated_twins_meet_the_reference_values(row: int) -> None:
    """Eight volumes here, four there: within four standard errors of the difference.

    The errors of the reference come from four volumes: Student's t with three degrees of freedom
    lies beyond four of them in 2.8 % of cases.
    """
    volumes = [generate(TWINS[row], seed=seed) for seed in range(8)]
    for name, code in (("AM", 1), ("SE", 2)):
        for letter, axis in (("x", 2), ("z", 0)):
            mean, error = ROWS[row][f"tau_{name}_{letter}"]
            values = [geodesic_tortuosity(v == code, axis).mean for v in volumes]
            spread = math.hypot(error, np.std(values, ddof=1) / math.sqrt(len(values)))
            assert abs(np.mean(values) - mean) < 4 * spread, (name, letter)


@pytest.mark.parametrize("row", [0, 1])
def test_their_largest_pore_cluster_is_that_of_the_reference(row: int) -> None:
    """24 volumes here, four there; the reference states no error: that of four of ours.

    Within three standard errors: 0.14 for the first row, 0.08 for the second.
    """
    found = [percolation(generate(TWINS[row], seed=seed))["pore"].largest for seed in range(24)]
    spread = np.std(found, ddof=1) * math.sqrt(1 / 24 + 1 / 4)
    reference = ROWS[row]["largest_pore_cluster"]
    assert 3 * spread < reference
    assert abs(np.mean(found) - reference) < 3 * spread
