"""The Gamma mixture is the Matern correlation, and so is its slope in the smoothness."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from napari_assb_twin.training.matern import matern
from napari_assb_twin.twin.correlation import matern as exact

DISTANCES = np.concatenate([[0.0], np.geomspace(1e-3, 20.0, 200)])


@pytest.mark.parametrize(
    ("smoothness", "tolerance"),
    [(0.55, 2e-4), (0.7, 2e-5), (1.0, 2e-6), (2.5, 2e-6), (20.0, 2e-6), (None, 1e-12)],
)
def test_the_mixture_is_the_exact_function(smoothness: float | None, tolerance: float) -> None:
    nu = None if smoothness is None else torch.tensor(smoothness, dtype=torch.float64)
    values = matern(torch.from_numpy(DISTANCES), nu).numpy()
    np.testing.assert_allclose(values, exact(DISTANCES, smoothness), atol=tolerance)


@pytest.mark.parametrize("smoothness", [0.8, 1.5, 4.0])
def test_the_slope_in_the_smoothness_is_that_of_the_exact_function(smoothness: float) -> None:
    step = 1e-4
    for u in (0.1, 0.7, 2.0):
        nu = torch.tensor(smoothness, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(matern(torch.tensor([u], dtype=torch.float64), nu).sum(), nu)
        difference = exact(u, smoothness + step) - exact(u, smoothness - step)
        assert float(slope) == pytest.approx(float(difference) / (2 * step), abs=1e-4)
