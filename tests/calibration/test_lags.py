"""Which lags are compared, and the curves measured there; the box a fitted twin is shown in."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from reference import recovery_twin

from napari_assb_twin.calibration.lags import at_fractions, lag_data
from napari_assb_twin.calibration.target_grid import grid_for
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.twin.exact import coverage, coverage_at
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 3, shape).astype(np.uint8)


def counted(image: np.ndarray, r: int, c: int) -> np.ndarray:
    """C_ij of one section at the lags (r, c) and (r, -c) together, pair by pair."""
    joint = np.zeros((3, 3))
    rows, columns = image.shape
    for sign in (1, -1):
        for y, x in itertools.product(range(rows), range(columns)):
            if 0 <= y + r < rows and 0 <= x + sign * c < columns:
                joint[image[y, x], image[y + r, x + sign * c]] += 1
    joint = (joint + joint.T) / (2 * joint.sum())
    return np.array([joint[PHASES.index(i), PHASES.index(j)] for i, j in PAIRS])


def test_the_fan_of_a_cross_section() -> None:
    """Rows are the pressing direction; in-plane, through-plane and sloping lags are all there."""
    image = noise((40, 48))
    data = lag_data((SectionStack("yz", (image,), (0.2, 0.2)),))
    rows, columns = np.round(data.h_z_um / 0.2), np.round(data.h_r_um / 0.2)
    np.testing.assert_allclose(data.h_z_um, 0.2 * rows, atol=1e-12)
    lags = list(zip(rows.astype(int), columns.astype(int), strict=True))
    assert len(set(lags)) == len(lags)
    assert {(0, n) for n in range(1, 9)} <= set(lags)
    assert {(n, 0) for n in range(1, 9)} <= set(lags)
    assert (0, 0) not in lags
    assert len(lags) > 30
    assert max(np.hypot(rows, columns)) <= 11
    for index in range(0, len(lags), 7):
        expected = counted(image, *lags[index])
        np.testing.assert_allclose(data.values[:, index], expected, atol=1e-12)


def test_rings_of_plan_views_lie_in_the_plane_and_weigh_as_much_as_a_fan() -> None:
    image = noise((64, 64))
    data = lag_data((SectionStack("xy", (image,), (0.1, 0.1)),))
    assert np.all(data.h_z_um == 0)
    assert np.all(np.diff(data.h_r_um) > 0)
    assert data.h_r_um[-1] <= 1.65
    assert np.all(data.weights == data.weights[0])
    both = lag_data(
        (SectionStack("xy", (image,), (0.1, 0.1)), SectionStack("xz", (image,), (0.1, 0.1)))
    )
    assert both.h_r_um.size > data.h_r_um.size
    assert np.any(both.h_z_um > 0)
    plan, cross = both.weights[: data.weights.size].sum(), both.weights[data.weights.size :].sum()
    assert plan == pytest.approx(cross, rel=0.35)


def test_rows_sum_to_one_over_all_pairs() -> None:
    data = lag_data((SectionStack("xz", (noise((50, 60)), noise((70, 40), 1)), (0.1, 0.3)),))
    weights = np.array([1 if i == j else 2 for i, j in PAIRS])
    np.testing.assert_allclose(weights @ data.values, 1, atol=1e-12)
    assert data.pixel_um == 0.1


def test_long_features_are_followed_further() -> None:
    """The longest lag grows with the half decay of the slowest curve, up to a quarter side."""
    fine = noise((400, 400))
    coarse = np.kron(noise((20, 20)), np.ones((20, 20), np.uint8))

    def longest(image: np.ndarray) -> float:
        data = lag_data((SectionStack("yz", (image,), (1.0, 1.0)),))
        return float(np.hypot(data.h_r_um, data.h_z_um).max())

    assert longest(fine) == pytest.approx(40, abs=1)
    assert 42 < longest(coarse) <= 101


@pytest.mark.parametrize("width", [33, 60])
def test_a_masked_strip_gives_numbers_only(width: int) -> None:
    """Lags that no pair of measured pixels spans are left out."""
    image = np.full((240, 240), 255, np.uint8)
    image[:, 50 : 50 + width] = noise((240, width))
    for plane in ("xy", "yz"):
        data = lag_data((SectionStack(plane, (image,), (1.0, 1.0)),))  # type: ignore[arg-type]
        assert np.all(np.isfinite(data.values)), plane
        assert data.h_r_um.size > 10


def test_noise_has_the_curves_of_noise() -> None:
    """Independent pixels: C_ij = phi_i phi_j at every lag; .01 is 4 standard errors."""
    data = lag_data((SectionStack("yz", (noise((400, 400)),), (1.0, 1.0)),))
    phi = np.array([data.volume_fractions[phase] for phase in PHASES])
    expected = [phi[PHASES.index(i)] * phi[PHASES.index(j)] for i, j in PAIRS]
    assert np.abs(data.values.T - expected).max() < 0.01
    tiny = Twin(X=RandomField(correlation=Correlation(length_um=0.05)))
    assert coverage_at(tiny, data.h_r_um, data.h_z_um).shape == data.values.shape


def twin_of(length: float, other: float, anisotropy: float = 1.0) -> Twin:
    return Twin(
        X=RandomField(correlation=Correlation(length_um=length, anisotropy=anisotropy)),
        Y=RandomField(correlation=Correlation(length_um=other)),
    )


@pytest.mark.parametrize(
    ("twin", "shape", "voxel"),
    [
        (twin_of(0.7, 0.5), 128, 0.1),
        (twin_of(2.0, 1.0), 224, 0.1),
        (twin_of(3.5, 3.0), 256, 0.14),
        (twin_of(9.0, 8.0), 256, 0.15),
        (twin_of(5.0, 0.1), 256, 0.1),
        (twin_of(0.7, 0.5, 2.0), 160, 0.1),
    ],
)
def test_the_box_holds_ten_lengths_where_it_can(twin: Twin, shape: int, voxel: float) -> None:
    """Voxels of the data's pixels, coarser only for long lengths, never too coarse for short."""
    measured: Any = (SectionStack("yz", (noise((64, 64)),), (0.1, 0.15)),)
    grid = grid_for(twin, measured)
    assert grid.shape == (shape,) * 3
    assert grid.voxel_size_um == pytest.approx(voxel, rel=0.1)
    volume = Volume(noise((32, 32, 32)), (0.15, 0.1, 0.2))
    assert grid_for(twin, volume) == grid


