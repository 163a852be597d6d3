"""What a training tells, as rows of text: its moving numbers, and its judgement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from napari_assb_twin.calibration.training_record import CRITIC, comparisons, in_a_sentence
from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, PARAMETERS, Twin
from napari_assb_twin.twin.phases import PHASES
from napari_assb_twin.workspace.fit_rows import Row, parameter_name
from napari_assb_twin.workspace.phase_names import PhaseNames
from napari_assb_twin.workspace.scales import scale_of


def moving_rows(progress: TrainingProgress, kept: Collection[str], names: PhaseNames) -> list[Row]:
    """Name, start, now, averaged and unit of each number that moves."""
    start, moving, averaged = progress.start, progress.moving, progress.twin
    if start is None or moving is None or averaged is None:
        return []
    rows = []
    for path in _free(start, kept):
        parameter, scale = start.description(path), scale_of(path)
        spectral = not start.has(path)
        name = f"{parameter.label} {path[0]}" if spectral else parameter_name(path, names, start)
        told = (scale.text(scale.shown(twin.value(path))) for twin in (start, moving, averaged))
        rows.append(Row((name, *told, parameter.unit), parameter.documentation))
    return rows


def judged_rows(record: Mapping[str, Any]) -> list[Row]:
    """Measure, before and after, of what the record of a training has."""
    return [
        Row((one.name[0].upper() + one.name[1:], *one.texts, ""), one.meaning)
        for one in comparisons(record)
    ]


def judged_sentences(record: Mapping[str, Any]) -> list[str]:
    """What there is to say below the rows."""
    has_critic = any(one.meaning == CRITIC for one in comparisons(record))
    return [in_a_sentence(record), *([CRITIC] if has_critic else [])]


def _free(twin: Twin, kept: Collection[str]) -> list[str]:
    """Paths of the numbers of a twin that a training moves."""
    free = [phase for phase in PHASES if phase not in kept]
    return [
        path
        for path in PARAMETERS
        if path not in kept
        and twin.answers(path)
        and (path != FIELD_CORRELATION or twin.lists(path))
        and (path not in PHASES or len(free) > 1)
        and not (path.endswith(".anisotropy") and twin.symmetry == "isotropic")
    ]
