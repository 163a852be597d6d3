"""Variance of volume fractions against sums over a lattice and against simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import MODELS, REFERENCE, grains_in_layers, reference_twin

from napari_assb_twin.descriptors.fluctuation import Fluctuation
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.phases import PAIRS, PHASES, code
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

TWINS = {
    **{name: reference_twin(REFERENCE[name]["parameters"]) for name in MODELS[:6]},
    "layers": grains_in_layers(),
}


def lattice_variance(twin, shape) -> dict:
    """Exact variance of the mean over a lattice of points 1 um apart, by its double sum."""
    z, y, x = np.ogrid[tuple(slice(1 - n, n) for n in shape)]
    shares = [1 - np.abs(lag) / n for lag, n in zip((z, y, x), shape, strict=True)]
    lags, places = np.unique(
        (y**2 + x**2) + 1j * np.abs(z),
        return_inverse=True,
    )
    curves = coverage_at(twin, np.sqrt(lags.real), lags.imag)
    share = np.bincount(places.ravel(), weights=(shares[0] * shares[1] * shares[2]).ravel())
    return {
        phase: float(
            share @ (curves[PAIRS.index((phase, phase))] - twin.volume_fractions[phase] ** 2)
        )
        / np.prod(shape)
        for phase in PHASES
    }


@pytest.mark.parametrize("name", TWINS)
def test_the_integral_is_the_sum_over_a_fine_lattice(name) -> None:
    """Within 4 %: the lattice has points 1 um apart, the shortest length is 3 um."""
    shape = (24, 28, 32)
    expected = lattice_variance(TWINS[name], shape)
    found = Fluctuation.of(TWINS[name]).variance(shape)
    for phase in PHASES:
        assert found[phase] == pytest.approx(expected[phase], rel=0.04), phase


@pytest.mark.parametrize("name", [MODELS[0], MODELS[2]])
def test_the_variance_is_that_of_simulated_boxes(name) -> None:
    """400 open boxes know a variance to 7 %; within 4 of these and 4 % of the lattice."""
    shape, random = (20, 24, 28), np.random.default_rng(11)
    draw = WindowSampler(TWINS[name], Torus(shape, (1.0, 1.0, 1.0)))
    shares = np.array(
        [
            [np.mean(labels == code(p)) for p in PHASES]
            for labels in (draw(random) for _ in range(400))
        ]
    )
    found = Fluctuation.of(TWINS[name]).variance(shape)
    for phase, simulated in zip(PHASES, shares.var(axis=0, ddof=1), strict=True):
        assert simulated == pytest.approx(found[phase], rel=0.04 + 4 * np.sqrt(2 / 399)), phase


def test_the_edge_gives_the_wanted_error() -> None:
    fluctuation = Fluctuation.of(preset("pressed"))
    for boxes in (1, 4):
        edge = fluctuation.edge_um("pore", 0.05, boxes)
        variance = fluctuation.variance((edge,) * 3)["pore"] / boxes
        assert 1.96 * np.sqrt(variance) / fluctuation.fractions["pore"] == pytest.approx(0.05)


def test_large_boxes_follow_the_integral_range() -> None:
    """Eight times the volume, an eighth of the variance, to 5 % from 60 lengths on."""
    fluctuation = Fluctuation.of(preset("isotropic"))
    one, two = (fluctuation.variance((edge,) * 3) for edge in (60.0, 120.0))
    for phase in PHASES:
        assert two[phase] / one[phase] == pytest.approx(1 / 8, rel=0.05)


def test_an_error_that_any_box_meets_gives_a_small_box() -> None:
    fluctuation = Fluctuation.of(preset("isotropic"))
    shortest = preset("isotropic").Y.correlation.length_um
    assert fluctuation.edge_um("solid_electrolyte", 0.999, boxes=100) <= shortest


def test_a_graded_twin_has_no_representative_box() -> None:
    twin = graded(preset("pressed"), depth=[0, 1], pore=[0.1, 0.2], active_material=[0.5, 0.4])
    with pytest.raises(InputError, match="graded"):
        Fluctuation.of(replace(twin, seed=1))
