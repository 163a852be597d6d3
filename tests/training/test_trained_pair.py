"""Correlated fields in training: levels, sections, coordinates, and a truth that is found."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import ended, exact_data, recovery_twin

from napari_assb_twin.calibration.free_parameters import Box
from napari_assb_twin.calibration.model_names import MODELS, ModelName
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.coordinates import coordinates
from napari_assb_twin.training.levels import pair_level, standard_level
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.refinement import Refinement
from napari_assb_twin.training.run import train
from napari_assb_twin.training.section_coverage import LagReader, coverage_maps
from napari_assb_twin.training.sections import SectionGrid, sections, white_noise
from napari_assb_twin.training.starts import random_start
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.field_pair import FieldPair
from napari_assb_twin.twin.parameters import RandomField, Twin
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

BOX = Box(1.0, 40.0)


def truth(rho: float = 0.6) -> Twin:
    return replace(recovery_twin(), field_correlation=rho)


def measured(twin: Twin, count: int = 4, side: int = 192) -> list[SectionStack]:
    random = np.random.default_rng(5)
    plan = WindowSampler(twin, Torus((1, side, side), (1.0, 1.0, 1.0)))
    cross = WindowSampler(twin, Torus((side, 1, side), (1.0, 1.0, 1.0)))
    return [
        SectionStack("xy", tuple(plan(random)[0] for _ in range(count)), (1.0, 1.0)),
        SectionStack("xz", tuple(cross(random)[:, 0] for _ in range(count)), (1.0, 1.0)),
    ]


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.3, 0.9])
def test_the_level_of_a_pair_has_its_slopes(rho: float) -> None:
    """Against central differences; without correlation it is the level of Y alone."""
    at = torch.tensor([0.45, 0.2, rho], dtype=torch.float64, requires_grad=True)
    level = pair_level(*at.unbind())
    assert level.item() == pytest.approx(FieldPair.at(0.45, 0.2, rho).level_y)
    level.backward()
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-5
        up, down = (FieldPair.at(*(at.detach().numpy() + s * step)).level_y for s in (1, -1))
        assert at.grad[i].item() == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)
    if rho == 0.0:
        alone = standard_level(RandomField(), torch.tensor(0.2, dtype=torch.float64))
        assert level.item() == pytest.approx(alone.item(), abs=1e-12)


@pytest.mark.parametrize("rho", [-0.5, 0.6])
def test_sections_have_the_exact_curves_of_the_pair(rho: float) -> None:
    """400 sections of each orientation: within five standard errors of a section's curves."""
    twin = truth(rho)
    family = coordinates(twin, {}, BOX, correlated=True)
    theta = torch.from_numpy(family.vector(twin))
    lags = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    for orientation in ("plan", "cross"):
        grid = SectionGrid(orientation, (96, 96), (1.0, 1.0))
        noise = white_noise(torch.Generator().manual_seed(3))
        h_z = 0 * lags if orientation == "plan" else lags
        h_r = lags if orientation == "plan" else 0 * lags
        reader = LagReader(grid, h_r, h_z)
        with torch.no_grad():
            made = sections(family.trainable(theta), grid, count=400, noise=noise)
            single = np.array([reader(coverage_maps(one[None])).numpy() for one in made])
        exact = coverage_at(twin, h_r, h_z)
        error = single.std(axis=0) / math.sqrt(len(single))
        bias = 5e-4 if orientation == "plan" else 0.0  # of a ring, see `LagReader`
        assert np.all(np.abs(single.mean(axis=0) - exact) < 5 * error + bias)


