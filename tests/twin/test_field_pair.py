"""Correlated fields against other quadratures, against simulations, and against no correlation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.integrate
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import multivariate_normal, norm

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.correlation import correlation_at, curvature
from napari_assb_twin.twin.equivalent import written_like
from napari_assb_twin.twin.exact import coverage, crossings, interfaces
from napari_assb_twin.twin.field_pair import FieldPair, upper_pair
from napari_assb_twin.twin.gradients import mean_gradient
from napari_assb_twin.twin.morph import morph
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    Correlation,
    Grid,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.phases import PAIRS, PHASES, code
from napari_assb_twin.twin.presets import PRESETS, preset
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.synthesis import Synthesizer, generate
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.twin.twin_file import twin_from_document, twin_to_document

FRACTIONS = VolumeFractions(pore=0.15, active_material=0.45, solid_electrolyte=0.40)
PRESSED = Twin(
    volume_fractions=FRACTIONS,
    X=RandomField(correlation=Correlation(length_um=0.8, smoothness=4.0, anisotropy=0.7)),
    Y=RandomField(correlation=Correlation(length_um=0.5, smoothness=6.0, oscillation_per_um=2.0)),
    grid=Grid(shape=(96, 96, 96), voxel_size_um=0.08),
)
LAGS = np.array([0.0, 0.01, 0.08, 0.24, 0.48, 0.96, 1.6])
CORRELATIONS = (-0.95, -0.6, 0.3, 0.8, 0.95)
AM, SE, PORE = "active_material", "solid_electrolyte", "pore"


def correlated(rho: float, twin: Twin = PRESSED) -> Twin:
    return twin.with_value("field_correlation", rho)


# --- probabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize("a", [-1.3, 0.0, 0.4])
@pytest.mark.parametrize("b", [-0.4, 0.0, 2.1])
@pytest.mark.parametrize("r", [-0.9, 0.0, 0.2, 0.99])
def test_two_normals_above_their_levels(a: float, b: float, r: float) -> None:
    expected = multivariate_normal(cov=[[1, r], [r, 1]]).cdf([-a, -b])  # type: ignore[arg-type]
    assert upper_pair(a, b, r) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_the_level_keeps_the_fractions(rho: float) -> None:
    pair = FieldPair.of(correlated(rho))
    assert ndtr(-pair.level_x) == pytest.approx(0.45, abs=1e-14)
    share, _ = scipy.integrate.quad(
        lambda x: norm.pdf(x) * norm.sf(pair.second_at(x)), -9, pair.level_x, epsabs=1e-13
    )
    assert share == pytest.approx(0.15, abs=1e-11)


def by_direct_quadrature(twin: Twin, lag: float) -> dict[tuple[int, int], float]:
    """C_12 and C_22 over X(o) and X(h) as they are, by adaptive quadrature."""
    pair = FieldPair.of(twin)
    r_x, r_y = (float(correlation_at(f.correlation, lag)) for f in (twin.X, twin.Y))
    s, t = pair.width, math.sqrt(1 - r_x**2)

    def second(x: float) -> float:
        return float(norm.sf(pair.second_at(x)))

    def crossed(x: float) -> float:
        return float(norm.pdf(x) * second(x) * norm.sf((pair.level_x - r_x * x) / t))

    def both(h: float, o: float) -> float:
        density = norm.pdf(o) * norm.pdf((h - r_x * o) / t) / t
        return float(density * upper_pair(pair.second_at(o), pair.second_at(h), r_y))

    c_12, _ = scipy.integrate.quad(crossed, -9, pair.level_x, epsabs=1e-11)
    c_22, _ = scipy.integrate.dblquad(
        both, -7, pair.level_x, -7, pair.level_x, epsabs=1e-8, epsrel=1e-8
    )
    assert s > 0
    return {(1, 2): c_12, (2, 2): c_22}


@pytest.mark.parametrize(("rho", "lag"), [(-0.6, 0.3), (0.8, 0.15), (0.95, 0.9)])
def test_curves_against_direct_quadrature(rho: float, lag: float) -> None:
    twin = correlated(rho)
    curves, expected = coverage(twin, [lag]), by_direct_quadrature(twin, lag)
    assert curves[AM, PORE][0] == pytest.approx(expected[1, 2], abs=1e-8)
    assert curves[PORE, PORE][0] == pytest.approx(expected[2, 2], abs=1e-7)


@pytest.mark.parametrize("lengths", [(1.0, 1.0), (0.1, 2.0), (2.0, 0.1)])
@pytest.mark.parametrize("rho", [*CORRELATIONS, 0.99])
def test_more_nodes_change_nothing(
    rho: float, lengths: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where one field is much finer and rougher than the other: to 1e-6, mostly 1e-7."""
    twin = correlated(rho)
    lags = np.geomspace(1e-4, 6.0, 25)
    r_x, r_y = (np.exp(-((lags / length) ** 1.3)) for length in lengths)
    pair = FieldPair.of(twin)
    values = pair.coverage(r_x, r_y)
    monkeypatch.setattr(FieldPair, "_nodes", 250)
    finer = pair.coverage(r_x, r_y)
    for key, own in values.items():
        np.testing.assert_allclose(own, finer[key], atol=1e-6 if rho == 0.99 else 2e-7)


