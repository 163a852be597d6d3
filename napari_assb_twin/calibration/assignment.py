"""Which phase is cut first: a ratio test that needs no fit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.twin.phases import PAIRS, PHASES, Phase

_SHORTEST = 2
_LONGEST = 30

NO_CONTACT = 1e3
"""The variation where the first phase never meets one of the others: the test says nothing."""


def ratio_variation(data: LagData, first_phase: Phase) -> float:
    """Coefficient of variation over lags of C_ij(h) / C_ik(h), i the first phase.

    Where i is cut from one field and j, k from another, independent one, the ratio is phi_j /
    phi_k at every lag h > 0.  Lags of 2 to 30 pixels are used: shorter ones and the tail are noise.
    """
    j, k = (phase for phase in PHASES if phase != first_phase)
    lag = np.hypot(data.h_r_um, data.h_z_um) / data.pixel_um
    used = (lag >= _SHORTEST) & (lag <= _LONGEST)
    used &= _curve(data, first_phase, k) > 0
    ratio = _curve(data, first_phase, j)[used] / _curve(data, first_phase, k)[used]
    if not ratio.size or ratio.mean() <= 0:
        return NO_CONTACT
    return float(ratio.std() / ratio.mean())


def scarcer(fractions: Mapping[Phase, float], first_phase: Phase) -> Phase:
    """The scarcer of the two phases that the first leaves: the second by convention."""
    return min((p for p in PHASES if p != first_phase), key=lambda phase: fractions[phase])


def _curve(data: LagData, i: Phase, j: Phase) -> NDArray[np.float64]:
    row: NDArray[np.float64] = data.values[PAIRS.index((i, j) if (i, j) in PAIRS else (j, i))]
    return row