@pytest.mark.parametrize("length", [0.01, 0.3, 3.0, 12.0])
@pytest.mark.parametrize("anisotropy", [0.2, 1.0, 2.7])
def test_the_box_is_never_smaller_than_a_length(length: float, anisotropy: float) -> None:
    """Else the twin could not be made at all; the fields may differ twentyfold in length."""
    measured: Any = (SectionStack("yz", (noise((64, 64)),), (0.1, 0.1)),)
    for other in (length, length / 20):
        grid = grid_for(twin_of(length, other, anisotropy), measured)
        assert min(grid.size_um) >= length * max(1.0, anisotropy)


def test_curves_are_brought_to_common_fractions() -> None:
    """Of two twins that differ in fractions alone: the Gaussian field's r stays, the plateau and
    lag 0 are exactly those of the other, between them an eighth of
    the difference is left at most."""
    twin = recovery_twin()
    other = twin.with_value("active_material", 0.47)
    lags = np.array([0.0, 2.0, 5.0, 10.0, 400.0])
    own, wanted = (coverage(one, lags).values for one in (twin, other))
    moved = at_fractions(
        own, dict(twin.volume_fractions.items()), dict(other.volume_fractions.items())
    )
    np.testing.assert_allclose(moved[:, [0, -1]], wanted[:, [0, -1]], atol=1e-9)
    assert np.abs(moved - wanted).max() < np.abs(own - wanted).max() / 8


def test_a_phase_that_is_missing_in_one_kind_of_plane_stays() -> None:
    values = np.full((6, 3), 0.2)
    own: Any = {"pore": 0.0, "active_material": 0.5, "solid_electrolyte": 0.5}
    common: Any = {"pore": 0.1, "active_material": 0.45, "solid_electrolyte": 0.45}
    moved = at_fractions(values, own, common)
    assert np.isfinite(moved).all()
    np.testing.assert_array_equal(moved[0], values[0])


def test_a_phase_that_is_not_there_counts_as_half_a_pixel() -> None:
    image = noise((40, 48))
    image[image == 0] = 1
    image[:, :8] = 255
    fractions = lag_data((SectionStack("yz", (image,), (0.2, 0.2)),)).volume_fractions
    assert fractions["pore"] == pytest.approx(0.5 / (40 * 40), rel=1e-3)
    assert sum(fractions.values()) == pytest.approx(1.0, abs=1e-12)
    image[20, 20] = 0
    fractions = lag_data((SectionStack("yz", (image,), (0.2, 0.2)),)).volume_fractions
    assert fractions["pore"] == 1 / (40 * 40)
