"""Spread, correlations and intervals of refitted twins are those of the numbers put in."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from reference import recovery_twin

from napari_assb_twin.calibration.uncertainty import spread
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.readouts import readouts

TWIN = recovery_twin()
PATHS = ["pore", "X.length_um", "X.smoothness", "Y.oscillation_per_um"]


def varied(count: int = 40, seed: int = 0) -> tuple[list[Twin], np.ndarray]:
    """Twins whose length and smoothness move together."""
    random = np.random.default_rng(seed)
    z = random.standard_normal((count, 3))
    lengths = 7 * np.exp(0.1 * z[:, 0])
    smoothness = 0.5 + 2 * np.exp(0.2 * (-0.8 * z[:, 0] + 0.6 * z[:, 1]))
    pores = 0.11 + 0.01 * z[:, 2]
    twins = [
        TWIN.with_value("X.length_um", length)
        .with_value("X.smoothness", nu)
        .with_value("pore", pore)
        for length, nu, pore in zip(lengths, smoothness, pores, strict=True)
    ]
    return twins, np.stack([pores, lengths, smoothness], axis=1)


def test_errors_and_correlations() -> None:
    twins, numbers = varied()
    found = spread(TWIN, twins, PATHS)
    for path, column in zip(PATHS, numbers.T, strict=False):
        assert found.standard_errors[path] == pytest.approx(column.std(ddof=1))
    expected = np.corrcoef(numbers.T)
    np.testing.assert_allclose(found.correlations[:3, :3], expected, atol=1e-9)
    assert found.standard_errors["Y.oscillation_per_um"] == pytest.approx(0, abs=1e-12)


def test_intervals_are_students_in_the_logarithm() -> None:
    twins, numbers = varied()
    low, high = spread(TWIN, twins, PATHS).intervals["X.length_um"][0.95]
    logs = np.log(numbers[:, 1])
    reach = scipy.stats.t.ppf(0.975, 39) * logs.std(ddof=1) * np.sqrt(1 + 1 / 40)
    assert (low, high) == pytest.approx((7 * np.exp(-reach), 7 * np.exp(reach)))
    narrow = spread(TWIN, twins, PATHS).intervals["X.length_um"][0.68]
    assert low < narrow[0] < 7 < narrow[1] < high  # type: ignore[operator]
    share = spread(TWIN, twins, PATHS).intervals["pore"][0.95]
    assert 0 < share[0] < 0.11 < share[1] < 1  # type: ignore[operator]


def test_a_smoothness_may_reach_to_infinity_and_an_oscillation_to_none() -> None:
    twins = [TWIN.with_value("X.smoothness", nu) for nu in (1.5, 2.5, 19.0, None)]
    low, high = spread(TWIN, twins, ["X.smoothness"]).intervals["X.smoothness"][0.95]
    assert high is None
    assert low < 2.5
    twins = [TWIN.with_value("Y.oscillation_per_um", w) for w in (0.0, 0.1, 0.45, 0.5)]
    low, high = spread(TWIN, twins, ["Y.oscillation_per_um"]).intervals["Y.oscillation_per_um"][
        0.95
    ]
    assert low == 0
    assert high is not None
    assert high > 0.45


def test_an_oscillation_that_is_always_on_does_not_reach_to_none() -> None:
    """The interval of 95 % often ends below all estimates: that alone switches nothing off."""
    path = "Y.oscillation_per_um"
    twins = [TWIN.with_value(path, 0.45 * (1 + 0.03 * z)) for z in (-1.2, -0.8, 0.0, 0.7, 1.3)]
    for level in (0.68, 0.95):
        low, high = spread(TWIN, twins, [path]).intervals[path][level]
        logs = np.log([one.value(path) or 0.0 for one in twins])
        reach = scipy.stats.t.ppf(0.5 + level / 2, 4) * logs.std(ddof=1) * np.sqrt(1 + 1 / 5)
        assert low == pytest.approx(0.45 * np.exp(-reach))
        assert high == pytest.approx(0.45 * np.exp(reach))


def test_an_oscillation_that_is_always_off_has_no_interval() -> None:
    path = "X.oscillation_per_um"
    off = TWIN.with_value(path, 0.0)
    found = spread(off, [off.with_value("X.length_um", 6.0 + n) for n in range(4)], [path])
    assert found.standard_errors[path] == 0
    assert path not in found.intervals


@pytest.mark.parametrize(("own", "others"), [(0.0, (0.4, 0.45, 0.5)), (0.45, (0.0, 0.45, 0.5))])
def test_an_oscillation_that_is_off_in_one_fit_may_be_off(
    own: float, others: tuple[float, ...]
) -> None:
    path = "Y.oscillation_per_um"
    twins = [TWIN.with_value(path, one) for one in others]
    assert spread(TWIN.with_value(path, own), twins, [path]).intervals[path][0.95][0] == 0


def test_derived_numbers_inherit_an_error() -> None:
    twins, _ = varied()
    found = spread(TWIN, twins, PATHS)
    area = next(one for one in found.derived if one.name == "interface area")
    exact = readouts(TWIN).area_per_um[area.phases]  # type: ignore[index]
    assert area.value == exact
    own = [readouts(one).area_per_um[area.phases] for one in twins]  # type: ignore[index]
    assert area.standard_error == pytest.approx(np.std(own, ddof=1))  # type: ignore[arg-type]


def test_numbers_that_some_fit_lacks_have_no_error() -> None:
    """A smoothness of X of 1 or less: all surfaces of X are infinite, those of Y alone are not."""
    smoothness = (0.9, 1.4, 2.0, 2.6, 3.0)
    twins = [TWIN.with_value("X.smoothness", nu) for nu in smoothness]
    twins = [one.with_value("Y.length_um", 5 + 0.1 * n) for n, one in enumerate(twins)]
    errors = {
        (one.name, *one.phases): one.standard_error for one in spread(TWIN, twins, []).derived
    }
    lacking = readouts(twins[0])
    for pair, area in lacking.area_per_um.items():
        assert (errors["interface area", *pair] is None) == (area is None), pair
    assert errors["triple-phase boundary",] is None
    assert lacking.area_per_um["pore", "solid_electrolyte"] is not None
    assert errors["interface area", "pore", "solid_electrolyte"]


def test_rounding_is_no_error() -> None:
    """Contact shares of the phase cut first follow from the fractions: fixed, they cannot vary."""
    lengths = 7 * np.exp(0.05 * np.random.default_rng(0).standard_normal(20))
    twins = [TWIN.with_value("X.length_um", one).with_value("pore", 0.11) for one in lengths]
    shaken = [one.with_value("pore", 0.11 * (1 + n * 1e-15)) for n, one in enumerate(twins)]
    found = spread(TWIN, shaken, ["pore", "X.length_um"])
    assert found.standard_errors["pore"] == 0
    assert found.standard_errors["X.length_um"] > 0
    assert found.correlations[0, 1] == pytest.approx(0, abs=1e-9)
    errors = {(one.name, *one.phases): one.standard_error for one in found.derived}
    assert errors["contact share", "active_material", "pore"] is None
    assert errors["mean chord", "active_material"]


def test_one_replicate_has_no_spread() -> None:
    found = spread(TWIN, [TWIN], PATHS)
    assert found.standard_errors == {}
    assert found.parameters == ()
    assert all(one.standard_error is None for one in found.derived)
