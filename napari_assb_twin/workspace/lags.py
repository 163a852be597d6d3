"""At which lags the curves are drawn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.twin.correlation import characteristic_lengths_um
from napari_assb_twin.twin.parameters import Twin

POINTS = 101


def default_lags_um(twin: Twin) -> NDArray[np.float64]:
    """Lags over about six correlation lengths, with an end that is steady while sliders move.

    The end is 1, 2 or 5 times a power of ten micrometres.
    """
    length = 6.0 * max(
        characteristic_lengths_um(field.correlation)[0] for field in (twin.X, twin.Y)
    )
    power = 10.0 ** math.floor(math.log10(length))
    end = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= length * 0.999)
    return np.linspace(0.0, end, POINTS)
