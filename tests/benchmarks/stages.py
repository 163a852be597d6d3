"""Where the time of a step goes, and the memory it takes: ``python tests/benchmarks/stages.py``."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import Synthesizer

STEPS = 15


def main() -> None:
    """Print median milliseconds by stage, then the peak memory of one volume by edge."""
    for edge in (128, 256):
        twin = preset("pressed")
        twin = replace(twin, grid=replace(twin.grid, shape=(edge,) * 3))
        synthesizer = Synthesizer("cpu")
        for coarsen, name in ((1, "full volume"), (2, "half-resolution preview")):
            synthesizer(twin, coarsen=coarsen)
            seconds = []
            for number in range(STEPS):
                twin = twin.with_value("X.length_um", 0.6 + 0.01 * coarsen + 0.005 * number)
                seconds.append(synthesizer(twin, coarsen=coarsen).seconds)
            print(f"{edge}, one correlation, {name}: {_medians(seconds)}")
        seconds = [synthesizer(replace(twin, seed=seed)).seconds for seed in (1, 2, 3)]
        print(f"{edge}, new seed: {_medians(seconds)}")
    before = _peak_gib()
    for edge in (256, 512):
        twin = preset("pressed")
        twin = replace(twin, grid=replace(twin.grid, shape=(edge,) * 3))
        synthesizer, started = Synthesizer("cpu"), time.perf_counter()
        synthesizer(twin)
        elapsed = time.perf_counter() - started
        print(f"{edge}: {elapsed:.1f} s from a new seed, peak {_peak_gib():.2f} GiB", end="")
        print(f" ({before:.2f} GiB before)" if edge == 256 else "")
        started = time.perf_counter()
        for number in range(3):
            synthesizer(twin.with_value("Y.length_um", 0.6 + 0.01 * number))
        elapsed = (time.perf_counter() - started) / 3
        print(f"{edge}: three other correlations {elapsed:.2f} s each, peak {_peak_gib():.2f} GiB")
        synthesizer.forget()


def _medians(seconds: list[Mapping[str, float]]) -> str:
    return ", ".join(
        f"{stage} {1e3 * float(np.median([one[stage] for one in seconds])):.1f} ms"
        for stage in seconds[-1]
    )


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
