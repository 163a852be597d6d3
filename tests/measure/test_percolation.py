"""Clusters of volumes that one can count by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.measure import percolation as module
from napari_assb_twin.measure.percolation import percolation
from napari_assb_twin.twin.phases import OUTSIDE

ACTIVE, ELECTROLYTE = 1, 2


def box(*shape: int) -> Any:
    return np.zeros(shape, dtype=np.uint8)


def test_a_rod_goes_through_along_its_axis_alone() -> None:
    volume = box(8, 6, 5)
    volume[:, 2, 2] = ACTIVE
    rod = percolation(volume)["active_material"]
    assert rod is not None
    assert rod.percolating == {"z": 1.0, "y": 0.0, "x": 0.0}
    assert (rod.count, rod.largest, rod.isolated) == (1, 1.0, 0.0)


@pytest.mark.parametrize(("axis", "name"), [(0, "z"), (1, "y"), (2, "x")])
def test_two_plates_go_through_side_by_side_but_not_across(axis: int, name: str) -> None:
    volume = box(9, 9, 9)
    layers = np.moveaxis(volume, axis, 0)
    layers[1] = ACTIVE
    layers[4:6] = ACTIVE
    plates = percolation(volume)["active_material"]
    assert plates is not None
    assert plates.count == 2
    assert plates.largest == pytest.approx(2 / 3, abs=1e-15)
    assert plates.percolating == {"z": 1.0, "y": 1.0, "x": 1.0} | {name: 0.0}
    pores = percolation(volume)["pore"]
    assert pores is not None
    assert pores.count == 3
    assert pores.percolating[name] == 0.0


@pytest.mark.parametrize("step", [(1, 1, 0), (1, 1, 1)])
def test_edges_and_corners_do_not_connect(step: tuple[int, int, int]) -> None:
    volume = box(4, 4, 4)
    for i in range(4):
        volume[tuple(i * s for s in step)] = ELECTROLYTE
    stairs = percolation(volume)["solid_electrolyte"]
    assert stairs is not None
    assert (stairs.count, stairs.largest) == (4, 0.25)
    assert stairs.percolating["z"] == 0.0


def test_an_island_touches_no_face() -> None:
    volume = box(7, 7, 7)
    volume[3, 3, 3] = ACTIVE
    volume[0, 0, :3] = ACTIVE
    active = percolation(volume)["active_material"]
    assert active is not None
    assert active.isolated == 0.25
    assert active.largest == 0.75
    assert active.percolating == {"z": 0.0, "y": 0.0, "x": 0.0}


def test_opposite_faces_of_a_periodic_volume_are_not_joined() -> None:
    volume = box(6, 6, 6)
    volume[:2, 3, 3] = volume[-2:, 3, 3] = ACTIVE
    active = percolation(volume)["active_material"]
    assert active is not None
    assert active.count == 2
    assert active.percolating["z"] == 0.0


def test_two_clusters_that_go_through_count_both() -> None:
    volume = box(5, 6, 6)
    volume[:, 1, 1] = volume[:, 4, 4] = ACTIVE
    volume[0, 1, 4] = ACTIVE
    active = percolation(volume)["active_material"]
    assert active is not None
    assert active.percolating["z"] == pytest.approx(10 / 11)
    assert active.largest == pytest.approx(5 / 11)


def test_what_is_outside_connects_nothing() -> None:
    volume = box(6, 4, 4)
    volume[:, 1, 1] = ACTIVE
    volume[3] = OUTSIDE
    active = percolation(volume)["active_material"]
    assert active is not None
    assert active.count == 2
    assert active.percolating["z"] == 0.0
    assert active.largest == pytest.approx(3 / 5)


def test_a_missing_phase_has_no_clusters() -> None:
    found = percolation(box(4, 4, 4))
    assert found["active_material"] is None
    assert found["solid_electrolyte"] is None
    assert found["pore"] is not None
    assert found["pore"].document() == {
        "clusters": 1,
        "largest_cluster_share": 1.0,
        "percolating_share": {"z": 1.0, "y": 1.0, "x": 1.0},
        "isolated_share": 0.0,
    }
    json.dumps(found["pore"].document(), allow_nan=False)
    assert set(percolation(np.full((3, 3, 3), OUTSIDE, np.uint8)).values()) == {None}


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 5), (2, 1, 7)])
def test_small_volumes(shape: tuple[int, int, int]) -> None:
    pores = percolation(box(*shape))["pore"]
    assert pores is not None
    assert pores.percolating == {"z": 1.0, "y": 1.0, "x": 1.0}


def test_counting_in_parts_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    volume = np.random.default_rng(0).integers(0, 3, (20, 21, 22)).astype(np.uint8)
    whole = percolation(volume)
    monkeypatch.setattr(module, "PART", 1000)
    assert percolation(volume) == whole
    assert all(clusters is not None and clusters.count > 10 for clusters in whole.values())


def test_site_percolation_of_the_cubic_lattice() -> None:
    """The threshold is 0.3116 (Wang et al., 2013, doi:10.1103/PhysRevE.87.052107)."""
    random = np.random.default_rng(1).random((64, 64, 64))
    for share, goes_through in ((0.28, False), (0.34, True)):
        active = percolation((random < share).astype(np.uint8))["active_material"]
        assert active is not None
        assert all((active.percolating[a] > 0.5) == goes_through for a in ("z", "y", "x"))


@pytest.mark.parametrize("wrong", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.int32)])
def test_arrays_that_are_no_volumes(wrong: Any) -> None:
    with pytest.raises(InputError, match="three axes"):
        percolation(wrong)
