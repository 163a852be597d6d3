"""The vector of a fit goes to a twin and back, within bounds, and leaves the fixed numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from napari_assb_twin.calibration.free_parameters import Box, FreeParameters, fixed_fractions
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.presets import PRESETS

BOX = Box(pixel_um=0.1, longest_um=4.0)
FIXES: list[dict[str, float | None]] = [
    {},
    {"pore": 0.11},
    {"pore": 0.11, "active_material": 0.45},
    dict.fromkeys(PHASES, 0.3),
    {"X.length_um": 0.7, "Y.smoothness": 1.5},
    dict.fromkeys(PARAMETERS, 0.6),
]


@pytest.mark.parametrize("fixed", FIXES)
def test_the_vector_has_the_free_numbers_alone(fixed: Any) -> None:
    free = FreeParameters(PRESETS["pressed"].twin, fixed, BOX)
    correlations = 8 - sum("." in path for path in fixed)
    fractions = max(0, 2 - sum(phase in fixed for phase in PHASES))
    assert free.size == correlations + fractions
    lower, upper = free.bounds
    assert lower.shape == upper.shape == (free.size,)
    assert np.all(lower < upper)
    reported = free.reported()
    assert not set(reported) & set(fixed)
    assert len(reported) == correlations + (fractions + 1 if fractions else 0)


@pytest.mark.parametrize("fixed", FIXES)
@pytest.mark.parametrize("name", ["pressed", "sheet-pores"])
def test_a_twin_comes_back_from_its_vector(fixed: Any, name: str) -> None:
    twin = PRESETS[name].twin
    free = FreeParameters(twin, fixed, BOX)
    back = free.twin(free.vector(twin))
    for path in PARAMETERS:
        expected = twin.value(path)
        if expected is None:
            continue
        assert back.value(path) == pytest.approx(expected, rel=1e-12, abs=1e-12), path
    assert (back.X.degrees_of_freedom, back.Y.tail) == (twin.X.degrees_of_freedom, twin.Y.tail)


def test_an_isotropic_twin_stays_isotropic() -> None:
    twin = PRESETS["isotropic"].twin
    free = FreeParameters(twin, {}, BOX)
    assert free.size == 8
    moved = free.twin(free.vector(twin) + 0.1)
    assert moved.symmetry == "isotropic"
    assert moved.value("X.anisotropy") == 1


@pytest.mark.parametrize("seed", range(5))
def test_any_vector_within_the_bounds_is_a_twin(seed: int) -> None:
    free = FreeParameters(PRESETS["pressed"].twin.with_value("pore", 0.2), {"pore": 0.2}, BOX)
    lower, upper = free.bounds
    vector = np.random.default_rng(seed).uniform(lower, upper)
    twin = free.twin(vector)
    assert twin.volume_fractions.pore == 0.2
    assert sum(v for _, v in twin.volume_fractions.items()) == pytest.approx(1, abs=1e-12)
    for edge in (lower, upper):
        assert isinstance(free.twin(edge), Twin)
    np.testing.assert_allclose(free.vector(twin), vector, atol=1e-9)


def test_what_lies_beyond_the_bounds_is_moved_to_them() -> None:
    twin = PRESETS["pressed"].twin.with_value("X.length_um", 1e3).with_value("X.smoothness", None)
    free = FreeParameters(twin, {}, BOX)
    lower, upper = free.bounds
    vector = free.vector(twin)
    assert np.all((vector >= lower) & (vector <= upper))
    moved = free.twin(vector)
    assert moved.value("X.length_um") == pytest.approx(BOX.bounds("length_um")[1])
    assert moved.value("X.smoothness") == pytest.approx(20)


def test_a_high_parametric_start_is_refused() -> None:
    """Unless its numbers are not asked for: only the fractions move."""
    twin = PRESETS["layered"].twin
    with pytest.raises(InputError, match="Field X is high-parametric"):
        FreeParameters(twin, {}, BOX)
    fixed = {path: twin.value(path) for path in PARAMETERS if "." in path}
    free = FreeParameters(twin, fixed, BOX)
    back = free.twin(free.vector(twin.with_value("pore", 0.3)))
    assert back.value("pore") == pytest.approx(0.3)
    assert back.X == twin.X


def test_no_oscillation_is_zero() -> None:
    twin = PRESETS["isotropic"].twin
    free = FreeParameters(twin, {}, BOX)
    assert free.twin(free.vector(twin)).value("X.oscillation_per_um") == 0


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ({}, (0.1, 0.5, 0.4)),
        ({"pore": 0.19}, (0.19, 0.45, 0.36)),
        ({"pore": 0.2, "solid_electrolyte": 0.3}, (0.2, 0.5, 0.3)),
        ({"X.length_um": 3.0}, (0.1, 0.5, 0.4)),
    ],
)
def test_fixed_fractions_leave_the_ratio_of_the_others(
    fixed: Any, expected: tuple[float, float, float]
) -> None:
    measured: Any = dict(zip(PHASES, (0.1, 0.5, 0.4), strict=True))
    found = fixed_fractions(measured, fixed)
    assert [v for _, v in found.items()] == pytest.approx(expected, abs=1e-12)
    assert all(found[phase] == value for phase, value in fixed.items() if "." not in phase)


def test_fixed_fractions_that_leave_nothing() -> None:
    measured: Any = dict(zip(PHASES, (0.1, 0.5, 0.4), strict=True))
    with pytest.raises(InputError, match="leave nothing for solid_electrolyte"):
        fixed_fractions(measured, {"pore": 0.5, "active_material": 0.5})
