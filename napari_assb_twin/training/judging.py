"""What a training has changed, told by judges that it does not look at.

The losses of a training are no sign of success: that of a discriminator hovers at ln 2 in runs that
succeed and in runs that drift.  So a twin is judged before and after by the exact curves, by
statistics that two-point coverage does not hold, and by a critic that has not played along.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from napari_assb_twin.calibration.deviations import Deviation, deviations, score, thinned
from napari_assb_twin.calibration.fitted import Fitted
from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.measure.section_statistics import SectionStatistics
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.critic import CriticScore, criticised
from napari_assb_twin.training.run import Trained
from napari_assb_twin.training.sections import Orientation
from napari_assb_twin.twin.parameters import Twin

ORIENTATION_WORDS: Mapping[Orientation, str] = {"plan": "plan views", "cross": "cross-sections"}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """How well a twin agrees with sections.

    Attributes
    ----------
    misfit
        Root mean square difference of the exact curves to the measured ones.
    deviations
        Euler numbers and lineal paths of the data beside those of the twin.
    critic
        For each orientation in the data what a freshly trained critic achieves on held-out
        sections; None where they are too small to hold some out.
    """

    misfit: float
    deviations: tuple[Deviation, ...]
    critic: Mapping[Orientation, CriticScore | None]

    @property
    def score(self) -> float:
        """Root mean square z of the deviations: about 1 for data of the twin itself."""
        return score(self.deviations)

    def document(self) -> dict[str, Any]:
        """The JSON object; what could not be judged is null."""
        return {
            "misfit": self.misfit,
            "higher_order_z": None if math.isnan(self.score) else self.score,
            "critic": {
                orientation: None if one is None else one.document()
                for orientation, one in self.critic.items()
            },
        }


def judged(
    stacks: Sequence[SectionStack],
    data: LagData,
    twin: Twin,
    *,
    seed: int,
    statistics: SectionStatistics | None = None,
    segmentation_error: float = 0.0,
) -> Generator[None, None, Judgement]:
    """Judge a twin by measured sections and their curves; about 10 s of a processor.

    Parameters
    ----------
    stacks, data
        Measured sections and their curves; of a long stack 24 sections of each kind of plane give
        the higher-order statistics.
    seed
        Of the simulated sections and the critic; give the same to judgements that are compared.
    statistics
        Which higher-order statistics are taken; None for those that the sections can tell.
    segmentation_error
        Share of wrong pixels in the data, put into the curves and the statistics as well; the
        critic sees the twin without them.

    Yields
    ------
    None, many times, for others to have a say.

    Raises
    ------
    InputError
        If sections of one plane have pixels of different sizes.
    """
    misfit = Fitted(twin, segmentation_error).rms(data)
    few = thinned(stacks)
    yield
    told = deviations(
        statistics or SectionStatistics.of(few),
        few,
        twin,
        seed=seed,
        segmentation_error=segmentation_error,
    )
    yield
    critic = yield from criticised(stacks, twin, seed=seed)
    return Judgement(misfit=misfit, deviations=told, critic=critic)


def before_and_after(
    before: Judgement,
    after: Judgement,
    trained: Trained,
    *,
    options: Mapping[str, Any],
    seed: int,
) -> dict[str, Any]:
    """The JSON object of a training for the provenance of its twin, under ``"training"``.

    Parameters
    ----------
    options
        The `document` of the options of the training.
    seed
        Of the training.
    """
    return {
        **options,
        "seed": seed,
        "steps_taken": len(trained.losses),
        "finished": trained.finished,
        "before": before.document(),
        "after": after.document(),
    }


def judgement_rows(training: Mapping[str, Any]) -> list[tuple[str, float | None, float | None]]:
    """Lines of a table from such an object: what, before and after; None where not judged."""
    before, after = training["before"], training["after"]
    rows = [
        ("curves: rms misfit", before["misfit"], after["misfit"]),
        ("higher-order statistics: rms z", before["higher_order_z"], after["higher_order_z"]),
    ]
    for orientation, words in ORIENTATION_WORDS.items():
        if orientation not in after["critic"]:
            continue
        pair = before["critic"].get(orientation), after["critic"][orientation]
        for name, said in (("accuracy", "accuracy"), ("auc", "area under the curve")):
            first, last = (None if one is None else one[name] for one in pair)
            rows.append((f"critic on held-out {words}: {said}", first, last))
    return rows
