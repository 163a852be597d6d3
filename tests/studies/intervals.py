"""How often the stated 68 % and 95 % intervals hold the truth.

``OMP_NUM_THREADS=1 python tests/studies/intervals.py --results intervals.jsonl`` calibrates data
sets of a known twin and prints a table.  Each data set is a line in the file of results; those
that are there already are not fitted again, so that the study can be interrupted, and made in
parts (``--only stack``).  The table is kept in docs/calibration.md.  A number that follows from
the parameters has no error in data sets of which some simulated one lacks it; how many have one is
told beside the mean error.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from recovery import EDGE, TRUTH

from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.measure.sections import Measured, SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.readouts import readouts
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.threads import set_workers
from napari_assb_twin.twin.torus import Torus

PIXEL = (1.0, 1.0)
SLICES, SIDE = 100, 160


def both_planes(random: np.random.Generator) -> Measured:
    """Eight plan views and eight cross-sections."""
    plan = WindowSampler(TRUTH, Torus((1, EDGE, EDGE), (1.0, 1.0, 1.0)))
    cross = WindowSampler(TRUTH, Torus((EDGE, 1, EDGE), (1.0, 1.0, 1.0)))
    return (
        SectionStack("xy", tuple(plan(random)[0] for _ in range(8)), PIXEL),
        SectionStack("yz", tuple(cross(random)[:, 0] for _ in range(8)), PIXEL),
    )


def one_section(random: np.random.Generator) -> Measured:
    """One cross-section."""
    cross = WindowSampler(TRUTH, Torus((EDGE, 1, EDGE), (1.0, 1.0, 1.0)))
    return (SectionStack("yz", (cross(random)[:, 0],), PIXEL),)


def adjacent_slices(random: np.random.Generator) -> Measured:
    """A hundred neighbouring cross-sections of a tomogram, a pixel apart."""
    box = Torus((SIDE, SLICES, SIDE), (1.0, 1.0, 1.0))
    volume = WindowSampler(TRUTH, box)(random)
    images = tuple(np.ascontiguousarray(volume[:, y]) for y in range(SLICES))
    return (SectionStack("xz", images, PIXEL, 1.0),)


CASES: dict[str, tuple[Callable[[np.random.Generator], Measured], str]] = {
    "sections": (both_planes, f"8 + 8 sections of {EDGE} x {EDGE} pixels"),
    "one": (one_section, f"one cross-section of {EDGE} x {EDGE} pixels"),
    "stack": (adjacent_slices, f"{SLICES} adjacent slices of {SIDE} x {SIDE} pixels"),
}
LEVELS = ("68", "95")


def main() -> None:
    """Fit what is not in the results yet, and print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--sets", type=int, default=40, help="data sets of each")
    parser.add_argument("--bootstrap", type=int, default=20)
    options = parser.parse_args()
    set_workers(1)
    done = _read(options.results)
    for name in [options.only] if options.only else list(CASES):
        make, words = CASES[name]
        for number in range(options.sets):
            if (name, number) in done:
                continue
            result = _intervals(name, number, make, options.bootstrap)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            done[name, number] = result
        _print(words, [result for (of, _), result in done.items() if of == name])


def _intervals(
    name: str, number: int, make: Callable[[np.random.Generator], Measured], bootstrap: int
) -> dict[str, Any]:
    random = np.random.default_rng([list(CASES).index(name), number])
    started = time.process_time()
    run = calibration(make(random), first_phase=TRUTH.first_phase, bootstrap=bootstrap, seed=number)
    result = finished(run)
    derived = {
        f"{one['name']} {'-'.join(one['phases'])}": [one["value"], one["standard_error"]]
        for one in result.findings["derived"]
        if one["name"] != "contact share"
    }
    return {
        "case": name,
        "number": number,
        "values": {path: result.twin.value(path) for path in result.uncertainty},
        "errors": dict(result.uncertainty),
        "intervals": result.findings["errors"]["intervals"],
        "derived": derived,
        "verdict": result.verdict.word if result.verdict else None,
        "processor_seconds": time.process_time() - started,
    }


def _read(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    results = [json.loads(line) for line in lines]
    return {(one["case"], one["number"]): one for one in results}


def _print(words: str, results: list[dict[str, Any]]) -> None:
    seconds = np.median([one["processor_seconds"] for one in results])
    print(f"\n**{words}**, {len(results)} data sets, {seconds:.0f} s of one processor each:\n")
    print("| parameter | truth | spread | mean error | in 68 % | in 95 % |")
    print("|---|---|---|---|---|---|")
    shares = []
    for path in results[0]["values"]:
        truth = TRUTH.value(path)
        values = [one["values"][path] for one in results]
        spread = np.std([20.0 if v is None else v for v in values], ddof=1)
        error = np.mean([one["errors"][path] for one in results])
        held = [np.mean([_holds(one, path, level) for one in results]) for level in LEVELS]
        shares.append(held)
        print(
            f"| {path} | {truth:.3g} | {spread:.2g} | {error:.2g} | {held[0]:.0%} | {held[1]:.0%} |"
        )
    mean = np.mean(shares, axis=0)
    print(f"| all | | | | {mean[0]:.0%} | {mean[1]:.0%} |")
    for key, truth in _exact().items():
        values, errors = np.array(
            [one["derived"].get(key, (None, None)) for one in results], float
        ).T
        known = f"{np.nanmean(errors):.2g}"
        if np.isnan(errors).any():
            known += f" ({np.isfinite(errors).sum()} of {len(results)})"
        print(f"| {key} | {truth:.3g} | {np.nanstd(values, ddof=1):.2g} | {known} | | |")


def _holds(result: dict[str, Any], path: str, level: str) -> bool:
    low, high = result["intervals"].get(path, {}).get(level, (0.0, 0.0))  # off in all fits
    truth = TRUTH.value(path)
    assert truth is not None
    return bool(low <= truth and (high is None or truth <= high))


def _exact() -> dict[str, float]:
    exact = readouts(TRUTH)
    numbers: dict[str, Any] = {
        f"interface area {'-'.join(pair)}": area for pair, area in exact.area_per_um.items()
    }
    numbers |= {f"mean chord {phase}": chord for phase, chord in exact.mean_chord_um.items()}
    numbers["triple-phase boundary "] = exact.triple_phase_boundary_per_um2
    return numbers


if __name__ == "__main__":
    main()
