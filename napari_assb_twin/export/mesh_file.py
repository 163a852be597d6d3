"""Surface meshes of the phases as STL and PLY, one file for each phase."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from napari_assb_twin.errors import InputError
from napari_assb_twin.export.facts import Export
from napari_assb_twin.export.mesh import Surface, phase_surface
from napari_assb_twin.export.options import MeshUnit
from napari_assb_twin.export.progress import Progress, Steps, within
from napari_assb_twin.export.readme import write_readme
from napari_assb_twin.twin.phases import LONG_NAMES, PHASES, Phase, code

LOST = 0.05
"""Share of the volume of a phase that a surface may miss, or add, without a word."""

_UNITS: dict[MeshUnit, tuple[float, str]] = {"m": (1e-6, "metres"), "um": (1.0, "micrometres")}


def write_stl(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Binary STL: triangles only."""
    return _write(folder, export, "stl")


def write_ply(folder: Path, export: Export) -> Steps[tuple[str, ...]]:
    """Binary PLY: vertices and triangles."""
    return _write(folder, export, "ply")


def _write(folder: Path, export: Export, kind: Literal["stl", "ply"]) -> Steps[tuple[str, ...]]:
    there = [phase for phase in PHASES if export.counts[code(phase)]]
    if not there:
        raise InputError("the volume holds no phase; a mesh needs one of 0, 1 and 2.")
    reservations = [
        f"There is no {LONG_NAMES[phase]} in this volume, and no mesh of it."
        for phase in PHASES
        if phase not in there
    ]
    names = []
    for number, phase in enumerate(there):
        part = number / len(there), (number + 1) / len(there)
        steps = phase_surface(export.volume, code(phase), export.options.mesh_smoothing)
        surface = yield from within(steps, *part)
        name = f"{export.stem}_{phase}.{kind}"
        if len(surface.faces):
            _save(folder / name, surface, export)
            names.append(name)
        reservations += _missed(surface, phase, export)
        yield Progress(number + 1, len(there), f"Written {name}")
    write_readme(folder, export, ", ".join(names), [_about(export), *reservations])
    return tuple(reservations)


def _save(path: Path, surface: Surface, export: Export) -> None:
    import trimesh

    factor, _ = _UNITS[export.options.mesh_unit]
    edges = np.array(export.volume.voxel_size_um[::-1]) * factor
    mesh = trimesh.Trimesh(surface.vertices * edges, surface.faces, process=False)
    mesh.export(path)


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
    blur = f"after a blur of {smoothing:g} voxels" if smoothing else "without smoothing"
    return (
        f"Vertices are x, y, z in {unit} from the corner of the box; the files do not say so. "
        f"Normals point out of the phase. The surfaces are closed at the faces of the box, and are "
        f"made by marching cubes {blur}. Two phases that touch share their surface, but for "
        "gaps along lines where three phases meet."
    )
