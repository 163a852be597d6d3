"""Structure size and anisotropy of a high-parametric field: exact stretches, nothing else moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import SPHERES

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import characteristic_lengths_um, correlation_at
from napari_assb_twin.twin.exact import coverage, interfaces
from napari_assb_twin.twin.high_parametric import (
    CylindricalSpectrum,
    HighParametric,
    frequency_grid,
)
from napari_assb_twin.twin.parameters import PARAMETERS, Correlation, RandomField, Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.spectral_handles import (
    HANDLES,
    handle,
    same_but_for_rounding,
    with_handle,
)

H_R, H_Z = np.meshgrid(np.linspace(0, 3, 13), np.linspace(0, 3, 13))


def any_rings(seed: int) -> CylindricalSpectrum:
    frequencies, widths = frequency_grid(pixel_um=0.1, longest_um=4.0)
    weights = np.random.default_rng(seed).dirichlet(np.full(196, 0.3)).reshape(14, 14)
    return CylindricalSpectrum(
        frequencies_per_um=frequencies,
        widths_per_um=widths,
        frequencies_z_per_um=frequencies,
        widths_z_per_um=tuple(1.3 * width for width in widths),
        weights=weights,  # type: ignore[arg-type]
    )


LAYERED = preset("layered").X.correlation
RINGS = [LAYERED, any_rings(0), any_rings(1)]


@pytest.mark.parametrize("correlation", [SPHERES, *RINGS])
@pytest.mark.parametrize("size", [0.05, 1.0, 40.0])
def test_the_structure_size_magnifies(correlation: HighParametric, size: float) -> None:
    """r of the new one at h is r of the old one at h times old over new size."""
    changed = with_handle(correlation, "length_um", size)
    before, after = characteristic_lengths_um(correlation), characteristic_lengths_um(changed)
    assert after[0] == handle(changed, "length_um") == pytest.approx(size, rel=1e-12)
    assert after[1] / after[0] == pytest.approx(before[1] / before[0], rel=1e-12)
    assert changed.weights == correlation.weights
    factor = size / before[0]
    np.testing.assert_allclose(
        correlation_at(changed, factor * H_R, factor * H_Z),
        correlation_at(correlation, H_R, H_Z),
        atol=1e-12,
    )


@pytest.mark.parametrize("correlation", RINGS)
@pytest.mark.parametrize("ratio", [0.2, 1.0, 3.0])
def test_the_anisotropy_stretches_z_alone(correlation: HighParametric, ratio: float) -> None:
    changed = with_handle(correlation, "anisotropy", ratio)
    before, after = characteristic_lengths_um(correlation), characteristic_lengths_um(changed)
    assert after[0] == before[0]
    assert after[1] / after[0] == handle(changed, "anisotropy") == pytest.approx(ratio, rel=1e-12)
    assert changed.weights == correlation.weights
    factor = ratio * before[0] / before[1]
    np.testing.assert_allclose(
        correlation_at(changed, H_R, factor * H_Z),
        correlation_at(correlation, H_R, H_Z),
        atol=1e-12,
    )


def test_one_component_has_the_handles_of_its_low_parametric_twin() -> None:
    """exp(-(s^2 h_r^2 + t^2 h_z^2) / 2): length 1 / s and anisotropy s / t, exactly."""
    one = CylindricalSpectrum(
        frequencies_per_um=(0.0,),
        widths_per_um=(1.25,),
        frequencies_z_per_um=(0.0,),
        widths_z_per_um=(2.5,),
        weights=((1.0,),),
    )
    low = RandomField(correlation=Correlation(length_um=0.8, smoothness=None, anisotropy=0.5))
    high = RandomField(correlation=one)
    twins = [Twin(X=field) for field in (high, low)]
    for path, value in {"X.length_um": 0.3, "X.anisotropy": 0.7}.items():
        assert twins[0].value(path) == twins[1].value(path)
        twins = [twin.with_value(path, value) for twin in twins]
        assert twins[0].value(path) == pytest.approx(value, rel=1e-14)
    for direction in ("in-plane", "through-plane"):
        high_curves, low_curves = (
            coverage(twin, [0.05, 0.3, 1.0], direction=direction).values  # type: ignore[arg-type]
            for twin in twins
        )
        np.testing.assert_allclose(high_curves, low_curves, atol=1e-13)
    assert interfaces(twins[0]).area_per_um == pytest.approx(interfaces(twins[1]).area_per_um)


def test_the_order_of_the_handles_does_not_matter() -> None:
    twin = preset("layered")
    one = twin.with_value("X.length_um", 0.6).with_value("X.anisotropy", 0.5)
    other = twin.with_value("X.anisotropy", 0.5).with_value("X.length_um", 0.6)
    assert one.value("X.anisotropy") == pytest.approx(0.5, rel=1e-12)
    assert one.value("X.length_um") == pytest.approx(0.6, rel=1e-12)
    assert not isinstance(one.X.correlation, Correlation)
    assert not isinstance(other.X.correlation, Correlation)
    assert same_but_for_rounding(one.X.correlation, other.X.correlation)


def test_in_a_twin_the_handles_answer_to_the_paths_of_the_numbers() -> None:
    twin = replace(preset("layered"), provenance={"method": "coverage"}, uncertainty={"pore": 0.01})
    smaller = twin.with_value("X.length_um", 0.5)
    assert smaller.provenance is smaller.uncertainty is None
    assert (smaller.Y, smaller.volume_fractions) == (twin.Y, twin.volume_fractions)
    assert twin.description("X.length_um") is HANDLES["length_um"]
    assert twin.description("Y.length_um") is PARAMETERS["Y.length_um"]
    assert twin.description("X.smoothness") is PARAMETERS["X.smoothness"]
    assert twin.description("pore") is PARAMETERS["pore"]


def test_the_isotropic_form_has_no_anisotropy() -> None:
    for symmetry in ("isotropic", "cylindrical"):
        twin = Twin(Y=RandomField(correlation=SPHERES), symmetry=symmetry)  # type: ignore[arg-type]
        assert twin.with_value("Y.length_um", 2.0).value("Y.length_um") == pytest.approx(2.0)
        assert not twin.answers("Y.anisotropy")
        assert twin.value("Y.anisotropy") is None
        with pytest.raises(InputError, match="same in all directions"):
            twin.with_value("Y.anisotropy", 0.5)


@pytest.mark.parametrize("attribute", HANDLES)
@pytest.mark.parametrize("value", [0.0, -1.0, None, float("nan"), float("inf"), True])
def test_a_handle_is_a_positive_number(attribute: str, value: float | None) -> None:
    with pytest.raises(InputError, match="positive number"):
        preset("layered").with_value(f"X.{attribute}", value)


def test_rounding_is_told_from_a_change() -> None:
    there_and_back = with_handle(with_handle(any_rings(0), "length_um", 0.3), "length_um", 1.7)
    once = with_handle(any_rings(0), "length_um", 1.7)
    assert same_but_for_rounding(there_and_back, once)
    assert not same_but_for_rounding(once, once.stretched(1 + 1e-7))
    assert not same_but_for_rounding(any_rings(0), any_rings(1))
    assert not same_but_for_rounding(SPHERES, any_rings(0))
    assert not same_but_for_rounding(LAYERED, any_rings(0))  # type: ignore[arg-type]
