"""Time of a slider step against voxels, as a figure: ``python tests/benchmarks/scaling.py FILE``.

Edges 32 to 384; medians of five steps with the noise's spectrum at hand.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.ndimage import gaussian_filter
from test_slider_step import longer, porosity, step, twin_of

from napari_assb_twin.twin.synthesis import Synthesizer

EDGES = (32, 48, 64, 96, 128, 192, 256, 320, 384)
STEPS = 5


def main(path: str) -> None:
    """Measure, print, draw."""
    kinds: dict[str, Callable[[int], Callable[[], object]]] = {
        "scipy gaussian_filter, both fields": _blurred,
        "both correlations": lambda edge: step(edge, longer("X.length_um", "Y.length_um")),
        "one correlation": lambda edge: step(edge, longer("X.length_um")),
        "half-resolution preview": lambda edge: step(edge, longer("X.length_um"), coarsen=2),
        "visible plane, cropped spectrum": _plane,
        "volume fraction": lambda edge: step(edge, porosity),
    }
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for title, kind in kinds.items():
        milliseconds = [_median_ms(kind(edge)) for edge in EDGES]
        print(title, *(f"{ms:.2f}" for ms in milliseconds))
        style = "--" if title.startswith("scipy") else "-"
        axes.loglog([edge**3 for edge in EDGES], milliseconds, style, marker="o", label=title)
    axes.axhline(33, color="grey", linewidth=0.8)
    axes.text(EDGES[0] ** 3, 36, "33 ms", color="grey", fontsize=8)
    axes.set_xlabel("voxels")
    axes.set_ylabel("time of a step [ms]")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=8)
    FigureCanvasAgg(figure).print_png(path)


def _plane(edge: int) -> Callable[[], object]:
    synthesizer, twin, change = Synthesizer("cpu"), twin_of(edge), longer("X.length_um")
    numbers = iter(range(1000))
    return lambda: synthesizer.plane(change(twin, next(numbers)), 1, 7, coarsen=2)


def _blurred(edge: int) -> Callable[[], object]:
    noise = np.random.default_rng(0).standard_normal((edge,) * 3, dtype=np.float32)
    sigma = np.array([0.65, 1.0, 1.0]) * 7.0 / np.sqrt(2.0)
    return lambda: [gaussian_filter(noise, sigma, mode="wrap") for _ in range(2)]


def _median_ms(run: Callable[[], object]) -> float:
    run()
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return 1e3 * median(seconds)


if __name__ == "__main__":
    main(sys.argv[1])
