"""Training as the second part of a calibration, judged before and after."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_assb_twin.calibration.lags import LagData
from napari_assb_twin.calibration.model_names import ModelName, TrainingMethod
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.refine import Refined
from napari_assb_twin.measure.sections import SectionStack
from napari_assb_twin.training.options import TrainingOptions
from napari_assb_twin.twin.parameters import FIELD_CORRELATION, Twin

if TYPE_CHECKING:
    from napari_assb_twin.training.judging import Judgement


@dataclass(frozen=True, kw_only=True)
class Refinement:
    """Trains a fitted twin as the options say; see `train` for checkpoint and time limit."""

    options: TrainingOptions
    checkpoint: str | os.PathLike[str] | None = None
    time_limit_s: float | None = None

    @property
    def method(self) -> TrainingMethod:
        """Name of the algorithm."""
        return self.options.method

    def __call__(
        self,
        stacks: Sequence[SectionStack],
        data: LagData,
        fitted: Twin,
        *,
        model: ModelName,
        fixed: Mapping[str, float | None],
        correlated: bool,
        judge: bool,
        seed: int,
    ) -> Generator[Progress, None, Refined]:
        """See `calibration.refine.Refine`."""
        from napari_assb_twin.training.judging import judged  # with torch
        from napari_assb_twin.training.run import train

        began = time.perf_counter()
        moved = correlated and FIELD_CORRELATION not in fixed
        options = replace(self.options.on_device(), correlated=moved)
        trained = yield from train(
            stacks,
            fitted,
            first=None if self.options.start == "random" else fitted,
            model=model,
            fix=fixed,
            options=options,
            seed=seed,
            data=data,
            checkpoint=self.checkpoint,
            time_limit_s=self.time_limit_s,
        )
        record = {
            **options.document(),
            "seed": seed,
            "steps_taken": len(trained.losses),
            "finished": trained.finished,
            "seconds": time.perf_counter() - began,
            "torch": version("torch"),
            "before": {"misfit": trained.start_misfit},
            "after": {"misfit": trained.misfit},
        }
        if judge:
            for number, name in enumerate(("before", "after")):
                twin = trained.start if name == "before" else trained.twin
                progress = Progress(
                    number,
                    2,
                    f"Judging the twin {name} the training by what it has not seen",
                    trained.twin,
                    trained.misfit,
                )
                judgement = yield from _told(judged(stacks, data, twin, seed=seed), progress)
                record[name] = judgement.document()
        return Refined(trained.twin, record)


def _told(
    run: Generator[None, None, Judgement], progress: Progress
) -> Generator[Progress, None, Judgement]:
    """The same progress at every pause of a judgement."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            judgement: Judgement = end.value
            return judgement
        yield progress
