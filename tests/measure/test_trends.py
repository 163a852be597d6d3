"""Slopes of the fractions across sections: exact on drawn gradients, none without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.measure.trends import Trend, trends


def graded(rows: int = 120, columns: int = 90, change: float = 0.5) -> np.ndarray:
    """Active material grows by ``change`` down the rows, in place of electrolyte."""
    share = 0.2 + change * (np.arange(rows) + 0.5) / rows
    place = (np.arange(columns) + 0.5) / columns
    return np.where(place < share[:, None], 1, 2).astype(np.uint8)


@pytest.mark.parametrize(
    ("plane", "walk"), [("xy", "down the plan views"), ("xz", "down the cross-sections (z)")]
)
def test_a_drawn_gradient(plane: Any, walk: str) -> None:
    """Within the rounding of 90 columns."""
    found = trends((SectionStack(plane, (graded(),), (1.0, 1.0)),))
    assert found[Trend("active_material", walk)] == pytest.approx(0.5, abs=0.01)
    assert found[Trend("solid_electrolyte", walk)] == pytest.approx(-0.5, abs=0.01)
    assert found[Trend("pore", walk)] == 0


def test_what_is_outside_does_not_count() -> None:
    image = graded()
    image[40:70] = 255
    image[:, 85:] = 255
    found = trends((SectionStack("yz", (image,), (1.0, 1.0)),))
    slope = found[Trend("active_material", "down the cross-sections (z)")]
    full = 0.5 * 90 / 85  # the last columns, all electrolyte, are masked
    assert slope == pytest.approx(full, abs=0.02)


def test_opposite_sections_cancel_and_a_stack_is_walked_through() -> None:
    image = graded()
    flipped = np.ascontiguousarray(image[::-1])
    found = trends((SectionStack("yz", (image, flipped), (1.0, 1.0)),))
    slope = found[Trend("active_material", "down the cross-sections (z)")]
    assert slope == pytest.approx(0, abs=1e-12)
    plain = [np.full((40, 40), 2, np.uint8) for _ in range(5)]
    for number, section in enumerate(plain):
        section[: 4 * (number + 1)] = 1
    found = trends((SectionStack("xy", tuple(plain), (1.0, 1.0), 2.0),))
    walk = Trend("active_material", "from section to section (xy)")
    assert found[walk] == pytest.approx(0.5, abs=1e-9)  # .1 a section over the length of five
    alone = trends((SectionStack("xy", tuple(plain), (1.0, 1.0)),))
    assert walk not in alone
