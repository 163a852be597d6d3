"""Exact curves, interfaces and triple lines against values computed apart from the package."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import MODELS, REFERENCE, SURFACE_MODELS, recovery_twin, reference_twin

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.exact import coverage, coverage_at, interfaces
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import PRESETS

DIRECTIONS = {"in-plane": "C_xy", "through-plane": "C_z"}
LAGS = np.array([0, 0.05, 0.1, 0.3, 0.8, 2.0, 5.0])


def test_there_are_reference_models_of_both_families() -> None:
    twins = [reference_twin(REFERENCE[name]["parameters"]) for name in MODELS]
    families = [isinstance(twin.X.correlation, Correlation) for twin in twins]
    assert families == [True] * 6 + [False] * 2


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", MODELS)
def test_reference_curves(name: str, direction: Any) -> None:
    model = REFERENCE[name]
    twin = reference_twin(model["parameters"])
    curves = coverage(twin, model["lags_vox"], direction=direction)
    fractions = [twin.volume_fractions[phase] for phase in PHASES]
    np.testing.assert_allclose(fractions, model["phi_exact"], atol=1e-12)
    for (i, j), expected in zip(model["pairs"], model[DIRECTIONS[direction]]["exact"], strict=True):
        curve = curves[PHASES[i - 1], PHASES[j - 1]]
        np.testing.assert_allclose(curve, expected, atol=1e-6)


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_rows_sum_to_the_fractions(name: str, direction: Any) -> None:
    twin = PRESETS[name].twin
    curves = coverage(twin, LAGS, direction=direction)
    for i in PHASES:
        total = sum(curves[i, j] for j in PHASES)
        np.testing.assert_allclose(total, twin.volume_fractions[i], atol=1e-12)


@pytest.mark.parametrize("name", PRESETS)
def test_lag_zero_and_infinity(name: str) -> None:
    twin = PRESETS[name].twin
    curves = coverage(twin, [0.0, 1e3])
    for i, j in PAIRS:
        here = twin.volume_fractions[i] if i == j else 0.0
        there = twin.volume_fractions[i] * twin.volume_fractions[j]
        # at r = 1 the quadrature is good to 1e-7
        np.testing.assert_allclose(curves[i, j], [here, there], atol=2e-7)


def test_a_pair_has_one_curve_in_either_order() -> None:
    curves = coverage(Twin(), LAGS)
    for i, j in PAIRS:
        np.testing.assert_array_equal(curves[i, j], curves[j, i])
    with pytest.raises((KeyError, ValueError)):
        curves["pore", "binder"]  # type: ignore[index]


def test_directions_differ_by_the_anisotropy_alone() -> None:
    correlation = Correlation(anisotropy=0.5)
    twin = Twin(X=RandomField(correlation=correlation), Y=RandomField(correlation=correlation))
    along = coverage(twin, LAGS / 2, direction="through-plane")
    np.testing.assert_allclose(along.values, coverage(twin, LAGS).values, atol=1e-14)
    assert not np.allclose(coverage(twin, LAGS / 2).values, along.values, atol=1e-3)


@pytest.mark.parametrize("order", list(itertools.permutations(PHASES)))
def test_the_roles_of_the_phases_can_be_exchanged(order: tuple[Any, Any, Any]) -> None:
    """Renaming the phases renames the curves and the interfaces."""
    shares = (0.3, 0.5, 0.2)
    plain = dict(zip(PHASES, order, strict=True))

    def twin(first: Any, second: Any, third: Any) -> Twin:
        fractions = dict(zip((first, second, third), shares, strict=True))
        return Twin(
            volume_fractions=VolumeFractions(**fractions),
            X=RandomField(correlation=Correlation(length_um=0.4, anisotropy=0.7)),
            Y=RandomField(degrees_of_freedom=1, tail="lower"),
            first_phase=first,
            second_phase=second,
        )

    one, other = twin(*PHASES), twin(*order)
    curves, renamed = coverage(one, LAGS), coverage(other, LAGS)
    areas, renamed_areas = interfaces(one), interfaces(other)
    for i, j in PAIRS:
        np.testing.assert_allclose(renamed[plain[i], plain[j]], curves[i, j], atol=1e-15)
    for (i, j), area in areas.area_per_um.items():
        pair = (plain[i], plain[j])
        pair = pair if pair in PAIRS else pair[::-1]
        assert renamed_areas.area_per_um[pair] == pytest.approx(area, rel=1e-14)
    assert renamed_areas.triple_phase_boundary_per_um2 == pytest.approx(
        areas.triple_phase_boundary_per_um2, rel=1e-14
    )


def test_the_first_phase_meets_the_others_in_the_ratio_of_their_fractions() -> None:
    """C_1j / C_1k = phi_j / phi_k at every lag, and for the first phase alone."""
    twin = recovery_twin()
    curves = coverage(twin, np.arange(1.0, 20.0))

    def spread(i: Any) -> float:
        j, k = (p for p in PHASES if p != i)
        ratio = curves[i, j] / curves[i, k]
        return float(np.ptp(ratio) / ratio.mean())

    assert spread("active_material") < 1e-12
    assert spread("pore") > 0.1
    assert spread("solid_electrolyte") > 0.1


@pytest.mark.parametrize("name", [*SURFACE_MODELS, *MODELS])
def test_reference_interfaces_and_triple_lines(name: str) -> None:
    model = REFERENCE["surface_and_tpb"]["models"].get(name) or REFERENCE[name]
    exact = model.get("exact_surf") or model["surface_exact_per_voxel"]
    result = interfaces(reference_twin(model["parameters"]))
    pore, active, electrolyte = PHASES
    found = {
        "S_AP": result.area_per_um[pore, active],
        "S_AS": result.area_per_um[active, electrolyte],
        "S_PS": result.area_per_um[pore, electrolyte],
        "S_P": result.surface_per_um(pore),
        "S_A": result.surface_per_um(active),
        "S_S": result.surface_per_um(electrolyte),
        "L_TPB": result.triple_phase_boundary_per_um2,
    }
    for key, value in found.items():
        assert value == pytest.approx(exact[key], rel=1e-6), key


@pytest.mark.parametrize("axis", ["in-plane", "through-plane"])
@pytest.mark.parametrize("name", SURFACE_MODELS)
def test_reference_crossings_are_the_slopes_of_the_curves(name: str, axis: Any) -> None:
    """-dC_ii/dh at 0 is half the crossings per length: of A = {X in its tail} and of B."""
    model = REFERENCE["surface_and_tpb"]["models"][name]
    twin = reference_twin(model["parameters"])
    plane, along = ("xy", 0) if axis == "in-plane" else ("yz", 1)
    x, y = model[plane]["crossings_per_length_exact"][along::2]
    h = np.array([1e-3, 2e-3])
    values = coverage(twin, h, direction=axis)
    p = twin.volume_fractions.active_material
    slope_x = (p - values["active_material", "active_material"]) / h
    assert 2 * (2 * slope_x[0] - slope_x[1]) == pytest.approx(x, rel=1e-4)
    pore = twin.volume_fractions.pore
    slope = (pore - values["pore", "pore"]) / h
    q = twin.exceedance("Y")
    assert 2 * (2 * slope[0] - slope[1]) == pytest.approx(q * x + (1 - p) * y, rel=1e-4)


@pytest.mark.parametrize("smoothness", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("name", ["X", "Y"])
def test_rough_fields_have_infinite_interfaces(name: Any, smoothness: float) -> None:
    twin = Twin().with_value(f"{name}.smoothness", smoothness)
    result = interfaces(twin)
    own = ("pore", "active_material") if name == "X" else ("pore", "solid_electrolyte")
    other = ("pore", "solid_electrolyte") if name == "X" else ("pore", "active_material")
    assert result.area_per_um[own] == math.inf  # type: ignore[index]
    assert math.isfinite(result.area_per_um[other])  # type: ignore[index]
    assert result.triple_phase_boundary_per_um2 == math.inf
    assert result.surface_per_um("pore") == math.inf


def test_interfaces_scale_with_the_unit_of_length() -> None:
    small = reference_twin(REFERENCE["C2_gauss_chi2k1sheet_cyl"]["parameters"])

    def scaled(field: RandomField) -> RandomField:
        c = field.correlation
        return replace(
            field,
            correlation=replace(
                c, length_um=c.length_um / 10, oscillation_per_um=c.oscillation_per_um * 10
            ),
        )

    one, ten = interfaces(small), interfaces(replace(small, X=scaled(small.X), Y=scaled(small.Y)))
    for pair, area in one.area_per_um.items():
        assert ten.area_per_um[pair] == pytest.approx(10 * area, rel=1e-12)
    assert ten.triple_phase_boundary_per_um2 == pytest.approx(
        100 * one.triple_phase_boundary_per_um2, rel=1e-9
    )


def test_triple_lines_of_isotropic_fields() -> None:
    """L = (pi / 4) S_X S_Y."""
    result = interfaces(reference_twin(REFERENCE["G2_gauss_osc_iso"]["parameters"]))
    first = result.surface_per_um("active_material")
    p = REFERENCE["G2_gauss_osc_iso"]["phi_exact"][1]
    second = result.area_per_um["pore", "solid_electrolyte"] / (1 - p)
    assert result.triple_phase_boundary_per_um2 == pytest.approx(
        math.pi / 4 * first * second, rel=1e-9
    )


def test_areas_and_triple_lines_of_anisotropic_fields_by_drawing_gradients() -> None:
    """E|g_X| and E|g_X x g_Y| over a million drawn normal gradients, to 4 standard errors."""
    twin = PRESETS["pressed"].twin
    random = np.random.default_rng(0)
    from napari_assb_twin.twin.correlation import curvature
    from napari_assb_twin.twin.excursion import boundary_density

    drawn, density = {}, {}
    for name in ("X", "Y"):
        k_r, k_z = curvature(twin.field(name).correlation)
        drawn[name] = random.standard_normal((1_000_000, 3)) * np.sqrt([k_r, k_r, k_z])
        density[name] = boundary_density(twin.field(name), twin.exceedance(name))
    lengths = np.linalg.norm(drawn["X"], axis=1)
    crosses = np.linalg.norm(np.cross(drawn["X"], drawn["Y"]), axis=1)
    result = interfaces(twin)
    for values, factor, exact in (
        (lengths, density["X"], result.surface_per_um("active_material")),
        (crosses, density["X"] * density["Y"], result.triple_phase_boundary_per_um2),
    ):
        error = values.std() / math.sqrt(values.size)
        assert abs(values.mean() - exact / factor) < 4 * error


def test_sloping_lags_lie_between_the_directions() -> None:
    twin = PRESETS["pressed"].twin
    angle = np.linspace(0, math.pi / 2, 9)
    fan = coverage_at(twin, 0.3 * np.cos(angle), 0.3 * np.sin(angle))
    np.testing.assert_allclose(fan[:, 0], coverage(twin, 0.3).values[:, 0], atol=1e-12)
    through = coverage(twin, 0.3, direction="through-plane").values[:, 0]
    np.testing.assert_allclose(fan[:, -1], through, atol=1e-12)
    assert np.all(np.diff(fan[3]) < 0)


@pytest.mark.parametrize("lags", [[-0.1], [math.nan], [math.inf], [[0.1, 0.2]]])
def test_lags_that_are_none(lags: Any) -> None:
    with pytest.raises(InputError, match="lags"):
        coverage(Twin(), lags)


def test_a_direction_that_is_none() -> None:
    with pytest.raises(InputError, match="through-plane"):
        coverage(Twin(), [0.1], direction="z")  # type: ignore[arg-type]


def test_the_document_of_curves() -> None:
    twin = PRESETS["pressed"].twin
    document = coverage(twin, [0.1, 0.2]).document()
    assert document["lags_um"] == [0.1, 0.2]
    assert list(document["pairs"]) == [f"{i},{j}" for i, j in PAIRS]
    assert document["volume_fractions"] == dict(twin.volume_fractions.items())
    assert document["pairs"]["pore,pore"] == coverage(twin, [0.1, 0.2])["pore", "pore"].tolist()
    assert "standard_error" not in document


@pytest.mark.parametrize("lag", [1e6, 1e9, 1e12, 1e300])
def test_very_long_lags_know_nothing_of_each_other(lag: float) -> None:
    twin = PRESETS["pressed"].twin
    curves = coverage(twin, lag)
    for i, j in PAIRS:
        expected = twin.volume_fractions[i] * twin.volume_fractions[j]
        assert curves[i, j][0] == pytest.approx(expected, abs=1e-12)
