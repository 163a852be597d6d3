"""The three algorithms beside the exact fit, on known twins and on real images.

``OMP_NUM_THREADS=1 python tests/studies/algorithms.py --out algorithms.jsonl`` makes all runs, in
more than an hour of one processor, and prints the tables of docs/calibration.md.  Each run is a
line in the file; those that are there already are not made again, so that the study can be
interrupted.

Errors are to the truth, or to the held-out part of a real image: curves at the lags of the data,
correlations at lags of 1 to 40 pixels.  The z score of higher-order statistics and the critic's
area under the curve compare with sections that no method has seen, the same for all of a seed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from training_cases import BLIND, HALF_PERIOD, REAL, TRUTHS, Case, real_case, simulated_case

from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData, lag_data
from napari_assb_twin.calibration.spectral_model import HighParametricModel
from napari_assb_twin.steps import finished
from napari_assb_twin.training.judging import judged
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.training.run import train
from napari_assb_twin.training.starts import exact_start
from napari_assb_twin.twin.correlation import correlation_at
from napari_assb_twin.twin.exact import coverage_at, interfaces
from napari_assb_twin.twin.parameters import FIELD_NAMES, Correlation, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.twin.threads import set_workers
from napari_assb_twin.twin.twin_file import twin_from_text, twin_to_text

TRUTH, EXACT = "the truth itself", "least squares"
METHODS = ("simulated-coverage", "adversarial", "combined")
AGAIN = {f"{method}, then exact": method for method in METHODS}
"""The exact fit again, from the twin that a training has led to."""

BLIND_OPTIONS = {"steps": 500, "learning_rate": 0.05, "discriminator_share": 0.5, "sections": 4}
"""Long steps and a loud discriminator: curves that are equally good lie behind worse ones."""

RANDOM_CASE = "Gaussian, pressed"
HELD_OUT = Path(__file__).parents[2].parent / "shared" / "data"
Line = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What one line of the file is about."""

    part: str
    case: str
    seed: int
    method: str

    @property
    def key(self) -> str:
        """Its name in the file."""
        return f"{self.part} | {self.case} | {self.seed} | {self.method}"


def planned(seeds: int) -> Iterator[Run]:
    """All runs, those of one seed together."""
    for seed in range(seeds):
        for case in TRUTHS:
            for method in (TRUTH, EXACT, *METHODS):
                yield Run("truths", case, seed, method)
        for case in BLIND:
            for method in (TRUTH, EXACT, *METHODS, *AGAIN):
                yield Run("blind", case, seed, method)
        for case in REAL:
            for method in (EXACT, *METHODS):
                yield Run("real", case, seed, method)
        for method in METHODS:
            yield Run("random", RANDOM_CASE, seed, method)


