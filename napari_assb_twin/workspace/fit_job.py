"""What the calibration runs off the GUI thread; torch is imported there, for a training alone."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from napari_assb_twin.calibration.model_names import Method
from napari_assb_twin.calibration.progress import Progress
from napari_assb_twin.calibration.result import CalibrationResult
from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.calibration.unfinished import unfinished
from napari_assb_twin.images.doubt import moved_boundaries
from napari_assb_twin.measure.alternative import Alternative
from napari_assb_twin.measure.sections import Measured
from napari_assb_twin.methods import refinement
from napari_assb_twin.training.progress import TrainingProgress
from napari_assb_twin.workspace.torch_import import import_torch


@dataclass(frozen=True, kw_only=True)
class FitJob:
    """A calibration as the form asks for it.

    Attributes
    ----------
    alternatives
        Other segmentations of the data, of thresholds that are in doubt.
    doubt_px
        By how much boundaries are moved for further ones; 0 for none.
    training, checkpoint
        See `napari_assb_twin.methods.refinement`.
    options
        See `napari_assb_twin.calibration.run.calibration`.
    """

    measured: Measured
    alternatives: tuple[Alternative, ...]
    doubt_px: float
    method: Method
    training: Mapping[str, Any]
    checkpoint: Path | None
    options: Mapping[str, Any]

    def run(self) -> Generator[Progress, None, CalibrationResult]:
        """The calibration, after the boundaries were moved where they are in doubt."""
        alternatives = self.alternatives
        if self.method != "coverage":
            yield Progress(0, 1, "Loading PyTorch (once a session)")
            import_torch()
        refine = refinement(self.method, self.training, checkpoint=self.checkpoint)
        if self.doubt_px > 0:
            yield Progress(0, 1, "Moving the boundaries of the phases")
            alternatives += moved_boundaries(self.measured, self.doubt_px)
        result = yield from calibration(
            self.measured, refine=refine, alternatives=alternatives, **self.options
        )
        return result

    def so_far(
        self, progress: TrainingProgress, began: float
    ) -> Generator[Progress, None, CalibrationResult]:
        """What the training had when it was stopped; ``began`` is of `time.monotonic`."""
        if progress.twin is None:
            raise ValueError("there is no twin so far")
        result = yield from unfinished(
            self.measured,
            progress.twin,
            method=self.method,
            model=self.options["model"],
            steps_taken=progress.steps_taken,
            start_misfit=progress.start_misfit,
            seconds=time.monotonic() - began,
            fixed=self.options["fix"],
        )
        return result
