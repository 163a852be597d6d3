"""What a training tells, as rows of text: its moving numbers, and its judgement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.twin.parameters import PARAMETERS, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.fit_rows import Row
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import scale_of

NONE = "–"

CANNOT_TELL = (
    "Critic: a new discriminator, trained on other sections than the training saw, says measured "
    "or simulated; 0.5 means that it cannot tell them apart, 1 that it always can."
)
Z = "Root mean square z of statistics that no loss holds; about 1 where they are those of the data."
MISFIT = "Root mean square difference of the exact curves to the measured ones."

CRITICS = {
    "Critic's accuracy": "",
    "Critic's accuracy, plan views": "plan",
    "Critic's accuracy, cross-sections": "cross",
}
"""Names of the rows by the orientation of the sections."""


def moving_rows(progress: TrainingProgress, kept: Collection[str], names: PhaseNames) -> list[Row]:
    """Name, start, now, averaged and unit of each number that moves."""
    start, moving, averaged = progress.start, progress.moving, progress.twin
    if start is None or moving is None or averaged is None:
        return []
    rows = []
    for path in _free(start, kept):
        parameter, scale = start.description(path), scale_of(path)
        field, _, attribute = path.rpartition(".")
        name = f"{parameter.label} {field}" if field else f"φ {names[attribute]}"
        told = (scale.text(scale.shown(twin.value(path))) for twin in (start, moving, averaged))
        rows.append(Row((name, *told, parameter.unit), parameter.documentation))
    return rows


def judged_rows(record: Mapping[str, Any]) -> list[Row]:
    """Measure, before and after, of what the record of a training has."""
    before, after = _part(record, "before"), _part(record, "after")
    told = [
        ("Misfit of the curves", MISFIT, [_number(one.get("misfit")) for one in (before, after)]),
        (
            "Higher-order z score",
            Z,
            [_number(one.get("higher_order_z", one.get("z"))) for one in (before, after)],
        ),
    ]
    for name, orientation in CRITICS.items():
        cells = [_accuracy(one.get("critic"), orientation) for one in (before, after)]
        told.append((name, CANNOT_TELL, cells))
    return [Row((name, *cells, ""), tip) for name, tip, cells in told if set(cells) != {NONE}]


def judged_sentences(record: Mapping[str, Any]) -> list[str]:
    """What there is to say below the rows."""
    sentences = []
    taken, of, seconds = (record.get(key) for key in ("steps_taken", "steps", "seconds"))
    if record.get("finished") is False and taken is not None:
        whole = f" of {of}" if of else ""
        sentences.append(f"Ended after {taken}{whole} steps.")
    elif taken is not None and seconds is not None:
        sentences.append(f"{taken} steps in {seconds:.0f} s.")
    if any(_part(record, key).get("critic") is not None for key in ("before", "after")):
        sentences.append(CANNOT_TELL)
    return sentences


def _free(twin: Twin, kept: Collection[str]) -> list[str]:
    """Paths of the numbers of a twin that a training moves."""
    free = [phase for phase in PHASES if phase not in kept]
    return [
        path
        for path in PARAMETERS
        if path not in kept
        and twin.answers(path)
        and (path not in PHASES or len(free) > 1)
        and not (path.endswith(".anisotropy") and twin.symmetry == "isotropic")
    ]


def _part(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = record.get(key)
    return part if isinstance(part, Mapping) else {}


def _z(part: Mapping[str, Any]) -> object:
    return part.get("higher_order_z", part.get("z"))


def _number(value: object) -> str:
    return f"{value:.2g}" if isinstance(value, (int, float)) else NONE


def _accuracy(critic: object, orientation: str) -> str:
    """Of the critic of one orientation; ``""`` is one for all."""
    if isinstance(critic, Mapping):
        critic = critic.get(orientation) if orientation else critic.get("accuracy")
    elif orientation:
        return NONE
    if isinstance(critic, Mapping):
        critic = critic.get("accuracy")
    return f"{critic:.2f}" if isinstance(critic, (int, float)) else NONE