THIN = [(0.02, 0.27), (0.02, 0.05), (0.05, 0.9), (0.9, 0.05)]
"""Shares p of the first phase, and q of the second in what that leaves."""


@pytest.mark.parametrize(
    ("rho", "lowest", "error"),
    [(-0.95, -0.22, 2e-7), (0.9, -0.22, 2e-7), (-0.85, -0.22, 2e-7), (0.6, -0.9, 1e-5)],
)
@pytest.mark.parametrize(("p", "q"), THIN)
def test_thin_phases_and_negative_correlations(
    p: float, q: float, rho: float, lowest: float, error: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sin(x) / x has its minimum at -0.217; waves of high-parametric fields may reach -1."""
    r = [lowest, 0.0, 0.5, 0.95, 0.999]
    r_x, r_y = (one.ravel() for one in np.meshgrid(r, r))
    pair = FieldPair.at(p, q, rho)
    values = pair.coverage(r_x, r_y)
    monkeypatch.setattr(FieldPair, "_nodes", 84)
    finer = pair.coverage(r_x, r_y)
    for key, own in values.items():
        np.testing.assert_allclose(own, finer[key], atol=error)


@pytest.mark.parametrize(("r_x", "r_y"), [(0.95, -0.2), (-0.2, 0.95), (-0.9, -0.8)])
@pytest.mark.parametrize(("p", "q", "rho"), [(0.02, 0.27, -0.95), (0.05, 0.9, 0.9)])
def test_thin_phases_as_probabilities_of_four_normals(
    p: float, q: float, rho: float, r_x: float, r_y: float
) -> None:
    """X(o), X(h) < l and Y'(o), Y'(h) >= m by the integration of Genz: 1e-5 from seed to seed."""
    pair = FieldPair.at(p, q, rho)
    mixed = rho**2 * r_x + pair.width**2 * r_y
    covariance = [
        [1.0, r_x, -rho, -rho * r_x],
        [r_x, 1.0, -rho * r_x, -rho],
        [-rho, -rho * r_x, 1.0, mixed],
        [-rho * r_x, -rho, mixed, 1.0],
    ]
    normal = multivariate_normal(cov=covariance, maxpts=400_000, abseps=1e-6, releps=1e-6, seed=1)  # type: ignore[arg-type]
    expected = normal.cdf([pair.level_x] * 2 + [-pair.level_y] * 2)
    away = 3e-5 if min(r_x, r_y) > -0.5 else 1e-4
    assert pair.coverage(r_x, r_y)[2, 2][0] == pytest.approx(expected, abs=away)


@pytest.mark.parametrize("direction", ["in-plane", "through-plane"])
def test_hardly_correlated_fields_are_as_independent_ones(direction: Any) -> None:
    for name in ("pressed", "layered"):
        twin = preset(name)
        if twin.can_correlate:
            near = coverage(correlated(1e-9, twin), LAGS, direction=direction).values
            values = coverage(twin, LAGS, direction=direction).values
            np.testing.assert_allclose(near, values, atol=2e-8)
    one, other = interfaces(correlated(1e-9)), interfaces(PRESSED)
    assert one.area_per_um == pytest.approx(other.area_per_um, rel=1e-7)
    assert one.triple_phase_boundary_per_um2 == pytest.approx(
        other.triple_phase_boundary_per_um2, rel=1e-7
    )


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_rows_sum_to_the_fractions_and_the_ends_are_known(rho: float) -> None:
    curves = coverage(correlated(rho), [*LAGS, 1e3])
    for i in PHASES:
        total = sum(curves[i, j] for j in PHASES)
        np.testing.assert_allclose(total, FRACTIONS[i], atol=1e-12)
    for i, j in PAIRS:
        here = FRACTIONS[i] if i == j else 0.0
        np.testing.assert_allclose(
            curves[i, j][[0, -1]], [here, FRACTIONS[i] * FRACTIONS[j]], atol=1e-7
        )


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_slopes_at_the_origin_are_the_crossings(rho: float) -> None:
    """C_ij(h) = h / 2 times the crossings of the interface, and terms of h^2."""
    twin, h = correlated(rho), 1e-3
    for direction, exact in zip(("in-plane", "through-plane"), crossings(twin), strict=True):
        curves = coverage(twin, [h], direction=direction)  # type: ignore[arg-type]
        for pair, per_um in exact.items():
            assert 2 * curves[pair][0] / h == pytest.approx(per_um, rel=1e-2, abs=1e-4)


def test_the_other_phase_is_the_opposite_correlation() -> None:
    one = correlated(0.6)
    other = replace(one, second_phase=SE, field_correlation=-0.6)
    np.testing.assert_allclose(coverage(one, LAGS).values, coverage(other, LAGS).values, atol=1e-7)
    assert interfaces(one).area_per_um == pytest.approx(interfaces(other).area_per_um)
    assert written_like(other, one) == one
    assert morph(one, other, 0.5) == one


# --- simulations -----------------------------------------------------------------------------


def simulated(twin: Twin, count: int) -> list[NDArray[np.uint8]]:
    synthesizer = Synthesizer("cpu")
    return [synthesizer(replace(twin, seed=seed)).labels for seed in range(count)]


def pair_share(labels: NDArray[np.uint8], i: Any, j: Any, steps: int, axis: int) -> float:
    moved = np.roll(labels, -steps, axis)
    forth = (labels == code(i)) & (moved == code(j))
    back = (labels == code(j)) & (moved == code(i))
    return float(0.5 * (forth.mean() + back.mean()))


@pytest.mark.parametrize("rho", [-0.6, 0.8])
def test_curves_of_simulated_volumes(rho: float) -> None:
    """Sixteen volumes: within 4 standard errors, which are 0.02 at most."""
    twin, steps = correlated(rho), np.array([1, 3, 6, 12])
    volumes = simulated(twin, 16)
    for axis, direction in ((2, "in-plane"), (0, "through-plane")):
        exact = coverage(twin, steps * twin.grid.voxel_size_um, direction=direction)  # type: ignore[arg-type]
        for pair in PAIRS:
            shares = np.array(
                [[pair_share(one, *pair, int(n), axis) for n in steps] for one in volumes]
            )
            error = shares.std(axis=0, ddof=1) / math.sqrt(len(volumes))
            away = np.abs(shares.mean(axis=0) - exact[pair])
            assert np.all(error < 0.02)
            assert np.all(away < 4 * error + 1e-4), (pair, direction)


def isotropic(rho: float) -> Twin:
    twin = PRESSED.with_correlation("X", anisotropy=1.0)
    return correlated(rho, replace(twin, symmetry="isotropic"))


def common_zeros(u: NDArray[Any], v: NDArray[Any]) -> int:
    """Places where both fields are 0: the triangles in which their linear interpolants are."""
    found = 0
    for corners in (((0, 0), (0, 1), (1, 1)), ((0, 0), (1, 1), (1, 0))):
        a, b = (
            [f[i : f.shape[0] - 1 + i, j : f.shape[1] - 1 + j] for i, j in corners] for f in (u, v)
        )
        areas = [a[n - 2] * b[n - 1] - a[n - 1] * b[n - 2] for n in range(3)]
        same = np.sign(areas[0]) == np.sign(areas[1])
        found += int((same & (np.sign(areas[1]) == np.sign(areas[2]))).sum())
    return found


@pytest.mark.parametrize("rho", [-0.5, 0.8])
def test_triple_lines_of_simulated_fields(rho: float) -> None:
    """Points per area of 120 planes, where L_V = 2 P_A in an isotropic body: within 5 %."""
    twin, pair, edge = isotropic(rho), FieldPair.of(isotropic(rho)), 0.06
    sampler = WindowSampler(twin, Torus((1, 128, 128), (edge,) * 3))
    random, points = np.random.default_rng(5), 0
    for _ in range(120):
        x, y = (sampler._field(name, random)[0] for name in FIELD_NAMES)
        mixed = rho * x + math.sqrt(1 - rho**2) * y
        points += common_zeros(x - pair.level_x, mixed - pair.level_y)
    per_area = points / (120 * (127 * edge) ** 2)
    exact = interfaces(twin).triple_phase_boundary_per_um2
    assert 2 * per_area == pytest.approx(exact, rel=0.05)


def crossed(u: NDArray[Any], v: NDArray[Any]) -> tuple[int, int]:
    """Places on the lines of pixels where u is 0, those with v above 0 and those with v below."""
    there = (u[:, 1:] >= 0) != (u[:, :-1] >= 0)
    share = u[:, :-1][there] / (u[:, :-1] - u[:, 1:])[there]
    value = (1 - share) * v[:, :-1][there] + share * v[:, 1:][there]
    return int((value >= 0).sum()), int((value < 0).sum())


@pytest.mark.parametrize("rho", [-0.6, 0.8])
def test_interfaces_of_simulated_fields(rho: float) -> None:
    """Crossings of the lines of 160 sections, at places between pixels: within 4 %."""
    twin, pair, edge = isotropic(rho), FieldPair.of(isotropic(rho)), 0.06
    sampler = WindowSampler(twin, Torus((1, 128, 128), (edge,) * 3))
    random, counts = np.random.default_rng(3), np.zeros(3)
    for _ in range(160):
        x, y = (sampler._field(name, random)[0] for name in FIELD_NAMES)
        u, v = x - pair.level_x, rho * x + math.sqrt(1 - rho**2) * y - pair.level_y
        counts += [*crossed(u, v), crossed(v, u)[1]]
    per_um = counts / (160 * 128 * 127 * edge)
    exact = crossings(twin)[0]
    expected = [exact[PORE, AM], exact[AM, SE], exact[PORE, SE]]
    assert per_um == pytest.approx(expected, rel=0.04)
    share = counts[1] / (counts[0] + counts[1])
    assert share == pytest.approx(readouts(twin).contact_share[AM, SE], abs=0.01)


def test_windows_are_cut_from_correlated_fields() -> None:
    """C_12 of neighbours in 80 sections of a window: within 15 % of the exact one."""
    for rho in (-0.6, 0.8):
        twin, edge = isotropic(rho), 0.06
        sampler = WindowSampler(twin, Torus((1, 128, 128), (edge,) * 3))
        random = np.random.default_rng(3)
        sections = [sampler(random) for _ in range(80)]
        found = np.mean(
            [
                0.5 * ((one[..., 1:] == i) & (one[..., :-1] == 1 - i)).mean()
                for one in sections
                for i in (0, 1)  # pore and active material, one beside the other
            ]
        )
        assert 2 * found == pytest.approx(coverage(twin, [edge])[AM, PORE][0], rel=0.15)


def test_contact_goes_from_nearly_all_to_less_than_half() -> None:
    shares = [readouts(correlated(rho)).contact_share[AM, SE] for rho in (-0.6, 0.0, 0.8)]
    assert shares == pytest.approx([0.9018, 0.40 / 0.55, 0.3775], abs=1e-4)
    assert readouts(PRESSED).pinned
    assert not readouts(correlated(0.5)).pinned


def test_a_rough_field_x_makes_the_boundary_of_y_rough() -> None:
    rough = correlated(0.5).with_correlation("X", smoothness=0.8)
    exact = readouts(rough)
    assert exact.area_per_um[PORE, SE] is None
    assert exact.contact_share[AM, SE] == readouts(correlated(0.5)).contact_share[AM, SE]
    y = FieldPair.of(correlated(0.5)).curvature((1.0, 2.0), (3.0, 4.0))
    assert y == pytest.approx((0.25 + 2.25, 0.5 + 3.0))
    assert math.isfinite(mean_gradient(curvature(rough.Y.correlation)))


# --- synthesis -------------------------------------------------------------------------------


def test_moving_the_correlation_only_cuts_again() -> None:
    synthesizer = Synthesizer("cpu")
    first = synthesizer(PRESSED)
    second = synthesizer(correlated(0.4))
    assert set(second.seconds) == {"label"}
    assert np.array_equal(first.labels == 1, second.labels == 1)
    assert 0.005 < (first.labels != second.labels).mean() < 0.3
    assert np.array_equal(synthesizer(PRESSED).labels, first.labels)


@pytest.mark.parametrize("rho", [-0.7, 0.4])
def test_the_mixture_of_the_fields_is_what_is_cut(rho: float) -> None:
    """Y' itself, made of the two fields of independent cuts at many levels, gives the labels."""
    twin, pair = correlated(rho), FieldPair.of(correlated(rho))
    synthesizer = Synthesizer("cpu")
    labels = synthesizer(twin).labels
    x, y = (
        np.asarray(synthesizer._stages.field(key, 1, {}))
        for key in synthesizer._keys(twin).values()
    )
    mixed = rho * x + math.sqrt(1 - rho**2) * y
    expected = np.where(x >= pair.level_x, 1, np.where(mixed >= pair.level_y, 0, 2))
    assert (labels != expected).mean() < 1e-5  # levels are compared in single precision


def test_previews_and_planes_follow() -> None:
    twin = correlated(0.7)
    synthesizer = Synthesizer("cpu")
    volume = synthesizer(twin)
    assert np.array_equal(synthesizer.plane(twin, 1, 20).labels[:, 0], volume.labels[:, 20])
    preview = synthesizer(twin, coarsen=2)
    assert (preview.labels == volume.labels[::2, ::2, ::2]).mean() > 0.97


def test_torch_cuts_the_same() -> None:
    pytest.importorskip("torch")
    import torch

    from napari_assb_twin.twin.cutting import cutting_rule
    from napari_assb_twin.twin.torch_backend import TorchBackend

    random = np.random.default_rng(0)
    x, y = (random.standard_normal((8, 16, 16), dtype=np.float32) for _ in range(2))
    from napari_assb_twin.twin.cpu_backend import CpuBackend

    for rho in (0.0, -0.8, 0.5):
        rule = cutting_rule(correlated(rho))
        own, counts = CpuBackend().label(x, y, rule)
        theirs, others = TorchBackend("cpu").label(torch.from_numpy(x), torch.from_numpy(y), rule)
        assert (own != theirs).mean() < 1e-3
        assert counts == pytest.approx(others, abs=2)


# --- the twin --------------------------------------------------------------------------------


def test_the_number_is_a_parameter() -> None:
    twin = PRESSED.with_value("field_correlation", 0.25)
    assert twin.field_correlation == twin.value("field_correlation") == 0.25
    assert twin.lists("field_correlation")
    assert not PRESSED.lists("field_correlation")
    assert PRESSED.has("field_correlation")


@pytest.mark.parametrize("rho", [1.0, -1.0, 2.0, math.nan, None, True, "0.2"])
def test_what_is_no_correlation_is_refused(rho: Any) -> None:
    with pytest.raises(InputError, match="field_correlation is"):
        replace(PRESSED, field_correlation=rho)


@pytest.mark.parametrize("name", ["X", "Y"])
@pytest.mark.parametrize("change", [{"degrees_of_freedom": 2}, {"tail": "lower"}])
def test_only_gaussian_fields_of_upper_tails_are_correlated(name: Any, change: Any) -> None:
    kind = replace(PRESSED.field(name), **change)
    other = PRESSED.with_field(name, kind)
    assert not other.has("field_correlation")
    with pytest.raises(InputError, match="set it to 0"):
        correlated(0.3, other)
    assert correlated(0.3).with_field(name, kind).field_correlation == 0
    assert correlated(0.0, other) == other
    longer = correlated(0.3).with_correlation(name, length_um=1.1)
    assert longer.field_correlation == 0.3


def test_files_hold_it_where_it_is_not_zero() -> None:
    assert "field_correlation" not in twin_to_document(PRESSED)
    twin = correlated(-0.35)
    document = twin_to_document(twin)
    assert document["field_correlation"] == -0.35
    assert twin_from_document(document) == twin
    document["field_correlation"] = 1.5
    with pytest.raises(InputError, match="between -1 and 1"):
        twin_from_document(document)


def test_morphs_pass_through_the_correlations_between() -> None:
    assert morph(PRESSED, correlated(0.8), 0.25).field_correlation == pytest.approx(0.2)
    lower = PRESSED.with_field("Y", replace(PRESSED.Y, tail="lower"))
    between = morph(lower, correlated(0.8), 0.25)
    assert between == morph(PRESSED, correlated(0.8), 0.25)
    assert morph(lower, correlated(0.8), 0.0) == lower


@pytest.mark.parametrize("name", PRESETS)
def test_high_parametric_pairs_are_correlated_as_well(name: str) -> None:
    twin = replace(preset(name), grid=Grid(shape=(32, 32, 32), voxel_size_um=0.4))
    if not twin.can_correlate:
        assert twin.field_correlation == 0
        return
    twin = correlated(0.5, twin)
    assert np.all(np.isfinite(coverage(twin, LAGS).values))
    labels = generate(twin, device="cpu")
    assert not np.array_equal(labels, generate(correlated(-0.5, twin), device="cpu"))
