"""Euler numbers of drawn images, lineal paths of noise, and Euler densities of Gaussian fields."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import norm

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure.runs import WINDOW, corners, run_lengths
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.phases import OUTSIDE, PHASES
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus


def drawn(rows: Sequence[str], side: int = 40) -> np.ndarray:
    """A picture of # (active material), o (solid electrolyte) and ? (outside) amid pores."""
    image = np.zeros((side, side), np.uint8)
    for i, row in enumerate(rows):
        for j, sign in enumerate(row):
            image[5 + i, 5 + j] = {".": 0, "#": 1, "o": 2, "?": OUTSIDE}[sign]
    return image


def noise(shares: Sequence[float], shape: tuple[int, int], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice(3, size=shape, p=shares).astype(np.uint8)


def column(statistics: SectionStatistics, name: str, phase: str) -> int:
    return next(
        i for i, one in enumerate(statistics.statistics) if one.name == name and one.phase == phase
    )


@pytest.mark.parametrize(
    ("rows", "euler"),
    [
        (["#"], 1.0),
        (["###", "###"], 1.0),
        (["##.#", "#..#"], 2.0),
        (["###", "#.#", "###"], 0.0),
        (["#####", "#.#.#", "#####"], -1.0),
        (["#.", ".#"], 1.5),  # one piece if diagonal neighbours touch, two if not
        (["##.", "#.#", "##."], 1.0),  # one piece with a hole, or two pieces
        (["oo#oo"], 1.0),
    ],
)
def test_pieces_less_holes(rows: list[str], euler: float) -> None:
    found, blocks = corners(drawn(rows))
    assert found[1] / 4 == euler
    assert blocks == 39 * 39


def test_a_phase_and_its_complement_have_opposite_numbers() -> None:
    image = noise((0.3, 0.7, 0.0), (60, 50), 1)
    image[10:20, 30:40] = OUTSIDE
    found, _ = corners(image)
    assert found[0] == -found[1] != 0


def test_euler_density_per_area_with_unequal_pixels() -> None:
    stack = SectionStack("xz", (drawn(["#.#", "...", "#.."]),), (0.5, 0.2))
    statistics = SectionStatistics.of([stack])
    place = column(statistics, "Euler number density", "active_material")
    assert statistics.values([stack])[place] == pytest.approx(3 / (39 * 39 * 0.5 * 0.2))
    assert statistics.statistics[place].unit == "1/µm²"


def test_blocks_that_touch_the_outside_do_not_count() -> None:
    """Two of the four corners of a pixel go, and six blocks with them."""
    found, blocks = corners(drawn(["..?", ".#?"]))
    assert found[1] == 2
    assert blocks == 39 * 39 - 6


def test_runs_of_a_drawn_image() -> None:
    image = np.zeros((32, 40), np.uint8)
    image[:, 10:14] = 1
    image[5, 12] = OUTSIDE
    down, along = run_lengths(image)
    assert along[1, 4] == 31
    assert along[1, 2] == along[1, 1] == 1  # the row with the gap: 2 before it, 1 behind
    assert along[0, 10] == 32
    assert along[0, 26] == 32
    assert along[WINDOW, 40] == 31
    assert along[WINDOW, 12] == along[WINDOW, 27] == 1
    assert down[1, 32] == 3
    assert down[1, 5] == down[1, 26] == 1
    assert down[WINDOW, 32] == 39
    for found in (down, along):
        for phase in range(3):
            assert found[phase] @ np.arange(found.shape[1]) == np.sum(image == phase)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("plane", ["xy", "xz"])
def test_lineal_path_of_noise(plane: str, masked: bool) -> None:
    """L(r) = p^(r + 1) whatever is masked: within five standard errors of 20 sections."""
    images = [noise((0.6, 0.3, 0.1), (120, 150), seed) for seed in range(20)]
    if masked:
        holes = np.random.default_rng(99).random((120, 150)) < 0.05
        images = [np.where(holes, np.uint8(OUTSIDE), image) for image in images]
    stack = SectionStack(plane, tuple(images), (1.0, 1.0))  # type: ignore[arg-type]
    statistics = SectionStatistics.of([stack])
    values = statistics.values([stack])
    error = statistics.per_section([stack]).std(axis=0, ddof=1) / math.sqrt(20)
    paths = [i for i, one in enumerate(statistics.statistics) if one.name == "lineal path"]
    assert len(paths) >= 8
    for i in paths:
        one = statistics.statistics[i]
        assert one.length_um is not None
        p = (0.6, 0.3, 0.1)[PHASES.index(one.phase)]
        assert abs(values[i] - p ** (one.length_um + 1)) < 5 * error[i]


def test_euler_density_of_noise() -> None:
    """(p (1-p)^3 - p^3 (1-p)) per pixel, within five standard errors of 20 sections."""
    stack = SectionStack(
        "xy", tuple(noise((0.6, 0.3, 0.1), (120, 150), seed) for seed in range(20)), (1.0, 1.0)
    )
    statistics = SectionStatistics.of([stack])
    error = statistics.per_section([stack]).std(axis=0, ddof=1) / math.sqrt(20)
    for p, phase in zip((0.6, 0.3, 0.1), PHASES, strict=True):
        i = column(statistics, "Euler number density", phase)
        expected = p * (1 - p) ** 3 - p**3 * (1 - p)
        assert abs(statistics.values([stack])[i] - expected) < 5 * error[i]


@pytest.mark.parametrize(("plane", "kind"), [("xy", "plan view"), ("yz", "cross-section")])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_euler_density_of_a_gaussian_excursion_set(plane: str, kind: str, share: float) -> None:
    """kappa l exp(-l^2/2) / (2 pi)^(3/2), kappa the root of the in-plane and through-plane ones.

    Adler and Taylor (2007), doi:10.1007/978-0-387-48116-6.  Fields vary over 9 and 6 pixels; the
    tolerance of 6 % is three standard errors of 120 sections.
    """
    length, anisotropy = 9.0, 2 / 3
    field = RandomField(
        correlation=Correlation(length_um=length, smoothness=None, anisotropy=anisotropy)
    )
    twin = Twin(
        volume_fractions=VolumeFractions(
            active_material=share, pore=(1 - share) / 2, solid_electrolyte=(1 - share) / 2
        ),
        X=field,
        Y=field,
    )
    axis = 0 if plane == "xy" else 1
    shape = (1, 256, 256) if axis == 0 else (256, 1, 256)
    sampler = WindowSampler(twin, Torus(shape, (1.0, 1.0, 1.0)))  # type: ignore[arg-type]
    random = np.random.default_rng(5)
    images = tuple(np.squeeze(sampler(random), axis=axis) for _ in range(120))
    stack = SectionStack(plane, images, (1.0, 1.0))  # type: ignore[arg-type]
    statistics = SectionStatistics.of([stack])
    i = column(statistics, "Euler number density", "active_material")
    assert statistics.statistics[i].plane_kind == kind
    level = norm.isf(share)
    kappa = 1 / length**2 if axis == 0 else 1 / (length**2 * anisotropy)
    expected = kappa * level * math.exp(-(level**2) / 2) / (2 * math.pi) ** 1.5
    assert statistics.values([stack])[i] == pytest.approx(expected, rel=0.06)


def test_lengths_follow_the_size_of_what_is_seen() -> None:
    """Every pixel drawn as 3 x 3 of a third of the edge: the same lengths to a fine pixel."""
    coarse = noise((0.5, 0.3, 0.2), (60, 60), 3).repeat(4, axis=0).repeat(4, axis=1)
    fine = coarse.repeat(3, axis=0).repeat(3, axis=1)
    one = SectionStatistics.of([SectionStack("xz", (coarse,), (0.3, 0.3))])
    other = SectionStatistics.of([SectionStack("xz", (fine,), (0.1, 0.1))])
    assert len(one.statistics) == len(other.statistics)
    for a, b in zip(one.statistics, other.statistics, strict=True):
        assert (a.name, a.phase, a.direction) == (b.name, b.phase, b.direction)
        if a.length_um is not None:
            assert a.length_um == pytest.approx(b.length_um, abs=0.15 + 1e-9)


def test_unequal_pixels_of_a_plan_view_give_one_length() -> None:
    """Blocks of 1 um: eight pixels down, four along."""
    image = noise((0.4, 0.4, 0.2), (50, 50), 4).repeat(8, axis=0).repeat(4, axis=1)
    stack = SectionStack("xy", (image,), (0.125, 0.25))
    found = SectionStatistics.of([stack])
    paths = [one for one in found.statistics if one.name == "lineal path"]
    assert {one.direction for one in paths} == {"in-plane"}
    pore = sorted(one.length_um or 0 for one in paths if one.phase == "pore")
    assert pore[-1] == pytest.approx(2 * 1 / (1 - 0.4), rel=0.1)  # twice the mean chord
    assert np.all(found.values([stack]) != 0)


def test_each_kind_of_plane_has_its_own() -> None:
    plan = SectionStack("xy", tuple(noise((0.3, 0.4, 0.3), (64, 64), i) for i in (0, 1)), (1, 1))
    cross = SectionStack("yz", (noise((0.3, 0.4, 0.3), (80, 48), 2),), (0.5, 1))
    statistics = SectionStatistics.of([plan, cross])
    table = statistics.per_section([plan, cross])
    assert table.shape == (3, len(statistics.statistics))
    of_plan = np.array([one.plane_kind == "plan view" for one in statistics.statistics])
    np.testing.assert_array_equal(np.isfinite(table), [of_plan, of_plan, ~of_plan])
    pooled = statistics.values([plan, cross])
    np.testing.assert_allclose(pooled[of_plan], table[:2, of_plan].mean(axis=0))
    np.testing.assert_allclose(pooled[~of_plan], table[2, ~of_plan])
    assert np.isnan(statistics.values([cross])[of_plan]).all()
    assert len({one.words for one in statistics.statistics}) == len(statistics.statistics)


def test_sections_of_other_sizes_are_pooled_by_area() -> None:
    small, large = (noise((0.5, 0.3, 0.2), (n, n), n) for n in (40, 120))
    both = SectionStack("xy", (small, large), (1.0, 1.0))
    statistics = SectionStatistics.of([both])
    pooled, (a, b) = statistics.values([both]), statistics.per_section([both])
    i = column(statistics, "Euler number density", "pore")
    assert pooled[i] == pytest.approx((39**2 * a[i] + 119**2 * b[i]) / (39**2 + 119**2))


def test_what_is_absent_or_rare_is_left_out() -> None:
    image = noise((0.5, 0.5, 0.0), (64, 64), 0)
    image[3, 3] = 2
    stack = SectionStack("xy", (image,), (1.0, 1.0))
    statistics = SectionStatistics.of([stack])
    names = [one.name for one in statistics.statistics if one.phase == "solid_electrolyte"]
    assert names == ["Euler number density"]
    image = noise((0.5, 0.5, 0.0), (64, 64), 0)
    statistics = SectionStatistics.of([SectionStack("xy", (image,), (1.0, 1.0))])
    assert all(one.phase != "solid_electrolyte" for one in statistics.statistics)


def test_sections_of_two_pixel_sizes_have_statistics_of_their_own() -> None:
    """As if each were measured alone, in the order of the sections."""
    images = [noise((0.4, 0.3, 0.3), (64, 64), seed) for seed in range(2)]
    sizes = (0.1, 0.1), (0.1, 0.2)
    one, other = (
        SectionStack("xz", (image,), size) for image, size in zip(images, sizes, strict=True)
    )
    together = SectionStatistics.of([one, other])
    alone = [SectionStatistics.of([stack]) for stack in (one, other)]
    assert together.statistics == alone[0].statistics + alone[1].statistics
    expected = np.concatenate(
        [a.values([stack]) for a, stack in zip(alone, (one, other), strict=True)]
    )
    np.testing.assert_array_equal(together.values([one, other]), expected)
    first = len(alone[0].statistics)
    rows = together.per_section([other, one])
    assert np.isnan(rows[0, :first]).all()
    assert np.isnan(rows[1, first:]).all()
    np.testing.assert_array_equal(
        together.sections([one, one, other]), [2] * first + [1] * (len(expected) - first)
    )


def test_pixel_sizes_must_be_those_of_the_statistics() -> None:
    image = noise((0.4, 0.3, 0.3), (64, 64), 0)
    one, other = (SectionStack("xz", (image,), (edge, edge)) for edge in (0.1, 0.2))
    with pytest.raises(InputError, match="were chosen for pixels"):
        SectionStatistics.of([one]).values([other])
