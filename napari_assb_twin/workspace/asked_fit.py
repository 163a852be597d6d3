"""A fit that was asked for, and one that is done: each with the data that it belongs to."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from napari_assb_twin.calibration.calibrate import with_provenance
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.unfinished import with_all_steps
from napari_assb_twin.images.draft import Data
from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.workspace.fit_job import FitJob
from napari_assb_twin.workspace.phase_names import PhaseNames


@dataclass(frozen=True, kw_only=True, eq=False)
class DoneFit:
    """What a fit found.

    Attributes
    ----------
    result
        With its record of the data.
    data
        What it was fitted to.
    fixed
        Paths of the parameters that it had to keep.
    stopped
        Whether it was stopped once its training had begun.
    """

    result: CalibrationResult
    data: Data
    fixed: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def finished(self) -> bool:
        """Whether its training, if it has one, took all its steps."""
        return bool(self.result.findings.get("training", {}).get("finished", True))

    def told(self, names: PhaseNames) -> str:
        """Misfit, time and phase cut first, and where it was stopped."""
        fit, first = self.result.fit, names.long(self.result.twin.first_phase)
        where = ""
        if self.stopped:
            steps = self.result.findings["training"]["steps_taken"]
            where = f"Stopped after {steps} steps. "
            if self.finished:
                where = f"Stopped after all {steps} steps, before the errors were known. "
        return (
            f"{where}Misfit of the curves: rms {fit.rms:.2g}, max {fit.max:.2g}; "
            f"{fit.seconds:.1f} s. Cut first: {first}."
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class AskedFit:
    """A calibration with the data and the kept parameters that it was asked for with."""

    job: FitJob
    data: Data
    fixed: tuple[str, ...]

    def run(self) -> Generator[Progress, None, DoneFit]:
        """The whole calibration."""
        result = yield from self.job.run()
        return self._done(result, stopped=False)

    def so_far(
        self, progress: TrainingProgress, seconds: float
    ) -> Generator[Progress, None, DoneFit]:
        """What the training had when it was stopped after so many seconds."""
        result = yield from self.job.so_far(progress, time.monotonic() - seconds)
        if progress.steps_taken >= progress.total:
            result = with_all_steps(result)
        return self._done(result, stopped=True)

    def _done(self, result: CalibrationResult, *, stopped: bool) -> DoneFit:
        data = self.data
        recorded = with_provenance(result, data.measured, data.sources, data.reading)
        return DoneFit(result=recorded, data=data, fixed=self.fixed, stopped=stopped)
