"""What bounds two steps of docs/performance.md: ``python tests/benchmarks/limits.py``.

Min / median milliseconds of fifteen runs: as much memory as labelling moves, and the wave numbers
of a cropped plane summed out of the whole spectrum and out of a copy of them, on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.fft

from napari_assb_twin.twin import kernels
from napari_assb_twin.twin.device import coarse_wave_numbers, plane_phases

RUNS = 15


def main() -> None:
    """Print both."""
    for edge in (128, 256):
        print(f"{edge}^3: read 8 and write 1 byte a voxel, two threads: {_memory(edge**3)} ms")
    fine, coarse = (256,) * 3, (128,) * 3
    noise = np.random.default_rng(0).standard_normal(fine, dtype=np.float32)
    whole = scipy.fft.rfftn(noise, workers=2)
    places, octant = coarse_wave_numbers(fine[0], coarse[0])
    half = coarse[2] // 2 + 1
    copy = np.ascontiguousarray(whole[places][:, places][:, :, :half])
    phases = plane_phases(fine, coarse, 1, 7).astype(np.complex64)
    ones = np.ones((half,) * 3, np.float32)
    out = np.zeros((coarse[0], half), np.complex64)
    same = np.arange(coarse[0])
    for name, spectrum, at in (("whole spectrum", whole, places), ("copy", copy, same)):

        def run(spectrum: np.ndarray = spectrum, at: np.ndarray = at) -> None:
            kernels.sum_over_y(out, spectrum, ones, at, at, octant, octant, phases, 0, coarse[0])

        print(f"256^3, cropped plane, sum out of the {name}: {_times(run)} ms")


def _memory(voxels: int) -> str:
    a, b = np.ones(voxels, np.float32), np.ones(voxels, np.float32)
    written = np.empty(voxels, np.uint8)
    middle = voxels // 2

    def part(where: slice) -> None:
        a[where].sum()
        b[where].sum()
        written[where] = 1

    with ThreadPoolExecutor(2) as pool:
        halves = (slice(None, middle), slice(middle, None))
        return _times(lambda: list(pool.map(part, halves)))


def _times(run: Callable[[], object]) -> str:
    run()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return f"{1e3 * min(seconds):.2f} / {1e3 * float(np.median(seconds)):.2f}"


if __name__ == "__main__":
    main()
