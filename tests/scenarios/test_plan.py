"""Plans: what is varied, where the scenarios lie, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import qmc

from napari_assb_twin.descriptors.describe import Choice
from napari_assb_twin.errors import InputError
from napari_assb_twin.scenarios.design import seed_of
from napari_assb_twin.scenarios.plan import Plan, Varied
from napari_assb_twin.twin.parameters import Grid, Twin


def values(plan: Plan) -> np.ndarray:
    return np.array([list(point.values()) for point in plan.design_points])


def test_a_grid_is_every_combination_with_both_ends(plan: Plan) -> None:
    pore = Varied(parameter="pore", low=0.1, high=0.3, steps=3)
    length = Varied(parameter="X.length_um", low=0.1, high=0.4, scale="log", steps=3)
    grid = replace(plan, varied=(pore, length), design="grid", points=None)
    assert grid.scenarios == 9
    assert [*grid.design_points[0]] == ["pore", "X.length_um"]
    found = values(grid)
    np.testing.assert_allclose(found[::3, 0], [0.1, 0.2, 0.3])
    np.testing.assert_allclose(found[:3, 1], [0.1, 0.2, 0.4])
    assert found.min(axis=0).tolist() == [0.1, 0.1]
    assert found.max(axis=0).tolist() == [0.3, 0.4]


def test_a_latin_hypercube_has_one_point_in_each_layer_of_each_range(plan: Plan) -> None:
    large = replace(plan, points=40)
    pore, length = values(large).T
    assert sorted(np.floor((pore - 0.1) / 0.2 * 40).astype(int)) == list(range(40))
    layers = np.floor(np.log(length / 0.15) / np.log(2) * 40).astype(int)
    assert sorted(layers) == list(range(40))
    assert not np.array_equal(values(replace(large, seed=10)), values(large))


def test_a_sobol_design_fills_more_evenly_than_chance(plan: Plan) -> None:
    """Discrepancy of 64 points, against the mean of random ones."""
    sobol = replace(plan, design="sobol", points=64)
    unit = qmc.scale(
        np.column_stack([values(sobol)[:, 0], np.log(values(sobol)[:, 1])]),
        [0.1, np.log(0.15)], [0.3, np.log(0.3)], reverse=True,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    random = np.mean([qmc.discrepancy(rng.random((64, 2))) for _ in range(20)])
    assert qmc.discrepancy(unit) < 0.2 * random


def test_seeds_are_of_plan_scenario_and_realisation_alone() -> None:
    seeds = {seed_of(s, (i, j)) for s in (0, 1) for i in range(1, 40) for j in range(1, 40)}
    assert len(seeds) == 2 * 39 * 39
    assert max(seeds) < 2**31
    assert seed_of(0, (3, 1)) == 494193656  # rows of old tables must be made again


def test_the_variant_has_the_values_and_what_is_left_keeps_its_ratio(plan: Plan) -> None:
    point = {"pore": 0.2, "active_material": 0.5, "Y.length_um": 0.3}
    variant = plan.variant(point, 7)
    assert {name: variant.value(name) for name in point} == pytest.approx(point)
    assert variant.volume_fractions.solid_electrolyte == pytest.approx(0.3)
    assert variant.seed == 7
    one = plan.variant({"pore": 0.3}, 0).volume_fractions
    assert one.active_material / one.solid_electrolyte == pytest.approx(0.45 / 0.44)


def test_every_scenario_comes_once_before_the_second_realisations(plan: Plan) -> None:
    assert plan.places() == ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"varied": ()}, "nothing is varied"),
        ({"varied": (Varied(parameter="pore", low=0.1, high=0.2),) * 2}, "pore is varied twice"),
        ({"design": "random"}, "must be one of grid, latin-hypercube, sobol"),
        ({"design": "grid", "points": None}, "a grid needs the steps of pore, X.length_um"),
        ({"design": "sobol", "points": 60}, "power of two, such as 64"),
        ({"points": 1}, "2 or more"),
        ({"points": None}, "2 or more"),
        ({"points": 60_000}, "120000 realisations"),
        ({"realisations": 0}, "realisations is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"choice": Choice(groups=())}, "nothing is measured"),
        ({"choice": Choice(axes=())}, "no axis is measured"),
        ({"choice": Choice(device="auto")}, "device is 'auto'"),
        ({"varied": (Varied(parameter="pore", low=0.1, high=1.2),)}, "pore cannot be 1.2"),
        (
            {
                "varied": tuple(
                    Varied(parameter=name, low=0.2, high=0.4)
                    for name in ("pore", "active_material", "solid_electrolyte")
                )
            },
            "the third follows from two",
        ),
        ({"varied": (Varied(parameter="pore", low=0.1, high=0.2, steps=2),)}, "are of a grid"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: Plan, changes: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(plan, **changes)


def test_a_box_too_small_to_be_measured_is_refused(plan: Plan, twin: Twin) -> None:
    with pytest.raises(InputError, match="needs 32 voxels or more"):
        replace(plan, twin=replace(twin, grid=Grid(shape=(31, 40, 40))))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parameter": "porosity"}, "no parameter; choose from pore, active_material"),
        ({"low": 0.3}, "the lower first"),
        ({"low": float("nan")}, "two numbers"),
        ({"low": "a"}, "two numbers"),
        ({"low": 0.0, "scale": "log"}, "must be positive"),
        ({"scale": "cubic"}, "must be one of linear, log"),
        ({"steps": 1}, "2 or more"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Varied(**{"parameter": "pore", "low": 0.1, "high": 0.2, **given})


def test_the_file_knows_every_option_of_measuring(plan: Plan) -> None:
    """An option that is added to `Choice` must be in the file: all numbers follow from it."""
    from napari_assb_twin.scenarios.plan_file import plan_to_document

    names = {one.name for one in fields(Choice)} - {"separator"} | {"separator_side"}
    assert {*plan_to_document(plan)["measure"]} == names
