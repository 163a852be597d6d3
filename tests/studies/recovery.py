"""How well a known twin is recovered: ``python tests/studies/recovery.py`` prints a table.

Data sets of 8 plan views and 8 cross-sections, and of one cross-section, of 256 x 256 pixels are
simulated from a known twin and calibrated.  The table is kept in docs/calibration.md.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.exact import DIRECTIONS, coverage
from napari_assb_twin.twin.parameters import Correlation, RandomField, Twin, VolumeFractions
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

TRUTH = Twin(
    volume_fractions=VolumeFractions(pore=0.11, active_material=0.45, solid_electrolyte=0.44),
    X=RandomField(
        correlation=Correlation(
            length_um=7, smoothness=2.5, oscillation_per_um=0.25, anisotropy=0.65
        )
    ),
    Y=RandomField(
        correlation=Correlation(
            length_um=5, smoothness=1.5, oscillation_per_um=0.45, anisotropy=0.6
        )
    ),
)
EDGE = 256


def main() -> None:
    """Run the study and print its table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=12)
    parser.add_argument("--bootstrap", type=int, default=10)
    options = parser.parse_args()
    plan = WindowSampler(TRUTH, Torus((1, EDGE, EDGE), (1.0, 1.0, 1.0)))
    cross = WindowSampler(TRUTH, Torus((EDGE, 1, EDGE), (1.0, 1.0, 1.0)))
    for title, plans, crosses in (("8 + 8 sections", 8, 8), ("one cross-section", 0, 1)):
        results, curve_errors, seconds = [], [], []
        for number in range(options.sets):
            random = np.random.default_rng(number)
            stacks = []
            if plans:
                images = tuple(plan(random)[0] for _ in range(plans))
                stacks.append(SectionStack("xy", images, (1.0, 1.0)))
            images = tuple(cross(random)[:, 0] for _ in range(crosses))
            stacks.append(SectionStack("yz", images, (1.0, 1.0)))
            started = time.perf_counter()
            finished(calibration(tuple(stacks), bootstrap=0))
            seconds.append(time.perf_counter() - started)
            results.append(
                finished(calibration(tuple(stacks), bootstrap=options.bootstrap, seed=number))
            )
            curve_errors.append(_curve_error(results[-1].twin))
        right = sum(result.twin.first_phase == TRUTH.first_phase for result in results)
        print(f"\n**{title}**, {options.sets} data sets, {options.bootstrap} bootstrap replicates:")
        print(
            f"first phase right in {right} of {len(results)}; error of the curves (lags 0 to 40, "
            f"both directions) rms {np.median(curve_errors):.4f} (median; largest "
            f"{max(curve_errors):.4f}); {np.median(seconds):.1f} s without standard errors.\n"
        )
        print("| parameter | truth | mean | spread | mean standard error |")
        print("|---|---|---|---|---|")
        for path in results[0].uncertainty:
            values = [result.twin.value(path) for result in results]
            errors = [result.uncertainty[path] for result in results]
            print(
                f"| {path} | {TRUTH.value(path):.3g} | {np.mean(values):.3g} "
                f"| {np.std(values, ddof=1):.2g} | {np.mean(errors):.2g} |"
            )


def _curve_error(twin: Twin) -> float:
    lags = np.arange(41.0)
    differences = [
        coverage(twin, lags, direction=direction).values
        - coverage(TRUTH, lags, direction=direction).values
        for direction in DIRECTIONS
    ]
    return float(np.sqrt(np.mean(np.square(differences))))


if __name__ == "__main__":
    main()
