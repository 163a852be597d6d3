"""Simulated sections have the exact curves; straight-through gradients are nearly exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import MODELS, REFERENCE, recovery_twin, reference_twin

from napari_assb_twin.calibration.free_parameters import Box
from napari_assb_twin.training.coordinates import coordinates
from napari_assb_twin.training.section_coverage import LagReader, coverage_maps
from napari_assb_twin.training.sections import SectionGrid, sections, white_noise
from napari_assb_twin.training.thresholding import width
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.excursion import level, upper_orthant
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin
from napari_assb_twin.twin.phases import PAIRS

BOX = Box(pixel_um=1.0, longest_um=40.0)
LAGS = np.array([1.0, 2, 5, 10, 20])
FAN = np.concatenate([LAGS, 0 * LAGS, 0.6 * LAGS]), np.concatenate([0 * LAGS, LAGS, 0.8 * LAGS])
CROSS = SectionGrid("cross", (96, 96), (1.0, 1.0))
PLAN = SectionGrid("plan", (96, 96), (1.0, 1.0))


def simulated(twin: Twin, grid: SectionGrid, count: int, seed: int = 0, **how: object) -> object:
    family = coordinates(twin, {}, BOX)
    trainable = family.trainable(torch.from_numpy(family.vector(twin)))
    noise = white_noise(torch.Generator().manual_seed(seed))
    return sections(trainable, grid, count=count, noise=noise, **how)  # type: ignore[arg-type]


def sheets() -> Twin:
    twin = recovery_twin()
    return twin.with_field("Y", replace(twin.Y, degrees_of_freedom=1, tail="lower"))


def blobs() -> Twin:
    twin = recovery_twin()
    field = RandomField(degrees_of_freedom=3, correlation=twin.X.correlation)
    return replace(
        twin.with_field("X", field), first_phase="solid_electrolyte", second_phase="active_material"
    )


@pytest.mark.parametrize("grid", [CROSS, PLAN], ids=["cross", "plan"])
@pytest.mark.parametrize(
    "twin",
    [recovery_twin(), sheets(), blobs(), reference_twin(REFERENCE[MODELS[-1]]["parameters"])],
    ids=["gaussian", "sheets", "blobs", "high-parametric"],
)
def test_the_mean_over_sections_is_the_exact_curve(twin: Twin, grid: SectionGrid) -> None:
    h_r, h_z = FAN if grid.orientation == "cross" else (LAGS, 0 * LAGS)
    read = LagReader(grid, np.rint(h_r), np.rint(h_z))
    with torch.no_grad():
        channels = simulated(twin, grid, 96)
        each = np.stack([read(coverage_maps(one[None])).numpy() for one in channels])
    assert set(np.unique(channels.numpy())) == {0.0, 1.0}
    assert np.all(channels.sum(dim=1).numpy() == 1)
    error = each.std(axis=0, ddof=1) / np.sqrt(len(each))
    exact = coverage_at(twin, np.rint(h_r), np.rint(h_z))
    z = (each.mean(axis=0) - exact) / error
    assert np.abs(z).max() < 4.5
    assert np.sqrt(np.mean(z**2)) < 2.0  # lags are correlated


def test_readers_are_exact_on_straight_curves() -> None:
    rows, columns = np.minimum(np.arange(96), 96 - np.arange(96)), np.arange(96)
    columns = np.minimum(columns, 96 - columns)
    length = torch.from_numpy(np.hypot(rows[:, None], columns))[None].float()
    targets = np.array([1.0, 1.2, 2.3, 7.5, 30.1])
    read = LagReader(PLAN, targets, 0 * targets)(length)[0].numpy()
    np.testing.assert_allclose(read, targets, rtol=1e-5)
    plane = torch.from_numpy(rows[:, None] + 2.0 * columns)[None].float()
    read = LagReader(CROSS, targets, 0.5 * targets)(plane)[0].numpy()
    np.testing.assert_allclose(read, 2.5 * targets, rtol=1e-5)


def test_maps_are_plain_pair_counts() -> None:
    channels = simulated(recovery_twin(), SectionGrid("cross", (16, 24), (1.0, 1.0)), 2).detach()
    maps = coverage_maps(channels).numpy()
    images = channels.numpy()
    rolled = [np.roll(images, shift, axis=(2, 3)) for shift in ((3, -5), (-3, 5))]
    for row, (i, j) in enumerate([(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]):
        plain = np.mean([(images[:, i] * moved[:, j]).mean() for moved in rolled])
        assert maps[row, 3, 19] == pytest.approx(plain, abs=1e-6)


TAUS = {0.1: ((0.76, 0.90, 0.96, 0.94), 0.97), 0.2: ((0.55, 0.78, 0.91, 0.92), 0.92)}
"""Straight-through slope over the exact: in log length at lags 1, 2, 5, 10; in the level."""


@pytest.mark.parametrize("tau", TAUS)
def test_straight_through_gradients_are_nearly_exact(tau: float) -> None:
    twin = recovery_twin()
    family = coordinates(twin, {}, BOX)
    start = family.vector(twin)
    lags = np.array([1.0, 2, 5, 10])
    read = LagReader(PLAN, lags, 0 * lags)
    row, length, share = (
        PAIRS.index(("active_material",) * 2),
        0,
        start.size - 1,
    )  # log length of X, log ratio of the CAM

    exact = {}
    for index in (length, share):
        curves = []
        for step in (1e-4, -1e-4):
            moved = start.copy()
            moved[index] += step
            curves.append(coverage_at(family.twin(moved), lags, 0 * lags)[row])
        exact[index] = (curves[0] - curves[1]) / 2e-4

    total = np.zeros((4, start.size))
    noise = white_noise(torch.Generator().manual_seed(3))
    batches = 16  # 512 sections: ratios then scatter by 0.02 to 0.04, the stated ones as much
    for _ in range(batches):
        theta = torch.from_numpy(start).requires_grad_()
        channels = sections(family.trainable(theta), PLAN, count=32, noise=noise, tau=tau)
        curve = read(coverage_maps(channels))[row]
        for n in range(4):
            (slope,) = torch.autograd.grad(curve[n], theta, retain_graph=n < 3)
            total[n] += slope.numpy() / batches
    in_length, in_share = TAUS[tau]
    np.testing.assert_allclose(total[:, length] / exact[length], in_length, atol=0.12)
    np.testing.assert_allclose(total[:, share] / exact[share], in_share, atol=0.05)


def test_soft_sections_have_the_stated_bias() -> None:
    """C_22 of a Gaussian X is that of the level l / sqrt(1 + tau^2), r / (1 + tau^2)."""
    tau, twin = 0.4, recovery_twin()
    with torch.no_grad():
        channels = simulated(twin, PLAN, 128, threshold="soft", tau=tau)
        read = LagReader(PLAN, LAGS, 0 * LAGS)
        each = np.stack([read(coverage_maps(one[None]))[3].numpy() for one in channels])
    r = correlation_at(twin.X.correlation, LAGS)
    l = level(twin.X, twin.exceedance("X"))  # noqa: E741
    stated = upper_orthant(0, l / np.sqrt(1 + tau**2), r / (1 + tau**2))
    error = each.std(axis=0, ddof=1) / np.sqrt(len(each))
    assert np.abs((each.mean(axis=0) - stated) / error).max() < 4
    assert stated[0] < upper_orthant(0, l, r)[0] - 0.05  # and the bias is large


def test_the_width_is_a_part_of_the_change_from_pixel_to_pixel() -> None:
    field = RandomField(correlation=Correlation(length_um=7.0, smoothness=None))
    r = float(correlation_at(field.correlation, 1.0))
    assert width(field, 0.3, r) == pytest.approx(0.4 / 7.0, rel=0.01)
    assert width(field, 0.3, 0.0) == 0.4
    assert width(field, 0.3, 1.0) == 0.02
    sheet = replace(field, degrees_of_freedom=1, tail="lower")
    assert width(sheet, 0.5, r) == pytest.approx(0.4 / 7 * np.sqrt(2 * 0.4549), rel=0.01)
