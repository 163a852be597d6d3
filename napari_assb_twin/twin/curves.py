"""Two-point coverage curves as a value: exact and estimated ones alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.phases import PAIRS, Phase

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """Two-point coverage functions of all pairs of phases along one direction.

    ``curves["pore", "solid_electrolyte"]`` is the curve of a pair in either order, shape (n,).

    Attributes
    ----------
    lags_um
        Lengths of the lag in micrometres, shape (n,).
    values
        C_ij, shape (6, n) in the order of ``PAIRS``.
    volume_fractions
        Shares of the phases.
    direction
        ``"in-plane"`` or ``"through-plane"``.
    standard_error
        Standard error of ``values``, or None where they are exact.
    """

    lags_um: Floats
    values: Floats
    volume_fractions: Mapping[Phase, float]
    direction: str
    standard_error: Floats | None = None

    def __getitem__(self, pair: tuple[Phase, Phase]) -> Floats:
        curve: Floats = self.values[_row(pair)]
        return curve

    def error(self, pair: tuple[Phase, Phase]) -> Floats | None:
        """Standard error of one pair's curve, or None."""
        return None if self.standard_error is None else self.standard_error[_row(pair)]

    def document(self) -> dict[str, Any]:
        """The JSON object of these curves."""
        content: dict[str, Any] = {
            "direction": self.direction,
            "lags_um": self.lags_um.tolist(),
            "pairs": _by_name(self.values),
            "volume_fractions": {str(k): float(v) for k, v in self.volume_fractions.items()},
        }
        if self.standard_error is not None:
            content["standard_error"] = _by_name(self.standard_error)
        return content


def _row(pair: tuple[Phase, Phase]) -> int:
    i, j = pair
    return PAIRS.index((i, j) if (i, j) in PAIRS else (j, i))


def _by_name(rows: Floats) -> dict[str, list[float]]:
    return {f"{i},{j}": row.tolist() for (i, j), row in zip(PAIRS, rows, strict=True)}
