"""Numbers are printed with the digits that their errors leave."""

from __future__ import annotations

import math

import pytest

from napari_assb_twin.report.numbers import beside, error_of, plain, signed


@pytest.mark.parametrize(
    ("value", "error", "printed"),
    [
        (0.11234, 0.0021, "0.1123"),
        (5.23, 2.0, "5.2"),
        (-0.0411, 0.033, "−0.041"),
        (-0.0004, 0.05, "0.000"),
        (1234.5, 70.0, "1234"),
        (0.5, None, "0.5"),
        (0.5, 0.0, "0.5"),
        (0.5, math.nan, "0.5"),
        (None, 0.1, "–"),
        (math.inf, 0.1, "∞"),
        (3.1e-14, 2e-15, "3.1e−14"),
    ],
)
def test_beside_its_error(value, error, printed) -> None:
    assert beside(value, error) == printed


def test_errors_have_two_digits_and_scores_a_sign() -> None:
    assert error_of(0.01) == "0.010"
    assert error_of(2.345) == "2.3"
    assert error_of(None) == "–"
    assert error_of(2.04e-15) == "2e−15"
    assert [signed(z) for z in (3.44, -0.51, -0.01, None, math.inf)] == [
        "+3.4", "−0.5", "0.0", "–", "–",
    ]  # fmt: skip
    assert plain(math.nan) == "–"
