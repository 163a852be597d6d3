"""How far the exact two-point coverage functions of two twins are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.exact import DIRECTIONS, Direction, coverage
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import PAIRS, Phase

LENGTHS, POINTS = 6.0, 101
"""The lags reach over so many of the longest correlation length of both, in so many steps."""


@dataclass(frozen=True, kw_only=True)
class CurveDifference:
    """Second minus first curve of one pair of phases in one direction.

    Attributes
    ----------
    direction, pair
        Which curve.
    rms, max
        Root mean square over the lags, and the largest difference without its sign.
    lag_um, longest_um
        Where that is, and how far the lags reach, in micrometres.
    """

    direction: Direction
    pair: tuple[Phase, Phase]
    rms: float
    max: float
    lag_um: float
    longest_um: float

    def document(self) -> dict[str, Any]:
        """The JSON object."""
        return {
            "direction": self.direction,
            "pair": ",".join(self.pair),
            "rms": self.rms,
            "max": self.max,
            "lag_um": self.lag_um,
            "longest_um": self.longest_um,
        }


def curve_differences(a: Twin, b: Twin) -> tuple[CurveDifference, ...]:
    """All six pairs in both directions; lags from 0 to six correlation lengths of the longer."""
    found = []
    for number, direction in enumerate(DIRECTIONS):
        longest = LENGTHS * max(
            characteristic_lengths_um(twin.field(name).correlation)[number]
            for twin in (a, b)
            for name in FIELD_NAMES
        )
        lags = np.linspace(0.0, longest, POINTS)
        first, second = (coverage(twin, lags, direction=direction) for twin in (a, b))
        for pair in PAIRS:
            difference = np.abs(second[pair] - first[pair])
            place = int(difference.argmax())
            found.append(
                CurveDifference(
                    direction=direction,
                    pair=pair,
                    rms=float(np.sqrt(np.mean(difference**2))),
                    max=float(difference[place]),
                    lag_um=float(lags[place]),
                    longest_um=longest,
                )
            )
    return tuple(found)
