"""One volume measured by this package, by TauFactor and by PoreSpy: a table in Markdown.

``python tests/studies/side_by_side.py`` needs PoreSpy, and for its transport OpenPNM and PyAMG
(``pip install -e ".[bench]"``).  The volume is a realisation of a preset with a seed, so that
anyone has the same one: ``--volume FILE.tif`` writes it.  The table is kept in
docs/descriptors.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from napari_assb_twin.descriptors.describe import Choice, describe, exact_values
from napari_assb_twin.measure.sections import Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.phases import code
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate

VOXEL_UM = 0.1
EDGE = 96
SEED = 7
Z = 0
EDGES_OF_A_VOXEL = 3
NEEDED = {"porespy": "PoreSpy", "openpnm": "OpenPNM", "pyamg": "PyAMG"}
"""What is not installed with the package, by the module that is imported."""
CAM, SE = code("active_material"), code("solid_electrolyte")
Measure = Callable[[np.ndarray], float]


def shared_twin(edge: int = EDGE) -> Twin:
    """The twin whose realisation is measured."""
    twin = preset("pressed")
    return replace(twin, grid=replace(twin.grid, shape=(edge,) * 3, voxel_size_um=VOXEL_UM))


def taufactor_measures() -> dict[str, Measure]:
    """By the key of our descriptor, what TauFactor measures of a volume."""
    from taufactor import Solver, metrics

    def transport(labels: np.ndarray) -> float:
        solver = Solver((labels == SE).astype(np.uint8), device="cpu")
        solver.solve(verbose=False)
        return float(solver.D_rel[0])

    def surface(labels: np.ndarray, method: str) -> float:
        found = metrics.specific_surface_area(
            labels, (VOXEL_UM,) * 3, {"cam": CAM}, method=method, device="cpu"
        )
        return float(found["cam"])

    def interface(labels: np.ndarray) -> float:
        faces = metrics.interfacial_areas(labels, device="cpu")[CAM, SE]
        return float(faces) / VOXEL_UM  # faces per voxel, each of the area of one

    def triple_line(labels: np.ndarray) -> float:
        edges_per_voxel = 3.0
        return (
            float(metrics.triple_phase_boundary(labels.astype(np.int64)))
            * edges_per_voxel
            / VOXEL_UM**2
        )

    return {
        "volume_fraction.active_material": lambda labels: float(
            metrics.volume_fraction(labels, {"cam": CAM})["cam"]
        ),
        "surface_per_um.active_material": lambda labels: surface(labels, "gradient"),
        "surface_per_um.active_material (faces of voxels)": lambda labels: surface(
            labels, "face_counting"
        ),
        "area_per_um.active_material,solid_electrolyte": interface,
        "triple_phase_boundary_per_um2": triple_line,
        "percolating_share.active_material.z": lambda labels: float(
            np.ravel(metrics.extract_through_feature(labels, CAM, "x")[1])[0]
        ),
        "relative_conductivity.solid_electrolyte.z": transport,
    }


def porespy_measures() -> dict[str, Measure]:
    """By the key of our descriptor, what PoreSpy measures of a volume."""
    import porespy as ps

    ps.settings.tqdm["disable"] = True

    def surface(labels: np.ndarray) -> float:
        area = ps.metrics.region_surface_areas((labels == CAM).astype(int), voxel_size=VOXEL_UM)[0]
        return float(area) / (labels.size * VOXEL_UM**3)

    def chord(labels: np.ndarray) -> float:
        chords = ps.filters.apply_chords(labels == SE, axis=Z, spacing=1, trim_edges=True)
        lengths = ps.metrics.chord_counts(chords)
        return float(np.mean(lengths)) * VOXEL_UM

    def percolating(labels: np.ndarray) -> float:
        inside = labels == CAM
        return float(ps.filters.trim_nonpercolating_paths(inside, axis=Z).sum() / inside.sum())

    def typical(labels: np.ndarray) -> float:
        inside = labels == SE
        radii = ps.filters.local_thickness(inside, method="dt")
        return float(np.median(radii[inside])) * VOXEL_UM

    def bottleneck(labels: np.ndarray) -> float:
        inside, inlets = labels == SE, np.zeros(labels.shape, dtype=bool)
        inlets[0] = True
        radii = ps.filters.porosimetry(inside, inlets=inlets)
        return float(np.median(radii[inside])) * VOXEL_UM

    def transport(labels: np.ndarray) -> float:
        return 1.0 / float(ps.simulations.tortuosity_fd(labels == SE, axis=Z).formation_factor)

    return {
        "volume_fraction.active_material": lambda labels: float(ps.metrics.porosity(labels == CAM)),
        "surface_per_um.active_material": surface,
        "mean_chord_um.solid_electrolyte.z": chord,
        "percolating_share.active_material.z": percolating,
        "median_radius_um.solid_electrolyte": typical,
        "bottleneck_radius_um.solid_electrolyte.z": bottleneck,
        "relative_conductivity.solid_electrolyte.z": transport,
    }


def measured(volume: Volume) -> dict[str, float | None]:
    """Our own numbers of the same volume."""
    choice = Choice(axes=("z",), phases=("active_material", "solid_electrolyte"))
    return finished(describe(volume, choice))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--edge", type=int, default=EDGE, help="voxels")
    options.add_argument("--volume", type=Path, help="write the volume to this file")
    given = options.parse_args()
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if missing:
        sys.exit(f'Not installed: {", ".join(missing)}; write: pip install -e ".[bench]"')
    twin = shared_twin(given.edge)
    labels = generate(twin, seed=SEED, device="cpu")
    if given.volume is not None:
        import tifffile

        tifffile.imwrite(given.volume, labels)
    ours, exact = measured(Volume(labels, (VOXEL_UM,) * 3)), exact_values(twin)
    tools = {"TauFactor": taufactor_measures(), "PoreSpy": porespy_measures()}
    found: dict[str, dict[str, float]] = {
        name: {key: _quietly(measure, labels) for key, measure in measures.items()}
        for name, measures in tools.items()
    }
    print("| descriptor | exact mean | here | TauFactor | PoreSpy |\n|---|---|---|---|---|")
    for key in _keys(ours, found):
        own = ours.get(key)
        cells = [_said(exact.get(key)), _said(own)]
        base = ours[key.partition(" ")[0]]
        for name in tools:
            cells.append(_said(found[name].get(key), base))
        print(f"| `{key}` | {' | '.join(cells)} |")


def _keys(ours: dict[str, Any], found: dict[str, dict[str, Any]]) -> list[str]:
    """Those that somebody else measures too, in our order."""
    others = {key for one in found.values() for key in one}
    order = list(ours)
    return sorted(others, key=lambda key: (order.index(key.partition(" ")[0]), key))


def _quietly(measure: Measure, labels: np.ndarray) -> float:
    """A number of a tool that prints and warns."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return measure(labels)


def _said(value: float | None, base: float | None = None) -> str:
    if value is None:
        return "–"
    beside = f" ({100 * (value / base - 1):+.1f} %)" if base else ""
    return f"{value:.4g}{beside}"


if __name__ == "__main__":
    main()
