"""Time, size and memory of exports: ``python tests/benchmarks/exports.py --edge 384``.

A realisation of the preset *isotropic* is saved as NPY and mapped from it; every format is written
once, in a process of its own, whose peak of resident memory is printed.  Surfaces take
``--surface-edge`` of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from napari_assb_twin.export.formats import FORMATS
from napari_assb_twin.export.options import ExportOptions, ThroughAxis
from napari_assb_twin.export.run import export
from napari_assb_twin.export.source import Source
from napari_assb_twin.steps import finished

UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of the unit of ``ru_maxrss``."""


def main() -> None:
    """Write every format, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edge", type=int, default=384)
    parser.add_argument("--surface-edge", type=int, default=192)
    edges = parser.parse_args()
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        volume = Path(folder) / "volume.npy"
        _run(fresh.Process(target=_make, args=(volume, edges.edge)))
        print("| format | voxels | pressed along | size, GB | time, s | peak memory, MB |")
        print("|---|---|---|---|---|---|")
        for name, one in FORMATS.items():
            edge = edges.surface_edge if one.bytes_per_triangle else edges.edge
            axes: tuple[ThroughAxis, ...] = ("z", "x") if name in ("mha", "geodict") else ("z",)
            for axis in axes:
                _run(fresh.Process(target=_write, args=(volume, edge, name, axis)))


def _run(process: multiprocessing.process.BaseProcess) -> None:
    process.start()
    process.join()


def _make(path: Path, edge: int) -> None:
    # here only: a child's peak begins with the memory of its parent
    from napari_assb_twin.twin.presets import preset
    from napari_assb_twin.twin.synthesis import generate

    np.save(path, generate(preset("isotropic"), shape=(edge,) * 3, seed=0, device="cpu"))


def _write(volume: Path, edge: int, to: str, axis: ThroughAxis) -> None:
    labels = np.load(volume, mmap_mode="r")[:edge, :edge, :edge]
    source = Source(labels=labels, voxel_size_um=(0.1, 0.1, 0.1))
    began = time.perf_counter()
    steps = export(source, volume.parent / to, to=to, options=ExportOptions(through_axis=axis))
    done = finished(steps)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 1e6
    print(
        f"| {to} | {edge}^3 | {axis} | {done.bytes / 1e9:.3f} | {seconds:.1f} | {peak:.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
