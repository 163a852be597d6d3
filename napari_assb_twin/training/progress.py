"""What a training tells while it runs; to hear of it takes no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.twin.parameters import Twin

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Losses:
    """Losses of one step before it was taken; nan where the method has none.

    ``coverage`` see `CoverageLoss`; ``twin`` and ``discriminator`` see `Adversary`, means over the
    orientations.
    """

    coverage: float = math.nan
    twin: float = math.nan
    discriminator: float = math.nan


@dataclass(frozen=True, eq=False)
class SectionPair:
    """A measured section beside one of the twin, uint8 labels of the same shape and pixels."""

    plan: bool
    measured: Labels
    simulated: Labels


@dataclass(frozen=True)
class TrainingProgress(Progress):
    """A step of training.

    Attributes
    ----------
    twin
        What the run would end with if it were stopped here: numbers averaged over the second half
        of the steps so far.
    misfit
        Of the exact curves of such a twin at all lags of the data, evaluated every ten steps.
    moving
        The twin after this step.
    losses
        Of this step, before it was taken.
    learning_rate
        Of this step.
    pair
        Sections to look at, new every ten steps.
    start, start_misfit
        Where the run began, also where it goes on from a checkpoint.
    """

    moving: Twin | None = None
    losses: Losses = field(default_factory=Losses)
    learning_rate: float = 0.0
    pair: SectionPair | None = None
    start: Twin | None = None
    start_misfit: float = math.nan

    @property
    def steps_taken(self) -> int:
        """How many steps the twin has seen."""
        return self.step if math.isnan(self._any_loss) else self.step + 1

    @property
    def _any_loss(self) -> float:
        losses = self.losses
        return losses.twin if math.isnan(losses.coverage) else losses.coverage