def main() -> None:
    """Make the runs that are missing, and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--data", type=Path, default=HELD_OUT, help="folder of the real images")
    parser.add_argument("--part", choices=PARTS, help="one part of the study")
    parser.add_argument("--case", help="one case")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--table", action="store_true", help="print the tables, run nothing")
    options = parser.parse_args()
    set_workers(1)
    torch.set_num_threads(1)
    lines = read(options.out)
    missing = set()
    for run in planned(options.seeds):
        unwanted = options.part not in (None, run.part) or options.case not in (None, run.case)
        if options.table or unwanted or run.key in lines or run.case in missing:
            continue
        case = _case(run, options.data)
        if case is None:
            print(f"{run.case} is not in {options.data}: left out.")
            missing.add(run.case)
            continue
        line = made(run, case, lines)
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        lines[run.key] = line
        told = {key: value for key, value in line.items() if key not in ("twin", "run")}
        print(f"{run.key}: {json.dumps(told)}", flush=True)
    for part, title in PARTS.items():
        print_table(title, [line for line in lines.values() if line["run"]["part"] == part])


PARTS = {
    "truths": "From the exact fit",
    "random": "From a random start",
    "real": "Real images",
    "blind": "What curves cannot tell",
}


@cache
def _case(run: Run, folder: Path) -> Case | None:
    if run.part == "real":
        return _real(run.case, folder)
    return _simulated(run.case, run.seed)


_real = cache(real_case)
_simulated = cache(simulated_case)


def made(run: Run, case: Case, lines: dict[str, Line]) -> Line:
    """Fit or train a twin, and judge it."""
    data = lag_data(case.stacks)
    began = time.process_time()
    twin = found(run, case, data, lines)
    seconds = time.process_time() - began
    unseen = lag_data(case.fresh)
    judgement = finished(judged(case.fresh, unseen, twin, seed=run.seed))
    document = judgement.document()
    return {
        "run": vars(run),
        "misfit": Fitted(twin).rms(data),
        "curves": curve_error(twin, case.truth, data) if case.truth else judgement.misfit,
        **(parameter_errors(twin, case.truth) if case.truth else {}),
        **({"half": half_wave(twin)} if run.part == "blind" else {}),
        "z": document["z"],
        **{f"auc {o}": one["auc"] for o, one in document["critic"].items() if one},
        **{f"accuracy {o}": one["accuracy"] for o, one in document["critic"].items() if one},
        "seconds": seconds,
        "twin": twin_to_text(twin),
    }


def found(run: Run, case: Case, data: LagData, lines: dict[str, Line]) -> Twin:
    """The twin of a method."""

    def before(method: str) -> Twin:
        key = Run(run.part, run.case, run.seed, method).key
        return twin_from_text(lines[key]["twin"], key)

    if run.method == TRUTH:
        assert case.truth is not None
        return case.truth
    if run.method == EXACT:
        return exact_start(data, case.template, model=case.model, fixed={})
    if run.method in AGAIN:
        near = Fitted(before(AGAIN[run.method]))
        return HighParametricModel(case.template, {}).refit(data, near).twin
    extra: dict[str, Any] = {"blind": BLIND_OPTIONS, "random": {"start": "random"}}.get(
        run.part, {}
    )
    training = train(
        case.stacks,
        case.template,
        first=None if run.part == "random" else before(EXACT),
        model=case.model,
        options=TrainingOptions(method=run.method, **extra),  # type: ignore[arg-type]
        seed=run.seed,
        data=data,
    )
    return finished(training).twin


def curve_error(twin: Twin, truth: Twin, data: LagData) -> float:
    """Root mean square difference of the exact curves at the lags of the data."""
    lags = data.h_r_um, data.h_z_um
    return float(np.sqrt(np.mean((coverage_at(twin, *lags) - coverage_at(truth, *lags)) ** 2)))


def parameter_errors(twin: Twin, truth: Twin) -> Line:
    """Errors of numbers: mean absolute ones over both fields, three phases, three interfaces."""
    radius, angle = np.meshgrid(np.arange(1.0, 41.0), np.linspace(0.0, 0.5 * np.pi, 7))
    lags = radius * np.cos(angle), radius * np.sin(angle)
    errors: Line = {}
    pairs = {n: (twin.field(n).correlation, truth.field(n).correlation) for n in FIELD_NAMES}
    for name, (found, true) in pairs.items():
        difference = correlation_at(found, *lags) - correlation_at(true, *lags)
        errors[f"r_{name}"] = float(np.sqrt(np.mean(difference**2)))
    low = [pair for pair in pairs.values() if all(isinstance(one, Correlation) for one in pair)]
    if len(low) == len(pairs):
        errors["lengths"] = mean([abs(a.length_um / b.length_um - 1) for a, b in low])
        errors["anisotropy"] = mean([abs(a.anisotropy - b.anisotropy) for a, b in low])
    shares = twin.volume_fractions, truth.volume_fractions
    errors["fractions"] = mean([abs(shares[0][p] - shares[1][p]) for p in PHASES])
    areas = interfaces(twin).area_per_um, interfaces(truth).area_per_um
    errors["areas"] = mean([abs(areas[0][pair] / area - 1) for pair, area in areas[1].items()])
    return errors


def half_wave(twin: Twin) -> float:
    """r_X half a wave along z: its sign does not show in the curves."""
    return float(correlation_at(twin.X.correlation, 0.0, np.array([HALF_PERIOD]))[0])


def mean(values: list[float]) -> float:
    """Of numbers that may be infinite."""
    return float(np.mean(values))


def read(path: Path) -> dict[str, Line]:
    """Lines of the file by their key."""
    if not path.exists():
        return {}
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return {Run(**line["run"]).key: line for line in found}


COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "curves": ("curves, rms", lambda v: f"{v:.4f}"),
    "misfit": ("misfit to data", lambda v: f"{v:.4f}"),
    "r_X": ("r_X", lambda v: f"{v:.3f}"),
    "r_Y": ("r_Y", lambda v: f"{v:.3f}"),
    "half": ("r_X, half a wave", lambda v: f"{v:+.2f}"),
    "lengths": ("lengths", lambda v: f"{100 * v:.0f} %"),
    "anisotropy": ("anisotropy", lambda v: f"{v:.3f}"),
    "fractions": ("fractions", lambda v: f"{v:.4f}"),
    "areas": ("interfaces", lambda v: f"{100 * v:.0f} %"),
    "z": ("z", lambda v: f"{v:.1f}"),
    "accuracy plan": ("accuracy, plan", lambda v: f"{v:.2f}"),
    "accuracy cross": ("accuracy, cross", lambda v: f"{v:.2f}"),
    "auc plan": ("area, plan", lambda v: f"{v:.2f}"),
    "auc cross": ("area, cross", lambda v: f"{v:.2f}"),
    "seconds": ("seconds", lambda v: f"{v:.0f}"),
}


def print_table(title: str, lines: list[Line]) -> None:
    """Means and spreads over the seeds, a row for each case and method."""
    rows: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        rows.setdefault((line["run"]["case"], line["run"]["method"]), []).append(line)
    shown = [key for key in COLUMNS if any(key in line for line in lines)]
    if not shown:
        return
    print(f"\n**{title}**\n")
    print(f"| data | method | {' | '.join(COLUMNS[key][0] for key in shown)} |")
    print("|" + "---|" * (len(shown) + 2))
    order = {name: i for i, name in enumerate((*TRUTHS, *BLIND, *REAL))}
    for case, method in sorted(rows, key=lambda key: order.get(key[0], 99)):
        cells = [cell(key, rows[case, method]) for key in shown]
        print(f"| {case} | {method} | {' | '.join(cells)} |")


def cell(key: str, lines: list[Line]) -> str:
    """Mean and spread of one number; nothing where it makes no sense."""
    values = [line[key] for line in lines if line.get(key) is not None]
    told = COLUMNS[key][1]
    if not values or (key == "seconds" and lines[0]["run"]["method"] == TRUTH):
        return ""
    finite = [value for value in values if np.isfinite(value)]
    if len(finite) < len(values):
        return f"infinite in {len(values) - len(finite)} of {len(values)}"
    spread = f" ± {told(float(np.std(finite, ddof=1))).lstrip('+')}" if len(finite) > 1 else ""
    return f"{told(mean(finite)).removesuffix(' %') if spread else told(mean(finite))}{spread}"


if __name__ == "__main__":
    main()
