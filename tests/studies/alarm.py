"""Whether the verdict warns of data that the model does not describe, and only of those.

``OMP_NUM_THREADS=1 python tests/studies/alarm.py --results alarm.jsonl`` calibrates data sets of
the structures in ``structures.py`` and prints a table.  Each data set is a line in the file of
results; those that are there already are not fitted again, so that the study can be interrupted,
and made in parts (``--only graded``).  The table is kept in docs/calibration.md.

Twins of the model itself are fitted with fields of their own kinds, everything else with Gaussian
ones.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from structures import STRUCTURES, own_twin

from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.threads import set_workers

WORDS = ("fits", "fits with reservations", "does not fit")
SETS = {name: 20 if name == "own" else 10 for name in STRUCTURES}


def main() -> None:
    """Fit what is not in the results yet, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--only", choices=STRUCTURES, help="one structure")
    parser.add_argument("--sets", type=int, help="data sets of each; default: 10, own twins 20")
    parser.add_argument("--count", type=int, default=8, help="sections of each kind of plane")
    parser.add_argument("--bootstrap", type=int, default=20)
    options = parser.parse_args()
    set_workers(1)
    names = [options.only] if options.only else list(STRUCTURES)
    results = _read(options.results)
    for name in names:
        for number in range(options.sets or SETS[name]):
            if (name, number) in results:
                continue
            result = _judged(name, number, options.count, options.bootstrap)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            results[name, number] = result
            print(f"{name} {number}: {result['word']} ({', '.join(result['fired']) or '-'})")
    print("\n| structure | fits | with reservations | does not fit | checks that fired |")
    print("|---|---|---|---|---|")
    for name in names:
        print(_row(name, [result for (of, _), result in results.items() if of == name]))


def _judged(name: str, number: int, count: int, bootstrap: int) -> dict[str, Any]:
    """What the verdict says of one data set."""
    seed = [list(STRUCTURES).index(name), number]
    sections = STRUCTURES[name](np.random.default_rng(seed), count)
    fields = None
    if name == "own":
        twin = own_twin(np.random.default_rng(seed))
        fields = {"X": twin.X, "Y": twin.Y}
    started = time.perf_counter()
    result = finished(calibration(sections, fields=fields, bootstrap=bootstrap, seed=number))
    verdict = result.verdict
    if verdict is None:
        raise SystemExit("There is no verdict; give more data sets to --bootstrap.")
    return {
        "structure": name,
        "number": number,
        "word": verdict.word,
        "fired": [check.name for check in verdict.checks if check.level],
        "z": {check.name: round(float(check.z), 2) for check in verdict.checks},
        "sentences": [check.sentence for check in verdict.checks if check.level],
        "rms": result.fit.rms,
        "first_phase": result.twin.first_phase,
        "count": count,
        "bootstrap": bootstrap,
        "seconds": round(time.perf_counter() - started, 1),
    }


def _read(path: Path) -> dict[tuple[str, int], dict[str, Any]]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    return {(one["structure"], one["number"]): one for one in found}


def _row(name: str, results: list[dict[str, Any]]) -> str:
    words = Counter(result["word"] for result in results)
    fired = Counter(check for result in results for check in result["fired"])
    often = ", ".join(f"{check} {times}" for check, times in fired.most_common())
    cells = [name, *(str(words[word]) for word in WORDS), often or "none"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
