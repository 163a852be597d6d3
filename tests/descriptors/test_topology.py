"""Euler numbers of bodies, and the exact mean of a Gaussian excursion set."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from napari_assb_twin.descriptors.topology import euler_density_per_um3, euler_number
from napari_assb_twin.twin.correlation import curvature
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate


def test_bodies() -> None:
    box = np.zeros((12, 12, 12), dtype=bool)
    ball, ring, shell = box.copy(), box.copy(), box.copy()
    ball[3:9, 3:9, 3:9] = True
    ring[4:6, 2:10, 2:10] = True
    ring[4:6, 4:8, 4:8] = False
    shell[2:10, 2:10, 2:10] = True
    shell[4:8, 4:8, 4:8] = False
    assert [euler_number(one) for one in (box, ball, ring, shell)] == [0, 1, 0, 2]
    two = box.copy()
    two[1, 1, 1] = two[2, 2, 2] = True  # they share a corner only
    assert euler_number(two) == 2
    assert euler_density_per_um3(ball, (0.5, 0.5, 0.5)) == pytest.approx(1 / 6**3)


def test_a_gaussian_excursion_set_has_the_number_of_the_kinematic_formula() -> None:
    """Mean Euler number of {X >= u} in a box of edges L (Adler and Taylor 2007, Random Fields and
    Geometry, theorem 11.7.2): sum over j of mu_j(box) rho_j(u).

    Tolerance: four standard errors of 24 volumes, and 4 % of the largest term for what voxels hide.
    """
    twin = preset("isotropic").with_correlation("X", smoothness=None, length_um=1.0)
    twin = twin.with_correlation("Y", smoothness=None, length_um=0.6)
    shape, edge = (96, 96, 96), 0.1
    twin = replace(twin, grid=replace(twin.grid, shape=shape, voxel_size_um=edge, window="open"))
    kappa = curvature(twin.X.correlation)[0]
    share = twin.volume_fractions[twin.first_phase]
    u = float(norm.isf(share))
    size = (shape[0] - 1) * edge
    root = math.sqrt(kappa)
    density = math.exp(-u * u / 2)
    rho = [
        share,
        root * density / (2 * math.pi),
        kappa * u * density / (2 * math.pi) ** 1.5,
        root**3 * (u * u - 1) * density / (2 * math.pi) ** 2,
    ]
    terms = [rho[0], 3 * size * rho[1], 3 * size**2 * rho[2], size**3 * rho[3]]
    code = 1
    assert twin.first_phase == "active_material"
    found = [euler_number(generate(twin, seed=seed) == code) for seed in range(24)]
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert abs(np.mean(found) - sum(terms)) < 4 * error + 0.04 * max(map(abs, terms))
