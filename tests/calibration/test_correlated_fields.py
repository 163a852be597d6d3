"""The correlation of two Gaussian fields is found from exact curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import exact_data, recovery_twin

from napari_assb_twin.calibration.describe import describe_fit
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.free_parameters import Box, FreeParameters
from napari_assb_twin.calibration.least_squares import LowParametricModel
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, RandomField, Twin
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

BOX = Box(1.0, 40.0)
CHI_SQUARE = RandomField(degrees_of_freedom=1, tail="lower")


def truth(rho: float = 0.6) -> Twin:
    return replace(recovery_twin(), field_correlation=rho)


def measured(twin: Twin, count: int = 6, side: int = 256) -> tuple[SectionStack, ...]:
    random = np.random.default_rng(1)
    plan = WindowSampler(twin, Torus((1, side, side), (1.0, 1.0, 1.0)))
    cross = WindowSampler(twin, Torus((side, 1, side), (1.0, 1.0, 1.0)))
    return (
        SectionStack("xy", tuple(plan(random)[0] for _ in range(count)), (1.0, 1.0)),
        SectionStack("xz", tuple(cross(random)[:, 0] for _ in range(count)), (1.0, 1.0)),
    )


@pytest.mark.parametrize("rho", [-0.5, 0.6])
def test_exact_curves_give_the_correlation_back(rho: float) -> None:
    """From the best independent twin; curves without noise, the search ends within 1e-3."""
    data = exact_data(truth(rho))
    family = LowParametricModel(recovery_twin(), {}, BOX)
    independent = family.fit(data)
    found = family.correlated().refit(data, independent)
    assert found.twin.field_correlation == pytest.approx(rho, abs=0.02)
    assert found.rms(data) < 0.2 * independent.rms(data)


def test_the_correlation_is_one_more_number() -> None:
    twin = truth(0.3)
    free = FreeParameters(twin, {}, BOX, correlated=True)
    assert free.paths[-1] == FIELD_CORRELATION
    assert FIELD_CORRELATION in free.reported()
    assert free.twin(free.vector(twin)).field_correlation == pytest.approx(0.3)
    assert FIELD_CORRELATION not in FreeParameters(twin, {}, BOX).paths
    held = FreeParameters(twin, {FIELD_CORRELATION: 0.3}, BOX, correlated=True)
    assert FIELD_CORRELATION not in held.paths
    assert held.twin(held.vector(recovery_twin())).field_correlation == 0.3
    other = replace(
        recovery_twin(), Y=replace(CHI_SQUARE, correlation=recovery_twin().Y.correlation)
    )
    assert FIELD_CORRELATION not in FreeParameters(other, {}, BOX, correlated=True).paths
    at_bound = replace(twin, field_correlation=0.95)
    assert free.at_bounds(at_bound) == (FIELD_CORRELATION,)


@pytest.mark.parametrize("rho", [0.6, -0.4])
def test_sections_of_correlated_fields_are_fitted_with_an_error(rho: float) -> None:
    """Over such data sets rho has a standard deviation of about 0.03."""
    twin = truth(rho)
    options = {"first_phase": "active_material", "second_phase": "pore", "bootstrap": 2}
    result = finished(calibration(measured(twin), correlated_fields=True, **options))
    assert result.twin.field_correlation == pytest.approx(rho, abs=0.12)
    low, high = result.findings["errors"]["intervals"][FIELD_CORRELATION]["68"]
    assert -1 < low < result.twin.field_correlation < high < 1
    assert 0 < result.uncertainty[FIELD_CORRELATION] < 0.2
    shares = [readouts(t).contact_share["active_material", "pore"] for t in (result.twin, twin)]
    assert shares[0] == pytest.approx(shares[1], abs=0.04)
    assert Fitted(result.twin).rms(exact_data(twin)) < 0.0045


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "high-parametric"}, "with the low-parametric model"),
        ({"fields": {"Y": CHI_SQUARE}}, "Only two Gaussian fields"),
        ({"fields": "auto"}, "only two Gaussian ones can be correlated; choose"),
    ],
)
def test_fields_that_cannot_be_correlated_are_refused(
    options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        finished(calibration(measured(truth(), 1, 128), correlated_fields=True, **options))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "high-parametric"}, "weights and no field_correlation"),
        ({"fields": {"Y": CHI_SQUARE}}, "Only two Gaussian fields"),
        ({"fields": "auto"}, "field_correlation that is fixed"),
    ],
)
def test_a_correlation_that_cannot_be_kept_is_refused(
    options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        finished(calibration(measured(truth(), 1, 128), fix={FIELD_CORRELATION: 0.4}, **options))


def test_a_given_correlation_is_kept() -> None:
    fixed = {FIELD_CORRELATION: 0.4}
    options = {"first_phase": "active_material", "second_phase": "pore", "bootstrap": 0}
    result = finished(calibration(measured(truth(), 2, 128), fix=fixed, **options))
    assert result.twin.field_correlation == 0.4
    assert FIELD_CORRELATION not in result.uncertainty


def test_correlated_fields_are_offered_where_independence_is_rejected() -> None:
    """Contact shares of such data are off by 20 standard errors; of own data by chance alone."""
    options = {"first_phase": "active_material", "second_phase": "pore", "bootstrap": 8}
    result = finished(calibration(measured(truth(0.8), 3), **options))
    assert result.offers_correlation
    assert result.document()["offers_correlation"] is True
    assert any("--correlated-fields" in line for line in describe_fit(result))
    own = finished(calibration(measured(truth(0.0), 3), **options))
    assert not own.offers_correlation
    given = replace(result, twin=replace(result.twin, field_correlation=0.5))
    assert not given.offers_correlation
