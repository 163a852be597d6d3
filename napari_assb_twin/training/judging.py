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
from napari_assb_twin.training.sections import Orientation
from napari_assb_twin.twin.parameters import Twin


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
            "z": None if math.isnan(self.score) else self.score,
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
