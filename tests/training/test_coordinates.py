"""Twins become tensors and come back; correlations and levels are those of the twin."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from reference import MODELS, REFERENCE, grains_in_layers, recovery_twin, reference_twin

from napari_assb_twin.calibration.free_parameters import Box
from napari_assb_twin.errors import InputError
from napari_assb_twin.training.coordinates import HighParametricCoordinates, coordinates
from napari_assb_twin.training.lags import Lags
from napari_assb_twin.training.levels import standard_level
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.parameters import FIELD_NAMES, RandomField, Twin
from napari_assb_twin.twin.phases import PHASES

BOX = Box(pixel_um=1.0, longest_um=40.0)


def model(name: str) -> Twin:
    return reference_twin(REFERENCE[name]["parameters"])


@pytest.mark.parametrize("name", MODELS)
def test_correlations_and_probabilities_are_those_of_the_twin(name: str) -> None:
    twin = model(name)
    h_r, h_z = (np.array(h, dtype=float) for h in ([0, 1, 3, 0, 10, 25], [0, 0, 2, 4, 7, 0]))
    family = coordinates(twin, {}, BOX)
    trainable = family.trainable(torch.from_numpy(family.vector(twin)))
    lags = Lags(torch.from_numpy(h_r), torch.from_numpy(h_z))
    for field in FIELD_NAMES:
        assert float(trainable.probabilities[field]) == pytest.approx(twin.exceedance(field))
        exact = correlation_at(family.twin(family.vector(twin)).field(field).correlation, h_r, h_z)
        r = trainable.correlations[field].at(lags).numpy()
        np.testing.assert_allclose(r, exact, atol=2e-4)


@pytest.mark.parametrize("twin", [recovery_twin(), model(MODELS[-2]), model(MODELS[-1])])
def test_a_vector_is_a_twin(twin: Twin) -> None:
    family = coordinates(twin, {}, BOX)
    vector = family.vector(twin)
    np.testing.assert_allclose(family.vector(family.twin(vector)), vector, atol=1e-2)
    h = np.linspace(0.0, 30.0, 20)
    for field in FIELD_NAMES:
        back, own = (one.field(field).correlation for one in (family.twin(vector), twin))
        np.testing.assert_allclose(correlation_at(back, h), correlation_at(own, h), atol=2e-4)


def test_fixed_numbers_are_no_part_of_the_vector() -> None:
    twin = recovery_twin()
    family = coordinates(twin, {"pore": 0.11, "X.length_um": 7.0, "Y.anisotropy": 0.6}, BOX)
    vector = family.vector(twin)
    assert vector.size == 10 - 3
    moved = family.twin(vector + 0.1)
    for path in ("pore", "X.length_um", "Y.anisotropy"):
        assert moved.value(path) == pytest.approx(twin.value(path))
    assert moved.value("Y.length_um") > 1.05 * twin.value("Y.length_um")
    held = family.trainable(torch.from_numpy(vector + 0.1))
    assert float(held.probabilities["X"]) == pytest.approx(moved.exceedance("X"))


def test_all_fractions_fixed_leave_no_ratio() -> None:
    twin = model(MODELS[-1])
    family = HighParametricCoordinates(twin, dict(twin.volume_fractions.items()))
    number = sum(twin.field(name).correlation.number_of_weights for name in FIELD_NAMES)
    assert family.vector(twin).size == number
    moved = family.twin(family.vector(twin)).volume_fractions
    assert [moved[p] for p in PHASES] == [twin.volume_fractions[p] for p in PHASES]


def test_fields_of_two_kinds_of_correlation_are_refused() -> None:
    with pytest.raises(InputError, match="the same kind of correlation"):
        HighParametricCoordinates(grains_in_layers(), {})


@pytest.mark.parametrize("k", [0, 1, 2, 4])
@pytest.mark.parametrize("tail", ["upper", "lower"])
def test_levels_follow_their_probability(k: int, tail: str) -> None:
    field = RandomField(degrees_of_freedom=k, tail=tail)
    p = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(standard_level(field, p), p)
    with torch.no_grad():
        difference = standard_level(field, p + 1e-5) - standard_level(field, p - 1e-5)
    assert float(slope) == pytest.approx(float(difference) / 2e-5, rel=1e-4)