def test_the_correlation_is_the_last_number_and_moves_the_curves() -> None:
    twin = truth(0.4)
    family = coordinates(twin, {}, BOX, correlated=True)
    vector = family.vector(twin)
    assert len(vector) == len(coordinates(twin, {}, BOX).vector(twin)) + 1
    assert family.twin(vector).field_correlation == pytest.approx(0.4)
    lower, upper = family.bounds
    assert np.tanh([lower[-1], upper[-1]]) == pytest.approx([-0.95, 0.95])
    theta = torch.from_numpy(vector).requires_grad_()
    grid = SectionGrid("plan", (96, 96), (1.0, 1.0))
    noise = white_noise(torch.Generator().manual_seed(0))
    made = sections(family.trainable(theta), grid, count=8, noise=noise)
    reader = LagReader(grid, np.array([2.0]), np.array([0.0]))
    reader(coverage_maps(made))[1].sum().backward()  # pore and active material
    assert theta.grad[-1].item() > 0.01


def test_a_correlation_that_is_not_trained_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = truth(0.5)
    options = TrainingOptions(steps=2, sections=2)
    trained = ended(train(measured(twin, 1, 128), twin, first=twin, options=options))[1]
    assert trained.twin.field_correlation == 0.5
    assert trained.twin.X != twin.X


@pytest.mark.parametrize("rho", [0.2, 0.0])
def test_a_fixed_correlation_is_kept_and_simulated(rho: float) -> None:
    """Through a whole calibration of sections whose fields have another one."""
    run = calibration(
        measured(truth(0.6), 2, 128),
        first_phase="active_material",
        fix={"field_correlation": rho},
        correlated_fields=True,
        bootstrap=0,
        refine=Refinement(options=TrainingOptions(steps=5, sections=2, learning_rate=0.05)),
    )
    result = ended(run)[1]
    assert result.twin.field_correlation == rho
    assert result.findings["training"]["correlated"] is False


@pytest.mark.parametrize("rho", [-0.5, 0.6])
def test_a_fixed_correlation_is_that_of_the_simulated_sections(rho: float) -> None:
    """The same vector without rho at its end gives the same sections."""
    twin = truth(rho)
    grid = SectionGrid("plan", (96, 96), (1.0, 1.0))
    made = []
    for fixed in ({}, {"field_correlation": rho}):
        family = coordinates(twin, fixed, BOX, correlated=True)
        noise = white_noise(torch.Generator().manual_seed(3))
        theta = torch.from_numpy(family.vector(twin))
        made.append(sections(family.trainable(theta), grid, count=2, noise=noise))
    assert torch.equal(*made)
    independent = coordinates(truth(0.0), {}, BOX)
    noise = white_noise(torch.Generator().manual_seed(3))
    theta = torch.from_numpy(independent.vector(twin))
    alone = sections(independent.trainable(theta), grid, count=2, noise=noise)
    assert not torch.equal(made[0], alone)


@pytest.mark.parametrize("model", MODELS)
def test_a_random_start_knows_nothing_of_the_correlation(model: ModelName) -> None:
    twin, data = truth(0.6), exact_data(recovery_twin())

    def start(**fixed: float) -> Twin:
        return random_start(data, twin, model=model, fixed=fixed, seed=1, correlated=True)

    assert start().field_correlation == 0.0
    assert start(field_correlation=0.6).field_correlation == 0.6
    kept = random_start(data, twin, model=model, fixed={}, seed=1)
    assert kept.field_correlation == 0.6


def test_only_gaussian_fields_are_correlated() -> None:
    twin = recovery_twin()
    chi_square = replace(twin, Y=replace(twin.Y, degrees_of_freedom=1, tail="lower"))
    with pytest.raises(InputError, match="Only two Gaussian fields"):
        coordinates(chi_square, {}, BOX, correlated=True)


def test_simulated_coverage_finds_correlated_fields() -> None:
    """From independent fields, whose curves are almost the same; the sd of rho is about 0.1."""
    twin = truth(0.6)
    options = TrainingOptions(correlated=True, sections=6, steps=100, learning_rate=0.02)
    run = train(measured(twin), twin, first=recovery_twin(), options=options)
    assert ended(run)[1].twin.field_correlation == pytest.approx(0.6, abs=0.3)
