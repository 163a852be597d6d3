"""Algorithm 1 finds a known twin, keeps what is fixed, and repeats itself."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from reference import ended, exact_data, recovery_twin, sections

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.coverage_loss import grids_for
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import train
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin


@pytest.fixture(scope="module")
def stacks() -> list[SectionStack]:
    twin = recovery_twin()
    return [
        SectionStack(plane, tuple(sections(twin, plane, range(s, s + 4), 192)), (1.0, 1.0))
        for plane, s in (("xy", 0), ("yz", 100))
    ]


def rms(twin: Twin) -> float:
    """Of the exact curves, to those of the truth."""
    return Fitted(twin).rms(exact_data(recovery_twin()))


def test_a_known_twin_is_found_from_a_random_start(stacks: list[SectionStack]) -> None:
    options = TrainingOptions(start="random", steps=120, sections=4)
    run = train(stacks, recovery_twin(), options=options, seed=1)
    trained = ended(run)[1]
    assert rms(trained.start) > 0.05
    assert rms(trained.twin) < 0.01
    assert trained.misfit < 0.01
    assert len(trained.losses) == 120
    losses = [one.coverage for one in trained.losses]
    assert np.mean(losses[-20:]) < 0.1 * losses[0]
    assert trained.finished
    for name in FIELD_NAMES:
        found, truth = (t.field(name).correlation for t in (trained.twin, recovery_twin()))
        assert found.anisotropy == pytest.approx(truth.anisotropy, abs=0.15)


def test_the_exact_fit_stays_good(stacks: list[SectionStack]) -> None:
    options = TrainingOptions(steps=30, sections=4)
    trained = ended(train(stacks, recovery_twin(), options=options))[1]
    assert trained.start_misfit < 0.004
    assert trained.misfit < 0.008
    assert trained.twin != trained.start


def test_the_same_seed_gives_the_same_twin(stacks: list[SectionStack]) -> None:
    options = TrainingOptions(steps=4, sections=2)

    def trained(seed: int) -> Twin:
        start = recovery_twin()
        run = train(stacks, start, first=start, options=options, seed=seed)
        return ended(run)[1].twin

    assert trained(5) == trained(5)
    assert trained(5) != trained(6)


def test_fixed_numbers_are_kept(stacks: list[SectionStack]) -> None:
    fixed = {"pore": 0.11, "Y.anisotropy": 0.6}
    template = recovery_twin()
    for start, first in (("random", None), ("least-squares", template)):
        options = TrainingOptions(start=start, steps=3, sections=2, learning_rate=0.05)
        run = train(stacks, template, first=first, fix=fixed, options=options)
        trained = ended(run)[1]
        assert trained.twin.value("pore") == pytest.approx(0.11)
        assert trained.twin.value("Y.anisotropy") == pytest.approx(0.6)
        assert trained.twin.value("X.length_um") != trained.start.value("X.length_um")


def test_weights_are_trained(stacks: list[SectionStack]) -> None:
    options = TrainingOptions(start="random", steps=60, sections=4)
    run = train(stacks, recovery_twin(), model="high-parametric", options=options)
    trained = ended(run)[1]
    assert trained.misfit < 0.5 * trained.start_misfit
    assert trained.twin.X.correlation.number_of_weights > 100


def test_progress_tells_step_loss_twin_and_misfit(stacks: list[SectionStack]) -> None:
    start = recovery_twin()
    options = TrainingOptions(steps=20, sections=2)
    run = train(stacks, start, first=start, options=options)
    before, *parts = islice(run, 7)  # a step has two parts
    assert (before.step, before.total) == (0, 20)
    for path in ("pore", "X.length_um", "Y.anisotropy"):  # through logarithms and back
        assert before.twin.value(path) == pytest.approx(start.value(path), rel=1e-12)
    told = parts[1::2]
    assert [one.step for one in told] == [0, 1, 2]
    assert all(one.losses.coverage > 0 and one.misfit < 0.02 for one in told)
    assert told[0].twin == told[0].moving
    lengths = [math.log(one.moving.value("X.length_um")) for one in told]
    assert len(set(lengths)) == 3
    mean = math.exp(np.mean(lengths[1:]))  # of the logarithms of the second half of the steps
    assert told[2].twin.value("X.length_um") == pytest.approx(mean, rel=1e-12)
    assert told[0].pair.measured.shape == told[0].pair.simulated.shape
    assert told[0].learning_rate == 0.005 > told[2].learning_rate


def test_grids_hold_lags_and_twin(stacks: list[SectionStack]) -> None:
    twin = recovery_twin()
    data = lag_data(stacks)
    assert [grid.orientation for grid in grids_for(stacks, data, twin)] == ["plan", "cross"]
    longer = twin.with_correlation("X", length_um=15.0)
    plan, cross = grids_for(stacks, data, longer)
    assert min(plan.shape) >= 150
    assert cross.shape[0] >= 0.65 * 150
    flat = [SectionStack("yz", stacks[1].images, (1.0, 2.0))]
    (grid,) = grids_for(flat, lag_data(flat), longer)
    assert grid.shape[1] * 2.0 >= 150


def test_a_louder_discriminator_leads_elsewhere(stacks: list[SectionStack]) -> None:
    """The share counts in the combined method alone."""
    options = TrainingOptions(steps=3, sections=2, width=8, device="cpu")

    def found(method: str, share: float) -> Twin:
        how = replace(options, method=method, discriminator_share=share)
        return ended(train(stacks, recovery_twin(), first=recovery_twin(), options=how))[1].twin

    assert found("combined", 0.05) != found("combined", 0.5)
    assert found("adversarial", 0.05) == found("adversarial", 0.5)
    with pytest.raises(InputError, match="discriminator_share is 0; it must be positive"):
        TrainingOptions(discriminator_share=0.0)
