"""A volume larger than memory allows at once, and whether it is the model's.

``python tests/benchmarks/large_volume.py V.zarr --edge 1024 --window open --seed 1`` makes the
preset *pressed* by the command in a process of its own, tells its time and peak memory, and
compares volume fractions and two-point coverage along z and x, read slab by slab, with the exact
values.  Standard errors are those of 128 x 128 cells in z and y, taken as independent.  Where the
file is there already it is only measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import zarr

from napari_assb_twin.twin.exact import coverage
from napari_assb_twin.twin.finite_filter import finite_filter
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import PAIRS, PHASES
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.twin_file import save_twin

LAGS = (1, 2, 4, 8, 16, 32)
CELL = 128


def main() -> None:
    """Make the volume if it is not there, and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("volume", type=Path)
    parser.add_argument("--edge", type=int, default=1024)
    parser.add_argument("--window", default="open")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    twin = preset("pressed")
    grid = replace(twin.grid, shape=(options.edge,) * 3, window=options.window)
    twin = replace(twin, grid=grid, seed=options.seed)
    for name in FIELD_NAMES:
        found = finite_filter(twin.field(name).correlation, (grid.voxel_size_um,) * 3)
        print(f"{name}: reach {found.reach}, covariance off by at most {found.truncation:.1e}")
    if not options.volume.exists():
        make(twin, options.volume, options.workers)
    measure(twin, options.volume)


def make(twin: Twin, path: Path, workers: int) -> None:
    """Run the command on the twin and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        file = save_twin(twin, Path(folder) / "large.twin.json")
        command = [sys.executable, "-m", "napari_assb_twin", "generate", str(file), "--blocks"]
        started = time.perf_counter()
        process = subprocess.Popen([*command, "--workers", str(workers), "-o", str(path)])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"the command ended with {os.waitstatus_to_exitcode(status)}")
    processor = usage.ru_utime + usage.ru_stime
    print(f"made in {seconds:.0f} s ({processor:.0f} s of processor time)")
    print(f"peak memory {usage.ru_maxrss / 2**20:.2f} GiB")


def measure(twin: Twin, path: Path) -> None:
    """Print fractions and coverage beside the exact ones."""
    array = zarr.open_array(path / "0", mode="r")
    along_z, along_x = cells(array)
    fractions = phase_shares(along_x)
    for phase, share in zip(PHASES, fractions.T, strict=True):
        mean, error = mean_and_error(share)
        exact = twin.volume_fractions[phase]
        print(
            f"{phase:18} {mean:.5f} +- {error:.5f}, exact {exact:.5f}, off by {mean - exact:+.5f}"
        )
    voxel = twin.grid.voxel_size_um
    for direction, measured in (("through-plane", along_z), ("in-plane", along_x)):
        exact_values = coverage(twin, voxel * np.array(LAGS), direction=direction).values.T
        mean, error = mean_and_error(measured)
        off = mean - exact_values
        print(f"{direction}: largest difference {np.abs(off).max():.2e}, rms {rms(off):.2e}")
        print(f"  in standard errors: rms {rms(off / error):.2f}, {np.abs(off / error).max():.2f}")
        for lag, row, errors in zip(LAGS, off, error, strict=True):
            print(
                f"  lag {lag:3}: "
                + " ".join(f"{o:+.1e}({e:.0e})" for o, e in zip(row, errors, strict=True))
            )


def cells(array: zarr.Array) -> tuple[np.ndarray, np.ndarray]:
    """C_ij along z and along x in every cell, shape (cells, lags, 6)."""
    along_z, along_x = [], []
    depth, height, _ = array.shape
    for z in range(0, depth, CELL):
        slab = np.asarray(array[z : z + CELL + max(LAGS)])
        for y in range(0, height, CELL):
            cell = slab[:, y : y + CELL]
            inside = cell[:CELL]
            along_x.append([joint(inside[..., :-lag], inside[..., lag:]) for lag in LAGS])
            shifted = [cell[lag : CELL + lag] for lag in LAGS]
            along_z.append([joint(cell[: len(other)], other) for other in shifted])
    return np.array(along_z), np.array(along_x)


def joint(one: np.ndarray, other: np.ndarray) -> list[float]:
    """C_ij of two arrays of voxels, in the order of ``PAIRS``."""
    code = 3 * one + other
    counts = np.array([np.count_nonzero(code == value) for value in range(9)]).reshape(3, 3)
    shares = 0.5 * (counts + counts.T) / code.size
    return [shares[PHASES.index(i), PHASES.index(j)] for i, j in PAIRS]


def phase_shares(coverages: np.ndarray) -> np.ndarray:
    """Volume fractions of every cell from its coverage at the first lag, shape (cells, 3)."""
    first = coverages[:, 0]
    return np.stack(
        [first[:, [n for n, pair in enumerate(PAIRS) if p in pair]].sum(axis=1) for p in PHASES],
        axis=1,
    )


def mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the cells and its standard error."""
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(values**2)))


if __name__ == "__main__":
    main()
