"""High- against low-parametric fits: ``python tests/studies/high_parametric.py`` prints a table.

Data sets of 8 plan views and 8 cross-sections, and of one cross-section, of 256 x 256 pixels are
simulated from twins whose fields are no ellipsoids, and from a low-parametric one, and fitted with
either model.  Errors are those to the true correlations and curves.  The table is kept in
docs/calibration.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.calibration.spectral_fit import fit_high_parametric
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.exact import DIRECTIONS, coverage, interfaces
from napari_assb_twin.twin.high_parametric import CylindricalSpectrum
from napari_assb_twin.twin.parameters import (
    FIELD_NAMES,
    Correlation,
    RandomField,
    Twin,
    VolumeFractions,
)
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

EDGE = 256
LONGEST = 40
Stacks = tuple[SectionStack, ...]
SECONDS: list[float] = []
"""Processor time of each high-parametric fit, without the measuring of curves."""


def grains_in_layers() -> Twin:
    """The preset with a pixel of 1 um: grains as long as wide, gathered in flat layers."""
    twin = preset("layered")
    y = Correlation(length_um=4.0, smoothness=2.5, oscillation_per_um=0.5, anisotropy=0.8)
    stretched = twin.X.correlation.stretched(10.0)  # type: ignore[union-attr]
    return replace(twin, X=replace(twin.X, correlation=stretched), Y=replace(twin.Y, correlation=y))


def columns_and_plates() -> Twin:
    """Both fields high-parametric: X stands at one scale and lies flat at another; Y chi-square."""
    x = CylindricalSpectrum(
        frequencies_per_um=(0.0, 0.35),
        widths_per_um=(0.05, 0.12),
        frequencies_z_per_um=(0.0, 0.35),
        widths_z_per_um=(0.05, 0.12),
        weights=((0.1, 0.4), (0.4, 0.1)),
    )
    y = CylindricalSpectrum(
        frequencies_per_um=(0.1, 0.35),
        widths_per_um=(0.08, 0.08),
        frequencies_z_per_um=(0.15, 0.5),
        widths_z_per_um=(0.1, 0.1),
        weights=((0.4, 0.1), (0.1, 0.4)),
    )
    return Twin(
        volume_fractions=VolumeFractions(pore=0.12, active_material=0.5, solid_electrolyte=0.38),
        X=RandomField(correlation=x),
        Y=RandomField(degrees_of_freedom=2, correlation=y),
    )


def low_parametric() -> Twin:
    """What the low-parametric model is made for."""
    x = Correlation(length_um=7, smoothness=2.5, oscillation_per_um=0.25, anisotropy=0.65)
    y = Correlation(length_um=5, smoothness=1.5, oscillation_per_um=0.45, anisotropy=0.6)
    return Twin(
        volume_fractions=VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44),
        X=RandomField(correlation=x),
        Y=RandomField(correlation=y),
    )


TRUTHS = {
    "grains in layers": grains_in_layers,
    "columns and plates, chi-square Y": columns_and_plates,
    "low-parametric": low_parametric,
}


def simulated(truth: Twin, random: np.random.Generator, *, plans: int, crosses: int) -> Stacks:
    """Independent sections of a twin."""
    stacks = []
    if plans:
        plan = WindowSampler(truth, Torus((1, EDGE, EDGE), (1.0, 1.0, 1.0)))
        images = tuple(plan(random)[0] for _ in range(plans))
        stacks.append(SectionStack("xy", images, (1.0, 1.0)))
    cross = WindowSampler(truth, Torus((EDGE, 1, EDGE), (1.0, 1.0, 1.0)))
    images = tuple(cross(random)[:, 0] for _ in range(crosses))
    return (*stacks, SectionStack("yz", images, (1.0, 1.0)))


def fitted_low(stacks: Stacks, truth: Twin) -> Twin:
    """The low-parametric fit with the phases and kinds of the truth."""
    run = calibration(
        stacks,
        first_phase=truth.first_phase,
        second_phase=truth.second_phase,
        fields={name: truth.field(name) for name in FIELD_NAMES},
        bootstrap=0,
    )
    return finished(run).twin


def fitted_high(stacks: Stacks, truth: Twin) -> Twin:
    """The high-parametric fit with the phases and kinds of the truth."""
    data = lag_data(stacks)
    template = replace(truth, volume_fractions=VolumeFractions(**data.volume_fractions))
    started = time.process_time()
    twin = fit_high_parametric(data, template)
    SECONDS.append(time.process_time() - started)
    return twin


def correlation_errors(found: Twin, truth: Twin) -> list[float]:
    """Root mean square error of r_X and of r_Y, lags of 1 to 40 in seven directions."""
    radius, angle = np.meshgrid(np.arange(1.0, LONGEST + 1), np.linspace(0, 0.5 * np.pi, 7))
    lags = radius * np.cos(angle), radius * np.sin(angle)
    return [
        rms(
            correlation_at(found.field(name).correlation, *lags)
            - correlation_at(truth.field(name).correlation, *lags)
        )
        for name in FIELD_NAMES
    ]


def curve_errors(found: Twin, truth: Twin) -> np.ndarray:
    """Errors of the exact curves, lags 0 to 40 in both directions."""
    lags = np.arange(LONGEST + 1.0)
    return np.array(
        [
            coverage(found, lags, direction=d).values - coverage(truth, lags, direction=d).values
            for d in DIRECTIONS
        ]
    )


def rms(errors: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(errors))))


def line(truth: Twin, fits: list[Twin]) -> str:
    """Means over the data sets as cells of the table."""
    r_x, r_y = np.mean([correlation_errors(twin, truth) for twin in fits], axis=0)
    curves = [curve_errors(twin, truth) for twin in fits]
    true = interfaces(truth)
    areas, lines = [], []
    for found in map(interfaces, fits):
        ratios = [found.area_per_um[pair] / area for pair, area in true.area_per_um.items()]
        areas.append(np.mean(ratios) - 1.0)
        length = found.triple_phase_boundary_per_um2
        lines.append(length / true.triple_phase_boundary_per_um2 - 1.0)
    return (
        f"{r_x:.3f} | {r_y:.3f} | {np.mean([rms(c) for c in curves]):.4f} | "
        f"{np.mean([np.abs(c).max() for c in curves]):.4f} | {share(areas)} | {share(lines)}"
    )


def share(errors: list[float]) -> str:
    """Mean and spread in percent; how many are infinite, which smoothness of 1 or less makes."""
    finite = [100 * error for error in errors if np.isfinite(error)]
    infinite = len(errors) - len(finite)
    mended = f"; infinite in {infinite} of {len(errors)}" if infinite else ""
    if len(finite) < 2:
        return f"infinite in {infinite} of {len(errors)}"
    return f"{np.mean(finite):+.0f} ± {np.std(finite, ddof=1):.0f} %{mended}"


def main() -> None:
    """Run the study and print its table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=8)
    options = parser.parse_args()
    models: dict[str, Callable[[Stacks, Twin], Twin]] = {"low": fitted_low, "high": fitted_high}
    print(
        "| truth | data | model | r_X rms | r_Y rms | curves rms | curves max | interface area "
        "| triple line |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name, make in TRUTHS.items():
        truth = make()
        for data, plans, crosses in (("8 + 8", 8, 8), ("1 cross-section", 0, 1)):
            sets = [
                simulated(truth, np.random.default_rng(number), plans=plans, crosses=crosses)
                for number in range(options.sets)
            ]
            for model, fit in models.items():
                fits = [fit(stacks, truth) for stacks in sets]
                print(f"| {name} | {data} | {model} | {line(truth, fits)} |", flush=True)
    print(f"\nA high-parametric fit takes {np.median(SECONDS):.2f} s (longest {max(SECONDS):.2f}).")


if __name__ == "__main__":
    main()
