"""How well the model fits real three-phase images: ``python tests/studies/real_images.py FOLDER``.

FOLDER holds the images under the names below; those that are missing are left out.  Each is fitted
with low-parametric fields of the kinds that the data choose, and with high-parametric fields of the
same kinds.  Tables are printed in Markdown, and a figure of each goes to ``--pictures``: measured
curves with the curves of both twins, and sections of both.  Tables and figures are kept in
docs/calibration.md.  No source of the images states a pixel size: 0.1 um is chosen.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import tifffile

from napari_assb_twin.calibration.field_selection import kind_in_words
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.images.labels import to_phases
from napari_assb_twin.measure.sections import Measured, SectionStack, Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.phases import PAIRS, SHORT_NAMES, Phase
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

mpl.use("Agg")

PIXEL_UM = 0.1
SECTION = 256
IMAGES: dict[str, tuple[str, str, dict[Phase, tuple[int, ...]]]] = {
    "segmented stack, 100^3": (
        "imagerep_segstack_100/seg_stack.tiff",
        "real_stack.png",
        {"pore": (0,), "active_material": (127,), "solid_electrolyte": (254,)},
    ),
    "electrode, 256^3": (
        "taufactor_electrode_256/electrode.tiff",
        "real_electrode.png",
        {"pore": (0,), "active_material": (85,), "solid_electrolyte": (170,)},
    ),
    "NMC section, 1150 x 2000": (
        "nrel_nmc111_section/nrel_nmc111_segmented_phases.tif",
        "real_section.png",
        {"pore": (0,), "active_material": (1, 2), "solid_electrolyte": (3,)},
    ),
}
COLOURS = {"pore": (0.05, 0.05, 0.05), "active_material": (0.8, 0.15, 0.15)}
ELECTROLYTE = (0.65, 0.65, 0.65)


def main() -> None:
    """Fit every image that is there, print the tables, draw the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--bootstrap", type=int, default=12)
    options = parser.parse_args()
    for title, (name, picture, phases) in IMAGES.items():
        path = options.folder / name
        if not path.exists():
            print(f"\n{title}: not there.")
            continue
        measured = _measured(path, phases)
        results: dict[str, CalibrationResult] = {}
        for model in ("low-parametric", "high-parametric"):
            first = next(iter(results.values()), None)
            asked: dict[str, Any] = {"fields": "auto"}
            if first is not None:
                asked = {
                    "fields": {field: first.twin.field(field) for field in FIELD_NAMES},
                    "first_phase": first.twin.first_phase,
                }
            started = time.perf_counter()
            run = calibration(measured, model=model, bootstrap=options.bootstrap, **asked)
            results[model] = finished(run)
            _tell(title, model, results[model], time.perf_counter() - started)
        _draw(options.pictures / picture, results)


def _measured(path: Path, phases: Mapping[Phase, Sequence[int]]) -> Measured:
    labels = to_phases(tifffile.imread(path), phases, source=path.name)
    if labels.ndim == 3:
        return Volume(labels, (PIXEL_UM,) * 3)
    return (SectionStack("yz", (labels,), (PIXEL_UM, PIXEL_UM)),)


def _tell(title: str, model: str, result: CalibrationResult, seconds: float) -> None:
    twin, fit, verdict = result.twin, result.fit, result.verdict
    if verdict is None:
        raise SystemExit("There is no verdict; give more data sets to --bootstrap.")
    kinds = ", ".join(
        f"{name} {kind_in_words(twin.field(name).degrees_of_freedom, twin.field(name).tail)}"
        for name in FIELD_NAMES
    )
    print(f"\n**{title}, {model}**: *{verdict.word}*; {seconds:.0f} s\n")
    print(f"- cut first {SHORT_NAMES[twin.first_phase]}, second {SHORT_NAMES[twin.second_phase]};")
    print(f"  {kinds}; misfit of the curves rms {fit.rms:.4f}, max {fit.max:.4f}")
    for check in verdict.checks:
        sounds = ("agrees", "reservation", "objection")[check.level]
        print(f"- {check.name}: {sounds} (z {check.z:.1f}). {check.sentence}")
    for one in result.findings["derived"]:
        if one["name"] == "interface area":
            pair = " | ".join(SHORT_NAMES[phase] for phase in one["phases"])
            print(f"- {pair}: {one['value']:.3g} ± {one['standard_error']:.2g} 1/µm")


def _draw(path: Path, results: Mapping[str, CalibrationResult]) -> None:
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(11, 9), layout="constrained")
    grid = figure.add_gridspec(4, 6, height_ratios=(1, 1, 1.1, 1.1))
    low = results["low-parametric"]
    for number, pair in enumerate(PAIRS):
        axes = figure.add_subplot(grid[number // 3, 2 * (number % 3) : 2 * (number % 3) + 2])
        axes.set_title("C  " + ", ".join(SHORT_NAMES[phase] for phase in pair), fontsize=9)
        for direction, colour in (("in-plane", "C0"), ("through-plane", "C1")):
            curves = low.findings["curves"][direction]
            one = curves["pairs"][",".join(pair)]
            values, errors = np.array(one["measured"]), np.array(one["standard_error"], float)
            lags = curves["lags_um"]
            axes.fill_between(
                lags, values - errors, values + errors, color=colour, alpha=0.25, linewidth=0
            )
            axes.plot(lags, values, color=colour, linewidth=2.5, alpha=0.6)
            for model, style in (("low-parametric", "--"), ("high-parametric", ":")):
                own = results[model].findings["curves"][direction]
                axes.plot(
                    own["lags_um"], own["pairs"][",".join(pair)]["model"], style, color="black"
                )
        axes.tick_params(labelsize=7)
        axes.set_xlabel("lag (µm)", fontsize=7)
    for row, (model, result) in enumerate(results.items()):
        for column in range(3):
            axes = figure.add_subplot(grid[2 + row, 2 * column : 2 * column + 2])
            axes.imshow(_coloured(_section(result.twin, column)), interpolation="nearest")
            axes.set_axis_off()
            axes.set_title(f"{model} twin, cross-section {column + 1}", fontsize=9)
    figure.suptitle(
        "Measured (broad: blue in-plane, orange through-plane, band: standard error), "
        "low-parametric (dashed), high-parametric (dotted)",
        fontsize=9,
    )
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def _section(twin: Twin, seed: int) -> np.ndarray:
    box = Torus((SECTION, 1, SECTION), (PIXEL_UM,) * 3)
    return WindowSampler(twin, box)(np.random.default_rng(seed))[:, 0]


def _coloured(labels: np.ndarray) -> np.ndarray:
    colours = np.array([COLOURS["pore"], COLOURS["active_material"], ELECTROLYTE])
    return colours[labels]


if __name__ == "__main__":
    main()
