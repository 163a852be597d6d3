"""How well twins from 2D predict real 3D: ``python tests/studies/validation_real.py FOLDER``.

FOLDER holds the three-phase volumes of ``real_images.py``.  Each is validated as
``assb-twin validate`` does it: twins are calibrated on sections of one half and compared with the
other half.  Then a realisation of the low-parametric twin of each, as large as the data, takes the
place of the data: what remains beyond the error there is chance, and not the model's fault.  Paths,
phase sizes and transport are left out of these controls: they take nine tenths of the time.

Results lie in ``-o``, a folder a case; a case that is there is not run again.  Tables are printed
in Markdown and kept in docs/validation.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from real_images import IMAGES, PIXEL_UM

from napari_assb_twin.descriptors.definitions import GROUPS
from napari_assb_twin.images.labels import to_phases
from napari_assb_twin.measure.sections import Labels, Volume
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus
from napari_assb_twin.twin.twin_file import load_twin
from napari_assb_twin.validation.options import ValidationOptions
from napari_assb_twin.validation.page import save_folder
from napari_assb_twin.validation.run import TWINS, validation

OPTIONS = ValidationOptions(axis="y", planes=12, realisations=4, fields="auto")
SLOW = {"geodesic", "sizes", "transport"}
CONTROL = replace(OPTIONS, groups=tuple(group for group in GROUPS if group not in SLOW))


@dataclass(frozen=True)
class Case:
    """A part of a real volume, as large as two cores measure in an hour, and its folder."""

    title: str
    name: str
    crop: tuple[slice, slice, slice]


WHOLE = slice(None)
CASES = (
    Case("segmented stack, 100^3", "stack", (WHOLE, WHOLE, WHOLE)),
    Case("electrode, 256^3", "electrode", (slice(88, 168), slice(48, 208), slice(88, 168))),
)


def main() -> None:
    """Run what is not there yet, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("validation_real"))
    parser.add_argument("--case", choices=[case.name for case in CASES], help="default: all")
    options = parser.parse_args()
    for case in CASES:
        if options.case not in (None, case.name):
            continue
        path = options.folder / IMAGES[case.title][0]
        if not path.exists():
            print(f"\n{case.title}: not there.")
            continue
        labels = to_phases(tifffile.imread(path), IMAGES[case.title][2], source=path.name)
        labels = np.ascontiguousarray(labels[case.crop])
        print(f"\n{case.title}: voxels that change at no distance, along z, y, x: {_jumps(labels)}")
        data = options.output / case.name
        _validate(data, labels, path.name, OPTIONS)
        twin = load_twin(data / "low-parametric.twin.json")
        box = Torus(labels.shape, (PIXEL_UM,) * 3)
        own = WindowSampler(twin, box)(np.random.default_rng(OPTIONS.seed + 1))
        control = options.output / f"{case.name}_control"
        _validate(control, own, f"realisation of the twin of {path.name}", CONTROL)
        _tell(case, _read(data), _read(control))


def _jumps(labels: Labels) -> str:
    """Voxels that differ from their neighbour more than smooth boundaries explain.

    Of smooth phases the share of voxels with another label grows in proportion to the distance;
    this is what a line through the shares at one and two voxels says of distance 0.
    """
    shares = []
    for axis in range(3):
        lines = np.moveaxis(labels, axis, 0)
        one, two = ((lines[n:] != lines[:-n]).mean() for n in (1, 2))
        shares.append(f"{2 * one - two:.1%}")
    return ", ".join(shares)


def _validate(folder: Path, labels: Labels, source: str, options: ValidationOptions) -> None:
    if (folder / "validation.json").exists():
        return
    started = time.perf_counter()

    def tell(progress: Any) -> None:
        passed = time.perf_counter() - started
        print(f"{folder.name} {passed:6.0f} s {progress.message}", file=sys.stderr)

    volume = Volume(labels, (PIXEL_UM,) * 3)
    save_folder(folder, finished(validation(volume, options, sources=[source]), tell))


def _read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
    return found


def _tell(case: Case, data: Mapping[str, Any], control: Mapping[str, Any]) -> None:
    shape = " x ".join(map(str, data["data"][0]["volume"]))
    print(f"\n**{case.title}**, halves of {shape} voxels; {data['seconds']:.0f} s\n")
    print("| twin | rms misfit | judged | beyond 95 % | certain |")
    print("|---|---|---|---|---|")
    for title, found in (("data", data), ("control", control)):
        for name in TWINS:
            one = found["verdicts"][name]
            print(
                f"| {name}, {title} | {found['misfit_rms'][name]:.4f} | {one['judged']} | "
                f"{one['beyond']} | {len(one['different'])} |"
            )
    print("\n| quantity | unit | other half | first half | low | z | high | z | control z |")
    print("|---|---|---|---|---|---|---|---|---|")
    checks = {row["quantity"]: row for row in control["rows"]}
    for row in data["rows"]:
        cells = [row["name"].replace(" | ", "–"), row["unit"]]
        cells += [f"{_number(row['other_half'])} ± {_number(row['data_error'], 2)}"]
        cells += [_number(row["first_half"]) + ("*" if row["long_range"] else "")]
        for key in ("low", "high"):
            cells += [_number(row[f"{key}_value"]), _score(row, key)]
        check = checks.get(row["quantity"])
        cells += ["–" if check is None else _score(check, "low")]
        print("| " + " | ".join(cells) + " |")
    for group, change in _changes(data):
        print(f"- {group}: {change}")


def _changes(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Median relative difference from the other half, by kind of number; halves beside."""
    kinds: dict[str, list[tuple[float, float, float]]] = {}
    for row in data["rows"]:
        other, first = row["other_half"], row["first_half"]
        values = [row["low_value"], row["high_value"]]
        if not other or first is None or None in values:
            continue
        kind = row["name"].partition(",")[0]
        low, high = (abs(value / other - 1) for value in values)
        kinds.setdefault(kind, []).append((abs(first / other - 1), low, high))
    for kind, changes in kinds.items():
        halves, low, high = np.median(np.array(changes), axis=0)
        yield kind, f"halves {halves:.1%}, low {low:.1%}, high {high:.1%}"


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}g}"


def _score(row: Mapping[str, Any], key: str) -> str:
    """z, or of a distance how often chance makes a larger one; signs as on the page."""
    p, z, holm = row[f"{key}_p"], row[f"{key}_z"], row[f"{key}_p_holm"]
    if p is None:
        return "–"
    mark = "" if p >= 0.05 else (" ✗" if holm < 0.05 else " !")
    return (f"{z:+.1f}" if z is not None else f"p {p:.2g}") + mark


if __name__ == "__main__":
    main()
