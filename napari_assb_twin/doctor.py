"""What is installed, which device is used, and whether CPU and CUDA agree on this machine."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.device import nvidia_driver_present
from napari_assb_twin.twin.parameters import Twin
from napari_assb_twin.twin.presets import DEMONSTRATION, preset
from napari_assb_twin.twin.synthesis import Synthesizer

LIBRARIES = (
    *("napari-assb-twin", "numpy", "scipy", "numba", "torch", "tifffile", "imagecodecs"),
    *("napari", "magicgui", "superqt", "qtpy", "matplotlib", "PyQt5", "PyQt6"),
)
STEPS = 5


def examine(*, edge: int = 128) -> dict[str, Any]:
    """Libraries, processor, devices; labels and times of a slider step on each device.

    Parameters
    ----------
    edge
        Voxels per edge of the volume that is timed.

    Returns
    -------
    A JSON object.  ``devices`` holds, by name, the median milliseconds of a changed fraction, of a
    changed correlation and of a new seed; for CUDA also the share of voxels whose label differs
    from the CPU's (fewer than 1e-5 is right).
    """
    report: dict[str, Any] = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "nvidia_driver": nvidia_driver_present(),
        "edge": edge,
        "devices": {},
    }
    twin = preset(DEMONSTRATION)
    twin = replace(twin, grid=replace(twin.grid, shape=(edge, edge, edge)))
    on_cpu = Synthesizer("cpu")
    reference = on_cpu(twin).labels
    report["devices"]["cpu"] = _times(on_cpu, twin)
    try:
        on_cuda = Synthesizer("cuda")
    except InputError as error:
        report["cuda"] = str(error)
    else:
        differing = float((on_cuda(twin).labels != reference).mean())
        report["devices"]["cuda"] = {**_times(on_cuda, twin), "differing_labels": differing}
        report["cuda"] = "available"
    report["auto"] = Synthesizer("auto").device
    return report


def describe(report: dict[str, Any]) -> list[str]:
    """The report as lines for people."""
    lines = [
        f"{report['system']}, Python {report['python']}, {report['processors']} processors",
        *(f"  {name:18} {found or 'not installed'}" for name, found in report["libraries"].items()),
        f"The device 'auto' is {report['auto']}.  CUDA: {report['cuda']}",
        f"A slider step at {report['edge']}^3, median of {STEPS}:",
    ]
    for device, times in report["devices"].items():
        lines.append(
            f"  {device:6} fraction {times['fraction_ms']:.1f} ms, correlation "
            f"{times['correlation_ms']:.1f} ms, new seed {times['seed_ms']:.1f} ms"
        )
        if "differing_labels" in times:
            verdict = "as it should be" if times["differing_labels"] < 1e-5 else "TOO MANY"
            lines.append(f"         labels that differ: {times['differing_labels']:.2g}, {verdict}")
    return lines


def _times(synthesizer: Synthesizer, twin: Twin) -> dict[str, float]:
    """Median milliseconds by kind of step."""
    steps = {
        "fraction_ms": [twin.with_value("pore", 0.1 + 0.01 * n) for n in range(STEPS + 1)],
        "correlation_ms": [
            twin.with_value("X.length_um", 0.6 + 0.01 * n) for n in range(STEPS + 1)
        ],
        "seed_ms": [replace(twin, seed=n + 1) for n in range(STEPS + 1)],
    }
    result = {}
    for name, twins in steps.items():
        synthesizer(twins[0])  # the first one prepares what the others keep
        seconds = []
        for one in twins[1:]:
            started = time.perf_counter()
            synthesizer(one)
            seconds.append(time.perf_counter() - started)
        result[name] = 1e3 * median(seconds)
    return result


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
