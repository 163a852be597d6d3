"""Simulated sections grow with the correlation lengths, and a run goes on from grown ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference import ended, exact_data, recovery_twin, sections

from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import train
from napari_assb_twin.training.starts import random_start
from napari_assb_twin.training.training import Training
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin

OPTIONS = TrainingOptions(start="random", steps=12, sections=2, learning_rate=0.3, device="cpu")


def long_twin() -> Twin:
    """X of 20 pixels, three times as long as a random start thinks."""
    return recovery_twin().with_correlation(
        "X", length_um=20.0, smoothness=2.5, oscillation_per_um=0.01, anisotropy=1.0
    )


@pytest.fixture(scope="module")
def stacks() -> list[SectionStack]:
    twin = long_twin()
    return [SectionStack(p, tuple(sections(twin, p, [1], 256)), (1.0, 1.0)) for p in ("xy", "yz")]


def lengths(twin: Twin) -> np.ndarray:
    """The longest in the plane and through it."""
    both = [characteristic_lengths_um(twin.field(name).correlation) for name in FIELD_NAMES]
    return np.max(both, axis=0)


def held(training: Training) -> np.ndarray:
    """Shortest sides in the plane and through it."""
    plan, cross = (grid.shape for grid in training.grids)
    return np.array([min(*plan, cross[1]), cross[0]])


def test_sections_grow_with_the_lengths_and_never_shrink(stacks: list[SectionStack]) -> None:
    data, fixed = exact_data(long_twin()), {"X.oscillation_per_um": 0.01, "X.smoothness": 2.5}
    start = random_start(data, long_twin(), model="low-parametric", fixed=fixed, seed=3)
    training = Training(stacks, data, start, fixed=fixed, options=OPTIONS, seed=0)
    first = before = held(training)
    assert max(first) < 10 * 20
    while not training.finished:
        for _ in training.step():
            assert np.all(held(training) >= 10 * lengths(training.twin))
        assert np.all(held(training) >= before)
        before = held(training)
    assert np.any(before > first)


def test_a_random_start_has_room_for_the_data(
    stacks: list[SectionStack], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten lengths of the truth from the first step on, whose start has lengths of 4 to 7 pixels."""
    made: list[Training] = []

    class Kept(Training):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            made.append(self)

    monkeypatch.setattr("napari_assb_twin.training.run.Training", Kept)
    data = exact_data(long_twin())
    told = next(train(stacks, long_twin(), options=OPTIONS, seed=1, data=data))
    assert max(lengths(told.start)) < 10
    assert np.all(held(made[0]) >= 10 * 20)


@pytest.mark.parametrize("method", ["simulated-coverage", "combined"])
def test_a_run_goes_on_from_grown_sections(
    stacks: list[SectionStack], tmp_path: Path, method: str
) -> None:
    options = TrainingOptions(
        method=method, start="random", steps=8, sections=2, width=8, learning_rate=0.3
    )

    def run(file: Path | None = None) -> object:
        return train(stacks, long_twin(), options=options, seed=1, checkpoint=file)

    whole = ended(run())[1]
    part = run(tmp_path / "run")
    next(told for told in part if told.step == 5)
    part.close()
    going_on = ended(run(tmp_path / "run"))[1]
    assert going_on.twin == whole.twin
