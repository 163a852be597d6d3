"""Recipes by hand, and back to the last digit."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.composition import (
    DENSITIES,
    SOLIDS,
    Additive,
    Densities,
    Recipe,
    recipe_of,
)
from napari_assb_twin.twin.fractions import VolumeFractions
from napari_assb_twin.twin.phases import PHASES


def test_two_solids_by_hand() -> None:
    """70 g of 4.7 g/cm3 are 14.894 cm3, 30 g of 1.64 are 18.293: 0.4488 of the solids."""
    recipe = Recipe(active_material=70, solid_electrolyte=30, porosity=0.12)
    phi = recipe.volume_fractions
    assert phi.pore == 0.12
    assert phi.active_material == pytest.approx(0.88 * (70 / 4.7) / (70 / 4.7 + 30 / 1.64))
    assert phi.active_material == pytest.approx(0.88 * 0.4488, abs=1e-4)
    assert recipe.density_g_per_cm3 == pytest.approx(0.88 * 100 / (70 / 4.7 + 30 / 1.64))
    assert recipe.weight_fractions == pytest.approx(
        {"active_material": 0.7, "solid_electrolyte": 0.3}
    )


def test_the_unit_of_the_weights_does_not_matter() -> None:
    one = Recipe(active_material=70, solid_electrolyte=30, porosity=0.1)
    for scale in (1e-2, 1e3, 1e300):
        other = Recipe(active_material=70 * scale, solid_electrolyte=30 * scale, porosity=0.1)
        assert other.volume_fractions.active_material == pytest.approx(
            one.volume_fractions.active_material, rel=1e-14
        )


def test_an_additive_by_hand() -> None:
    """70:27:3 with carbon of 2 g/cm3, counted to the electrolyte or to the pores."""
    volumes = {"active_material": 70 / 4.7, "solid_electrolyte": 27 / 1.64, "additive": 3 / 2.0}
    total = sum(volumes.values())
    for phase in PHASES:
        additive = Additive(weight_fraction=0.03, density_g_per_cm3=2.0, phase=phase)
        recipe = Recipe(active_material=70, solid_electrolyte=27, porosity=0.1, additive=additive)
        expected = {solid: 0.9 * volumes[solid] / total for solid in SOLIDS} | {"pore": 0.1}
        expected[phase] += 0.9 * volumes["additive"] / total
        assert dict(recipe.volume_fractions.items()) == pytest.approx(expected)
        assert recipe.weight_fractions["additive"] == 0.03
        assert math.fsum(recipe.weight_fractions.values()) == pytest.approx(1)


@pytest.mark.parametrize("additive", [None, "pore", "active_material", "solid_electrolyte"])
@pytest.mark.parametrize("porosity", [0.01, 0.12, 0.5])
def test_back_is_exact(additive: Any, porosity: float) -> None:
    """Recipe to fractions to recipe to fractions: to 13 digits."""
    densities = Densities(active_material=4.78, solid_electrolyte=1.86)
    third = None if additive is None else Additive(weight_fraction=0.05, phase=additive)
    for active in (0.3, 0.7, 0.9):
        recipe = Recipe(
            active_material=active,
            solid_electrolyte=1 - active,
            porosity=porosity,
            densities=densities,
            additive=third,
        )
        back = recipe_of(recipe.volume_fractions, densities=densities, additive=third)
        assert back.porosity == pytest.approx(porosity, rel=1e-13)
        assert back.weight_fractions == pytest.approx(recipe.weight_fractions, rel=1e-13)
        again = back.volume_fractions
        for phase in PHASES:
            assert again[phase] == pytest.approx(recipe.volume_fractions[phase], rel=1e-13)


@pytest.mark.parametrize("pore", [0.05, 0.3])
@pytest.mark.parametrize("home", [None, *PHASES])
def test_fractions_to_a_recipe_and_back(pore: float, home: Any) -> None:
    phi = VolumeFractions(pore=pore, active_material=0.45, solid_electrolyte=0.55 - pore)
    additive = None if home is None else Additive(weight_fraction=0.02, phase=home)
    recipe = recipe_of(phi, additive=additive)
    assert dict(recipe.volume_fractions.items()) == pytest.approx(dict(phi.items()), rel=1e-13)


def test_more_additive_than_its_phase_holds() -> None:
    phi = VolumeFractions(pore=0.02, active_material=0.5, solid_electrolyte=0.48)
    with pytest.raises(InputError, match=r"pore, to which it is counted, has 0\.02"):
        recipe_of(phi, additive=Additive(weight_fraction=0.2, phase="pore"))


@pytest.mark.parametrize(("name", "bad"), itertools.product(
    ["active_material", "solid_electrolyte", "porosity"], [0, -1, math.nan, math.inf, None, "1"]
))  # fmt: skip
def test_recipes_that_are_none(name: str, bad: Any) -> None:
    numbers: Any = {"active_material": 0.7, "solid_electrolyte": 0.3, "porosity": 0.1}
    with pytest.raises(InputError, match="must"):
        Recipe(**(numbers | {name: bad}))


@pytest.mark.parametrize("bad", [0, -4.7, math.nan, None])
def test_densities_that_are_none(bad: Any) -> None:
    with pytest.raises(InputError, match="density of the active material"):
        Densities(active_material=bad)
    with pytest.raises(InputError, match="density of the additive"):
        Additive(weight_fraction=0.1, density_g_per_cm3=bad)


@pytest.mark.parametrize("bad", [1, -0.1, math.nan])
def test_additives_that_are_none(bad: Any) -> None:
    with pytest.raises(InputError, match="weight fraction of the additive"):
        Additive(weight_fraction=bad)
    with pytest.raises(InputError, match="phase"):
        Additive(weight_fraction=0.1, phase="binder")  # type: ignore[arg-type]


def test_a_full_porosity_leaves_no_solids() -> None:
    with pytest.raises(InputError, match="porosity"):
        Recipe(active_material=1, solid_electrolyte=1, porosity=1.0)


def test_crystal_densities_follow_from_the_cells() -> None:
    """Z M / (N_A V), with lengths in Angstrom: to 0.3 %."""
    per_cell = 1 / 0.602214
    nmc = 3 * 97.28 * per_cell / (2.87**2 * 14.20 * math.sqrt(3) / 2)
    argyrodite = 4 * 268.36 * per_cell / 9.86**3
    assert DENSITIES["NMC 811 (crystal)"] == pytest.approx(nmc, rel=3e-3)
    assert DENSITIES["Li6PS5Cl (crystal)"] == pytest.approx(argyrodite, rel=3e-3)


def test_the_document() -> None:
    recipe = Recipe(
        active_material=70,
        solid_electrolyte=27,
        porosity=0.1,
        additive=Additive(weight_fraction=0.03),
    )
    document = json.loads(json.dumps(recipe.document(), allow_nan=False))
    assert math.fsum(document["volume_fractions"].values()) == pytest.approx(1)
    assert document["densities_g_per_cm3"] == {
        "active_material": 4.7,
        "solid_electrolyte": 1.64,
        "additive": 2.0,
    }
    assert document["additive_phase"] == "solid_electrolyte"
