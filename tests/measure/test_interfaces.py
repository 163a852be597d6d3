"""Interfaces of bodies whose surface is known, and of simulated twins."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.measure.interfaces import as_seen, measured_interfaces
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.twin.exact import coverage, interfaces
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import OUTSIDE
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.readouts import CONTACTS, INTERFACES, readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

VOXEL_UM = 0.04
SHAPE = (160, 160, 160)


def ellipsoid(height: float, voxel_um: tuple[float, float, float]) -> Volume:
    """Active material of half axes (height, 10, 10) um in the middle of a box of pores."""
    grids = np.meshgrid(
        *((np.arange(-12 + d / 2, 12, d)) for d in voxel_um), indexing="ij", sparse=True
    )
    z, y, x = grids
    inside = (z / height) ** 2 + (y / 10) ** 2 + (x / 10) ** 2 <= 1
    return Volume(inside.astype(np.uint8), voxel_um)


@pytest.mark.parametrize("voxel_um", [(0.25, 0.25, 0.25), (0.4, 0.25, 0.2)])
def test_a_sphere(voxel_um: tuple[float, float, float]) -> None:
    """4 pi r^2 to 1 %, also with voxels that are no cubes."""
    found = measured_interfaces(ellipsoid(10.0, voxel_um))
    # the rows of n voxels have n - 1 neighbours
    assert found.area_per_um["pore", "active_material"] * 24**3 == pytest.approx(
        4 * math.pi * 100, rel=0.02
    )
    assert not found.in_plane_only


@pytest.mark.parametrize("height", [3.0, 6.0])
def test_a_flat_spheroid(height: float) -> None:
    found = measured_interfaces(ellipsoid(height, (0.2, 0.2, 0.2)))
    e = math.sqrt(1 - (height / 10) ** 2)
    surface = 2 * math.pi * 100 * (1 + (1 - e * e) / e * math.atanh(e))
    assert found.area_per_um["pore", "active_material"] * 24**3 == pytest.approx(surface, rel=0.02)


def test_layers_and_columns() -> None:
    """Layers have as much area as lines across them have crossings, columns pi / 2 of it."""
    line = np.repeat(np.array([0, 1, 2, 1], np.uint8), 4)
    layers = np.ascontiguousarray(np.broadcast_to(np.tile(line, 3)[:, None, None], (48, 40, 40)))
    found = measured_interfaces(Volume(layers, (0.5, 0.5, 0.5)))
    length = 47 * 0.5
    assert found.area_per_um["pore", "active_material"] == pytest.approx(5 / length)
    assert found.area_per_um["active_material", "solid_electrolyte"] == pytest.approx(6 / length)
    assert found.area_per_um["pore", "solid_electrolyte"] == 0.0
    assert found.contact_share["active_material", "pore"] == pytest.approx(5 / 11)
    assert found.contact_share["pore", "active_material"] == 1.0
    columns = np.zeros((40, 40, 40), np.uint8)
    columns[:, 10:30] = 1
    found = measured_interfaces(Volume(columns, (1.0, 1.0, 1.0)))
    crossings = 2 * 40 * 40 / (2 * 40 * 40 * 39)
    assert found.area_per_um["pore", "active_material"] == pytest.approx(math.pi / 2 * crossings)


def test_what_is_outside_is_no_interface() -> None:
    image = np.zeros((40, 60), np.uint8)
    image[:, 20:] = 1
    image[:, 30:] = OUTSIDE
    image[:, 45:] = 2
    found = measured_interfaces((SectionStack("xz", (image,), (0.1, 0.1)),))
    assert found.area_per_um["active_material", "solid_electrolyte"] == 0.0
    in_plane = 40 / (40 * (29 + 14) * 0.1)
    assert found.area_per_um["pore", "active_material"] == pytest.approx(math.pi / 2 * in_plane)
    assert found.contact_share["solid_electrolyte", "pore"] is None


@pytest.fixture(scope="module")
def realisation() -> tuple[Twin, np.ndarray]:
    twin = PRESETS["pressed"].twin
    twin = twin.with_value("Y.smoothness", 2.5).with_value("X.anisotropy", 0.5)
    sampler = WindowSampler(twin, Torus(SHAPE, (VOXEL_UM,) * 3))
    return twin, sampler(np.random.default_rng(3))


def test_crossings_of_a_realisation_are_twice_the_coverage_of_neighbours(
    realisation: tuple[Twin, np.ndarray],
) -> None:
    """Along z alone: 2 C_ij(d) / d to 10 %, where the box scatters by about 4 %."""
    twin, labels = realisation
    expected = coverage(twin, [VOXEL_UM], direction="through-plane")
    line = SectionStack("xz", tuple(labels[:, y] for y in range(0, 160, 4)), (VOXEL_UM,) * 2)
    along = measured_interfaces((replace(line, pixel_size_um=(VOXEL_UM, 1e6)),))
    for pair in INTERFACES:  # pixels so wide that nearly no line crosses in the plane
        crossings = 2 * expected[pair][0] / VOXEL_UM
        assert along.area_per_um[pair] == pytest.approx(crossings, rel=0.1)


@pytest.mark.parametrize("source", ["volume", "cross-sections"])
def test_areas_and_contacts_of_a_realisation(
    realisation: tuple[Twin, np.ndarray], source: str
) -> None:
    """An anisotropic twin with 12 to 20 voxels a feature: areas to 7 %, shares to 0.03."""
    twin, labels = realisation
    measured: Any = Volume(labels, (VOXEL_UM,) * 3)
    if source == "cross-sections":
        measured = (measured.planes("xz", 30), measured.planes("yz", 30))
    found, exact = measured_interfaces(measured), interfaces(twin)
    for pair in INTERFACES:
        assert found.area_per_um[pair] == pytest.approx(exact.area_per_um[pair], rel=0.07)
    for pair in CONTACTS:
        expected = readouts(twin).contact_share[pair]
        assert found.contact_share[pair] == pytest.approx(expected, abs=0.03)


def test_plan_views_hold_lines_in_the_plane_alone(realisation: tuple[Twin, np.ndarray]) -> None:
    twin, labels = realisation
    found = measured_interfaces((Volume(labels, (VOXEL_UM,) * 3).planes("xy", 40),))
    assert found.in_plane_only
    expected = coverage(twin, [VOXEL_UM])
    seen = as_seen(twin, found)
    for pair in INTERFACES:
        assert seen.area_per_um[pair] == pytest.approx(2 * 2 * expected[pair][0] / VOXEL_UM)
        assert found.area_per_um[pair] == pytest.approx(seen.area_per_um[pair], rel=0.07)


@pytest.mark.parametrize("coarsening", [4, 5])
def test_the_model_as_coarse_pixels_see_it(
    realisation: tuple[Twin, np.ndarray], coarsening: int
) -> None:
    """Coarse pixels miss a part of the area, of the twin as of its realisation: to 8 %."""
    twin, labels = realisation
    coarse = np.ascontiguousarray(labels[::coarsening, ::coarsening, ::coarsening])
    found = measured_interfaces(Volume(coarse, (coarsening * VOXEL_UM,) * 3))
    seen, exact = as_seen(twin, found), interfaces(twin)
    pair = ("pore", "solid_electrolyte")
    assert seen.area_per_um[pair] < 0.9 * exact.area_per_um[pair]
    for pair in INTERFACES:
        assert found.area_per_um[pair] == pytest.approx(seen.area_per_um[pair], rel=0.08)
    for pair in CONTACTS:
        assert found.contact_share[pair] == pytest.approx(seen.contact_share[pair], abs=0.03)


def test_fine_pixels_see_the_exact_areas() -> None:
    twin = PRESETS["pressed"].twin
    fine = Volume(np.zeros((32, 32, 32), np.uint8), (1e-5, 1e-5, 1e-5))
    seen, exact = as_seen(twin, measured_interfaces(fine)), readouts(twin)
    for pair in INTERFACES:
        assert seen.area_per_um[pair] == pytest.approx(exact.area_per_um[pair], rel=1e-2)
    for pair in CONTACTS:
        assert seen.contact_share[pair] == pytest.approx(exact.contact_share[pair], rel=1e-2)
