"""Chords: bricks whose chords are known, and the exact mean chords of twins."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from napari_assb_twin.descriptors.chords import chords
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate


def test_stripes() -> None:
    """Stripes of 3, 5 and 2 voxels: every chord of the middle ones has that length."""
    line = np.array([0] * 3 + [1] * 5 + [2] * 2 + [0] * 3 + [1] * 5, np.uint8)
    labels = np.ascontiguousarray(np.broadcast_to(line, (4, 6, line.size)))
    found = chords(labels, 2, 0.5)
    pore, active, electrolyte = (found[phase] for phase in PHASES)
    assert pore.density[3] == active.density[5] == electrolyte.density[2] == 1
    assert electrolyte.mean_um == pytest.approx(1.0)
    assert pore.mean_um == pytest.approx(2 * 6 * 0.5 / 3)  # three of its four ends are seen
    # segments of 2 steps, of 16 a line: those in a run of n are n - 2
    assert pore.lineal_path[2] == pytest.approx((1 + 1) / 16)
    assert active.lineal_path[2] == pytest.approx((3 + 3) / 16)
    assert pore.lineal_path[0] == pytest.approx(6 / 18)
    assert chords(labels, 0, 0.5) == dict.fromkeys(PHASES)


def test_outside_ends_nothing() -> None:
    line = np.array([255, 1, 1, 0, 0, 2, 255, 0, 1], np.uint8)
    labels = np.ascontiguousarray(np.broadcast_to(line, (2, 2, line.size)))
    found = chords(labels, 2, 1.0)
    assert found["pore"].density[2] == 1  # the other pore lies beside the outside
    assert found["pore"].mean_um == pytest.approx(2 * 3 / 3)
    assert found["active_material"].mean_um == pytest.approx(2 * 3 / 2)


def test_mean_chords_of_a_twin_are_the_exact_ones() -> None:
    """Lines on voxels of the edge d change from phase i with probability sum C_ij(d), j not i.

    Tolerance: four standard errors of eight volumes, and the 1 % by which a line of 128 voxels has
    one neighbour less.
    """
    twin = preset("isotropic").with_correlation("X", length_um=0.4)
    twin = replace(twin, grid=replace(twin.grid, shape=(128, 128, 128), voxel_size_um=0.1))
    exact = coverage(twin, 0.1)
    means = {phase: [] for phase in PHASES}
    for seed in range(8):
        labels = generate(twin, seed=seed)
        found = [chords(labels, axis, 0.1) for axis in range(3)]
        for phase in PHASES:
            means[phase].append(np.mean([one[phase].mean_um for one in found]))
    for phase in PHASES:
        changes = sum(exact[phase, other][0] for other in PHASES if other != phase)
        expected = 0.1 * twin.volume_fractions[phase] / changes
        error = np.std(means[phase], ddof=1) / math.sqrt(len(means[phase]))
        assert abs(np.mean(means[phase]) - expected) < 4 * error + 0.01 * expected, phase
