"""The tables of docs/performance.md from a benchmark run.

``python -m pytest tests/benchmarks --benchmark-json=times.json`` and then
``python tests/benchmarks/table.py times.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

Times = dict[str, tuple[float, float]]

STEPS = {
    "volume fraction: label again": ("test_fraction[{}]", (0.45, 4.2)),
    "one correlation, its spectrum at hand": (
        "test_one_correlation_with_its_spectrum_at_hand[{}-volume]",
        (8.4, 69),
    ),
    "one correlation: spectrum, filter, label": ("test_one_correlation[{}]", (25, 135)),
    "one correlation with a domain spacing": (
        "test_one_correlation_with_a_domain_spacing[{}]",
        (25, 135),
    ),
    "one high-parametric correlation": (
        "test_one_high_parametric_correlation[{}]",
        (25, 135),
    ),
    "both correlations": ("test_both_correlations[{}]", (50, 270)),
    "half-resolution preview, spectrum at hand": (
        "test_one_correlation_with_its_spectrum_at_hand[{}-preview]",
        (2.25, 21),
    ),
    "half-resolution preview, one correlation": (
        "test_half_resolution_preview_of_one_correlation[{}]",
        None,
    ),
    "half-resolution preview, fraction": (
        "test_half_resolution_preview_of_a_fraction[{}]",
        None,
    ),
    "visible plane xy, spectrum at hand": (
        "test_visible_plane_with_its_spectrum_at_hand[{}-xy-exact]",
        (3.3, 18),
    ),
    "visible plane xz, spectrum at hand": (
        "test_visible_plane_with_its_spectrum_at_hand[{}-xz-exact]",
        (3.3, 18),
    ),
    "visible plane yz, spectrum at hand": (
        "test_visible_plane_with_its_spectrum_at_hand[{}-yz-exact]",
        (3.3, 18),
    ),
    "visible plane xz, cropped spectrum at hand": (
        "test_visible_plane_with_its_spectrum_at_hand[{}-xz-coarse]",
        (0.6, 1.05),
    ),
    "visible plane, one correlation": ("test_visible_plane_of_one_correlation[{}-exact]", None),
    "the same, cropped spectrum": ("test_visible_plane_of_one_correlation[{}-coarse]", None),
    "all six estimated curves, both directions": ("test_estimated_curves[{}]", (92, 850)),
    "new seed: noise of both fields, filter, label": ("test_new_seed[{}]", None),
    "inverse FFT of one field alone (scipy)": ("test_inverse_fft_alone[{}]", (5.4, 81)),
}

INSTEAD = {
    "numpy: covariance, FFT, filter, threshold": "test_plain_numpy[{}]",
    "scipy `gaussian_filter`, threshold": "test_scipy_gaussian_filter[{}]",
    "powerbox, threshold": "test_powerbox[{}]",
    "PoreSpy `blobs`, threshold": "test_porespy_blobs[{}]",
    "GSTools `SRF`, threshold": "test_gstools_srf[{}]",
}

EXACT = "test_exact_curves[{}]"


def main(path: str) -> None:
    """Print the tables in Markdown."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    times: Times = {
        one["name"]: (1e3 * one["stats"]["min"], 1e3 * one["stats"]["median"])
        for one in document["benchmarks"]
    }
    print("| a slider step, min / median ms | 128³ | goal | 256³ | goal |\n|---|---|---|---|---|")
    for title, (name, goals) in STEPS.items():
        small, large = ("", "") if goals is None else (f"{g:g}" for g in goals)
        cells = [_cell(times, name.format(edge)) for edge in (128, 256)]
        print(f"| {title} | {cells[0]} | {small} | {cells[1]} | {large} |")
    print("\n| instead, min / median ms | 128³ | 256³ | to our *both correlations* (medians) |")
    print("|---|---|---|---|")
    for title, name in INSTEAD.items():
        cells = [_cell(times, name.format(edge)) for edge in (128, 256)]
        ratios = ", ".join(filter(None, (_ratio(times, name, edge) for edge in (128, 256))))
        print(f"| {title} | {cells[0]} | {cells[1]} | {ratios} |")
    print()
    for name in ("pressed", "sheet-pores", "blobs"):
        print(f"exact curves, {name}: {_cell(times, EXACT.format(name))} ms")


def _cell(times: Times, name: str) -> str:
    if name not in times:
        return ""
    write: Callable[[float], str] = lambda ms: f"{ms:.2f}" if ms < 10 else f"{ms:.0f}"  # noqa: E731
    return " / ".join(map(write, times[name]))


def _ratio(times: Times, name: str, edge: int) -> str:
    if name.format(edge) not in times:
        return ""
    ratio = times[name.format(edge)][1] / times[f"test_both_correlations[{edge}]"][1]
    return f"{ratio:.3g} ×"


if __name__ == "__main__":
    main(sys.argv[1])
