"""Curves through wrong labels are M C M, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from reference import recovery_twin

from napari_assb_twin.calibration.bootstrap import Simulator
from napari_assb_twin.calibration.fitted import Fitted, seen_with_errors
from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.phases import PAIRS, PHASES

TWIN = recovery_twin()
LAGS = np.array([1.0, 4.0, 15.0])


@pytest.mark.parametrize("error", [0.0, 0.015, 0.2])
def test_curves_with_errors_are_a_matrix_product(error: float) -> None:
    curves = coverage_at(TWIN, LAGS, 0 * LAGS)
    square = np.empty((3, 3, LAGS.size))
    for row, (i, j) in enumerate(PAIRS):
        a, b = PHASES.index(i), PHASES.index(j)
        square[a, b] = square[b, a] = curves[row]
    mixing = (1 - error) * np.eye(3) + error / 3
    product = np.einsum("ia,abn,jb->ijn", mixing, square, mixing)
    seen = seen_with_errors(curves, TWIN, error)
    for row, (i, j) in enumerate(PAIRS):
        np.testing.assert_allclose(seen[row], product[PHASES.index(i), PHASES.index(j)], atol=1e-14)


def test_simulated_data_have_the_errors_that_the_curves_expect() -> None:
    """Sixteen sections of 256^2: within .01 at every lag (a section's own error is .03)."""
    image = np.zeros((256, 256), np.uint8)
    image[0, :3] = 0, 1, 2
    stacks = (SectionStack("yz", (image,) * 16, (1.0, 1.0)),)
    simulated = Simulator(stacks, TWIN, 5, segmentation_error=0.1).replicate()
    data = lag_data(simulated)  # type: ignore[arg-type]
    fitted = Fitted(TWIN, 0.1)
    assert np.abs(fitted.residual(data)).max() < 0.01
    assert fitted.rms(data) < 0.5 * Fitted(TWIN).rms(data)
