"""Fractions at the ends of a graded cathode, as numbers that a hand moves."""

from __future__ import annotations

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.graded import graded
from napari_assb_twin.twin.gradient_ends import (
    END_PARAMETERS,
    at_end,
    end_value,
    reach,
    with_end,
)
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import PHASES

LINEAR = graded(Twin(), depth=(0, 1), pore=(0.1, 0.2), active_material=(0.5, 0.4))
BENT = graded(
    Twin(),
    depth=(0, 0.25, 1),
    pore=(0.1, 0.3, 0.2),
    active_material=(0.5, 0.3, 0.4),
    separator_side="last",
)
TWINS = pytest.mark.parametrize("twin", [Twin(), LINEAR, BENT], ids=["flat", "linear", "bent"])
PATHS = pytest.mark.parametrize("path", END_PARAMETERS)


def shares_of(twin: Twin) -> list[float]:
    """Those of all phases at both ends."""
    return [*at_end(twin, "separator").values(), *at_end(twin, "collector").values()]


def test_they_are_what_was_given() -> None:
    found = [end_value(LINEAR, path) for path in END_PARAMETERS]
    np.testing.assert_allclose(found, [0.1, 0.2, 0.5, 0.4])
    assert at_end(LINEAR, "collector")["solid_electrolyte"] == pytest.approx(0.4)


@TWINS
@PATHS
def test_one_moves_and_all_other_depths_stay(twin: Twin, path: str) -> None:
    moved = with_end(twin, path, 0.33)
    assert moved.gradient is not None
    for other in END_PARAMETERS:
        expected = 0.33 if other == path else end_value(twin, other)
        assert end_value(moved, other) == pytest.approx(expected)
    for depth in moved.gradient.depth[1:-1]:
        for phase in PHASES:
            before, after = (one.at_depth(depth).volume_fractions[phase] for one in (twin, moved))
            assert after == pytest.approx(before)
    side = twin.gradient.separator_side if twin.gradient else "first"
    assert moved.gradient.separator_side == side


@TWINS
@PATHS
@pytest.mark.parametrize("lock", ["own", "rest"])
def test_a_padlock_keeps_the_mean(twin: Twin, path: str, lock: str) -> None:
    phase = path.split(".")[1]
    locked = {phase if lock == "own" else "solid_electrolyte"}
    low, high = reach(twin, path, 0.01, locked=locked)
    moved = with_end(twin, path, 0.5 * (low + high), locked=locked)
    assert end_value(moved, path) == pytest.approx(0.5 * (low + high))
    for one in PHASES:
        expected = twin.volume_fractions[one]
        assert moved.volume_fractions[one] == pytest.approx(expected, abs=1e-12)


@TWINS
@PATHS
@pytest.mark.parametrize("locked", [frozenset(), frozenset({"pore", "active_material"})])
def test_the_reach_is_as_far_as_it_goes(twin: Twin, path: str, locked: frozenset[str]) -> None:
    """At its ends some phase has just the least share at one end, and a step further less."""
    least = 0.02
    for limit, beyond in zip(reach(twin, path, least, locked=locked), (-0.004, 0.004), strict=True):
        at_limit = with_end(twin, path, limit, locked=locked)
        assert min(shares_of(at_limit)) == pytest.approx(least)
        further = with_end(twin, path, limit + beyond, locked=locked)
        assert min(shares_of(further)) < least - 0.001


def test_a_phase_without_a_share_is_refused() -> None:
    with pytest.raises(InputError, match=r"solid_electrolyte is .* at depth 1"):
        with_end(LINEAR, "gradient.pore.collector", 0.7)
    with pytest.raises(InputError, match="no end of a gradient"):
        end_value(LINEAR, "pore")
