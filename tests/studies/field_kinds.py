"""How often the right kind of field is chosen: ``python tests/studies/field_kinds.py``.

Sections of 256 x 256 pixels are simulated from twins that differ in the kind of one field, the
kinds of both fields are chosen from them, and a Markdown table is printed.  It is kept in
docs/calibration.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from napari_assb_twin.calibration.field_selection import FieldSelection, select_fields
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import lag_data
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.steps import finished
from napari_assb_twin.twin import threads
from napari_assb_twin.twin.parameters import FIELD_NAMES, FieldName, RandomField, Tail, Twin
from napari_assb_twin.twin.presets import PRESETS
from napari_assb_twin.twin.simulation import WindowSampler
from napari_assb_twin.twin.torus import Torus

EDGE = 256
PIXEL_UM = 0.1
GAUSSIAN: tuple[int, Tail] = (0, "upper")
TRUTHS: tuple[tuple[tuple[int, Tail], tuple[int, Tail]], ...] = (
    (GAUSSIAN, GAUSSIAN),
    (GAUSSIAN, (1, "lower")),
    (GAUSSIAN, (2, "lower")),
    ((1, "lower"), GAUSSIAN),
    ((2, "lower"), GAUSSIAN),
)
DESIGNS = (("8 + 8 sections", 8, 8), ("one cross-section", 0, 1))


def main() -> None:
    """Run the study and print its table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    threads.set_workers(1)
    print("| sections | X is | Y is | X right | Y right | score | best other |")
    print("|---|---|---|---|---|---|---|")
    for title, plans, crosses in DESIGNS:
        for kinds in TRUTHS:
            truth = _truth(kinds)
            found = []
            for seed in range(options.seeds):
                found.append(_selection(_sections(truth, plans, crosses, seed), seed))
            right = [
                sum(_kind(one.twin.field(name)) == _kind(truth.field(name)) for one in found)
                for name in FIELD_NAMES
            ]
            varied: FieldName = "X" if kinds[0] != GAUSSIAN else "Y"
            scores = np.array([_scores(one, varied, _kind(truth.field(varied))) for one in found])
            own, other = np.median(scores, axis=0)
            print(
                f"| {title} | {_words(kinds[0])} | {_words(kinds[1])} "
                f"| {right[0]} of {len(found)} | {right[1]} of {len(found)} "
                f"| {own:.1f} | {other:.1f} |",
                flush=True,
            )


def _truth(kinds: tuple[tuple[int, Tail], tuple[int, Tail]]) -> Twin:
    """The preset with sheet-like pores, with fields of these kinds."""
    twin = PRESETS["sheet-pores"].twin
    for name, (k, tail) in zip(FIELD_NAMES, kinds, strict=True):
        twin = twin.with_field(name, replace(twin.field(name), degrees_of_freedom=k, tail=tail))
    return twin


def _sections(truth: Twin, plans: int, crosses: int, seed: int) -> tuple[SectionStack, ...]:
    random = np.random.default_rng(seed)
    pixel = (PIXEL_UM, PIXEL_UM)
    stacks = []
    if plans:
        plan = WindowSampler(truth, Torus((1, EDGE, EDGE), (PIXEL_UM,) * 3))
        stacks.append(SectionStack("xy", tuple(plan(random)[0] for _ in range(plans)), pixel))
    cross = WindowSampler(truth, Torus((EDGE, 1, EDGE), (PIXEL_UM,) * 3))
    stacks.append(SectionStack("yz", tuple(cross(random)[:, 0] for _ in range(crosses)), pixel))
    return tuple(stacks)


def _selection(stacks: tuple[SectionStack, ...], seed: int) -> FieldSelection:
    def fit(fields: Mapping[FieldName, RandomField]) -> Fitted:
        run = calibration(stacks, first_phase="active_material", fields=fields, bootstrap=0)
        return Fitted(finished(run).twin)

    run = select_fields(stacks, lag_data(stacks), fit, seed=seed)
    while True:
        try:
            next(run)
        except StopIteration as end:
            selection: FieldSelection = end.value
            return selection


def _kind(field: RandomField) -> tuple[int, Tail]:
    return field.degrees_of_freedom, field.tail


def _scores(selection: FieldSelection, name: FieldName, kind: tuple[int, Tail]) -> list[float]:
    """Score of the true kind of a field, and the smallest of the others."""
    found = [one for one in selection.candidates if one.field == name]
    own = [one.score for one in found if (one.degrees_of_freedom, one.tail) == kind]
    others = [one.score for one in found if (one.degrees_of_freedom, one.tail) != kind]
    return [*own, min(others)]


def _words(kind: tuple[int, Tail]) -> str:
    return "Gaussian" if kind == GAUSSIAN else f"{kind[0]}, {kind[1]}"


if __name__ == "__main__":
    main()
