"""Surface meshes of the phases as STL and PLY, one file for each phase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.mesh import (
    AT_ONCE,
    Surface,
    estimated_triangles,
    phase_surface,
    voxels_at_once,
)
from napari_assb_twin.export.options import MeshUnit
from napari_assb_twin.export.progress import Progress, Steps, within
from napari_assb_twin.export.readme import write_readme
from napari_assb_twin.export.volume import ExportVolume
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code

LOST = 0.05
"""Share of the volume of a phase that a surface may miss, or add, without a word."""

_PER_TRIANGLE = 300
"""Bytes of memory for each triangle of the largest surface; 200 were measured for a PLY file."""

_PER_VOXEL = 20
"""Bytes of memory for each voxel of the planes that are drawn at once; 16.4 were measured."""

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
"""A triangle in a binary STL file."""

_UNITS: dict[MeshUnit, tuple[float, str]] = {"m": (1e-6, "metres"), "um": (1.0, "micrometres")}


def write_stl(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Binary STL: triangles only."""
    return _write(folder, export, "stl", _save_stl)


def write_ply(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Binary PLY: vertices and triangles."""
    return _write(folder, export, "ply", _save_ply)


def _write(
    folder: Path,
    export: Export,
    kind: str,
    save: Callable[[Path, Surface, NDArray[np.float64]], Steps[None]],
) -> Steps[tuple[str, ...]]:
    there = [phase for phase in PHASES if export.counts[code(phase)]]
    if not there:
        raise InputError("the volume holds no phase; a mesh needs one of 0, 1 and 2.")
    _require_memory(export.volume, export.options.mesh_smoothing)
    factor, _ = _UNITS[export.options.mesh_unit]
    edges = np.array(export.volume.voxel_size_um[::-1]) * factor
    reservations = [
        f"There is no {LONG_NAMES[phase]} in this volume, and no mesh of it."
        for phase in PHASES
        if phase not in there
    ]
    names = []
    for number, phase in enumerate(there):
        start, middle, end = ((number + part) / len(there) for part in (0.0, 0.9, 1.0))
        steps = phase_surface(export.volume, code(phase), export.options.mesh_smoothing)
        surface = yield from within(steps, start, middle)
        name = f"{export.stem}_{phase}.{kind}"
        if len(surface.faces):
            yield from within(save(folder / name, surface, edges), middle, end)
            names.append(name)
        reservations += _missed(surface, phase, export)
    yield Progress(1, 1, "Written")
    write_readme(folder, export, ", ".join(names), [_about(export), *reservations])
    return tuple(reservations)


def _save_ply(path: Path, surface: Surface, edges: NDArray[np.float64]) -> Steps[None]:
    import trimesh

    mesh = trimesh.Trimesh(surface.vertices * edges, surface.faces, process=False)
    mesh.export(path)
    yield Progress(1, 1, f"Written {path.name}")


def _save_stl(path: Path, surface: Surface, edges: NDArray[np.float64]) -> Steps[None]:
    """A piece at a time: libraries make the whole file in memory first, and copies of it."""
    total = len(surface.faces)
    with path.open("wb") as file:
        file.write(b"surface of a phase, by napari-assb-twin".ljust(80))
        file.write(np.uint32(total).tobytes())
        for start in range(0, total, AT_ONCE):
            corners = surface.vertices[surface.faces[start : start + AT_ONCE]] * edges
            a, b, c = np.moveaxis(corners, 1, 0)
            normals = np.cross(b - a, c - a)
            lengths = np.linalg.norm(normals, axis=1, keepdims=True)
            records = np.zeros(len(corners), _RECORD)
            records["normal"] = normals / np.where(lengths > 0, lengths, 1)
            records["corners"] = corners
            file.write(records.data)
            yield Progress(start + len(corners), total, f"Writing {path.name}")


def _require_memory(volume: ExportVolume, smoothing: float) -> None:
    """Refuse surfaces that do not fit into the free memory; a phase has half of all at most."""
    needed = _PER_TRIANGLE * estimated_triangles(volume) / 2
    needed += _PER_VOXEL * voxels_at_once(volume, smoothing)
    available = psutil.virtual_memory().available
    if needed > 0.9 * available:
        raise InputError(
            f"the surfaces need about {needed / 2**30:.2g} GiB of memory, but "
            f"{available / 2**30:.2g} GiB are free; export a part of the volume, or larger voxels "
            "(--resample)."
        )


def _missed(surface: Surface, phase: Phase, export: Export) -> list[str]:
    """A sentence on a surface that does not enclose what the voxels do."""
    voxels = export.counts[code(phase)]
    share = surface.enclosed / voxels
    if abs(share - 1) <= LOST:
        return []
    return [
        f"The surface of {LONG_NAMES[phase]} encloses {share:.0%} of the volume of its voxels: "
        f"parts that are one or two voxels thin are lost or grow at a smoothing of "
        f"{export.options.mesh_smoothing:g} voxels. Make the voxels of the volume smaller, or "
        "smooth less (--mesh-smoothing)."
    ]


def _about(export: Export) -> str:
    _, unit = _UNITS[export.options.mesh_unit]
    smoothing = export.options.mesh_smoothing
    joined = (
        " A reader must not join vertices by a fixed distance (1e-8 in trimesh.load): that tears "
        "surfaces in metres."
        if export.options.mesh_unit == "m"
        else ""
    )
    blur = f"after a blur of {smoothing:g} voxels" if smoothing else "without smoothing"
    return (
        f"Vertices are x, y, z in {unit} from the corner of the box; the files do not say so. "
        f"Normals point out of the phase. The surfaces are closed at the faces of the box, and are "
        f"made by marching cubes {blur}. Two phases that touch share their surface, but for "
        f"gaps along lines where three phases meet.{joined}"
    )
