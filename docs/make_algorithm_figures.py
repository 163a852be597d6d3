"""Figures of docs/calibration.md: data beside twins of the three algorithms, and of two families.

``OMP_NUM_THREADS=1 python docs/make_algorithm_figures.py`` simulates sections of two presets,
trains twins on them with fixed seeds, and draws sections of all into docs/pictures/, in about five
minutes of one processor.  Pores are black, active material red, electrolyte grey.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from numpy.typing import NDArray

from napari_assb_twin.calibration.lags import LagData, lag_data
from napari_assb_twin.calibration.model_names import TRAINING_METHODS, ModelName
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import train
from napari_assb_twin.twin.exact import coverage_at
from napari_assb_twin.twin.parameters import FIELD_NAMES, Twin
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.threads import set_workers
from napari_assb_twin.twin.torus import Torus

mpl.use("Agg")

EDGE, PIXEL_UM, COUNT = 256, 0.1, 4
COLOURS = np.array([[13, 13, 13], [204, 38, 38], [166, 166, 166]], np.uint8)
ROWS = ("plan view", "cross-section")

Labels = NDArray[np.uint8]
Stacks = tuple[SectionStack, ...]


def main() -> None:
    """Train and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path(__file__).parent / "pictures")
    options = parser.parse_args()
    set_workers(1)
    torch.set_num_threads(1)
    draw_algorithms(options.pictures / "algorithms.png")
    draw_families(options.pictures / "families.png")


def draw_algorithms(path: Path) -> None:
    """Sections of sheet-like pores, and of twins trained on them from a random start."""
    truth = preset("sheet-pores")
    stacks = sections(truth, seed=1, count=COUNT)
    data = lag_data(stacks)
    columns = [("data", images(stacks))]
    for number, method in enumerate(TRAINING_METHODS, 1):
        options = TrainingOptions(method=method, start="random")
        twin = finished(train(stacks, truth, options=options, seed=3, data=data)).twin
        title = f"algorithm {number}: {method}"
        columns.append((told(title, twin, truth, data), images(sections(twin, seed=7, count=1))))
    draw(path, columns)


def draw_families(path: Path) -> None:
    """Sections of grains gathered in layers, and of a high- and a low-parametric twin of them."""
    truth = preset("layered")
    stacks = sections(truth, seed=1, count=COUNT)
    data = lag_data(stacks)
    columns = [("data", images(stacks))]
    models: tuple[ModelName, ...] = ("high-parametric", "low-parametric")
    for model in models:
        kinds = {name: truth.field(name) for name in FIELD_NAMES}
        fit = calibration(
            stacks, model=model, first_phase=truth.first_phase, fields=kinds, bootstrap=0
        )
        twin = finished(fit).twin
        shown = images(sections(twin, seed=7, count=1))
        columns.append((told(f"{model} twin", twin, truth, data), shown))
    draw(path, columns)


def told(title: str, twin: Twin, truth: Twin, data: LagData) -> str:
    """A title with the error of the curves."""
    lags = data.h_r_um, data.h_z_um
    error = np.sqrt(np.mean((coverage_at(twin, *lags) - coverage_at(truth, *lags)) ** 2))
    return f"{title}\ncurves off by {error:.4f} (rms)"


def sections(twin: Twin, *, seed: int, count: int) -> Stacks:
    """Independent plan views and as many cross-sections."""
    random = np.random.default_rng(seed)
    size = (PIXEL_UM,) * 3
    plan = WindowSampler(twin, Torus((1, EDGE, EDGE), size))
    cross = WindowSampler(twin, Torus((EDGE, 1, EDGE), size))
    plans = tuple(plan(random)[0] for _ in range(count))
    crosses = tuple(cross(random)[:, 0] for _ in range(count))
    return (
        SectionStack("xy", plans, (PIXEL_UM, PIXEL_UM)),
        SectionStack("yz", crosses, (PIXEL_UM, PIXEL_UM)),
    )


def images(stacks: Stacks) -> tuple[Labels, Labels]:
    """The first plan view and the first cross-section."""
    return stacks[0].images[0], stacks[1].images[0]


def draw(path: Path, columns: Sequence[tuple[str, tuple[Labels, Labels]]]) -> None:
    """A column for each twin, plan view above cross-section, with a bar of 5 um."""
    from matplotlib import pyplot
    from matplotlib.patches import Rectangle

    size = (2.6 * len(columns), 2.75 * len(ROWS))
    figure, all_axes = pyplot.subplots(
        len(ROWS), len(columns), figsize=size, layout="constrained", squeeze=False
    )
    for column, (title, shown) in enumerate(columns):
        for row, image in enumerate(shown):
            axes = all_axes[row, column]
            axes.imshow(COLOURS[image], interpolation="nearest")
            axes.set_xticks([])
            axes.set_yticks([])
            if row == 0:
                axes.set_title(title, fontsize=9)
            if column == 0:
                axes.set_ylabel(ROWS[row], fontsize=9)
    bar = 5.0 / PIXEL_UM
    axes = all_axes[-1, 0]
    axes.add_patch(Rectangle((4, EDGE - 34), bar + 12, 30, color="white"))
    axes.plot([10, 10 + bar], [EDGE - 11] * 2, color="black", linewidth=4, solid_capstyle="butt")
    axes.text(10 + bar / 2, EDGE - 17, "5 µm", color="black", ha="center", fontsize=8)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
