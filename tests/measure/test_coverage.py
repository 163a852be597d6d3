"""Estimated curves against patterns whose answer is known, and their standard errors."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import recovery_twin, sections, with_grid

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.coverage import estimate_coverage, measured_coverage
from napari_assb_twin.measure.sections import SectionStack, Volume, plane_positions
from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin
from napari_assb_twin.twin.phases import PAIRS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.torus import Torus


def stripes(shape: tuple[int, ...], axis: int) -> np.ndarray:
    """Planes of the phases 0, 0, 1, 2 in turn along an axis."""
    line = np.array([0, 0, 1, 2], np.uint8)[np.arange(shape[axis]) % 4]
    return np.ascontiguousarray(
        np.broadcast_to(line.reshape([-1 if a == axis else 1 for a in range(len(shape))]), shape)
    )


def stripe_curve(lag: int) -> dict[tuple[int, int], float]:
    """C_ij of endless stripes across them."""
    period = [0, 0, 1, 2]
    table: dict[tuple[int, int], float] = {}
    for n in range(4):
        pair = period[n], period[(n + lag) % 4]
        for one in (pair, pair[::-1]):
            table[one] = table.get(one, 0) + 1 / 8
    return table


CODE = {"pore": 0, "active_material": 1, "solid_electrolyte": 2}


@pytest.mark.parametrize("plane", ["xz", "yz"])
def test_stripes_across_the_pressing_direction(plane: Any) -> None:
    """Layers: along them C_ii = phi_i, across them the stripes' own curve."""
    image = stripes((64, 80), 0)
    along = estimate_coverage(image, voxel_size_um=0.5, plane=plane)
    across = estimate_coverage(image, voxel_size_um=0.5, plane=plane, direction="through-plane")
    np.testing.assert_allclose(along.lags_um, 0.5 * np.arange(17))
    np.testing.assert_allclose(across.lags_um, along.lags_um)
    assert along.volume_fractions == {
        "pore": 0.5,
        "active_material": 0.25,
        "solid_electrolyte": 0.25,
    }
    for i, j in PAIRS:
        phi = along.volume_fractions[i] if i == j else 0
        np.testing.assert_allclose(along[i, j], phi, atol=1e-12)
        # the window holds whole periods, minus the lag: a share of 4 / 64 at most is missing
        expected = [stripe_curve(n).get((CODE[i], CODE[j]), 0) for n in range(17)]
        np.testing.assert_allclose(across[i, j], expected, atol=0.03)
        np.testing.assert_allclose(across[i, j][::4], expected[::4], atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_stripes_in_a_volume(axis: int) -> None:
    volume = stripes((64, 64, 64), axis)
    through = estimate_coverage(volume, voxel_size_um=0.2, direction="through-plane")
    assert through.direction == "through-plane"
    for i, j in PAIRS:
        if axis:
            expected = [through.volume_fractions[i] if i == j else 0] * 5
        else:
            expected = [stripe_curve(4 * n).get((CODE[i], CODE[j]), 0) for n in range(5)]
        np.testing.assert_allclose(through[i, j][::4], expected, atol=1e-12)
    in_plane = estimate_coverage(volume, voxel_size_um=0.2)
    layered = in_plane["pore", "pore"]
    assert np.ptp(layered) < 1e-12 if axis == 0 else np.ptp(layered) > 0.1


def test_a_checkerboard() -> None:
    """Cells of 4 x 4 pixels of pore and active material, four columns of electrolyte beside."""
    y, x = np.indices((128, 132)) // 4
    image = ((x + y) % 2).astype(np.uint8)
    image[:, 128:] = 2
    curves = estimate_coverage(image, voxel_size_um=1.0, plane="xz")
    both = curves["active_material", "active_material"]
    # of 132 - n pairs in a row 128 - n lie on the board; an even number of cells apart half of
    # them are active material at both ends, an odd number apart none
    for n in (0, 8, 16, 32):
        assert both[n] == pytest.approx(0.5 * (128 - n) / (132 - n), abs=1e-12)
    for n in (4, 12, 20):
        assert both[n] == 0


def test_rings_of_a_plan_view() -> None:
    """The ring n holds all lags with n - 1/2 <= |h| < n + 1/2 and stands at their mean length."""
    image = np.random.default_rng(0).integers(0, 3, (40, 44)).astype(np.uint8)
    curves = estimate_coverage(image, voxel_size_um=2.0, plane="xy")
    assert curves.lags_um.size == 11
    for n in range(11):
        lengths, pairs, both = [], 0.0, 0.0
        for r in range(-12, 13):
            for c in range(-12, 13):
                if not n - 0.5 <= math.hypot(r, c) < n + 0.5:
                    continue
                a = image[max(0, -r) : 40 - max(0, r), max(0, -c) : 44 - max(0, c)]
                b = image[max(0, r) : 40 + min(0, r), max(0, c) : 44 + min(0, c)]
                lengths.append(math.hypot(r, c))
                pairs += a.size
                both += ((a == 0) & (b == 2)).sum()
        assert curves.lags_um[n] == pytest.approx(2 * np.mean(lengths), rel=1e-12)
        assert curves["pore", "solid_electrolyte"][n] == pytest.approx(both / pairs, rel=1e-9)


def test_pixels_of_unequal_edges_in_rings() -> None:
    """A disc pattern stretched by 2 along rows, with pixels half as high, is the same disc."""
    y, x = np.indices((200, 100))
    image = ((np.hypot((y + 0.5) / 2 - 50, x + 0.5 - 50) // 6) % 3).astype(np.uint8)
    small = ((np.hypot(y[:100] + 0.5 - 50, x[:100] + 0.5 - 50) // 6) % 3).astype(np.uint8)
    tall = estimate_coverage(image, voxel_size_um=(0.5, 1.0), plane="xy", lags_um=[2.0, 5.0, 9.0])
    plain = estimate_coverage(small, voxel_size_um=1.0, plane="xy", lags_um=[2.0, 5.0, 9.0])
    # rings half as wide average over other lengths: a few percent of the curve
    np.testing.assert_allclose(tall.values, plain.values, atol=0.02)


def test_the_mask_is_left_out() -> None:
    """A window of any outline: the estimate is that of its pairs alone."""
    image = np.random.default_rng(1).integers(0, 3, (64, 64)).astype(np.uint8)
    masked = image.copy()
    masked[:, :20] = 255
    cut = estimate_coverage(masked, voxel_size_um=1.0, plane="yz")
    inner = estimate_coverage(image[:, 20:], voxel_size_um=1.0, plane="yz")
    n = inner.lags_um.size
    np.testing.assert_allclose(cut.values[:, :n], inner.values, atol=1e-12)
    assert cut.volume_fractions == pytest.approx(inner.volume_fractions)


def test_a_narrow_window_gives_numbers_only() -> None:
    """A strip of 33 pixels in a large masked image tells nothing of longer lags across it."""
    masked = np.full((200, 200), 255, np.uint8)
    masked[80:113] = np.random.default_rng(2).integers(0, 3, (33, 200))
    for plane in ("xy", "yz"):
        for direction in ("in-plane", "through-plane"):
            if (plane, direction) == ("xy", "through-plane"):
                continue
            curves = estimate_coverage(
                masked,
                voxel_size_um=1.0,
                plane=plane,  # type: ignore[arg-type]
                direction=direction,  # type: ignore[arg-type]
            )
            assert np.all(np.isfinite(curves.values))
            assert curves.lags_um.size >= 8


def test_several_sections_are_pooled_by_their_pairs() -> None:
    random = np.random.default_rng(3)
    images = [random.integers(0, 3, shape).astype(np.uint8) for shape in [(64, 40), (90, 200)]]
    both = estimate_coverage(images, voxel_size_um=1.0, plane="yz")
    sizes = [image.size for image in images]
    for n in (0, 1, 10):
        pairs = [s * (i.shape[1] - n) / i.shape[1] for s, i in zip(sizes, images, strict=True)]
        alone = [
            estimate_coverage(i, voxel_size_um=1.0, plane="yz")["pore", "pore"][n] for i in images
        ]
        assert both["pore", "pore"][n] == pytest.approx(np.average(alone, weights=pairs), rel=1e-9)
    stacked = estimate_coverage(np.stack([images[0], images[0]]), voxel_size_um=1.0, plane="yz")
    single = estimate_coverage(images[0], voxel_size_um=1.0, plane="yz")
    np.testing.assert_allclose(stacked.values, single.values, atol=1e-12)
    assert stacked.standard_error is not None
    np.testing.assert_allclose(stacked.standard_error, 0, atol=1e-12)


def test_the_error_of_a_single_section_is_the_spread_of_independent_ones() -> None:
    """From its quarters: within a factor of 2 on average, for features far smaller than they."""
    twin = Twin(
        X=RandomField(correlation=Correlation(length_um=3.0)),
        Y=RandomField(correlation=Correlation(length_um=3.0)),
    )
    draw = WindowSampler(twin, Torus((128, 1, 128), (1.0, 1.0, 1.0)))
    random = np.random.default_rng(11)
    curves = [
        estimate_coverage(draw(random)[:, 0], voxel_size_um=1.0, plane="yz") for _ in range(40)
    ]
    spread = np.std([c.values for c in curves], axis=0, ddof=1)[:, 1:20]
    stated = np.sqrt(np.mean([c.standard_error**2 for c in curves], axis=0))[:, 1:20]
    assert 0.5 < np.median(stated / spread) < 2.0


def test_a_volume_is_its_plan_views_and_its_columns() -> None:
    volume = np.random.default_rng(4).integers(0, 3, (40, 36, 44)).astype(np.uint8)
    whole = estimate_coverage(volume, voxel_size_um=(0.3, 0.2, 0.1))
    views = estimate_coverage(list(volume), voxel_size_um=(0.2, 0.1), plane="xy")
    np.testing.assert_allclose(whole.values, views.values, atol=1e-12)
    np.testing.assert_allclose(whole.lags_um, views.lags_um)
    along = estimate_coverage(volume, voxel_size_um=(0.3, 0.2, 0.1), direction="through-plane")
    cuts = estimate_coverage(
        list(volume.transpose(1, 0, 2)),
        voxel_size_um=(0.3, 0.1),
        plane="xz",
        direction="through-plane",
    )
    n = cuts.lags_um.size
    np.testing.assert_allclose(along.values[:, :n], cuts.values, atol=1e-9)
    np.testing.assert_allclose(along.lags_um[:n], cuts.lags_um)


def test_the_estimate_of_a_realisation_is_near_the_exact_curve() -> None:
    """One 128^3 volume, 18 lengths: within .02 of the model, and of its fractions within .02."""
    twin = recovery_twin()
    volume = generate(twin, device="cpu", seed=2)
    for direction in ("in-plane", "through-plane"):
        found = estimate_coverage(volume, voxel_size_um=1.0, direction=direction)  # type: ignore[arg-type]
        exact = coverage(twin, found.lags_um, direction=direction)  # type: ignore[arg-type]
        assert np.abs(found.values - exact.values).max() < 0.02


def test_jackknife_errors_are_the_spread_of_independent_data() -> None:
    """8 sections of 128^2, 40 times: mean jackknife error within a factor 1.5 of the spread."""
    twin = recovery_twin()
    sampler = WindowSampler(twin, Torus((128, 1, 128), (1.0, 1.0, 1.0)))
    random = np.random.default_rng(5)
    lags = [0.0, 2.0, 6.0, 20.0]
    values, errors = [], []
    for _ in range(40):
        images = [np.squeeze(sampler(random), axis=1) for _ in range(8)]
        curves = estimate_coverage(images, voxel_size_um=1.0, plane="xz", lags_um=lags)
        values.append(curves.values)
        errors.append(curves.standard_error)
    ratio = np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(values, axis=0, ddof=1)
    informative = np.std(values, axis=0) > 1e-6  # C_ij(0) = 0 for i != j
    assert informative.sum() >= 21
    assert np.all((ratio[informative] > 1 / 1.5) & (ratio[informative] < 1.5))


def test_lags_that_one_section_alone_spans_have_finite_errors() -> None:
    """The other sections are masked down to a strip."""
    random = np.random.default_rng(10)
    images = [random.integers(0, 3, (160, 160)).astype(np.uint8) for _ in range(3)]
    for image in images[1:]:
        image[:, 34:] = 255
    curves = estimate_coverage(images, voxel_size_um=1.0, plane="yz")
    assert curves.lags_um[-1] == 40
    assert curves.standard_error is not None
    assert np.all(np.isfinite(curves.standard_error))


def test_errors_of_a_volume_are_of_the_right_size() -> None:
    """20 volumes of 80^3: the slabs are neighbours, so a factor of 2 is asked for."""
    twin = with_grid(recovery_twin(), shape=(80, 80, 80))
    for direction in ("in-plane", "through-plane"):
        values, errors = [], []
        for seed in range(20):
            curves = estimate_coverage(
                generate(replace(twin, seed=seed), device="cpu"),
                voxel_size_um=1.0,
                direction=direction,  # type: ignore[arg-type]
                lags_um=[0.0, 3.0, 10.0],
            )
            values.append(curves.values)
            errors.append(curves.standard_error)
        ratio = np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(values, axis=0, ddof=1)
        informative = np.std(values, axis=0) > 1e-6
        assert np.all((ratio[informative] > 0.5) & (ratio[informative] < 2)), direction


def test_the_error_of_a_pair_stands_beside_its_curve() -> None:
    images = sections(recovery_twin(), "yz", range(4), 64)
    curves = estimate_coverage(images, voxel_size_um=1.0, plane="yz")
    assert curves.standard_error is not None
    for row, (i, j) in enumerate(PAIRS):
        np.testing.assert_array_equal(curves.error((i, j)), curves.standard_error[row])
        np.testing.assert_array_equal(curves.error((j, i)), curves.standard_error[row])
    assert list(curves.document()["standard_error"]) == [f"{i},{j}" for i, j in PAIRS]
    assert coverage(recovery_twin(), [1.0]).error(("pore", "pore")) is None


def test_plan_views_do_not_hold_the_pressing_direction() -> None:
    image = np.random.default_rng(6).integers(0, 3, (64, 64)).astype(np.uint8)
    with pytest.raises(InputError, match="cross-section"):
        estimate_coverage(image, voxel_size_um=1.0, plane="xy", direction="through-plane")
    assert measured_coverage((SectionStack("xy", (image,), (1.0, 1.0)),), "through-plane") is None


def test_plan_views_are_preferred_in_the_plane() -> None:
    random = np.random.default_rng(7)
    one, other = (random.integers(0, 3, (64, 64)).astype(np.uint8) for _ in range(2))
    stacks = (SectionStack("yz", (one,), (1.0, 1.0)), SectionStack("xy", (other,), (1.0, 1.0)))
    both = measured_coverage(stacks, "in-plane")
    alone = estimate_coverage(other, voxel_size_um=1.0, plane="xy")
    assert both is not None
    np.testing.assert_array_equal(both.values, alone.values)


GOOD = np.random.default_rng(8).integers(0, 3, (64, 64)).astype(np.uint8)
CUBE = np.random.default_rng(8).integers(0, 3, (32, 32, 32)).astype(np.uint8)


@pytest.mark.parametrize(
    ("labels", "options", "words"),
    [
        (GOOD, {"plane": "zx"}, "plane"),
        (GOOD, {}, "volume has 3 axes"),
        (CUBE[0, 0], {"plane": "xy"}, "section has 2 axes"),
        (CUBE[None], {}, "volume has 3 axes"),
        (CUBE[None], {"plane": "xy"}, "section has 2 axes"),
        (GOOD[:31], {"plane": "xy"}, "at least 32"),
        (CUBE[:31], {}, "at least 32"),
        (GOOD.astype(float), {"plane": "xy"}, "float64"),
        (GOOD.astype(np.int64), {"plane": "xy"}, "int64"),
        (np.where(GOOD == 2, 3, GOOD).astype(np.uint8), {"plane": "xy"}, "label 3"),
        (np.where(GOOD == 0, 254, GOOD).astype(np.uint8), {"plane": "xy"}, "label 254"),
        (np.where(GOOD == 0, 1, GOOD).astype(np.uint8), {"plane": "xy"}, "no pore"),
        (np.full((64, 64), 255, np.uint8), {"plane": "xy"}, "no pore"),
        (np.zeros((0, 64), np.uint8), {"plane": "xy"}, "at least 32"),
        ([], {"plane": "xy"}, "no section"),
        (GOOD, {"plane": "xy", "direction": "z"}, "through-plane"),
        (GOOD, {"plane": "xy", "voxel_size_um": 0}, "positive"),
        (GOOD, {"plane": "xy", "voxel_size_um": math.nan}, "positive"),
        (GOOD, {"plane": "xy", "voxel_size_um": -0.1}, "positive"),
        (GOOD, {"plane": "xy", "voxel_size_um": (0.1, 0.1, 0.1)}, "2 axes"),
        (CUBE, {"voxel_size_um": (0.1, 0.1)}, "3 axes"),
        (GOOD, {"plane": "xy", "lags_um": [17.0]}, "between 0 and"),
        (GOOD, {"plane": "xy", "lags_um": [-1.0]}, "between 0 and"),
        (GOOD, {"plane": "xy", "lags_um": [math.nan]}, "between 0 and"),
    ],
)
def test_what_cannot_be_measured_is_said(labels: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        estimate_coverage(labels, **{"voxel_size_um": 1.0, **options})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("n", "count"), [(100, 8), (32, 40), (7, 3), (1, 5), (256, 16), (9, 1)])
def test_planes_are_spread_evenly_about_the_middle(n: int, count: int) -> None:
    positions = plane_positions(n, count)
    assert 1 <= positions.size <= count
    assert positions[0] >= 0
    assert positions[-1] < n
    assert len(set(np.diff(positions))) <= 1
    assert abs(positions[0] - (n - 1 - positions[-1])) <= 1
    assert positions.size >= min(n, count) / 2


def test_planes_of_a_volume_have_its_sizes() -> None:
    labels = np.random.default_rng(9).integers(0, 3, (32, 40, 48)).astype(np.uint8)
    volume = Volume(labels, (0.3, 0.2, 0.1))
    for plane, size, cut in (
        ("xy", (0.2, 0.1), labels),
        ("xz", (0.3, 0.1), labels.transpose(1, 0, 2)),
        ("yz", (0.3, 0.2), labels.transpose(2, 0, 1)),
    ):
        stack = volume.planes(plane, 4)  # type: ignore[arg-type]
        assert stack.pixel_size_um == size
        assert len(stack.images) == 4
        positions = plane_positions(len(cut), 4)
        np.testing.assert_array_equal(np.stack(stack.images), cut[positions])
        own = {"xy": 0.3, "xz": 0.2, "yz": 0.1}[plane]
        assert stack.spacing_um == pytest.approx(own * (positions[1] - positions[0]))
