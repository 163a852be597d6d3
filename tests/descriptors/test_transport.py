"""Effective transport: laminates, ducts and bounds whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import ended
from scipy import ndimage

from napari_assb_twin.descriptors.definitions import definition
from napari_assb_twin.descriptors.transport import (
    FLUX_SPREAD,
    MOST_STEPS,
    effective_transport,
    hashin_shtrikman,
    wiener,
)
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate


def solved(inside: np.ndarray, axis: int, *sizes: float, **options: str):
    return ended(effective_transport(inside, axis, sizes or (1.0, 1.0, 1.0), **options))[1]


def laminate() -> np.ndarray:
    """Sheets across x: 3 of 8 voxels conduct."""
    sheet = np.array([1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    return np.ascontiguousarray(np.broadcast_to(np.tile(sheet, 3), (20, 24, 24)))


@pytest.mark.parametrize("edge", [0.12, 0.2])
def test_a_full_box_of_long_voxels_conducts_as_its_bulk(edge: float) -> None:
    """Longer along the flow, as the slices of a FIB-SEM stack are."""
    found = solved(np.ones((12, 9, 9), dtype=bool), 0, edge, 0.1, 0.1)
    assert found.relative == pytest.approx(1, rel=1e-3)
    assert found.converged


def test_long_voxels_conduct_as_two_cubes_each() -> None:
    rng = np.random.default_rng(3)
    smooth = ndimage.gaussian_filter(rng.standard_normal((12, 24, 24)), (1, 2, 2), mode="wrap")
    inside = smooth > np.quantile(smooth, 0.4)
    found, finer = solved(inside, 0, 0.2, 0.1, 0.1), solved(np.repeat(inside, 2, axis=0), 0)
    assert found.converged
    assert found.relative == pytest.approx(finer.relative, rel=0.05)


def test_nothing_is_printed(capsys) -> None:
    solved(laminate(), 0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("sides", ["open", "periodic"])
def test_along_a_laminate_the_share_conducts_and_across_it_nothing(sides: str) -> None:
    for axis in (0, 1):
        found = solved(laminate(), axis, sides=sides)
        assert found.converged
        assert found.relative == pytest.approx(3 / 8, rel=1e-3)
        assert found.tortuosity_factor == pytest.approx(1, rel=1e-3)
    across = solved(laminate(), 2, sides=sides)
    assert (across.relative, across.tortuosity_factor, across.iterations) == (0, None, 0)


def test_a_full_box_conducts_as_its_bulk() -> None:
    assert solved(np.ones((12, 9, 9), dtype=bool), 0).relative == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize(("sizes", "axis"), [((0.1, 0.2, 0.1), 0), ((0.3, 0.1, 0.2), 1)])
def test_a_duct_with_a_step_is_resistances_in_series(sizes, axis) -> None:
    """A duct two voxels wide whose sheets are joined along the flow: two lengths in series.

    Wide part 1, narrow part with half the width: without the constriction at the step the
    resistance is (1/2)(1) + (1/2)(2) = 1.5; the constriction adds to it, less than a tenth here.
    """
    inside = np.ones((80, 8, 8), dtype=bool)
    inside[40:, 4:] = False
    turned = np.moveaxis(inside, 0, axis)
    found = solved(np.ascontiguousarray(turned), axis, *sizes)
    assert 1 / 1.5 * 0.9 < found.relative < 1 / 1.5


def test_voxel_edges_matter_as_they_should() -> None:
    """A slanted stack of columns, once on cubic voxels and once with each twice as long in x."""
    twin = preset("isotropic")
    twin = replace(twin, grid=replace(twin.grid, shape=(32, 32, 32), voxel_size_um=0.2))
    fine = generate(twin) == 2
    doubled = np.repeat(fine, 2, axis=2)
    cubic, half = solved(fine, 2), solved(doubled, 2, 0.2, 0.2, 0.1)
    assert half.relative == pytest.approx(cubic.relative, rel=0.06)


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.3])
def test_a_cubic_array_of_insulating_spheres_conducts_as_rayleigh_says(fraction: float) -> None:
    """1 - 3 f / (2 + f - 0.392 f^(10/3)) (Rayleigh 1892, Phil. Mag. 34, 481, as corrected since).

    The cell is symmetric, so that open and periodic sides are the same; what is left is that
    spheres of voxels have steps (2 %).  Moved by a quarter of the cell, periodic sides give the
    same and open ones do not.  All of it lies below the bounds.
    """
    n = 40
    away = np.indices((n, n, n)) - (n - 1) / 2
    radius = (3 * fraction / (4 * np.pi)) ** (1 / 3) * n
    inside = (away**2).sum(0) >= radius**2
    f = 1 - float(inside.mean())
    exact = 1 - 3 * f / (2 + f - 0.392 * f ** (10 / 3))
    moved = np.roll(inside, n // 4, axis=2)
    opened, closed = solved(inside, 0), solved(inside, 0, sides="periodic")
    assert opened.relative == pytest.approx(exact, rel=0.025)
    assert closed.relative == pytest.approx(opened.relative, rel=1e-3)
    assert solved(moved, 0, sides="periodic").relative == pytest.approx(closed.relative, rel=1e-3)
    assert solved(moved, 0).relative < 0.995 * opened.relative
    assert exact <= hashin_shtrikman(1 - f) < wiener(1 - f)
    assert closed.relative < hashin_shtrikman(1 - f)


@pytest.mark.parametrize("sides", ["open", "periodic"])
def test_an_isotropic_twin_stays_below_both_bounds(sides: str) -> None:
    twin = preset("isotropic").with_correlation("X", length_um=0.4)
    twin = replace(twin, grid=replace(twin.grid, shape=(64, 64, 64)))
    inside = generate(twin) == 2
    share = float(inside.mean())
    found = [solved(inside, axis, sides=sides).relative for axis in range(3)]
    assert 0 < np.mean(found) < hashin_shtrikman(share) < wiener(share)


def test_paths_over_periodic_sides_count_only_there() -> None:
    """A channel that leaves at one side and comes in at the opposite one."""
    inside = np.zeros((10, 10, 10), dtype=bool)
    inside[:6, 0, 5] = True
    inside[5:, 9, 5] = True
    assert solved(inside, 0).relative == 0
    assert solved(inside, 0, sides="periodic").relative > 0


def test_periodic_sides_need_cubic_voxels() -> None:
    with pytest.raises(InputError, match="cubic voxels"):
        solved(laminate(), 0, 0.1, 0.2, 0.1, sides="periodic")


def test_what_does_not_fit_into_the_memory_is_refused(monkeypatch) -> None:
    import psutil

    free = psutil.virtual_memory()._replace(available=60 * laminate().size)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    with pytest.raises(InputError, match="20 x 24 x 24 voxels needs about"):
        solved(laminate(), 0)


def test_the_definition_says_when_it_is_converged() -> None:
    text = definition("converged").text
    assert f"{FLUX_SPREAD:g}" in text
    assert f"{MOST_STEPS}" in text
