"""Surfaces of the phases: closed, outward, and as large as the bodies they enclose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

import napari_assb_twin as nat
from napari_assb_twin.errors import InputError
from napari_assb_twin.export import mesh, mesh_file
from napari_assb_twin.export.formats import format_named
from napari_assb_twin.export.options import ExportOptions
from napari_assb_twin.export.run import Exported, export
from napari_assb_twin.export.source import Source
from napari_assb_twin.export.volume import ExportVolume, prepare
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.phases import PHASES

RADIUS = 20.0


def laid_out(labels: np.ndarray) -> ExportVolume:
    return prepare(Source(labels=labels, voxel_size_um=(1.0, 1.0, 1.0)), ExportOptions())


def surface(labels: np.ndarray, label: int, smoothing: float) -> Any:
    """The surface as a mesh of trimesh; joined by the positions of float32, as STL readers do."""
    one = finished(mesh.phase_surface(laid_out(labels), label, smoothing))
    corners = one.vertices[one.faces].reshape(-1, 3).astype(np.float32)
    found = trimesh.Trimesh(corners, np.arange(len(corners)).reshape(-1, 3), process=False)
    found.merge_vertices()
    return found


@pytest.fixture(scope="module")
def ball() -> np.ndarray:
    """A ball of the active material in the electrolyte, off the middle of the box."""
    z, y, x = np.indices((50, 52, 61)) + 0.5
    inside = (z - 24) ** 2 + (y - 25.3) ** 2 + (x - 33.7) ** 2 < RADIUS**2
    return np.where(inside, 1, 2).astype(np.uint8)


@pytest.mark.parametrize(
    ("smoothing", "area", "volume"), [(0.0, 0.11, 0.01), (0.7, 0.02, 0.01), (1.0, 0.02, 0.02)]
)
def test_area_and_volume_of_a_ball(
    ball: np.ndarray, smoothing: float, area: float, volume: float
) -> None:
    """Without smoothing the steps of the voxels add a tenth to the area; 0.7 voxels take them."""
    found = surface(ball, 1, smoothing)
    assert found.area == pytest.approx(4 * np.pi * RADIUS**2, rel=area)
    assert found.volume == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=volume)
    np.testing.assert_allclose(found.center_mass, (33.7, 25.3, 24), atol=0.05)


@pytest.mark.parametrize("smoothing", [0.0, 0.7])
def test_a_box_is_itself(smoothing: float) -> None:
    found = surface(np.ones((4, 5, 6), np.uint8), 1, smoothing)
    assert found.is_watertight
    assert found.area == pytest.approx(2 * (4 * 5 + 4 * 6 + 5 * 6), rel=1e-6)
    assert found.volume == pytest.approx(4 * 5 * 6, rel=1e-6)
    np.testing.assert_allclose(found.bounds, [(0, 0, 0), (6, 5, 4)])


@pytest.mark.parametrize("smoothing", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_voxels_the_surface_is_closed(seed: int, smoothing: float) -> None:
    """White noise has every way in which voxels may touch, at the faces of the box as well."""
    labels = np.random.default_rng(seed).integers(0, 3, (9, 6, 7)).astype(np.uint8)
    for label in range(3):
        found = surface(labels, label, smoothing)
        assert found.is_watertight
        assert found.is_winding_consistent
        assert found.volume > 0
        assert (found.vertices >= 0).all()
        assert (found.vertices <= (7, 6, 9)).all()


def test_slabs_do_not_show(ball: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = surface(ball, 2, 0.7)
    monkeypatch.setattr(mesh, "SLAB", 7)
    parts = surface(ball, 2, 0.7)
    assert parts.is_watertight
    assert len(parts.faces) == len(whole.faces)
    assert parts.volume == pytest.approx(whole.volume, rel=1e-6)


def test_phases_of_a_cathode_fill_its_box() -> None:
    labels = nat.generate(nat.preset("isotropic"), shape=(64, 72, 80), seed=0)
    found = [surface(labels, label, 0.7) for label in range(3)]
    assert all(one.is_watertight for one in found)
    assert sum(one.volume for one in found) == pytest.approx(labels.size, rel=0.01)
    for label in (1, 2):
        assert found[label].volume == pytest.approx(np.count_nonzero(labels == label), rel=0.02)


def write(labels: np.ndarray, folder: Path, to: str, **options: Any) -> Exported:
    source = Source(labels=labels, voxel_size_um=(0.3, 0.2, 0.1))
    return finished(export(source, folder, to=to, options=ExportOptions(**options), stem="a"))


@pytest.fixture
def slabs() -> np.ndarray:
    """Layers of the three phases along z, the last one with a notch at one end of x."""
    labels = np.zeros((12, 6, 8), np.uint8)
    labels[3:], labels[5:] = 1, 2
    labels[5:, :, 0] = 0
    return labels


@pytest.mark.parametrize("to", ["stl", "ply"])
@pytest.mark.parametrize(("unit", "per_um"), [("m", 1e-6), ("um", 1.0)])
def test_files_have_every_phase_where_it_is(
    tmp_path: Path, slabs: np.ndarray, to: str, unit: str, per_um: float
) -> None:
    told = write(slabs, tmp_path, to, mesh_smoothing=0.0, mesh_unit=unit)
    assert told.entries == ("a_README.txt", *sorted(f"a_{phase}.{to}" for phase in PHASES))
    for label, phase in enumerate(PHASES):
        found = trimesh.load_mesh(tmp_path / f"a_{phase}.{to}", process=False)
        found.apply_scale(1 / per_um)
        found.merge_vertices()
        assert found.is_watertight
        assert found.volume == pytest.approx(
            np.count_nonzero(slabs == label) * 0.3 * 0.2 * 0.1, rel=0.02
        )
    corners = (0.1, 0, 1.5), (0.8, 1.2, 3.6)  # x, y, z of the solid electrolyte, the last one
    np.testing.assert_allclose(found.bounds, corners, atol=1e-3)
    text = (tmp_path / "a_README.txt").read_text(encoding="utf-8")
    assert ("in metres" in " ".join(text.split())) == (unit == "m")


@pytest.mark.parametrize("to", ["stl", "ply"])
def test_files_are_closed_as_they_are_opened_plainly(tmp_path: Path, to: str) -> None:
    """At the options of the default, by a reader that joins vertices nearer than 1e-8."""
    labels = nat.generate(nat.preset("isotropic"), shape=(48, 48, 48), seed=0)
    source = Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1))
    finished(export(source, tmp_path, to=to, stem="a"))
    for label, phase in enumerate(PHASES):
        found = trimesh.load(tmp_path / f"a_{phase}.{to}")
        assert found.is_watertight
        inside = np.count_nonzero(labels == label) * 1e-3
        assert found.volume == pytest.approx(inside, rel=0.1)


def test_the_readme_warns_of_readers_that_tear_metres(tmp_path: Path, slabs: np.ndarray) -> None:
    for unit in ("m", "um"):
        write(slabs, tmp_path / unit, "stl", mesh_unit=unit)
        text = (tmp_path / unit / "a_README.txt").read_text(encoding="utf-8")
        assert ("1e-8 in trimesh.load" in text) == (unit == "m")


def test_the_turned_volume_is_meshed(tmp_path: Path, slabs: np.ndarray) -> None:
    write(slabs, tmp_path, "ply", mesh_unit="um", through_axis="x", separator_side="last")
    found = trimesh.load_mesh(tmp_path / "a_active_material.ply", process=False)
    # layers 3 and 4 of 12 along z of 0.3 um, counted from the other end
    np.testing.assert_allclose(found.bounds[:, 0], (7 * 0.3, 9 * 0.3), atol=0.06)


def test_a_phase_that_is_missing_is_told(tmp_path: Path, slabs: np.ndarray) -> None:
    told = write(np.maximum(slabs, 1), tmp_path, "stl")
    assert told.reservations == ("There is no pore in this volume, and no mesh of it.",)
    assert not (tmp_path / "a_pore.stl").exists()
    assert told.reservations[0] in (tmp_path / "a_README.txt").read_text(encoding="utf-8")


def test_a_phase_that_smoothing_takes_is_told(tmp_path: Path, slabs: np.ndarray) -> None:
    slabs[3:5] = 2
    slabs[4] = 1  # one voxel thin
    told = write(slabs, tmp_path, "stl", mesh_smoothing=1.5)
    (sentence,) = (one for one in told.reservations if "active material" in one)
    assert "encloses 0% of the volume" in sentence
    assert "--mesh-smoothing" in sentence


def test_surfaces_beyond_the_memory_are_refused_first(
    tmp_path: Path, slabs: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mesh_file, "_PER_TRIANGLE", 1e12)
    with pytest.raises(InputError, match="GiB are free"):
        write(slabs, tmp_path / "out", "stl")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("piece", [7, 10**6])
def test_normals_of_the_file_point_out(
    tmp_path: Path, ball: np.ndarray, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mesh_file, "AT_ONCE", piece)
    write(ball[20:28, :40, :40], tmp_path, "stl", mesh_unit="um")
    content = (tmp_path / "a_active_material.stl").read_bytes()
    found = trimesh.load_mesh(tmp_path / "a_active_material.stl", process=False)
    assert len(content) == 84 + 50 * len(found.faces)
    stored = np.frombuffer(content[84:], mesh_file._RECORD)["normal"]
    sides = np.einsum("ij,ij->i", stored, found.face_normals)
    np.testing.assert_allclose(sides, 1, atol=1e-3)


def test_nothing_but_outside_has_no_surface(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no phase"):
        write(np.full((3, 4, 5), 255, np.uint8), tmp_path / "out", "stl")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("to", ["stl", "ply"])
@pytest.mark.parametrize("name", ["isotropic", "blobs"])
def test_the_size_is_estimated_from_a_piece(tmp_path: Path, to: str, name: str) -> None:
    labels = nat.generate(nat.preset(name), shape=(48, 48, 48), seed=0)
    source = Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1))
    estimated = format_named(to).estimated_bytes(prepare(source, ExportOptions()))
    assert finished(export(source, tmp_path, to=to)).bytes == pytest.approx(estimated, rel=0.3)
