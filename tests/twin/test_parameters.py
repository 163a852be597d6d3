"""A twin is an immutable value that can only hold what the model allows."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    PARAMETERS,
    Correlation,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
    check_path,
    described,
)
from napari_assb_twin.twin.phases import PAIRS, PHASES, code
from napari_assb_twin.twin.presets import DEMONSTRATION, PRESETS, preset

NAN = math.nan
INF = math.inf


@pytest.mark.parametrize(
    ("kind", "attribute", "values"),
    [
        (Correlation, "length_um", [0, -1, NAN, INF, "1", None, True]),
        (Correlation, "smoothness", [0.49, -1, NAN, INF, "2", False]),
        (Correlation, "oscillation_per_um", [-0.1, NAN, INF, None, "1"]),
        (Correlation, "anisotropy", [0, -0.5, NAN, INF, None]),
        (RandomField, "degrees_of_freedom", [-1, 1.0, True, None, "1"]),
        (RandomField, "tail", ["both", "", None, []]),
        (Grid, "shape", [(1, 2), (1, 2, 3, 4), (0, 1, 1), (2.0, 2, 2), "222", None, (True, 1, 1)]),
        (Grid, "voxel_size_um", [0, -0.1, NAN, INF, None]),
        (Grid, "window", ["closed", None, 1]),
        (Twin, "seed", [-1, 1.0, True, None, "0"]),
        (Twin, "symmetry", ["cubic", None]),
        (Twin, "first_phase", ["binder", None]),
        (Twin, "second_phase", ["binder", "active_material"]),
        (VolumeFractions, "pore", [0, -0.1, NAN, INF, None, 0.2]),
    ],
)
def test_what_the_model_does_not_allow_is_named(
    kind: type, attribute: str, values: list[Any]
) -> None:
    for value in values:
        with pytest.raises(InputError) as caught:
            kind(**{attribute: value})
        sentence = str(caught.value)
        assert attribute.partition("_um")[0] in sentence or "volume fractions" in sentence, value
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Correlation, {"smoothness": None, "length_um": 1e-3, "oscillation_per_um": 0}),
        (Correlation, {"smoothness": 0.5, "length_um": 10**6, "anisotropy": 100.0}),
        (RandomField, {"degrees_of_freedom": 50, "tail": "lower"}),
        (Grid, {"shape": [1, 2, 3], "voxel_size_um": 1, "window": "open"}),
        (Twin, {"seed": 2**70}),
        (VolumeFractions, {"pore": 1e-6, "active_material": 0.5, "solid_electrolyte": 0.499999}),
    ],
)
def test_what_a_file_may_hold_is_wider_than_the_sliders(kind: type, values: dict[str, Any]) -> None:
    made = kind(**values)
    for attribute, value in values.items():
        kept = getattr(made, attribute)
        assert kept == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("fractions", "allowed"),
    [
        ((0.333333, 0.333333, 0.333333), True),  # one millionth short of 1, as people write it
        ((0.333334, 0.333333, 0.333334), True),
        ((0.11, 0.45, 0.44 + 2e-6), False),
        ((0.11, 0.45, 0.44 - 2e-6), False),
        ((0.5, 0.5, 0.5), False),
    ],
)
def test_fractions_sum_to_one_within_a_millionth(
    fractions: tuple[float, float, float], allowed: bool
) -> None:
    values = dict(zip(PHASES, fractions, strict=True))
    if allowed:
        assert dict(VolumeFractions(**values).items()) == values
    else:
        with pytest.raises(InputError, match="must sum to 1"):
            VolumeFractions(**values)


@pytest.mark.parametrize(
    ("thing", "attribute"),
    [
        (Correlation(), "length_um"),
        (RandomField(), "tail"),
        (VolumeFractions(), "pore"),
        (Grid(), "shape"),
        (Twin(), "seed"),
    ],
)
def test_nothing_can_be_changed_in_place(thing: Any, attribute: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, attribute, getattr(thing, attribute))


def test_twins_are_values() -> None:
    assert Twin() == Twin()
    assert hash(Twin()) == hash(Twin(provenance={"method": "coverage"}))
    assert Twin() == Twin(provenance={"method": "coverage"}, uncertainty={"pore": 0.01})
    assert Twin() != Twin(seed=1)
    assert Twin(grid=Grid(shape=[8, 8, 8])) == Twin(grid=Grid(shape=(8, 8, 8)))  # type: ignore[arg-type]


def test_an_isotropic_twin_is_alike_in_all_directions() -> None:
    Twin(symmetry="isotropic")
    flat = RandomField(correlation=Correlation(anisotropy=0.7))
    for name in FIELD_NAMES:
        with pytest.raises(InputError, match=f"field {name} has anisotropy 0.7"):
            Twin(symmetry="isotropic", **{name: flat})
        with pytest.raises(InputError, match="cylindrical"):
            Twin(symmetry="isotropic").with_value(f"{name}.anisotropy", 0.7)
        assert Twin(**{name: flat}).symmetry == "cylindrical"


def test_the_third_phase_and_the_probabilities_of_the_cuts() -> None:
    fractions = VolumeFractions(pore=0.1, active_material=0.5, solid_electrolyte=0.4)
    for first in PHASES:
        for second in (phase for phase in PHASES if phase != first):
            twin = Twin(volume_fractions=fractions, first_phase=first, second_phase=second)
            assert {first, second, twin.third_phase} == set(PHASES)
            p, q = twin.exceedance("X"), twin.exceedance("Y")
            assert p == fractions[first]
            assert (1 - p) * q == pytest.approx(fractions[second], abs=1e-15)
            assert (1 - p) * (1 - q) == pytest.approx(fractions[twin.third_phase], abs=1e-15)


def test_probabilities_of_the_cuts_stay_below_one_at_the_edge_of_the_tolerance() -> None:
    fractions = VolumeFractions(pore=0.5 + 4e-7, active_material=0.5 + 4e-7, solid_electrolyte=1e-7)
    twin = Twin(volume_fractions=fractions)
    assert 0 < twin.exceedance("X") < 1
    assert 0 < twin.exceedance("Y") < 1


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("value", [0.001, 0.2, 0.77])
def test_a_moved_fraction_keeps_the_ratio_of_the_others(phase: Any, value: float) -> None:
    before = VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44)
    after = before.moved(phase, value)
    one, other = (p for p in PHASES if p != phase)
    assert after[phase] == value
    assert after[one] / after[other] == pytest.approx(before[one] / before[other], rel=1e-12)
    assert sum(v for _, v in after.items()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("phase", PHASES)
def test_a_locked_fraction_stays_exactly(phase: Any) -> None:
    before = VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44)
    for locked in (p for p in PHASES if p != phase):
        after = before.moved(phase, 0.3, locked=frozenset({locked}))
        assert after[phase] == 0.3
        assert after[locked] == before[locked]
        assert sum(v for _, v in after.items()) == pytest.approx(1, abs=1e-12)


def test_the_lock_of_the_moved_fraction_itself_does_not_count() -> None:
    before = VolumeFractions()
    assert before.moved("pore", 0.3, locked=frozenset({"pore"})) == before.moved("pore", 0.3)


@pytest.mark.parametrize(
    ("value", "locked"),
    [
        (0.0, ()),
        (1.0, ()),
        (-0.2, ()),
        (1.2, ()),
        (NAN, ()),
        (0.55, ("active_material",)),
        (0.2, ("active_material", "solid_electrolyte")),
    ],
)
def test_a_fraction_that_the_others_cannot_make_up_for(
    value: float, locked: tuple[str, ...]
) -> None:
    before = VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44)
    with pytest.raises(InputError, match="pore"):
        before.moved("pore", value, locked=frozenset(locked))


def test_moving_back_and_forth_does_not_drift() -> None:
    start = VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44)
    fractions = start
    for value in np.linspace(0.01, 0.9, 500):
        fractions = fractions.moved("pore", float(value))
    fractions = fractions.moved("pore", 0.11)
    for phase in PHASES:
        assert fractions[phase] == pytest.approx(start[phase], abs=1e-12)


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_parameter_can_be_set_and_read_by_its_path(path: str) -> None:
    twin = preset("pressed")
    changed = twin.with_value(path, 0.61)
    assert changed.value(path) == 0.61
    for other in PARAMETERS:
        if other == path or (other in PHASES and path in PHASES):
            continue
        assert changed.value(other) == twin.value(other)
    assert changed.grid == twin.grid
    assert changed.seed == twin.seed


def test_infinite_smoothness_is_none() -> None:
    assert Twin().with_value("X.smoothness", None).value("X.smoothness") is None
    for path in (p for p in PARAMETERS if not p.endswith("smoothness")):
        with pytest.raises(InputError):
            Twin().with_value(path, None)


def test_locks_hold_through_a_path() -> None:
    twin = Twin().with_value("pore", 0.2, locked=frozenset({"solid_electrolyte"}))
    assert twin.volume_fractions.solid_electrolyte == Twin().volume_fractions.solid_electrolyte


@pytest.mark.parametrize("path", ["", "X", "X.", "length_um", "Z.length_um", "X.pore", "x.length"])
def test_an_unknown_path_lists_the_names(path: str) -> None:
    for task in (lambda: check_path(path), lambda: Twin().with_value(path, 1.0)):
        with pytest.raises(InputError, match=r"X\.length_um"):
            task()


def test_every_number_says_what_a_slider_needs() -> None:
    assert list(PARAMETERS)[:3] == list(PHASES)
    for path, parameter in PARAMETERS.items():
        assert parameter.lowest < parameter.highest, path
        assert 0 < parameter.step < parameter.highest - parameter.lowest
        assert not parameter.logarithmic or parameter.lowest > 0
        assert parameter.documentation.endswith(".")
        assert parameter.symbol
        assert parameter.label
        assert path.endswith("_um") is False or parameter.unit == "µm"
    assert set(described(Correlation)) == {
        *("length_um", "smoothness", "oscillation_per_um", "anisotropy"),
    }


def test_the_codes_and_pairs_of_the_phases() -> None:
    assert [code(phase) for phase in PHASES] == [0, 1, 2]
    assert PHASES == ("pore", "active_material", "solid_electrolyte")
    assert [",".join(pair) for pair in PAIRS] == [
        "pore,pore",
        "pore,active_material",
        "pore,solid_electrolyte",
        "active_material,active_material",
        "active_material,solid_electrolyte",
        "solid_electrolyte,solid_electrolyte",
    ]


def test_five_or_more_presets_of_every_kind() -> None:
    assert len(PRESETS) >= 5
    assert DEMONSTRATION in PRESETS
    twins = [entry.twin for entry in PRESETS.values()]
    assert len(set(twins)) == len(twins)
    assert {twin.symmetry for twin in twins} == {"isotropic", "cylindrical"}
    fields = [field for twin in twins for field in (twin.X, twin.Y)]
    assert any((field.degrees_of_freedom, field.tail) == (1, "lower") for field in fields)
    assert any(field.degrees_of_freedom > 1 for field in fields)
    with pytest.raises(InputError, match="pressed"):
        preset("no such twin")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_made_well_and_stays_within_the_sliders(name: str) -> None:
    twin = preset(name)
    assert PRESETS[name].name == name
    assert PRESETS[name].documentation.endswith(".")
    for path, parameter in PARAMETERS.items():
        value = twin.value(path)
        if value:
            shown = 2 * math.pi / value if path.endswith("oscillation_per_um") else value
            assert parameter.lowest <= shown <= parameter.highest, path
    for field in (twin.X, twin.Y):
        lengths = characteristic_lengths_um(field.correlation)
        assert min(twin.grid.size_um) >= 10 * max(lengths)
        assert min(lengths) >= 2 * twin.grid.voxel_size_um


def test_a_changed_twin_is_no_longer_the_one_that_was_fitted() -> None:
    fitted = Twin(provenance={"method": "coverage"}, uncertainty={"pore": 0.01})
    for path in ("pore", "X.length_um"):
        changed = fitted.with_value(path, 0.2)
        assert changed.provenance is None
        assert changed.uncertainty is None
    assert fitted.provenance == {"method": "coverage"}


def test_numpy_numbers_are_numbers() -> None:
    """A seed out of a generator and a shape out of a loop are what a script has at hand."""
    twin = Twin(
        seed=np.int64(7),  # type: ignore[arg-type]
        X=RandomField(correlation=Correlation(length_um=np.float32(0.5))),  # type: ignore[arg-type]
        grid=Grid(shape=tuple(np.array([8, 8, 8]))),
    )
    assert twin.seed == 7
    assert twin.grid.shape == (8, 8, 8)
    assert replace(twin, seed=np.uint8(3)).seed == 3  # type: ignore[arg-type]


def test_every_parameter_says_what_it_does_to_the_structure():
    assert all(parameter.effect.endswith(".") for parameter in PARAMETERS.values())
